"""Solar radiation and FAO-56 reference evapotranspiration of monthly climate.

Source: Allen, Pereira, Raes and Smith (1998), Crop evapotranspiration, FAO Irrigation and Drainage Paper 56;
the equation numbers below are those of its chapters 3 and 4.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

SOLAR_CONSTANT = 0.0820  # [MJ m-2 min-1]
STEFAN_BOLTZMANN = 4.903e-9  # [MJ K-4 m-2 d-1]
MM_PER_MJ = 0.408  # water evaporated by 1 MJ m-2 [mm], the inverse of the latent heat of 2.45 MJ kg-1
LATITUDE_STEP = 0.001  # [degree] spacing of the latitudes at which daily values are summed
ALBEDO = 0.23  # of the hypothetical grass reference crop
# Range of the relative shortwave radiation Rs / Rso in the longwave term: FAO-56 bounds it by full
# cloud cover (about 0.3, page 43) and by a clear sky.
CLEARNESS = (0.3, 1.0)


def extraterrestrial_radiation(day_of_year: ArrayLike, latitude: ArrayLike) -> np.ndarray:
    """Daily shortwave radiation at the top of the atmosphere.

    Ra = 24 60 / pi Gsc dr (ws sin(phi) sin(delta) + cos(phi) cos(delta) sin(ws)), FAO-56 eq. 21 to 25.

    Parameters
    ----------
    day_of_year : array
        1 on the first of January; broadcast against latitude.
    latitude : array [degree north]

    Returns
    -------
    array [MJ m-2 d-1]
        NaN where the latitude is NaN; 0 in the polar night.

    Raises
    ------
    ValueError
        For latitudes outside -90 to 90.
    """
    day = np.asarray(day_of_year, dtype=float)
    phi = np.radians(_checked_latitude(latitude))
    distance = 1.0 + 0.033 * np.cos(2.0 * np.pi * day / 365.0)
    declination = _declination(day)
    sunset = _sunset_angle(phi, declination)
    height = sunset * np.sin(phi) * np.sin(declination) + np.cos(phi) * np.cos(declination) * np.sin(sunset)
    # In the polar night the sum is zero up to rounding of either sign.
    return np.maximum(24.0 * 60.0 / np.pi * SOLAR_CONSTANT * distance * height, 0.0)


def daylight_hours(day_of_year: ArrayLike, latitude: ArrayLike) -> np.ndarray:
    """Longest possible sunshine of a day, N = 24 ws / pi, FAO-56 eq. 34.

    Parameters and NaN as in `extraterrestrial_radiation`.

    Returns
    -------
    array [h d-1]
    """
    day = np.asarray(day_of_year, dtype=float)
    return 24.0 / np.pi * _sunset_angle(np.radians(_checked_latitude(latitude)), _declination(day))


def _checked_latitude(latitude: ArrayLike) -> np.ndarray:
    """Latitudes as an array; a ValueError where one is impossible."""
    degrees = np.asarray(latitude, dtype=float)
    if np.any(np.abs(degrees) > 90.0):
        raise ValueError("latitude must lie in -90 to 90 degrees: are longitude and latitude swapped?")
    return degrees


def _declination(day: np.ndarray) -> np.ndarray:
    """Declination of the sun [rad]."""
    return 0.409 * np.sin(2.0 * np.pi * day / 365.0 - 1.39)


def _sunset_angle(phi: np.ndarray, declination: np.ndarray) -> np.ndarray:
    """Hour angle of the sunset [rad]."""
    # Beyond the polar circles the sun stays up (pi) or down (0) all day.
    return np.arccos(np.clip(-np.tan(phi) * np.tan(declination), -1.0, 1.0))


def days_in_month(months: np.ndarray) -> np.ndarray:
    """Count the days of calendar months given as datetime64[M] (T,)."""
    months = np.asarray(months).astype("datetime64[M]")
    return ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)


def _month_sums(
    daily: Callable[[int, np.ndarray], np.ndarray], months: np.ndarray, latitude: np.ndarray
) -> np.ndarray:
    """Sum daily(day of year, latitude) over the real days of each month, (T, ...).

    Smooth in the latitude, they are taken at multiples of LATITUDE_STEP and interpolated linearly,
    within 2e-9 of the sums themselves below 60 degrees. The nodes are the same for any part of a grid.
    """
    latitude = _checked_latitude(latitude)
    out = np.full((len(months), *latitude.shape), np.nan)
    if not np.isfinite(latitude).any():
        return out
    first, last = np.floor(np.nanmin(latitude) / LATITUDE_STEP), np.floor(np.nanmax(latitude) / LATITUDE_STEP)
    nodes = np.arange(first, last + 2) * LATITUDE_STEP
    first_days = np.asarray(months).astype("datetime64[D]")
    new_years = np.asarray(months).astype("datetime64[Y]").astype("datetime64[D]")
    starts = (first_days - new_years).astype(int) + 1
    sums: dict[tuple[int, int], np.ndarray] = {}
    for i, key in enumerate(zip(starts.tolist(), days_in_month(months).tolist(), strict=True)):
        if key not in sums:
            sums[key] = np.interp(latitude, nodes, _sums_at_nodes(daily, *key, first, last))
        out[i] = sums[key]
    return out


@lru_cache(maxsize=256)  # blocks of rows and years ask for the same again
def _sums_at_nodes(
    daily: Callable[[int, np.ndarray], np.ndarray], start: int, days: int, first: float, last: float
) -> np.ndarray:
    """Sum daily(day of year, latitude) over some days at the nodes from the first to beyond the last."""
    within = np.clip(np.arange(first, last + 2) * LATITUDE_STEP, -90.0, 90.0)
    return np.add.reduce([daily(day, within) for day in range(start, start + days)])


def monthly_extraterrestrial_radiation(months: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Extraterrestrial radiation summed over the real days of each month.

    Parameters
    ----------
    months : (T,) datetime64[M]
    latitude : array [degree north]

    Returns
    -------
    (T, ...) [MJ m-2 month-1]
        NaN where the latitude is NaN.
    """
    return _month_sums(extraterrestrial_radiation, months, latitude)


