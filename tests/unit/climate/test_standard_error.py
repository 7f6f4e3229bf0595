"""Standard errors of the mean annual drivers."""

import numpy as np
import pytest

from nppdrivers.climate.standard_error import (
    STEPS,
    evapotranspiration_sensitivity,
    mean_annual_variance,
    radiation_sensitivity,
)
from nppdrivers.evapotranspiration import reference_evapotranspiration, solar_radiation

MONTHS = np.arange("2014-01", "2015-01", dtype="datetime64[M]")
LATITUDE, ELEVATION = np.array([35.5, 35.6]), np.array([800.0, 2400.0])


@pytest.fixture
def climate():
    rng = np.random.default_rng(3)
    shape = (12, 2)
    return {
        "temperature": rng.uniform(-5, 28, shape),
        "relative_humidity": rng.uniform(30, 90, shape),
        "wind_speed": rng.uniform(0.5, 4, shape),
        "solar_radiation": rng.uniform(250, 700, shape),
    }


@pytest.mark.parametrize("correlation", [0.0, 0.3, 1.0])
def test_error_of_a_mean_year_is_that_of_all_its_months(correlation):
    """With the same errors each year it equals the error of the weighted sum over all months one by one."""
    errors, years = np.random.default_rng(1).uniform(0.2, 2, (12, 5)), 6
    every_month = np.tile(errors, (years, 1))
    between_months = np.where(np.eye(12 * years), 1.0, correlation)
    variance = np.einsum("ik,ij,jk->k", every_month, between_months, every_month) / years**2
    assert np.allclose(mean_annual_variance(errors, 1.0, correlation, years), variance)


def test_simulated_errors_of_a_mean_year_have_its_variance():
    """It is the variance of 20 000 simulated mean years with correlated errors and weights of both signs."""
    rng, years, correlation = np.random.default_rng(2), 3, 0.4
    errors, weights = rng.uniform(0.5, 2, 12), rng.normal(size=12)
    common, own = rng.normal(size=(20_000, 1, 1)), rng.normal(size=(20_000, years, 12))
    drawn = errors * (np.sqrt(correlation) * common + np.sqrt(1 - correlation) * own)
    simulated = (drawn * weights).sum(axis=2).mean(axis=1).var()
    assert mean_annual_variance(errors, weights, correlation, years) == pytest.approx(simulated, rel=0.03)


def test_radiation_changes_with_sunshine_as_the_sensitivity_says():
    """One hour more of sunshine adds the sensitivity to the radiation; in the polar night nothing."""
    sunshine = np.full((12, 2), 150.0)
    added = solar_radiation(sunshine + 1, MONTHS, LATITUDE) - solar_radiation(sunshine, MONTHS, LATITUDE)
    assert np.allclose(radiation_sensitivity(MONTHS, LATITUDE, 0.5), added, rtol=1e-4)
    assert radiation_sensitivity(MONTHS, np.array([85.0]), 0.5)[0, 0] == 0.0


def test_first_order_error_of_evapotranspiration_is_that_of_simulations(climate):
    """Four independent errors of 3 % spread simulated ET0 as the sensitivities say, within 5 %."""
    rng, draws = np.random.default_rng(4), 4000
    errors = {name: 0.03 * np.abs(values) + 0.02 for name, values in climate.items()}
    variance = sum(
        (evapotranspiration_sensitivity(name, climate, MONTHS, LATITUDE, ELEVATION) * errors[name]) ** 2
        for name in STEPS
    )
    drawn = [
        values[..., None] + errors[name][..., None] * rng.normal(size=(12, 2, draws))
        for name, values in climate.items()
    ]
    simulated = reference_evapotranspiration(*drawn, MONTHS, LATITUDE[:, None], ELEVATION[:, None]).std(
        axis=2
    )
    assert np.allclose(np.sqrt(variance), simulated, rtol=0.05)


def test_sensitivities_at_the_limits_are_one_sided_and_nan_stays_local(climate):
    """Saturated air and calm give finite sensitivities; a missing cell is missing alone."""
    climate["relative_humidity"][:, 0], climate["wind_speed"][:, 0] = 100.0, 0.0
    climate["temperature"][3, 1] = np.nan
    for name in STEPS:
        change = evapotranspiration_sensitivity(name, climate, MONTHS, LATITUDE, ELEVATION)
        assert np.argwhere(~np.isfinite(change)).tolist() == [[3, 1]]
