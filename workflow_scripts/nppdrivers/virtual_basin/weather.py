"""Weather and climate of the virtual basin: daily series, and how they differ from place to place.

Every variable at a place is the basin's daily series changed by fixed local terms, so daily readings of a
station, monthly surfaces and the cloud over a scene agree with each other.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np
from scipy.interpolate import CubicSpline

from nppdrivers import evapotranspiration
from nppdrivers.grid import Grid
from nppdrivers.virtual_basin.landscape import CENTRE
from nppdrivers.virtual_basin.noise import stream

LATITUDE = 35.565  # of the middle of the basin, for the day length of monthly sums
REFERENCE_M = 900.0  # elevation the basin series stand for
# Normals of January to December at the reference elevation.
TEMPERATURE = (-3.1, 0.2, 5.7, 12.9, 18.0, 22.0, 23.3, 22.1, 17.4, 11.8, 4.7, -1.3)  # degC
RAIN = (6, 10, 20, 31, 52, 69, 142, 112, 74, 38, 17, 5)  # mm
WET_DAYS = (0.06, 0.09, 0.12, 0.16, 0.20, 0.28, 0.42, 0.36, 0.28, 0.20, 0.12, 0.06)  # share of days
SUNSHINE = (0.53, 0.53, 0.53, 0.55, 0.54, 0.49, 0.42, 0.43, 0.45, 0.51, 0.54, 0.54)  # share of daylight
HUMIDITY = (52, 54, 54, 52, 56, 62, 77, 79, 73, 66, 59, 54)  # %
WIND = (1.9, 2.1, 2.4, 2.6, 2.3, 2.1, 1.7, 1.5, 1.5, 1.7, 1.9, 1.9)  # m s-1 at 2 m
LAPSE = (4.6, 5.0, 5.6, 6.0, 6.2, 6.3, 6.0, 5.8, 5.6, 5.3, 4.9, 4.5)  # K km-1
# Change per km of elevation: of rain and sunshine as a share, of humidity and wind in their unit.
RAIN_PER_KM, SUNSHINE_PER_KM, HUMIDITY_PER_KM, WIND_PER_KM = 0.34, 0.10, 6.0, 1.2
RAIN_GRADIENT = (0.006, -0.004)  # share per km to the east and to the north
TEMPERATURE_GRADIENT = (0.012, -0.018)  # K per km to the east and to the north
SUNSHINE_GRADIENT = (-0.0035, 0.0030)  # share per km to the east and to the north
WARM_UP_DAYS = 90
Day = str | date | np.datetime64
ANGSTROM = (0.25, 0.50)


@dataclass(frozen=True)
class Place:
    """Places, at which weather is computed; arrays of one shape, or numbers.

    east, north [km] of the middle of the box, levelling off 30 km away; elevation [m], latitude [deg].
    """

    east: np.ndarray
    north: np.ndarray
    elevation: np.ndarray
    latitude: np.ndarray

    @classmethod
    def at(cls, x: np.ndarray, y: np.ndarray, elevation: np.ndarray, latitude: np.ndarray) -> "Place":
        """Places with coordinates in the basin's projection [m]."""
        east, north = (30 * np.tanh((np.asarray(c) - m) / 30e3) for c, m in zip((x, y), CENTRE, strict=True))
        return cls(east, north, elevation, latitude)

    @classmethod
    def of(cls, grid: Grid, elevation: np.ndarray) -> "Place":
        """Every cell of a grid."""
        return cls.at(*grid.xy(), elevation, grid.lonlat()[1])

    def part(self, *index: slice | np.ndarray) -> "Place":
        """Some rows and columns, or the places that a mask chooses."""
        return Place(self.east[index], self.north[index], self.elevation[index], self.latitude[index])

    @cached_property
    def above(self) -> np.ndarray:
        """Elevation above the reference [km]."""
        return (np.asarray(self.elevation, float) - REFERENCE_M) / 1000

    def gradient(self, per_km: tuple[float, float]) -> np.ndarray:
        """Value of a plane through the middle of the box, by its change per km to the east and the north."""
        return per_km[0] * self.east + per_km[1] * self.north


