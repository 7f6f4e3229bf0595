"""Monthly climate surfaces on simulated mountains: form, errors, bounds, fall-backs and refusals."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers.climate.diagnostics import (
    elevation_correlation,
    error_correlation,
    outlier_flags,
    residual_table,
    summary,
)
from nppdrivers.climate.lapse import LapseRateIdw
from nppdrivers.climate.station_checks import check_elevations, differing_elevations
from nppdrivers.climate.surfaces import interpolate_monthly
from nppdrivers.quantities import quantity

LAPSE = -6.0  # degC km-1


def make_stations(n, rng):
    """Stations about 112.7 E, 35.5 N, 300 to 1500 m."""
    return pd.DataFrame(
        {
            "station": [f"s{i}" for i in range(n)],
            "lon": rng.uniform(112.0, 113.4, n),
            "lat": rng.uniform(35.0, 36.0, n),
            "elevation": rng.uniform(300.0, 1500.0, n),
        }
    )


def temperature(stations, months, rng, noise=0.3):
    """Seasonal temperature with a lapse rate, a gradient to the north and noise, (months, n)."""
    season = 10.0 - 13.0 * np.cos(2.0 * np.pi * np.arange(months) / 12.0)
    place = LAPSE * stations["elevation"].to_numpy() / 1000.0 - 0.8 * (stations["lat"].to_numpy() - 35.0)
    return season[:, None] + place + rng.normal(0.0, noise, (months, len(stations)))


def xyz(stations):
    """Longitude, latitude, elevation [m] as an array."""
    return stations[["lon", "lat", "elevation"]].to_numpy(copy=True)


@pytest.fixture(scope="module")
def basin():
    """Thirty stations, a year of temperature with gaps, the fitted surface, and new places."""
    rng = np.random.default_rng(1)
    stations, new = make_stations(30, rng), make_stations(60, rng)
    values = temperature(stations, 12, rng)
    values[rng.random(values.shape) < 0.1] = np.nan
    surface = interpolate_monthly(stations, values, "temperature")
    return {"stations": stations, "values": values, "surface": surface, "new": new}


def test_temperature_follows_elevation(basin):
    """The surface recovers the truth at new places within its errors and reports the lapse rate."""
    surface, new = basin["surface"], basin["new"]
    assert surface.method in ("trivariate", "partial")
    predicted, error = surface.predict(xyz(new)), surface.standard_error(xyz(new))
    truth = temperature(new, 12, np.random.default_rng(9))
    assert predicted.shape == error.shape == (12, 60)
    assert predicted.dtype == error.dtype == np.float32
    assert np.sqrt(np.mean((predicted - truth) ** 2)) < 0.42
    covered = np.abs(predicted - truth) <= 1.645 * error
    assert covered.mean() == pytest.approx(0.88, abs=0.05)
    log = surface.log
    assert np.all(np.abs(log["lapse_rate"] - LAPSE) < 4.0 * log["lapse_rate_se"])
    assert log["lapse_rate_se"].between(0.01, 0.6).all()
    assert list(log.columns) == [
        "month", "n", "signal", "rtgcv", "rtvar", "rho", "flag", "loo_rmse", "lapse_rate", "lapse_rate_se",
    ]  # fmt: skip
    assert log["n"].tolist() == np.isfinite(basin["values"]).sum(axis=1).tolist()


def test_form_of_least_cross_validated_error_is_used(basin):
    """The candidates are the three forms, and the one used has the least leave-one-out error."""
    candidates = basin["surface"].candidates.set_index("method")["loo_rmse"]
    assert set(candidates.index) == {"trivariate", "partial", "bivariate"}
    assert candidates.idxmin() == basin["surface"].method
    assert candidates["bivariate"] > 3.0 * candidates.min()


def test_form_adapts_to_the_data():
    """A lapse rate that differs between valleys needs the trivariate spline; sunshine without relief none."""
    rng = np.random.default_rng(2)
    stations = make_stations(90, rng)
    z = stations["elevation"].to_numpy() / 1000.0
    inverted = 8.0 * np.sin(4.0 * z) + rng.normal(0.0, 0.2, (3, 90))
    assert interpolate_monthly(stations, inverted, "temperature").method == "trivariate"
    flat = 200.0 + 30.0 * (stations["lat"].to_numpy() - 35.0) + rng.normal(0.0, 8.0, (12, 90))
    surface = interpolate_monthly(stations, flat, "sunshine")
    assert surface.method == "bivariate"
    assert surface.log["lapse_rate"].isna().all()


def test_gaps_equal_months_fitted_alone(basin):
    """A month with gaps among others is the month fitted alone to the stations it has."""
    values, surface = basin["values"], basin["surface"]
    month = int(np.argmin(np.isfinite(values).sum(axis=1)))
    used = np.isfinite(values[month])
    alone = interpolate_monthly(basin["stations"][used], values[[month]][:, used], "temperature")
    if alone.method == surface.method:
        got = surface.predict(xyz(basin["new"]))[month]
        np.testing.assert_allclose(got, alone.predict(xyz(basin["new"]))[0], atol=1e-3)
    assert alone.log["loo_rmse"][0] <= surface.log["loo_rmse"][month] + 1e-6


def test_blocks_of_targets_equal_the_whole(basin):
    """Predicting a grid in parts gives the grid predicted at once."""
    points = np.tile(xyz(basin["new"]), (50, 1)) + np.linspace(0.0, 0.1, 3000)[:, None]
    surface = basin["surface"]
    for method in (surface.predict, surface.standard_error):
        parts = np.hstack([method(points[i : i + 700]) for i in range(0, 3000, 700)])
        np.testing.assert_allclose(parts, method(points), rtol=2e-6)


def test_nan_targets_stay_local(basin):
    """A cell without elevation is missing, its neighbours are not."""
    points = xyz(basin["new"])
    points[5, 2] = np.nan
    for field in (basin["surface"].predict(points), basin["surface"].standard_error(points)):
        assert np.isnan(field[:, 5]).all()
        assert np.isfinite(np.delete(field, 5, axis=1)).all()


def rainfall(stations, months, rng):
    """Skewed rain with dry months: the square of normal values about a smooth wet gradient."""
    wet = 3.0 + 4.0 * np.sin(np.pi * np.arange(months) / 12.0) ** 2
    place = 1.5 * stations["elevation"].to_numpy() / 1000.0 + (stations["lat"].to_numpy() - 35.0)
    root = wet[:, None] - 2.5 + place + rng.normal(0.0, 0.9, (months, len(stations)))
    return np.maximum(root, 0.0) ** 2


def test_precipitation_is_never_negative_and_unbiased():
    """Square-root precipitation has no bias at new places (naive squares have) and is never negative."""
    rng = np.random.default_rng(3)
    stations, new = make_stations(40, rng), make_stations(200, rng)
    both = rainfall(pd.concat([stations, new]), 60, rng)
    surface = interpolate_monthly(stations, both[:, :40], "precipitation")
    predicted, error = surface.predict(xyz(new)), surface.standard_error(xyz(new))
    assert predicted.min() >= 0.0
    assert np.all(error > 0.0)
    wet = both[:, 40:].mean(axis=1) > 5.0
    bias = predicted[wet].mean() / both[wet][:, 40:].mean() - 1.0
    naive = np.mean(np.maximum(surface._mean(xyz(new))[wet], 0.0) ** 2) / both[wet][:, 40:].mean()
    assert abs(bias) < 0.015
    assert naive - 1.0 < -0.025
    # The error is the standard deviation of the skewed rain, so that the spread of z is one.
    z = (both[wet][:, 40:] - predicted[wet]) / error[wet]
    assert z.std() == pytest.approx(1.0, abs=0.08)


def test_dry_month_is_zero():
    """A month without any rain gives no rain anywhere, with a flag for the exact trend."""
    stations = make_stations(15, np.random.default_rng(4))
    surface = interpolate_monthly(stations, np.zeros((1, 15)), "precipitation")
    assert np.all(surface.predict(xyz(stations)) < 1e-12)
    assert "trend exactly" in surface.log["flag"][0]


def test_bounds_hold_beyond_the_stations():
    """Humidity, sunshine and wind stay within what is possible far above and below the stations."""
    rng = np.random.default_rng(5)
    stations = make_stations(25, rng)
    z = (stations["elevation"].to_numpy() - 300.0) / 1200.0
    points = xyz(make_stations(50, rng))
    points[:25, 2], points[25:, 2] = 20.0, 2300.0
    cases = {
        "relative_humidity": 75.0 + 24.0 * z,
        "sunshine": 120.0 - 110.0 * z,
        "wind_speed": 0.2 + 2.0 * z,
    }
    for variable, truth in cases.items():
        low, high = quantity(variable).minimum, quantity(variable).maximum
        noisy = np.clip(truth + rng.normal(0.0, 0.2, (2, 25)), low, high)
        predicted = interpolate_monthly(stations, noisy, variable).predict(points)
        assert predicted.min() >= low
        assert predicted.max() <= high
        assert np.any((predicted == low) | (predicted == high))


def test_ten_stations_fall_back_with_a_flag():
    """Ten stations are too few for a spline with elevation: the fall-back is flagged and sane."""
    rng = np.random.default_rng(6)
    stations, new = make_stations(10, rng), make_stations(50, rng)
    surface = interpolate_monthly(stations, temperature(stations, 12, rng), "temperature")
    assert surface.method == "fallback"
    assert surface.log["flag"].str.contains("fallback").all()
    assert np.all(np.abs(surface.log["lapse_rate"] - LAPSE) < 2.0)
    truth = temperature(new, 12, rng, noise=0.0)
    assert np.sqrt(np.mean((surface.predict(xyz(new)) - truth) ** 2)) < 0.6
    assert np.all(surface.standard_error(xyz(new)) > 0.05)


def test_one_month_with_few_stations_falls_back_alone(basin):
    """Only the month that lost its stations is flagged; the others keep their spline."""
    values = basin["values"].copy()
    values[4, 8:] = np.nan
    surface = interpolate_monthly(basin["stations"], values, "temperature")
    fallback = surface.log["flag"].str.contains("fallback")
    assert np.flatnonzero(fallback).tolist() == [4]
    assert surface.method != "fallback"
    others = np.arange(12) != 4
    np.testing.assert_allclose(
        surface.predict(xyz(basin["new"]))[others],
        basin["surface"].predict(xyz(basin["new"]))[others],
        atol=1e-4,
    )
    assert np.isfinite(surface.predict(xyz(basin["new"]))).all()


def test_single_station_gives_its_value_and_no_error():
    """One station with a value gives that value everywhere; its error is unknown, not zero."""
    stations = make_stations(3, np.random.default_rng(7))
    values = np.array([[np.nan, 12.5, np.nan]])
    surface = interpolate_monthly(stations, values, "temperature")
    np.testing.assert_allclose(surface.predict(xyz(stations)), 12.5)
    assert np.isnan(surface.standard_error(xyz(stations))).all()


def test_stations_at_one_elevation_or_without_any_are_interpolated_in_the_plane():
    """Without relief among the stations no lapse rate can be known: the surface is bivariate."""
    rng = np.random.default_rng(8)
    stations = make_stations(20, rng)
    values = temperature(stations.assign(elevation=500.0), 2, rng)
    for height in (500.0, np.nan):
        flat = stations.assign(elevation=height)
        surface = interpolate_monthly(flat, values, "temperature")
        assert surface.method == "bivariate"
        points = xyz(stations)
        np.testing.assert_allclose(
            surface.predict(points), interpolate_monthly(flat, values, "temperature").predict(points)
        )
        assert np.abs(surface.predict(points) - values).max() < 1.5
    assert surface.predict(points[:, :2]).shape == (2, 20)


def test_two_stations_at_one_place_are_sane(basin):
    """A second thermometer at a station's place changes the surface little and does not break the fit."""
    stations = pd.concat([basin["stations"], basin["stations"].iloc[[0]].assign(station="twin")])
    values = np.column_stack([basin["values"], basin["values"][:, 0] + 0.4])
    surface = interpolate_monthly(stations, values, "temperature")
    change = surface.predict(xyz(basin["new"])) - basin["surface"].predict(xyz(basin["new"]))
    assert np.abs(change).max() < 1.0


