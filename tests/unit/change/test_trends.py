"""Trends of a run: complete series, serial correlation, classes among all cells."""

import numpy as np
import pytest
from scipy.stats import false_discovery_control

from nppdrivers.change.trends import FALLING, RISING, UNCLEAR, fit, growing_months, trend_classes
from nppdrivers.trend import first_order_factor, fit_trends


def test_a_series_with_a_gap_has_no_trend():
    """A cell that lacks a year is not compared with cells over other years."""
    values = np.tile(np.arange(6.0)[:, None], (1, 2))
    values[3, 1] = np.nan
    found = fit(values, np.arange(2010, 2016))
    assert found.slope[0] == 1.0 and np.isnan(found.slope[1]) and np.isnan(found.p[1])


def test_serial_correlation_only_widens_and_only_long_series():
    """From eleven years interval and p are those of the variance times the factor; not before."""
    rng = np.random.default_rng(3)
    values = np.zeros((11, 200))
    for k in range(1, 11):
        values[k] = 0.7 * values[k - 1] + rng.normal(size=200)
    years = np.arange(2000, 2011)
    plain, found = fit_trends(values, years), fit(values, years)
    assert (found.p >= plain.p - 1e-12).all() and (found.p > plain.p + 0.01).any()
    assert (found.low <= plain.low).all() and (found.high >= plain.high).all()
    assert np.allclose(found.variance, plain.variance * first_order_factor(values, years, plain.slope))
    assert np.array_equal(fit(values[:10], years[:10]).p, fit_trends(values[:10], years[:10]).p)


def test_a_constant_series_has_no_trend():
    """Twenty equal years give p = 1, not NaN or 0; those of another series stay NaN."""
    found = fit(np.stack([np.ones(20), np.full(20, np.nan)], axis=1), np.arange(20))
    assert found.p[0] == 1.0 and found.rising[0] == 0.5 and np.isnan(found.p[1])


def test_classes_are_those_of_the_false_discovery_rate():
    """Cells count as scipy's adjusted p-values say; NaN has no class."""
    rng = np.random.default_rng(0)
    p = np.concatenate([rng.uniform(0, 0.002, 30), rng.uniform(size=300)])
    slope = rng.normal(size=330)
    codes = trend_classes(slope, p, 0.05)
    expected = np.where(false_discovery_control(p) <= 0.05, np.where(slope > 0, RISING, FALLING), UNCLEAR)
    assert np.array_equal(codes, expected) and {RISING, FALLING, UNCLEAR} == set(codes)
    assert trend_classes(np.array([np.nan]), np.array([np.nan]), 0.05)[0] == 0


@pytest.mark.parametrize(("warmest", "months"), [(20.0, [5, 6, 7, 8, 9]), (-20.0, list(range(1, 13)))])
def test_growing_season(warmest, months):
    """Months at least as warm as the setting; all where none is."""
    temperature = warmest - 5.0 * np.abs(np.arange(12) - 6)
    assert growing_months(temperature, 10.0) == months
