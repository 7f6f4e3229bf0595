"""Angstrom-Prescott coefficients from stations that measure radiation and sunshine."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import linregress

from nppdrivers.climate.angstrom import calibrate, clearness
from nppdrivers.evapotranspiration import solar_radiation

MONTHS = [f"{year}-{month:02d}" for year in (2010, 2011) for month in range(1, 13)]
LATITUDES = {"A": 35.5, "B": 41.0, "C": -12.0}


def table(a=0.18, b=0.55, noise=0.0, stations="ABC"):
    """Monthly sunshine of stations, and the radiation that coefficients give of it."""
    rng = np.random.default_rng(4)
    parts = []
    for station in stations:
        sunshine = rng.uniform(60, 280, len(MONTHS))
        radiation = solar_radiation(
            sunshine[:, None], np.array(MONTHS, "datetime64[M]"), np.array([LATITUDES[station]]), a=a, b=b
        )[:, 0] * rng.normal(1, noise, len(MONTHS))
        parts += [
            pd.DataFrame(
                {
                    "station": station,
                    "latitude": LATITUDES[station],
                    "month": MONTHS,
                    "variable": variable,
                    "value": values,
                }
            )
            for variable, values in (("sunshine", sunshine), ("solar_radiation", radiation))
        ]
    return pd.concat(parts, ignore_index=True)


def test_coefficients_are_found_again():
    """Radiation made with known coefficients gives them back, at latitudes of both hemispheres."""
    found = calibrate(table())
    np.testing.assert_allclose([found.a, found.b, found.r2], [0.18, 0.55, 1], rtol=1e-6)
    assert (found.stations, found.months) == (3, 72)


def test_fit_is_that_of_linear_regression():
    """With noise, coefficients, errors and r2 are those of scipy's linear regression."""
    monthly = table(noise=0.05)
    pairs = clearness(monthly)
    oracle = linregress(pairs["sunshine"], pairs["radiation"])
    found = calibrate(monthly)
    np.testing.assert_allclose(
        [found.a, found.b, found.a_error, found.b_error, found.r2],
        [oracle.intercept, oracle.slope, oracle.intercept_stderr, oracle.stderr, oracle.rvalue**2],
        rtol=1e-9,
    )
    assert abs(found.b - 0.55) < 4 * found.b_error


def test_clearness_of_fao_example():
    """Of FAO-56, example 10: in May at 22.9 S, 7.1 h of 10.9 h of sunshine a day are a share of 0.65."""
    rows = [("R", -22.9, "2011-05", "sunshine", 220.0), ("R", -22.9, "2011-05", "solar_radiation", 450.0)]
    pairs = clearness(pd.DataFrame(rows, columns=["station", "latitude", "month", "variable", "value"]))
    assert pairs["sunshine"].item() == pytest.approx(7.1 / 10.9, abs=0.005)
    assert pairs["radiation"].item() == pytest.approx(450 / 31 / 25.1, abs=0.01)


def test_only_months_with_both_count():
    """Months without radiation, with an unknown value, and of the polar night are left out."""
    monthly = table(stations="AB")
    monthly.loc[monthly["station"] == "B", "latitude"] = 75.0
    without = (
        (monthly["station"] == "A") & (monthly["month"] < "2010-05") & (monthly["variable"] == "sunshine")
    )
    monthly.loc[(monthly["month"] == "2010-06") & (monthly["station"] == "A"), "value"] = np.nan
    pairs = clearness(monthly[~without])
    assert pairs.groupby("station").size().to_dict() == {"A": 19, "B": 18}
    assert not set(pairs.loc[pairs["station"] == "B", "month"].str[5:]) & {"11", "12", "01"}


@pytest.mark.parametrize(
    ("monthly", "message"),
    [
        (table(stations="A").query("month < '2011-12'"), "there are 23"),
        (table().query("variable == 'sunshine'"), "there are 0"),
        (table(a=0.05), "a = 0.050"),
        (table(b=0.9), "b = 0.900"),
        (
            table().assign(value=lambda t: t["value"].where(t["variable"] == "sunshine", t["value"] / 3.6)),
            "a = 0.05",
        ),
    ],
)
def test_refusals(monthly, message):
    """Too few months and coefficients that no place on Earth has are refused."""
    with pytest.raises(ValueError, match="calibrated") as caught:
        calibrate(monthly)
    assert message in str(caught.value)
