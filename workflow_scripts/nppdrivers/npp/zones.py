"""Statistics of a map by class or zone, and of the two sides of a river."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nppdrivers.blocks import block_numbers

SQUARE_KM = 1e6  # m2
TONNE = 1e6  # g


def zone_statistics(
    values: np.ndarray, zones: np.ndarray, cell_area_m2: float, names: Mapping[int, str] | None = None
) -> pd.DataFrame:
    """Describe the values of every zone.

    sd with n - 1; cv = 100 sd / mean; total = sum of value x cell area.

    Parameters
    ----------
    values : array
        Annual NPP [gC m-2 yr-1]; NaN cells are left out.
    zones : integer array of the same shape
        Class code or zone number; 0 and below belong to no zone.
    cell_area_m2 : float
        Area of a cell [m2].
    names : {number: name}, optional
        Zones to report, in this order, also those without cells. Without it: the numbers that occur,
        ascending, as their own names.

    Returns
    -------
    DataFrame
        One row a zone: zone, name, n (valid cells), area_km2 (of the valid cells), valid_percent (of the
        zone's cells), min, max, mean, sd [gC m-2 yr-1], cv_percent, total_tC [t C yr-1]. What a zone has too
        few cells for is NaN: min to total without any, sd and cv with one.

    Raises
    ------
    ValueError
        For shapes that differ or a cell area that is not positive.
    """
    values, zones = np.asarray(values, dtype=np.float64), np.asarray(zones)
    if values.shape != zones.shape:
        raise ValueError(f"values {values.shape} and zones {zones.shape} must have one shape")
    if not cell_area_m2 > 0:
        raise ValueError(f"cell_area_m2={cell_area_m2} must be positive")
    inside = zones > 0
    numbers = list(names) if names else [int(zone) for zone in np.unique(zones[inside])]
    size = max([0, *numbers, int(zones.max(initial=0))]) + 1
    cells = np.bincount(zones[inside], minlength=size)
    used = inside & ~np.isnan(values)
    moments = _moments(zones[used], values[used], size)
    with np.errstate(invalid="ignore", divide="ignore"):
        valid_percent = 100.0 * moments["n"] / cells
    table = describe(moments, cell_area_m2, valid_percent).iloc[numbers].reset_index(drop=True)
    table.insert(0, "zone", numbers)
    table.insert(1, "name", [str(names[zone] if names else zone) for zone in numbers])
    return table


def describe(moments: pd.DataFrame, cell_area_m2: float, valid_percent: np.ndarray) -> pd.DataFrame:
    """Complete the description of places from n, min, max, mean and sd of their values.

    area = n x cell area; cv = 100 sd / mean; total = mean x area.

    Parameters
    ----------
    moments : DataFrame
        One row a place: n (cells), min, max, mean, sd [gC m-2 yr-1].
    cell_area_m2 : float
        Area of a cell [m2].
    valid_percent : (rows,) array
        Share of each place that has values [%].

    Returns
    -------
    DataFrame
        n, area_km2, valid_percent, min, max, mean, sd [gC m-2 yr-1], cv_percent, total_tC [t C yr-1].
    """
    table = moments[["n", "min", "max", "mean", "sd"]].copy()
    area = table["n"] * cell_area_m2
    table.insert(1, "area_km2", area / SQUARE_KM)
    table.insert(2, "valid_percent", valid_percent)
    table["cv_percent"] = 100.0 * table["sd"] / table["mean"]
    table["total_tC"] = table["mean"] * area / TONNE
    return table


def _moments(zones: np.ndarray, values: np.ndarray, size: int) -> pd.DataFrame:
    """n, min, max, mean and sd of the values of zones 0 to size - 1, in rows by zone."""
    n = np.bincount(zones, minlength=size)
    least, greatest = np.full(size, np.nan), np.full(size, np.nan)
    np.fmin.at(least, zones, values)
    np.fmax.at(greatest, zones, values)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(zones, values, minlength=size) / n
        # Deviations from the mean, not a difference of squares, which would cancel.
        squares = np.bincount(zones, (values - mean[zones]) ** 2, minlength=size)
    sd = np.sqrt(np.where(n > 1, squares / np.maximum(n - 1, 1), np.nan))
    return pd.DataFrame({"n": n, "min": least, "max": greatest, "mean": mean, "sd": sd})


@dataclass(frozen=True)
class Sides:
    """West against east: means, west minus east with its interval [unit of the values], Cliff's delta [1]."""

    n_west: int
    n_east: int
    mean_west: float = np.nan
    mean_east: float = np.nan
    difference: float = np.nan
    low: float = np.nan
    high: float = np.nan
    cliffs_delta: float = np.nan


def west_east(
    values: np.ndarray,
    east: np.ndarray,
    *,
    rng: np.random.Generator,
    block_cells: int = 34,
    samples: int = 2000,
    confidence: float = 0.95,
) -> Sides:
    """Compare the two sides of a line, with an interval that allows for the likeness of neighbours.

    difference = mean(west) - mean(east); Cliff's delta = P(west > east) - P(west < east).
    The interval is the percentile bootstrap of the difference over square blocks of the map, drawn with
    replacement within each side, so that neighbouring cells are not counted as independent.

    Parameters
    ----------
    values : (rows, columns) array
        NPP or any map; NaN cells are left out.
    east : boolean array of the same shape
        True east of the line.
    rng : numpy.random.Generator
        Source of the draws.
    block_cells : int
        Edge of a block [cells]; 34 cells of 30 m are about 1 km.
    samples : int
        Bootstrap samples.
    confidence : float
        Coverage of the interval, 0 to 1.

    Returns
    -------
    Sides
        West and east together. A side without valid cells makes every figure but the counts NaN; the interval
        is also NaN where a side has a single block.

    Raises
    ------
    ValueError
        For shapes that differ or are not a map, or a confidence outside 0 to 1.

    References
    ----------
    Cliff 1993, Psychological Bulletin 114:494-509; Lahiri 2003, Resampling Methods for Dependent Data.
    """
    values, east = np.asarray(values, dtype=np.float64), np.asarray(east, dtype=bool)
    if values.ndim != 2 or values.shape != east.shape:
        raise ValueError(f"values {values.shape} and east {east.shape} must be maps of one shape")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence={confidence} must lie between 0 and 1")
    valid = ~np.isnan(values)
    sides = [valid & ~east, valid & east]
    west, other = (values[side] for side in sides)
    if min(west.size, other.size) == 0:
        return Sides(west.size, other.size)
    draws = [_bootstrap_means(values, side, block_cells, samples, rng) for side in sides]
    tail = 50.0 * (1.0 - confidence)
    low, high = np.percentile(draws[0] - draws[1], [tail, 100.0 - tail])
    means = float(west.mean()), float(other.mean())
    return Sides(
        n_west=west.size,
        n_east=other.size,
        mean_west=means[0],
        mean_east=means[1],
        difference=means[0] - means[1],
        low=float(low),
        high=float(high),
        cliffs_delta=cliffs_delta(west, other),
    )


def cliffs_delta(a: np.ndarray, b: np.ndarray) -> float:
    """Probability that a value of a exceeds one of b, minus that of the reverse.

    Parameters
    ----------
    a, b : (n,), (m,) arrays
        Values without NaN.

    Returns
    -------
    float
        -1 (all of a below b) to 1 [1].

    References
    ----------
    Cliff 1993.
    """
    ordered = np.sort(b)
    below = np.searchsorted(ordered, a, side="left").sum(dtype=np.int64)
    not_above = np.searchsorted(ordered, a, side="right").sum(dtype=np.int64)
    pairs = len(a) * len(b)
    return float((below - (pairs - not_above)) / pairs)


def _bootstrap_means(
    values: np.ndarray, side: np.ndarray, block_cells: int, samples: int, rng: np.random.Generator
) -> np.ndarray:
    """Means of a side over resampled blocks; NaN for a single block, from which no spread follows."""
    _, block = np.unique(block_numbers(np.argwhere(side), block_cells), return_inverse=True)
    sums, counts = np.bincount(block, values[side]), np.bincount(block)
    n = len(counts)
    if n == 1:
        return np.full(samples, np.nan)
    drawn = rng.multinomial(n, np.full(n, 1.0 / n), size=samples)
    return (drawn @ sums) / (drawn @ counts)