def test_stations_on_a_line_fall_back():
    """Stations on a straight road cannot carry a plane: the fall-back is used and the reason is noted."""
    rng = np.random.default_rng(9)
    stations = make_stations(20, rng)
    stations["lat"] = 35.0 + 0.5 * (stations["lon"] - 112.0)
    surface = interpolate_monthly(stations, temperature(stations, 1, rng), "temperature")
    assert surface.method == "fallback"
    assert surface.candidates["note"].str.contains("line or plane").any()


def test_wild_outlier_is_named(basin):
    """A station 25 degrees too warm leads the residuals, is named in the flag, and shows in the errors."""
    values = basin["values"].copy()
    values[6, 3] = 45.0
    surface = interpolate_monthly(basin["stations"], values, "temperature")
    assert surface.residuals.iloc[0][["month", "station"]].tolist() == [6, "s3"]
    assert "outlying: s3" in surface.log["flag"][6]
    assert "outlying" not in " ".join(surface.log["flag"].drop(6))
    others = np.arange(12) != 6
    np.testing.assert_allclose(
        surface.predict(xyz(basin["new"]))[others],
        basin["surface"].predict(xyz(basin["new"]))[others],
        atol=1e-4,
    )
    assert surface.standard_error(xyz(basin["new"]))[6].min() > 2.0


