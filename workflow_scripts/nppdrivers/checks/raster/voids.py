"""Undeclared holes of rasters: one value that repeats far from all others."""

from pathlib import Path

import numpy as np

from nppdrivers.checks.findings import Findings
from nppdrivers.inputs.problems import Problem
from nppdrivers.quantities import Quantity

_LEAST_CELLS, _LEAST_SHARE, _MOST_SHARE = 4, 0.0005, 0.5
_ELEVATION_GAP_M = 50.0  # a lake or the sea has a shore: cells of about its own elevation
_GAP = 0.5  # of the range of the other values


def voids(values: np.ndarray, quantity: Quantity, path: Path) -> Findings:
    """Refuse a value that repeats at the end of the range and lies far from all others.

    Parameters
    ----------
    values : array [unit of the quantity]
        NaN = missing.
    quantity : Quantity
    path : path of the raster
    """
    known = values[np.isfinite(values)]
    for value in () if known.size == 0 else (float(known.min()), float(known.max())):
        same = known == value
        if same.sum() < _LEAST_CELLS or not _LEAST_SHARE <= same.mean() < _MOST_SHARE:
            continue
        rest = known[~same]
        low, high = np.quantile(rest, [0.05, 0.95])
        gap = float(np.min(np.abs(rest - value)))
        if gap <= _least_gap(value, low, high, quantity):
            continue
        message = (
            f"{100 * same.mean():.1f} % of its cells are exactly {value:g}, the others {rest.min():.4g} to "
            f"{rest.max():.4g} {quantity.unit}: these look like holes"
        )
        remedy = f"declare {value:g} as nodata (rio edit-info --nodata {value:g} FILE), or fill the holes"
        yield Problem(str(path), "", message, remedy)


def _least_gap(value: float, low: float, high: float, quantity: Quantity) -> float:
    """Distance from the other values from which a repeated value is a hole."""
    if quantity.name == "elevation":
        return _ELEVATION_GAP_M
    if value == 0 and quantity.group == "soil":  # no soil has exactly nothing of it
        return 0.2 * low
    return _GAP * max(high - low, 0.1 * abs(low))
