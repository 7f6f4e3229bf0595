"""Truth of the vegetation: NDVI(x, t) = background(x) + sum over k of weight_k(x) curve_k(t)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nppdrivers.virtual_basin.landscape import CONSTRUCTION, FARMLAND, FOREST, GRASSLAND, Landscape
from nppdrivers.virtual_basin.noise import fractal, stream
from nppdrivers.virtual_basin.weather import RAIN, Weather

# Class: NDVI in winter, rise to the peak, response to soil and climate relative to the others', response to
# drought, spread of the fine texture, greatest vigour.
CLASSES = {
    FOREST: (0.34, 0.43, 0.8, 0.05, 0.04, 1.24),
    GRASSLAND: (0.13, 0.51, 1.5, 0.07, 0.07, 1.38),
    FARMLAND: (0.13, 0.58, 1.6, 0.06, 0.05, 1.30),
    CONSTRUCTION: (0.06, 0.22, 1.8, 0.06, 0.45, 2.60),
}
WATER_NDVI = -0.03
# Season of a class: green-up [day of year], its width [d], senescence [day of year], its width [d].
SEASONS = {
    FOREST: (117, 10.0, 287, 11.0),
    GRASSLAND: (151, 15.0, 249, 14.0),
    CONSTRUCTION: (152, 15.0, 247, 14.0),
}
MAIZE = (204, 7.5, 249, 6.0)
WHEAT = (96, 8.0, 156, 5.0)
WINTER_WHEAT = 0.16  # of its full height
# Shift of green-up and senescence in the latest places; in the earliest it is the other way round.
LATENESS_DAYS = (6.0, -4.0)
SHIFT_PER_K = -3.0  # days of green-up per degree of warmth in March and April


@dataclass
class NdviModel:
    """Separable NDVI: the value of a day is the background plus the weights times that day's curve values.

    Attributes
    ----------
    background : (...) float32
    weights : (K, ...) float32
    curves : (K, T)
        One value a day of the weather.
    thinned : sequence of (cells, kept)
        Cells (...) bool whose weights count only by the share kept (T,) [0 to 1]; no cell is in two of them.
    """

    background: np.ndarray
    weights: np.ndarray
    curves: np.ndarray
    thinned: Sequence[tuple[np.ndarray, np.ndarray]] = ()

    def on(self, day: int) -> np.ndarray:
        """NDVI on a day (position in the weather)."""
        return self.mean(slice(day, day + 1))

    def mean(self, days: slice) -> np.ndarray:
        """Mean NDVI of these days."""
        curves = self.curves[:, days]
        values = _total(self.background, self.weights, curves.mean(axis=1))
        for cells, kept in self.thinned:
            coefficients = (curves * kept[days]).mean(axis=1)
            values[cells] = _total(self.background[cells], self.weights[:, cells], coefficients)
        return values

    def part(self, rows: slice, columns: slice) -> "NdviModel":
        """The model of a part of the area."""
        thinned = [(cells[rows, columns], kept) for cells, kept in self.thinned]
        return NdviModel(self.background[rows, columns], self.weights[:, rows, columns], self.curves, thinned)


def _total(background: np.ndarray, weights: np.ndarray, coefficients: np.ndarray) -> np.ndarray:
    """Background plus weights times coefficients (K,); the sum runs in a fixed order on any machine."""
    total = background.copy()
    for weight, coefficient in zip(weights, coefficients, strict=True):
        if coefficient:
            total += weight * np.float32(coefficient)
    return total


@dataclass(frozen=True)
class Modulation:
    """What changes NDVI from place to place apart from the class; each (rows, columns).

    Attributes
    ----------
    soil : relative change of the growing-season NDVI by soil fertility [1]
    drought : response to drought relative to the class's [1]
    climate : relative change by temperature and rain [1]
    lateness : of the season, 0 (earliest) to 1 (latest)
    damage : loss by mining at the end, 0 to 1
    first_damage : loss by mining at the start, before the events
    """

    soil: np.ndarray
    drought: np.ndarray
    climate: np.ndarray
    lateness: np.ndarray
    damage: np.ndarray
    first_damage: np.ndarray


def ndvi_model(
    land: Landscape, change: Modulation, event: np.ndarray, event_days: list[int], weather: Weather, seed: int
) -> NdviModel:
    """Weights and curves of the whole domain.

    Parameters
    ----------
    land : Landscape
    change : Modulation
    event : (rows, columns) int
        Number of the event that damages a cell, from 1; 0 for none.
    event_days : list of int
        Day of each event (position in the weather).
    weather : Weather
    seed : int
    """
    texture = _texture(land, seed)
    background = np.full(land.domain.shape, WATER_NDVI, np.float32) + np.float32(0.01) * texture
    weights, curves = [], []
    dryness = drought(weather)
    started = np.arange(len(dryness)) >= np.array(event_days)[:, None]
    for code, (winter, rise, response, thirst, spread, greatest) in CLASSES.items():
        here = land.land_cover == code
        vigour = np.exp(response * (change.soil + change.climate) + spread * texture)
        vigour = np.clip(vigour, 0.2, greatest)
        background[here] = (winter * (0.55 + 0.45 * vigour) * (1 - 0.6 * change.first_damage))[here]
        for season, share in _seasons(code, change, land):
            growth = np.where(here, rise * vigour * share, 0)
            kept, lost = growth * (1 - change.first_damage), growth * (change.damage - change.first_damage)
            early, late = (course(weather, season, side) for side in (-1, 1))
            middle = (early + late) / 2
            parts = [kept * (1 - change.lateness), kept * change.lateness, kept * thirst * change.drought]
            curves += [early, late, middle * dryness]
            for number, after in enumerate(started, 1):
                parts.append(np.where(event == number, -lost, 0))
                curves.append(middle * (1 + thirst * dryness) * after)
            weights += [part.astype(np.float32) for part in parts]
    return NdviModel(background, np.stack(weights), np.stack(curves))


def _texture(land: Landscape, seed: int) -> np.ndarray:
    """Unexplained variety from cell to cell, and from field to field in the farmland."""
    rng, shape = stream(seed, "texture"), land.domain.shape
    texture = 0.7 * fractal(rng, shape, 12, 1.3) + 0.7 * rng.standard_normal(shape, dtype=np.float32)
    fields = 0.6 * texture + 0.8 * land.parcel
    return np.where(land.land_cover == FARMLAND, fields, texture).astype(np.float32)


def _seasons(code: int, change: Modulation, land: Landscape) -> list[tuple[tuple, np.ndarray | float]]:
    """Seasons of a class, each with its share of the class's rise; on farmland wheat, then maize."""
    if code != FARMLAND:
        return [(SEASONS[code], 1.0)]
    wheat = np.clip(0.36 - 0.30 * (change.lateness - 0.35) + 0.10 * land.parcel, 0.1, 0.95)
    return [(WHEAT, wheat), (MAIZE, 1.0)]


