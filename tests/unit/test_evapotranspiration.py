"""FAO-56 radiation and reference evapotranspiration against the book's worked examples and pyet."""

import numpy as np
import pandas as pd
import pyet
import pytest
import xarray as xr

from nppdrivers import evapotranspiration as et

YEARS = np.arange("2010-01", "2013-01", dtype="datetime64[M]")


def test_example_8_extraterrestrial_radiation():
    """FAO-56 example 8: 20 degrees south on 3 September, Ra = 32.2 MJ m-2 d-1."""
    assert et.extraterrestrial_radiation(246, -20.0) == pytest.approx(32.2, abs=0.05)


def test_example_9_daylight_hours():
    """FAO-56 example 9: 20 degrees south on 3 September, N = 11.7 hours."""
    assert et.daylight_hours(246, -20.0) == pytest.approx(11.7, abs=0.05)


def test_example_10_solar_radiation():
    """FAO-56 example 10: Rio de Janeiro in May, 220 hours of sunshine, Rs = 14.5 MJ m-2 d-1."""
    month = np.array(["2010-05"], dtype="datetime64[M]")
    monthly = et.solar_radiation(np.array([220.0]), month, -22.9)
    assert monthly[0] / 31.0 == pytest.approx(14.5, abs=0.1)


def test_example_17_monthly_evapotranspiration():
    """FAO-56 example 17: Bangkok in April, the terms of the energy balance and ET0 = 5.72 mm d-1."""
    temperature, wind, actual = 30.2, 2.0, 2.85
    saturation = np.mean(et.saturation_vapour_pressure(np.array([34.8, 25.6])))
    assert saturation == pytest.approx(4.42, abs=0.01)
    assert et.vapour_pressure_slope(temperature) == pytest.approx(0.246, abs=0.001)
    assert et.psychrometric_constant(2.0) == pytest.approx(0.0674, abs=0.0001)
    net = et.net_radiation(22.65, 38.06, 2.0, temperature, actual)
    assert net == pytest.approx(14.33, abs=0.05)
    et0 = et.penman_monteith(temperature, wind, net, saturation - actual, 2.0, soil_heat=0.14)
    assert et0 == pytest.approx(5.72, abs=0.02)


def test_example_14_wind_speed():
    """FAO-56 example 14: 3.2 m s-1 at 10 m are 2.4 m s-1 at 2 m."""
    assert et.wind_at_2m(3.2, 10.0) == pytest.approx(2.4, abs=0.05)
    assert et.wind_at_2m(1.0, 2.0) == pytest.approx(1.0, abs=1e-3)


def test_days_in_month_knows_leap_years():
    """February has 29 days in 2012 and 28 in 2010, 2011 and 1900."""
    months = np.array(
        ["2010-02", "2011-02", "2012-02", "1900-02", "2000-02", "2011-12"], dtype="datetime64[M]"
    )
    assert et.days_in_month(months).tolist() == [28, 28, 29, 28, 29, 31]


@pytest.mark.parametrize(
    ("south", "tolerance"),
    [(-41.3, 2e-9), (-0.1, 2e-9), (35.2, 2e-9), (59.5, 2e-9), (66.4, 1e-5), (89.7, 1e-5)],
)
def test_monthly_sums_equal_the_sum_of_days(south, tolerance):
    """Interpolated in latitude, sums equal those day by day within 2e-9, in polar zones within 1e-5."""
    latitude = south + np.random.default_rng(0).uniform(0.0, 0.3, 50)
    for monthly, daily in (
        (et.monthly_extraterrestrial_radiation, et.extraterrestrial_radiation),
        (et.monthly_daylight_hours, et.daylight_hours),
    ):
        got = monthly(YEARS, latitude)
        for i, month in enumerate(YEARS):
            days = pd.date_range(str(month), periods=pd.Period(str(month)).days_in_month).day_of_year
            expected = sum(daily(day, latitude) for day in days)
            np.testing.assert_allclose(got[i], expected, rtol=tolerance, atol=1e3 * (tolerance - 2e-9))