@dataclass(frozen=True)
class Weather:
    """Daily weather of the basin at the reference elevation.

    Attributes
    ----------
    days : (T,) datetime64[D]
        From some weeks before the first year to some weeks after the last.
    temperature, rain, sunshine, humidity, wind : (T,)
        [degC], [mm], [share of the daylight hours], [%], [m s-1].
    snow : (T,)
        Water of the snow on the ground [mm].
    """

    days: np.ndarray
    temperature: np.ndarray
    rain: np.ndarray
    sunshine: np.ndarray
    humidity: np.ndarray
    wind: np.ndarray
    snow: np.ndarray

    def index(self, day: Day) -> int:
        """Position of a day in the series."""
        return int((np.datetime64(str(day), "D") - self.days[0]).astype(int))

    def month(self, month: Day) -> slice:
        """Positions of the days of a month."""
        first = np.datetime64(str(month), "M")
        return slice(self.index(first), self.index(first + 1))

    def daily(self, days: slice, place: Place) -> dict[str, np.ndarray]:
        """Readings of a place on these days, (days, ...), in the units of the register, sunshine in hours."""
        column = (slice(None), *(None,) * np.ndim(place.above))
        lapse = np.asarray(LAPSE)[self._month_numbers(days)]
        light = evapotranspiration.daylight_hours(self._day_of_year(days)[column], place.latitude)
        return {
            "temperature": self.temperature[days][column] + self._temperature_offset(lapse[column], place),
            "precipitation": self.rain[days][column] * rain_factor(place),
            "sunshine": light * np.minimum(self.sunshine[days][column] * sunshine_factor(place), 1.0),
            "relative_humidity": np.clip(
                self.humidity[days][column] + HUMIDITY_PER_KM * place.above, 5.0, 100.0
            ),
            "wind_speed": np.maximum(self.wind[days][column] + WIND_PER_KM * place.above, 0.1),
        }

    def monthly(self, month: Day, place: Place) -> dict[str, np.ndarray]:
        """Climate of a month at a place: means, and sums of precipitation and sunshine.

        What `daily` gives in sum, without arrays of days: the place enters as a factor or an offset, and
        the bounds of a day are seldom met.
        """
        days = self.month(month)
        lapse = LAPSE[int(np.datetime64(str(month), "M").astype(int)) % 12]
        light = evapotranspiration.daylight_hours(self._day_of_year(days), LATITUDE)
        sunny = float((self.sunshine[days] * light).sum())
        wind = self.wind[days].mean() + WIND_PER_KM * place.above
        return {
            "temperature": self.temperature[days].mean() + self._temperature_offset(lapse, place),
            "precipitation": self.rain[days].sum() * rain_factor(place),
            "sunshine": sunny * sunshine_factor(place),
            "relative_humidity": np.clip(self.humidity[days].mean() + HUMIDITY_PER_KM * place.above, 5, 100),
            "wind_speed": np.maximum(wind, 0.1),
        }

    @staticmethod
    def _temperature_offset(lapse: np.ndarray | float, place: Place) -> np.ndarray:
        """Temperature of a place minus that of the basin [K]."""
        return place.gradient(TEMPERATURE_GRADIENT) - lapse * place.above

    def _month_numbers(self, days: slice) -> np.ndarray:
        """Calendar month of each day, 0 to 11."""
        return self.days[days].astype("datetime64[M]").astype(int) % 12

    def _day_of_year(self, days: slice) -> np.ndarray:
        """Day of the year, from 1."""
        chosen = self.days[days]
        return (chosen - chosen.astype("datetime64[Y]").astype("datetime64[D]")).astype(int) + 1


def rain_factor(place: Place) -> np.ndarray:
    """Rain of a place as a share of the basin series [1]."""
    return np.maximum(1 + RAIN_PER_KM * place.above + place.gradient(RAIN_GRADIENT), 0.4)


def sunshine_factor(place: Place) -> np.ndarray:
    """Sunshine of a place as a share of the basin series [1]."""
    return np.clip(1 + SUNSHINE_PER_KM * place.above + place.gradient(SUNSHINE_GRADIENT), 0.75, 1.2)