def course(weather: Weather, season: tuple, side: int) -> np.ndarray:
    """Daily course of one season, 0 to 1, shifted by the spring's warmth; side -1: early, 1: late places."""
    rise, rise_width, fall, fall_width = season
    day = _day_of_year(weather)
    up = day - rise - side * LATENESS_DAYS[0] - SHIFT_PER_K * _spring_warmth(weather)
    down = day - fall - side * LATENESS_DAYS[1]
    growth, standing = _step(up / rise_width), 1 - _step(down / fall_width)
    if season == WHEAT:  # it is sown in October and stays short and green over the winter
        autumn = WINTER_WHEAT * _step((day - 305) / 8)
        return np.where(day > 250, autumn, (WINTER_WHEAT + (1 - WINTER_WHEAT) * growth) * standing)
    return growth * standing * (1 - 0.10 * np.clip((day - 200) / 80, 0, 1))


def drought(weather: Weather) -> np.ndarray:
    """Lack (below 0) or plenty of rain over some 60 days against the normals, -1 to 1, by day."""
    month = weather.days.astype("datetime64[M]").astype(int) % 12
    expected = np.asarray(RAIN, float)[month] / 30.4
    kernel = np.concatenate([np.zeros(60), np.hanning(62)[1:-1]])
    kernel /= kernel.sum()
    fallen, normal = (np.convolve(series, kernel, "same") for series in (weather.rain, expected))
    return np.tanh(1.2 * (fallen - normal) / (normal + 0.4))


def _spring_warmth(weather: Weather) -> np.ndarray:
    """Anomaly of the March and April temperature of each day's year [K], 0 for the years cut off."""
    year = weather.days.astype("datetime64[Y]")
    month = weather.days.astype("datetime64[M]").astype(int) % 12
    spring = (month == 2) | (month == 3)
    warmth = np.zeros(len(year))
    for one in np.unique(year[spring]):
        warmth[year == one] = weather.temperature[spring & (year == one)].mean() - 8.8
    return np.clip(warmth, -2.5, 2.5)


def _day_of_year(weather: Weather) -> np.ndarray:
    """Day of the year of each day of the weather, from 1."""
    start = weather.days.astype("datetime64[Y]").astype("datetime64[D]")
    return (weather.days - start).astype(float) + 1


def _step(x: np.ndarray) -> np.ndarray:
    """Smooth step from 0 to 1 about 0."""
    return 1 / (1 + np.exp(-np.clip(x, -60, 60)))