def test_parts_of_a_grid_equal_the_whole():
    """Monthly sums of a part of the latitudes are bit for bit those of the whole."""
    latitude = np.linspace(35.2, 35.9, 500).reshape(50, 10)
    whole = et.monthly_extraterrestrial_radiation(YEARS, latitude)
    part = et.monthly_extraterrestrial_radiation(YEARS, latitude[17:23])
    assert np.array_equal(whole[:, 17:23], part)


def test_polar_night_and_day():
    """Beyond the polar circle the sun is up 24 hours in June and never in December."""
    assert et.daylight_hours(172, 75.0) == pytest.approx(24.0)
    assert et.daylight_hours(355, 75.0) == 0.0
    assert et.extraterrestrial_radiation(355, 75.0) == 0.0
    winter = np.array(["2010-12"], dtype="datetime64[M]")
    assert et.solar_radiation(np.array([0.0]), winter, 80.0)[0] == 0.0


def test_sunshine_above_the_daylight_hours_counts_as_clear():
    """More sunshine than possible gives a + b of the extraterrestrial radiation, none gives a."""
    ra = et.monthly_extraterrestrial_radiation(YEARS[:1], 35.5)
    for hours, share in ((700.0, 0.75), (0.0, 0.25)):
        assert et.solar_radiation(np.array([hours]), YEARS[:1], 35.5) / ra == pytest.approx(share, rel=1e-12)


def test_annual_radiation_equals_pyet():
    """The annual sum at 35.5 degrees north is that of pyet, which takes radians."""
    annual = et.monthly_extraterrestrial_radiation(YEARS[12:24], 35.5).sum()
    daily = pyet.extraterrestrial_r(pd.date_range("2011-01-01", "2011-12-31"), np.radians(35.5))
    assert annual == pytest.approx(float(daily.sum()), rel=1e-8)


def climate_of(days, latitudes, seed=1):
    """Draw possible daily temperature, humidity, wind, radiation (days, n), and elevation (n,)."""
    rng = np.random.default_rng(seed)
    shape = (len(days), len(latitudes))
    return (
        rng.normal(10.0, 12.0, shape),
        rng.uniform(15.0, 100.0, shape),
        rng.uniform(0.0, 6.0, shape),
        rng.uniform(0.5, 25.0, shape),
        np.linspace(0.0, 3500.0, len(latitudes)),
    )


def test_daily_evapotranspiration_equals_pyet():
    """Daily ET0 equals pyet's pm_fao56 on a grid of xarray, latitude in radians (1e-9)."""
    days = pd.date_range("2011-01-01", "2011-12-31")
    latitude = np.linspace(-60.0, 60.0, 7)
    temperature, humidity, wind, solar, elevation = climate_of(days, latitude)

    def field(a):
        return xr.DataArray(a[:, None, :], dims=("time", "y", "x"), coords={"time": days})

    def flat(a):
        return xr.DataArray(a[None], dims=("y", "x"))

    expected = pyet.pm_fao56(
        field(temperature),
        field(wind),
        rs=field(solar),
        rh=field(humidity),
        elevation=flat(elevation),
        lat=flat(np.radians(latitude)),
    )
    ra = et.extraterrestrial_radiation(days.day_of_year.to_numpy()[:, None], latitude)
    saturation = et.saturation_vapour_pressure(temperature)
    actual = saturation * humidity / 100.0
    net = et.net_radiation(solar, ra, elevation, temperature, actual)
    got = et.penman_monteith(temperature, wind, net, saturation - actual, elevation)
    np.testing.assert_allclose(got, expected.to_numpy()[:, 0], rtol=1e-9, atol=1e-9)