def test_residuals_are_ranked_and_complete(basin):
    """Every observed value has its leave-one-out residual, the largest z first."""
    residuals = basin["surface"].residuals
    assert len(residuals) == np.isfinite(basin["values"]).sum()
    assert np.all(np.diff(np.abs(residuals["z"])) <= 0.0)
    np.testing.assert_allclose(residuals["observed"] - residuals["predicted"], residuals["residual"])
    rmse = np.sqrt(residuals.groupby("month")["residual"].apply(lambda r: np.mean(r**2)))
    np.testing.assert_allclose(rmse, basin["surface"].log["loo_rmse"], rtol=1e-10)


def test_error_correlation_is_that_of_the_months():
    """The correlation between months of simulated, equally correlated errors is found again."""
    rng = np.random.default_rng(10)
    z = np.sqrt(0.3) * rng.normal(size=3000) + np.sqrt(0.7) * rng.normal(size=(3, 3000))
    assert error_correlation(z) == pytest.approx(0.3, abs=0.05)
    assert error_correlation(np.full((1, 5), 1.0)) == 0.0


def test_small_reports():
    """Correlation with elevation ignores missing cells; outliers and rankings leave missing values out."""
    z = np.array([1.0, 2.0, np.nan, 4.0])
    assert elevation_correlation(-2.0 * z + 1.0, z) == pytest.approx(-1.0)
    assert np.isnan(elevation_correlation(np.ones(4), z))
    residuals = np.array([[0.1, -0.2, 0.15, 9.0, np.nan], [np.nan] * 5])
    assert outlier_flags(residuals, np.array(list("abcde"))) == ["outlying: d", ""]
    table = residual_table(np.arange(2), np.array(list("abcde")), {"observed": residuals, "z": residuals})
    assert table["station"].tolist() == ["d", "b", "c", "a"]