def simulate_weather(first_year: int, last_year: int, seed: int) -> Weather:
    """Draw the daily weather of whole years; a year's weather does not depend on which others are drawn."""
    first = np.datetime64(f"{first_year}-01-01") - WARM_UP_DAYS
    last = np.datetime64(f"{last_year}-12-31") + 20
    years = range(first_year - 1, last_year + 2)
    parts = [_year(year, stream(seed, "weather", year)) for year in years]
    series = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    kept = (series["days"] >= first) & (series["days"] <= last)
    series = {name: values[kept] for name, values in series.items()}
    return Weather(**series, snow=_snow(series["temperature"], series["rain"]))


def _year(year: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Daily series of one year."""
    days = np.arange(f"{year}-01-01", f"{year + 1}-01-01", dtype="datetime64[D]")
    n, month = len(days), days.astype("datetime64[M]").astype(int) % 12
    wet = _wet_days(np.asarray(WET_DAYS)[month], rng)
    rain = np.where(wet, rng.gamma(0.75, 1, n), 0.0)
    sums = np.asarray(RAIN) * rng.lognormal(-0.05, 0.32, 12)
    rain *= (sums / np.maximum(np.bincount(month, rain), 1e-9))[month]
    sky = _persistent(n, 0.45, rng)
    sunshine = _seasonal(SUNSHINE, n) + 0.10 * np.asarray(WET_DAYS)[month] + 0.44 * sky
    sunshine = np.clip(np.where(wet, 0.45 * sunshine - 0.1, sunshine), 0.0, 0.94)
    spread = 2.6 + 0.9 * np.cos(2 * np.pi * np.arange(n) / n)
    warmth = np.interp(np.arange(n), np.linspace(0, n, 13), rng.normal(0, 0.8, 13))
    temperature = _seasonal(TEMPERATURE, n) + warmth + spread * _persistent(n, 0.75, rng)
    humidity = _seasonal(HUMIDITY, n) + 10 * wet - 7 * sky + 6 * _persistent(n, 0.6, rng)
    wind = _seasonal(WIND, n) * np.exp(0.32 * _persistent(n, 0.4, rng) - 0.05)
    return {
        "days": days,
        "temperature": temperature - 0.8 * wet,
        "rain": np.where(rain < 0.1, 0.0, rain),
        "sunshine": sunshine,
        "humidity": np.clip(humidity, 12, 99),
        "wind": np.maximum(wind, 0.2),
    }


def _seasonal(normals: tuple[float, ...], n: int) -> np.ndarray:
    """Smooth daily course through twelve monthly normals."""
    middle = (np.arange(12) + 0.5) / 12
    course = CubicSpline(np.append(middle, middle[0] + 1), [*normals, normals[0]], bc_type="periodic")
    return course((np.arange(n) + 0.5) / n)


def _persistent(n: int, memory: float, rng: np.random.Generator) -> np.ndarray:
    """First-order autoregressive series of mean 0 and standard deviation 1."""
    shocks = rng.standard_normal(n) * np.sqrt(1 - memory**2)
    series = np.empty(n)
    state = rng.standard_normal()
    for i, shock in enumerate(shocks):
        state = memory * state + shock
        series[i] = state
    return series


def _wet_days(share: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Wet and dry days; a wet day makes another one more likely by a quarter, the mean share stays."""
    draws, wet, state = rng.random(len(share)), np.zeros(len(share), bool), False
    for i, (p, draw) in enumerate(zip(share, draws, strict=True)):
        state = draw < (p + 0.25 * (1 - p) if state else 0.75 * p)
        wet[i] = state
    return wet


def _snow(temperature: np.ndarray, rain: np.ndarray) -> np.ndarray:
    """Snow on the ground [mm of water]: falls below 0 degC, melts 2.5 mm a day and degree above -2 degC."""
    snow, pack = np.empty(len(rain)), 0.0
    for i, (t, p) in enumerate(zip(temperature, rain, strict=True)):
        pack = max(pack + (p if t < 0 else 0.0) - 2.5 * max(t + 2, 0), 0.0)
        snow[i] = pack
    return snow
