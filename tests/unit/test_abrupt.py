"""Abrupt changes in a coarse series: found when they happened, and told from seasons."""

import numpy as np
import pytest

from nppdrivers import fusion
from nppdrivers.abrupt import side_of_change

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
    """In the burnt patch the dates before the fire are told from those after; elsewhere nothing is found."""
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
    """Fused across a fire that coarse pixels see in part, the land is green until it and burnt after."""
    series = coarse_series()
    patch = burn(series, 6)
    rng = np.random.default_rng(1)
    fine = series + rng.normal(0, 0.02, series[0].shape).astype(np.float32)
    fine[6:, patch] -= 0.2
    pairs = [(fine[0], series[0])], [(fine[-1], series[-1])]
    split, source = fusion.fuse_interval(*pairs, series[1:-1], window=11)
    joint, _ = fusion.fuse_interval(*pairs, series[1:-1], window=11, split_at_changes=False)

    def largest_bias(fused):
        return np.abs(np.mean((fused - fine[1:-1])[:, patch], axis=1)).max()

    assert np.mean(source[:, patch] == fusion.OWN_SIDE) > 0.95
    assert largest_bias(split) < 0.02
    assert largest_bias(joint) > 0.04