def test_fallback_equals_its_definition():
    """Lapse rate, intercept and inverse-distance weights equal the formulas written out for one target."""
    rng = np.random.default_rng(11)
    points, height, z = (
        rng.uniform(35.0, 36.0, (7, 2)),
        rng.uniform(0.0, 2.0, 7),
        rng.normal(size=7),
    )
    target, level = np.array([[35.4, 35.3]]), np.array([1.1])
    model = LapseRateIdw().fit(points, z[None], height)
    slope, intercept = np.polyfit(height, z, 1)
    shrink = np.cos(np.radians(points[:, 1].mean()))
    weights = 1.0 / (((points - target) * [shrink, 1.0]) ** 2).sum(axis=1)
    residuals = z - intercept - slope * height
    expected = intercept + slope * 1.1 + weights @ residuals / weights.sum()
    assert model.predict(target, level)[0, 0] == pytest.approx(expected, rel=1e-10)
    assert model.slope_[0] == pytest.approx(slope)
    others = np.arange(7) != 2
    refit = LapseRateIdw().fit(points[others], z[None, others], height[others])
    # The shrinking of longitudes by the mean latitude differs a little between the two.
    assert model.loo_residuals_[0, 2] == pytest.approx(
        z[2] - refit.predict(points[[2]], height[[2]])[0, 0], abs=1e-3
    )
    with pytest.raises(ValueError, match="no value"):
        LapseRateIdw().fit(points, np.full((1, 7), np.nan))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"lat": 112.5}, "swapped"),
        ({"lon": 4_000_000.0}, "degrees"),
        ({"elevation": 12_000.0}, "s2 lie outside .* feet"),
        ({"elevation": np.nan}, "s2 have no elevation"),
        ({"lon": np.nan}, "s2 have no coordinates"),
    ],
)
def test_impossible_stations_are_refused(basin, change, message):
    """Swapped or projected coordinates, elevations in feet and gaps name the station and the cause."""
    stations = basin["stations"].copy()
    for column, value in change.items():
        stations.loc[2, column] = value
    with pytest.raises(ValueError, match=message):
        interpolate_monthly(stations, basin["values"], "temperature")


