"""Windows around cells: their means, and their width in coarse pixels."""

import numpy as np
import pytest

from nppdrivers.fusion import windows
from nppdrivers.images.coarse_products import pixel_width_m


def test_window_mean_is_that_of_a_loop():
    """The mean of the finite values of each clipped window, NaN where there is none."""
    rng = np.random.default_rng(1)
    image = np.where(rng.random((12, 15)) < 0.5, np.nan, rng.random((12, 15)))
    image[:5, :5] = np.nan
    expected = np.full(image.shape, np.nan)
    for y, x in np.ndindex(image.shape):
        part = image[max(0, y - 2) : y + 3, max(0, x - 2) : x + 3]
        if np.isfinite(part).any():
            expected[y, x] = np.nanmean(part)
    np.testing.assert_allclose(windows.window_mean(image, 5), expected, rtol=1e-12)


def test_square_means_are_those_of_a_loop():
    """The mean of each square that is known by half or more, cut ones at the edge, too; else NaN."""
    rng = np.random.default_rng(2)
    image = np.where(rng.random((11, 14)) < 0.5, np.nan, rng.random((11, 14)))
    expected = np.full((3, 4), np.nan)
    for y, x in np.ndindex(expected.shape):
        part = image[4 * y : 4 * y + 4, 4 * x : 4 * x + 4]
        if np.isfinite(part).mean() >= 0.5:
            expected[y, x] = np.nanmean(part)
    assert 0 < np.isnan(expected).sum() < 12
    np.testing.assert_allclose(windows.square_means(image, 4), expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("product", "cell", "window"), [("MOD13Q1", 9, 17), ("MYD13A1", 17, 31), ("MOD13A2", 31, 63)]
)
def test_windows_follow_the_pixel_of_the_product(product, cell, window):
    """On cells of 30 m about one pixel (232, 463, 927 m) and about two, odd."""
    pixel_m = pixel_width_m([product])
    assert windows.coarse_cell(pixel_m, 30) == cell
    assert windows.coarse_window(pixel_m, 30) == window
    assert abs(cell * 30 - pixel_m) <= 60
    assert abs(window * 30 - 2 * pixel_m) <= 60


def test_windows_of_other_cells():
    """25 cells of 20 m for two pixels of 232 m, and never less than 3."""
    assert [windows.coarse_window(231.656, size) for size in (20, 1000)] == [25, 3]
