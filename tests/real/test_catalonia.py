"""Climate surfaces of 189 Catalan stations, April 2022: skill, errors and bias in cross-validation."""

import numpy as np
import pandas as pd
import pytest
from scipy.interpolate import RBFInterpolator

from nppdrivers.climate.surfaces import interpolate_monthly
from nppdrivers.spline import ThinPlateSpline

pytestmark = pytest.mark.real

MINIMUM_DAYS = 28


@pytest.fixture(scope="module")
def catalonia(real_data):
    """Stations, and their monthly temperature [degC] and precipitation [mm]; NaN with too few days."""
    daily = pd.read_csv(real_data / "stations" / "meteocat_2022_04_daily.csv.gz")
    stations = daily.groupby("station_id")[["station_name", "lon", "lat", "altitude"]].first()
    stations = stations.rename(columns={"station_name": "station", "altitude": "elevation"})
    values = {}
    for variable, column, statistic in (
        ("temperature", "mean_temperature", "mean"),
        ("precipitation", "precipitation", "sum"),
    ):
        by_station = daily.groupby("station_id")[column].agg([statistic, "count"])
        values[variable] = by_station[statistic].where(by_station["count"] >= MINIMUM_DAYS).to_numpy()
    return stations.reset_index(drop=True), values


def ten_folds(stations, values, variable):
    """Observed, predicted and standard error of every station from the stations of the other folds."""
    used = np.isfinite(values)
    stations, values = stations[used].reset_index(drop=True), values[used]
    fold = np.random.default_rng(0).permutation(len(values)) % 10
    predicted, error = np.empty(len(values)), np.empty(len(values))
    for k in range(10):
        inside = fold == k
        surface = interpolate_monthly(stations[~inside], values[None, ~inside], variable)
        points = stations.loc[inside, ["lon", "lat", "elevation"]].to_numpy()
        predicted[inside], error[inside] = surface.predict(points)[0], surface.standard_error(points)[0]
    return values, predicted, error


def test_temperature_is_explained_by_place_and_elevation(catalonia):
    """Leave-one-out R2 of monthly mean temperature is at least 0.97, with a lapse of -4 to -7 degC km-1."""
    stations, values = catalonia
    surface = interpolate_monthly(stations, values["temperature"][None], "temperature")
    residuals = surface.residuals
    r2 = 1.0 - np.mean(residuals["residual"] ** 2) / np.var(residuals["observed"])
    assert r2 >= 0.97
    assert surface.method == "trivariate"
    assert -7.0 < surface.log["lapse_rate"][0] < -4.0


def test_elevation_in_metres_would_be_worse(catalonia):
    """Elevation in km is a better third coordinate than in metres."""
    stations, values = catalonia
    points = stations[["lon", "lat", "elevation"]].to_numpy()
    rmse = {}
    for unit, factor in (("km", 1e-3), ("m", 1.0)):
        spline = ThinPlateSpline().fit(points * [1.0, 1.0, factor], values["temperature"])
        rmse[unit] = np.sqrt(np.nanmean(spline.loo_residuals_**2))
    assert rmse["km"] < rmse["m"]


def test_intervals_of_temperature_cover_in_ten_folds(catalonia):
    """Nominal 90 % intervals of temperature cover 85 to 95 % of the stations left out."""
    observed, predicted, error = ten_folds(*catalonia_of(catalonia, "temperature"))
    assert 0.85 <= np.mean(np.abs(observed - predicted) <= 1.645 * error) <= 0.95


def test_intervals_of_precipitation_cover_in_ten_folds(catalonia):
    """So do those of precipitation, on the scale of the square root; its mean is unbiased within 3 %."""
    observed, predicted, error = ten_folds(*catalonia_of(catalonia, "precipitation"))
    # predicted = x^2 + s^2 and error^2 = 4 x^2 s^2 + 2 s^4 give back x and s of the square root.
    x = np.sqrt(np.sqrt(np.maximum(predicted**2 - error**2 / 2.0, 0.0)))
    s = np.sqrt(predicted - x**2)
    assert 0.85 <= np.mean(np.abs(np.sqrt(observed) - x) <= 1.645 * s) <= 0.95
    assert abs(predicted.mean() / observed.mean() - 1.0) < 0.03
    assert predicted.min() >= 0.0


def catalonia_of(catalonia, variable):
    """Arguments of ten_folds for a variable."""
    stations, values = catalonia
    return stations, values[variable], variable


def test_spline_is_scipys_linear_kernel(catalonia):
    """On real stations the trivariate spline is scipy's linear kernel with smoothing 8 pi rho (1e-9)."""
    stations, values = catalonia
    used = np.isfinite(values["temperature"])
    points = stations.loc[used, ["lon", "lat", "elevation"]].to_numpy() * [1.0, 1.0, 1e-3]
    z = values["temperature"][used]
    spline = ThinPlateSpline().fit(points, z)
    oracle = RBFInterpolator(points, z, kernel="linear", degree=1, smoothing=8.0 * np.pi * spline.rho_)
    targets = points + np.random.default_rng(0).normal(0.0, 0.1, points.shape)
    np.testing.assert_allclose(spline.predict(targets), oracle(targets), rtol=0, atol=1e-9)