def test_impossible_values_are_refused(basin):
    """Unknown variables, wrong units, empty months and shapes that do not match are errors."""
    stations, values = basin["stations"], basin["values"]
    with pytest.raises(ValueError, match="unknown"):
        interpolate_monthly(stations, values, "albedo")
    with pytest.raises(ValueError, match=r"values outside -90 to 60, the first .* station s0 in month 0"):
        interpolate_monthly(stations, values + 273.15, "temperature")
    with pytest.raises(ValueError, match="values outside 0 to"):
        interpolate_monthly(stations, values, "precipitation")
    with pytest.raises(ValueError, match="have shape"):
        interpolate_monthly(stations, values[:, :5], "temperature")
    empty = values.copy()
    empty[7] = np.nan
    with pytest.raises(ValueError, match="no station has a value in months 2010-08"):
        interpolate_monthly(
            stations, empty, "temperature", months=np.array([f"2010-{m:02d}" for m in range(1, 13)])
        )
    with pytest.raises(ValueError, match="no column lat"):
        interpolate_monthly(stations.drop(columns="lat"), values, "temperature")


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (lambda p: p[:, [1, 0, 2]], "lon of the targets"),
        (lambda p: p * [1, 1, 0.001], "elevation of the targets"),
        (lambda p: p * [1, 1, 10.0], "elevation of the targets"),
        (lambda p: p[:, :2], "targets must be"),
        (lambda p: p + np.array([500_000.0, 0, 0]), "lon of the targets"),
    ],
)
def test_targets_in_another_unit_are_refused(basin, targets, message):
    """Swapped coordinates, a DEM in kilometres or decimetres, and projected coordinates are refused."""
    with pytest.raises(ValueError, match=message):
        basin["surface"].predict(targets(xyz(basin["new"])))


@pytest.mark.parametrize(
    ("station_factor", "ground_factor", "message"),
    [
        (3.28084, 1.0, "stations' elevations are in feet"),
        (1.0, 3.28084, "elevation grid is in feet"),
        (0.001, 1.0, "stations' elevations are in kilometres"),
        (1.0, 0.001, "elevation grid is in kilometres"),
        (1.0, 10.0, "decimetres"),
    ],
)
def test_unit_of_elevation_is_checked_at_the_stations(station_factor, ground_factor, message):
    """Feet, kilometres and decimetres show in the ratio of ground to station elevation."""
    rng = np.random.default_rng(12)
    height = rng.uniform(200.0, 1500.0, 14)
    ground = height + rng.normal(0.0, 30.0, 14)
    check_elevations(height, ground)
    with pytest.raises(ValueError, match=message):
        check_elevations(height * station_factor, ground * ground_factor)
    check_elevations(height[:2], 3.28 * height[:2])  # two stations are no evidence


def test_summary_equals_its_definitions(basin):
    """Errors are pooled over months, R2 counts differences within months only, flags are counted by kind."""
    stations, values = basin["stations"], basin["values"][:4].copy()
    values[1, 5:] = np.nan
    surface = interpolate_monthly(stations, values, "temperature")
    found = summary(surface.log, surface.residuals)
    residual = surface.residuals["residual"].to_numpy()
    spread = values - np.nanmean(values, axis=1, keepdims=True)
    assert found["loo_rmse"] == pytest.approx(np.sqrt(np.mean(residual**2)))
    assert found["loo_r2"] == pytest.approx(1 - np.sum(residual**2) / np.nansum(spread**2))
    assert found["coverage_90"] == pytest.approx(np.mean(np.abs(surface.residuals["z"]) <= 1.6449), abs=1e-3)
    assert (found["months"], found["fallback_months"], found["stations"]) == (4, 1, len(stations))


def test_stations_far_from_the_elevation_grid_are_named():
    """A station 400 m off is named with both elevations; one off by 20 m and one without ground are not."""
    names = np.array(["low", "high", "outside"])
    named = differing_elevations(names, np.array([300.0, 900.0, 500.0]), np.array([320.0, 500.0, np.nan]))
    assert named == ["high: 900 m in the table, 500 m on the elevation grid"]