def test_monthly_evapotranspiration_is_the_mean_day_times_the_days():
    """The monthly total is that of the mean day, with the month's mean extraterrestrial radiation."""
    latitude = np.array([35.2, 35.6])
    temperature, humidity, wind, solar, elevation = climate_of(YEARS, latitude)
    days = et.days_in_month(YEARS)[:, None]
    got = et.reference_evapotranspiration(
        temperature, humidity, wind, solar * days, YEARS, latitude, elevation[:2]
    )
    ra = et.monthly_extraterrestrial_radiation(YEARS, latitude) / days
    saturation = et.saturation_vapour_pressure(temperature)
    actual = saturation * humidity / 100.0
    net = et.net_radiation(solar, ra, elevation, temperature, actual)
    expected = days * et.penman_monteith(temperature, wind, net, saturation - actual, elevation)
    np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_nan_stays_local_and_float32_stays_float32():
    """One missing input makes one missing output; float32 comes back near the float64 result."""
    latitude = np.linspace(35.0, 36.0, 5)
    temperature, humidity, wind, solar, elevation = climate_of(YEARS, latitude)
    args = [temperature, humidity, wind, solar * 30.0]
    whole = et.reference_evapotranspiration(*args, YEARS, latitude, elevation)
    for k in range(4):
        holed = [a.copy() for a in args]
        holed[k][3, 2] = np.nan
        got = et.reference_evapotranspiration(*holed, YEARS, latitude, elevation)
        assert np.argwhere(np.isnan(got)).tolist() == [[3, 2]]
    single = et.reference_evapotranspiration(*(a.astype("float32") for a in args), YEARS, latitude, elevation)
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, whole, rtol=1e-4, atol=1e-3)
    latitude[1] = np.nan
    holed = et.reference_evapotranspiration(*args, YEARS, latitude, elevation)
    assert np.isnan(holed[:, 1]).all()
    assert np.isfinite(np.delete(holed, 1, axis=1)).all()
    assert np.isnan(et.monthly_daylight_hours(YEARS, np.array([np.nan]))).all()


def test_more_wind_dryness_and_radiation_raise_evapotranspiration():
    """ET0 rises with radiation and with dryness, and never falls below zero in the cold and dark."""
    base = {"t": 15.0, "rh": 60.0, "u": 2.0, "rs": 500.0}

    def et0(**change):
        v = {k: np.array([[x]]) for k, x in (base | change).items()}
        return et.reference_evapotranspiration(
            v["t"], v["rh"], v["u"], v["rs"], YEARS[:1], np.array([35.5]), np.array([800.0])
        ).item()

    assert et0(rs=600.0) > et0()
    assert et0(rh=40.0) > et0()
    assert et0(u=4.0) > et0()
    assert et0(t=-20.0, rh=100.0, rs=5.0) == 0.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"latitude": np.array([112.7])}, "swapped"),
        ({"humidity": np.array([[101.0]])}, "above 100"),
        ({"wind": np.array([[-1.0]])}, "wind is negative"),
        ({"solar": np.array([[-1.0]])}, "radiation is negative"),
        ({"wind": np.array([[1.0, 2.0]])}, "wind has shape"),
        ({"months": YEARS[:2]}, "2 months"),
    ],
)
def test_impossible_inputs_are_refused(change, message):
    """Swapped coordinates, impossible values and shapes that do not match name the cause."""
    inputs = {
        "temperature": np.array([[10.0]]),
        "humidity": np.array([[50.0]]),
        "wind": np.array([[2.0]]),
        "solar": np.array([[400.0]]),
        "months": YEARS[:1],
        "latitude": np.array([35.5]),
        "elevation": np.array([500.0]),
    }
    with pytest.raises(ValueError, match=message):
        et.reference_evapotranspiration(*(inputs | change).values())


def test_negative_sunshine_and_low_masts_are_refused():
    """Negative sunshine and a wind height in the grass are errors."""
    with pytest.raises(ValueError, match="negative"):
        et.solar_radiation(np.array([-1.0]), YEARS[:1], 35.5)
    with pytest.raises(ValueError, match="height"):
        et.wind_at_2m(1.0, 0.05)
