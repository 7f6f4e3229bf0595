"""Abrupt changes in a coarse series: found when they happened, and distinguished from seasons."""

import numpy as np
import pytest
from scipy import ndimage

from nppdrivers.fusion import abrupt_change, base_images, interval
from nppdrivers.fusion.abrupt_change import level_changed_land, side_of_change
from nppdrivers.fusion.settings import FusionSettings

DATES = 12


def coarse_series(seed=0, shape=(60, 60)):
    """Coarse images of land with a season whose height differs from pixel to pixel."""
    rng = np.random.default_rng(seed)
    height = rng.uniform(0.15, 0.45, shape)
    season = np.sin(np.linspace(0.2, 2.9, DATES))[:, None, None]
    return (0.2 + height * season + rng.normal(0, 0.01, (DATES, *shape))).astype(np.float32)


def burn(series, first_after):
    """Let a patch lose 0.25 from one date on; returns the patch."""
    patch = np.zeros(series.shape[1:], bool)
    patch[20:35, 10:30] = True
    series[first_after:, patch] -= 0.25
    return patch


@pytest.mark.parametrize("first_after", [2, 6, 10])
def test_a_fire_is_dated(first_after):
    """In the burnt patch dates are split into before and after the fire; elsewhere nothing is found."""
    series = coarse_series()
    patch = burn(series, first_after)
    side = side_of_change(series[0], series[-1], series[1:-1])
    truth = np.where(np.arange(1, DATES - 1) >= first_after, 1, -1)
    assert np.mean(side[:, patch] == truth[:, None]) > 0.97
    assert np.mean(side[:, ~patch] != 0) < 0.01


def test_seasons_of_different_height_are_no_change():
    """Land with seasons between 0.15 and 0.45 high has no abrupt change."""
    series = coarse_series()
    assert np.mean(side_of_change(series[0], series[-1], series[1:-1]) != 0) < 0.01


def test_a_slow_loss_is_no_abrupt_change():
    """The same loss of 0.25 spread over all dates is not taken for an event."""
    series = coarse_series()
    series[:, 20:35, 10:30] -= np.linspace(0, 0.25, DATES, dtype=np.float32)[:, None, None]
    assert np.mean(side_of_change(series[0], series[-1], series[1:-1])[:, 20:35, 10:30] != 0) < 0.01


def test_missing_pixels_and_units():
    """A missing date does not hide the fire, a missing base pixel has none, and units do not matter."""
    series = coarse_series()
    patch = burn(series, 6)
    whole = side_of_change(series[0], series[-1], series[1:-1])
    np.testing.assert_array_equal(
        side_of_change(series[0] * 1e4, series[-1] * 1e4, series[1:-1] * 1e4, scale=1e4), whole
    )
    series[3, 25, 15] = series[0, 22, 12] = np.nan
    side = side_of_change(series[0], series[-1], series[1:-1])
    np.testing.assert_array_equal(np.delete(side[:, 25, 15], 2), np.delete(whole[:, 25, 15], 2))
    assert (side[:, 22, 12] == 0).all()
    assert patch[25, 15]