def monthly_daylight_hours(months: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Longest possible sunshine summed over the real days of each month, (T, ...) [h month-1]."""
    return _month_sums(daylight_hours, months, latitude)


def solar_radiation(
    sunshine: np.ndarray, months: np.ndarray, latitude: np.ndarray, *, a: float = 0.25, b: float = 0.50
) -> np.ndarray:
    """Monthly solar radiation from sunshine duration.

    Rs = (a + b n / N) Ra (Angstrom-Prescott, FAO-56 eq. 35), with N and Ra summed over the days of the month.

    Parameters
    ----------
    sunshine : (T, ...) [h month-1]
        Bright sunshine; values above the daylight hours count as a clear month.
    months : (T,) datetime64[M]
    latitude : (...) [degree north]
    a, b : float
        Share of Ra reaching the ground on overcast days, and what bright sunshine adds to it. Calibrate them
        where a radiation station is at hand.

    Returns
    -------
    (T, ...) [MJ m-2 month-1]
        NaN where sunshine or latitude is NaN; in the polar night 0.

    Raises
    ------
    ValueError
        For negative sunshine.
    """
    sunshine = np.asarray(sunshine)
    if np.any(sunshine < 0.0):
        raise ValueError("sunshine hours are negative: mark missing values as NaN")
    possible = monthly_daylight_hours(months, latitude)
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(possible > 0.0, np.minimum(sunshine / possible, 1.0), 0.0 * sunshine)
    radiation = (a + b * share) * monthly_extraterrestrial_radiation(months, latitude)
    return radiation.astype(np.result_type(sunshine.dtype, np.float32), copy=False)


def wind_at_2m(wind: np.ndarray, height: float) -> np.ndarray:
    """Convert wind speed [m s-1] at a height [m] to 2 m, u2 = u 4.87 / ln(67.8 z - 5.42), eq. 47."""
    if not height > 0.1:
        raise ValueError(f"height of the wind measurement {height} m: it must be above 0.1 m")
    return np.asarray(wind) * (4.87 / np.log(67.8 * height - 5.42))


def saturation_vapour_pressure(temperature: np.ndarray) -> np.ndarray:
    """Saturation vapour pressure [kPa] at a temperature [degC], 0.6108 exp(17.27 T / (T + 237.3)), eq. 11."""
    return 0.6108 * np.exp(17.27 * temperature / (temperature + 237.3))


def vapour_pressure_slope(temperature: np.ndarray) -> np.ndarray:
    """Slope of the saturation vapour pressure curve [kPa K-1] at a temperature [degC], eq. 13."""
    return 4098.0 * saturation_vapour_pressure(temperature) / (temperature + 237.3) ** 2


def psychrometric_constant(elevation: np.ndarray) -> np.ndarray:
    """Psychrometric constant [kPa K-1] at an elevation [m], 0.665e-3 times the air pressure, eq. 7 and 8."""
    return 0.665e-3 * 101.3 * ((293.0 - 0.0065 * np.asarray(elevation)) / 293.0) ** 5.26


def net_radiation(
    solar: np.ndarray,
    extraterrestrial: np.ndarray,
    elevation: np.ndarray,
    temperature: np.ndarray,
    vapour_pressure: np.ndarray,
) -> np.ndarray:
    """Net radiation of the reference crop, eq. 37 to 40.

    Rn = (1 - 0.23) Rs - sigma T^4 (0.34 - 0.14 sqrt(ea)) (1.35 Rs / Rso - 0.35), Rso = (0.75 + 2e-5 z) Ra.

    Parameters
    ----------
    solar, extraterrestrial : array [MJ m-2 d-1]
    elevation : array [m]
    temperature : array [degC]
        Mean of the period; FAO-56 averages the fourth powers of its extremes instead.
    vapour_pressure : array [kPa]
        Actual, ea.

    Returns
    -------
    array [MJ m-2 d-1]
        NaN where an input is NaN. Without any extraterrestrial radiation the sky counts as overcast.
    """
    clear_sky = (0.75 + 2e-5 * elevation) * extraterrestrial
    with np.errstate(invalid="ignore", divide="ignore"):
        clearness = np.where(clear_sky == 0.0, CLEARNESS[0] + 0.0 * solar, solar / clear_sky)
    clearness = np.clip(clearness, *CLEARNESS)
    emitted = STEFAN_BOLTZMANN * (temperature + 273.16) ** 4
    longwave = emitted * (0.34 - 0.14 * np.sqrt(vapour_pressure)) * (1.35 * clearness - 0.35)
    return (1.0 - ALBEDO) * solar - longwave


def penman_monteith(
    temperature: np.ndarray,
    wind: np.ndarray,
    net: np.ndarray,
    deficit: np.ndarray,
    elevation: np.ndarray,
    soil_heat: np.ndarray | float = 0.0,
) -> np.ndarray:
    """Compute the evapotranspiration of the FAO-56 reference grass, eq. 6; never below 0.

    ET0 = (0.408 D (Rn - G) + g 900 / (T + 273) u2 (es - ea)) / (D + g (1 + 0.34 u2))

    Parameters
    ----------
    temperature : array [degC]
    wind : array [m s-1]
        At 2 m.
    net, soil_heat : array [MJ m-2 d-1]
        Net radiation and soil heat flux.
    deficit : array [kPa]
        Vapour pressure deficit es - ea.
    elevation : array [m]

    Returns
    -------
    array [mm d-1]
        NaN where an input is NaN.
    """
    slope, gamma = vapour_pressure_slope(temperature), psychrometric_constant(elevation)
    energy = MM_PER_MJ * slope * (net - soil_heat)
    aerodynamic = gamma * 900.0 / (temperature + 273.0) * wind * deficit
    return np.maximum((energy + aerodynamic) / (slope + gamma * (1.0 + 0.34 * wind)), 0.0)


def reference_evapotranspiration(
    temperature: np.ndarray,
    relative_humidity: np.ndarray,
    wind: np.ndarray,
    radiation: np.ndarray,
    months: np.ndarray,
    latitude: np.ndarray,
    elevation: np.ndarray,
) -> np.ndarray:
    """Monthly FAO-56 reference evapotranspiration from monthly means.

    Mean daily radiation and vapour pressures enter `penman_monteith`, the result is multiplied by the days of
    the month. Vapour pressures are those at the mean temperature, and the soil heat flux is taken as zero:
    over a year it cancels.

    Parameters
    ----------
    temperature : (T, ...) [degC]
        Monthly mean; its dtype is that of the result.
    relative_humidity : (T, ...) [percent]
    wind : (T, ...) [m s-1]
        At 2 m, see `wind_at_2m`.
    radiation : (T, ...) [MJ m-2 month-1]
        Solar radiation, see `solar_radiation`.
    months : (T,) datetime64[M]
    latitude : (...) [degree north]
    elevation : (...) [m]

    Returns
    -------
    (T, ...) [mm month-1]
        NaN where an input is NaN.

    Raises
    ------
    ValueError
        For humidity outside 0 to 100, negative wind or radiation, or arrays that do not match.
    """
    temperature = np.asarray(temperature)
    inputs = [np.asarray(x) for x in (temperature, relative_humidity, wind, radiation)]
    _check_climate(*inputs, months=months)
    days = days_in_month(months)
    extraterrestrial = monthly_extraterrestrial_radiation(months, latitude)
    out = np.empty(temperature.shape, dtype=np.result_type(temperature.dtype, np.float32))
    # Month by month, so that the temporary arrays stay small.
    for i, n_days in enumerate(days):
        t, humidity, u, solar = (x[i].astype(float) for x in inputs)
        solar = solar / n_days
        saturation = saturation_vapour_pressure(t)
        actual = saturation * humidity / 100.0
        net = net_radiation(solar, extraterrestrial[i] / n_days, elevation, t, actual)
        out[i] = n_days * penman_monteith(t, u, net, saturation - actual, elevation)
    return out


def _check_climate(
    temperature: np.ndarray,
    humidity: np.ndarray,
    wind: np.ndarray,
    radiation: np.ndarray,
    *,
    months: np.ndarray,
) -> None:
    """Refuse a climate of unequal shapes or impossible values."""
    for name, x in (("relative_humidity", humidity), ("wind", wind), ("radiation", radiation)):
        if x.shape != temperature.shape:
            raise ValueError(f"{name} has shape {x.shape}, temperature {temperature.shape}")
        if np.any(x < 0.0):
            raise ValueError(f"{name} is negative: mark missing values as NaN")
    if len(months) != len(temperature):
        raise ValueError(f"{len(months)} months for a temperature of shape {temperature.shape}")
    if np.any(humidity > 100.0):
        raise ValueError("relative_humidity is above 100 percent")
