"""Efficiencies fitted to measured NPP."""

import numpy as np
import pytest
from scipy import stats

from nppdrivers.npp.efficiency import fit_factor, left_out_factors


@pytest.fixture
def sites():
    """Measured and simulated NPP of nine sites."""
    rng = np.random.default_rng(3)
    simulated = rng.uniform(150.0, 600.0, 9)
    return 1.3 * simulated + 2.0 * np.sqrt(simulated) * rng.standard_normal(9), simulated


def test_the_site_left_out_has_no_part_in_its_factor(sites):
    """The factors equal fits to the other sites, one after the other."""
    measured, simulated = sites
    slow = [np.delete(measured, i).mean() / np.delete(simulated, i).mean() for i in range(9)]
    np.testing.assert_allclose(left_out_factors(measured, simulated), slow, rtol=1e-13)
    errors = [measured[i] - slow[i] * simulated[i] for i in range(9)]
    assert fit_factor(measured, simulated).rmse_after == pytest.approx(np.sqrt(np.mean(np.square(errors))))


def test_factor_and_interval_are_those_of_weighted_least_squares(sites):
    """Through the origin with weights 1 / simulated, fitted to m / sqrt(s)."""
    measured, simulated = sites
    root = np.sqrt(simulated)
    factor = np.linalg.lstsq(root[:, None], measured / root, rcond=None)[0][0]
    scale = np.sqrt(np.sum((measured / root - factor * root) ** 2) / 8 / np.sum(root**2))
    fit = fit_factor(measured, simulated)
    assert fit.factor == pytest.approx(factor, rel=1e-12)
    assert (fit.low, fit.high) == pytest.approx(stats.t.interval(0.95, 8, factor, scale), rel=1e-9)


def test_interval_covers_the_planted_factor():
    """Of 2000 sets of five sites about 95 % have the planted factor within their interval."""
    rng = np.random.default_rng(1)
    simulated = rng.uniform(200.0, 500.0, (2000, 5))
    measured = 0.8 * simulated + 3.0 * np.sqrt(simulated) * rng.standard_normal((2000, 5))
    fits = [fit_factor(m, s) for m, s in zip(measured, simulated, strict=True)]
    assert np.mean([fit.low <= 0.8 <= fit.high for fit in fits]) == pytest.approx(0.95, abs=0.015)


def test_too_few_sites_are_refused():
    """Two sites are not fitted to; the message says how many it takes."""
    with pytest.raises(ValueError, match="2 sites with measured NPP are too few to fit to: give 3 or more"):
        fit_factor([300.0, 400.0], [310.0, 380.0])