def test_a_fire_is_not_painted_into_the_past():
    """Fused across a fire of which the fine sensor saw more: green until it, at the coarse level after it."""
    series = coarse_series()
    patch = burn(series, 6)
    fine = series + np.random.default_rng(1).normal(0, 0.02, series[0].shape).astype(np.float32)
    fine[6:, patch] -= 0.2
    pairs = [(fine[0], series[0])], [(fine[-1], series[-1])]
    split, source = interval.fuse_interval(*pairs, series[1:-1], FusionSettings(window=11))
    joint, _ = interval.fuse_interval(*pairs, series[1:-1], FusionSettings(window=11, split_at_changes=False))
    inner = ndimage.binary_erosion(patch, iterations=4)

    def largest_bias(fused):
        return np.abs(np.mean((fused - series[1:-1])[:, inner], axis=1)).max()

    assert np.mean(source[:, patch] == base_images.OWN_SIDE) > 0.95
    assert largest_bias(split) < 0.02
    assert largest_bias(joint) > 0.1


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)])
def test_changed_land_gets_the_coarse_level(order):
    """A fire the fine sensor saw more of: its pattern stays, its mean is the coarse one; rest as it was."""
    series = coarse_series()[[0, 4, 8]]
    patch = burn(series, 2)
    fine = series + 0.05 + np.random.default_rng(2).normal(0, 0.02, series.shape).astype(np.float32)
    fine[2, patch] -= 0.2
    given = [(fine[i], series[i]) for i in order]
    levelled = dict(zip(order, level_changed_land(given, 5), strict=True))
    inner, outer = ndimage.binary_erosion(patch, iterations=2), ~ndimage.binary_dilation(patch, iterations=2)
    for i, (image, coarse) in levelled.items():
        np.testing.assert_array_equal(coarse, series[i])
        assert abs(np.mean((image - series[i])[inner]) - 0.05) < 0.01
        np.testing.assert_array_equal(image[outer], fine[i][outer])
    assert np.std((levelled[2][0] - series[2])[inner]) > 0.01


def test_disagreement_without_a_change_is_left_alone():
    """A lake of which coarse pixels see nothing, and a fire that both sensors see alike, stay as they are."""
    series = coarse_series()[[0, 8]]
    burn(series, 1)
    fine = series.copy()
    fine[:, 45:55, 40:50] -= 0.5
    for image, before in zip(level_changed_land(list(zip(fine, series, strict=True)), 5), fine, strict=True):
        np.testing.assert_array_equal(image[0], before)


def test_levelling_keeps_missing_pixels_and_units():
    """NaN stays and spreads not; values times 10000 give 10000 times the result; a cloud changes nothing."""
    series = coarse_series()[[0, 8]]
    burn(series, 1)
    fine = series.copy()
    fine[1, 20:35, 10:30] -= 0.2
    fine[1, 25, 15] = np.nan
    pairs = list(zip(fine, series, strict=True))
    levelled = level_changed_land(pairs, 5)[1][0]
    assert np.isnan(levelled).sum() == 1
    large = [(f * 1e4, c * 1e4) for f, c in pairs]
    np.testing.assert_allclose(level_changed_land(large, 5, scale=1e4)[1][0], levelled * 1e4, rtol=1e-4)
    empty = np.full_like(fine[0], np.nan)
    np.testing.assert_array_equal(level_changed_land([(empty, series[0]), pairs[1]], 5)[1][0], fine[1])


def test_a_large_scene_is_sampled(monkeypatch):
    """Classes and medians of every fifth row and column date the fire as those of all pixels do."""
    series = coarse_series()
    patch = burn(series, 6)
    whole = side_of_change(series[0], series[-1], series[1:-1])
    monkeypatch.setattr(abrupt_change, "SAMPLED_PIXELS", 60 * 60 / 25)
    assert abrupt_change.lattice_step(60, 60) == 5
    sampled = side_of_change(series[0], series[-1], series[1:-1])
    assert np.mean(sampled[:, patch] == whole[:, patch]) > 0.97
    assert np.mean(sampled[:, ~patch] != 0) < 0.01


def test_levelled_land_stays_in_the_valid_range():
    """Where levelling lifts dense land above an NDVI of 1, the fused series does not follow."""
    series = coarse_series()[[0, 4, 8]] + 0.35
    patch = burn(series, 2)
    fine = np.minimum(series, 1).astype(np.float32)
    fine[2, patch] -= 0.4
    fine[2, 25, 15] = 0.99
    fused, _ = interval.fuse_interval(
        [(fine[2], series[2])], [], series[1:2], FusionSettings(window=9, coarse_window=5)
    )
    assert np.nanmax(fused) <= 1.0
    both = [(fine[i], series[i]) for i in (0, 2)]
    fused, _ = interval.fuse_interval(
        [both[1], both[0]], [], series[1:2] + 0.1, FusionSettings(window=9, coarse_window=5)
    )
    assert np.nanmax(fused) <= 1.0
