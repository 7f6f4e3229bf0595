"""Gaps in every image of a series: the stage leaves no hole and loses little."""

import numpy as np
import pytest

from nppdrivers.fusion import base_images, interval
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.fusion.time_interpolation import coarse_on_date, fill_pinholes

DAYS = np.arange(8.0, 264.0, 16.0)
FINE_DAYS = [40.0, 56.0, 72.0, 184.0, 200.0, 216.0]


def basin(days, shape=(72, 72)):
    """Two kinds of land in patches with seasons of different height."""
    rng = np.random.default_rng(4)
    rate = np.where(rng.random((9, 9)) < 0.5, 0.4, 0.15).repeat(8, 0).repeat(8, 1)[: shape[0], : shape[1]]
    season = np.exp(-(((np.asarray(days) - 150) / 60) ** 2))[:, None, None]
    return (0.15 + rate * season).astype(np.float32)


def blocks(images):
    """Images as coarse pixels of 8 x 8 cells see them."""
    means = images.reshape(len(images), 9, 8, 9, 8).mean((2, 4))
    return means.repeat(8, 1).repeat(8, 2)


def fuse(share):
    """Fused dates between the fine images, a share of the cells of all images missing; sources; truth."""
    rng = np.random.default_rng(5)
    noisy = lambda images: images + rng.normal(0, 0.03, images.shape).astype(np.float32)  # noqa: E731
    fine, coarse = noisy(basin(FINE_DAYS)), noisy(blocks(basin(DAYS)))
    fine, coarse = (np.where(rng.random(a.shape) < share, np.nan, a) for a in (fine, coarse))
    wanted = DAYS[5:11]
    coarse = coarse_on_date(coarse, DAYS, [*FINE_DAYS, *wanted])
    pairs = list(zip(fine, coarse, strict=False))
    fused, source = interval.fuse_interval(
        pairs[2::-1], pairs[3:], coarse[6:], FusionSettings(window=17, coarse_window=17)
    )
    return fused, source, basin(wanted)


def test_random_gaps_in_all_images_leave_no_hole_and_little_error():
    """30 % of the cells of every fine and coarse image gone: none missing, RMSE at most 1.3 times that."""
    whole, _, truth = fuse(0.0)
    gappy, source, _ = fuse(0.3)
    assert np.isfinite(gappy).all()
    assert {base_images.BEST_PAIR, base_images.FURTHER_PAIR} < set(np.unique(source))
    ratio = np.sqrt(np.mean((gappy - truth) ** 2) / np.mean((whole - truth) ** 2))
    assert 1.0 < ratio <= 1.3


def test_pinholes_are_filled_and_clouds_stay():
    """Scattered cells get the mean of their window, as by a loop; the inside of a cloud stays missing."""
    rng = np.random.default_rng(5)
    whole = rng.uniform(0.2, 0.8, (2, 40, 30)).astype(np.float32)
    holed = np.where(rng.random(whole.shape) < 0.2, np.float32(np.nan), whole)
    holed[1, 10:25, 5:20] = np.nan
    filled = fill_pinholes(holed, 9)
    assert np.isfinite(filled[0]).all() and np.isnan(filled[1, 12:23, 7:18]).all()
    for image, y, x in np.argwhere(np.isnan(holed)):
        near = holed[image, max(0, y - 4) : y + 5, max(0, x - 4) : x + 5]
        if 2 * np.isfinite(near).sum() > near.size:
            assert filled[image, y, x] == pytest.approx(np.nanmean(near), abs=1e-6)
        else:
            assert np.isnan(filled[image, y, x])
    np.testing.assert_array_equal(filled[np.isfinite(holed)], holed[np.isfinite(holed)])
    part = fill_pinholes(holed[:, 6:24], 9)[:, 4:-4]
    np.testing.assert_array_equal(part, filled[:, 10:20])
