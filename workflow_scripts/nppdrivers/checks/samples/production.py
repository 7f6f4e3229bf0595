"""Measured production against codes, what any vegetation makes, and MOD17 of the same place."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.study import Study
from nppdrivers.images import coarse_images
from nppdrivers.inputs.problems import InputWarning, Problem, lines_of
from nppdrivers.npp.comparison import decode_mod17_npp
from nppdrivers.rasters import to_grid

_CODES = (99, 999, 9999)
_APART = 1.5  # times all other values from which a number of nines is a code
_MOST_CARBON = 2000.0  # of the most productive vegetation [gC m-2 yr-1]
_SINGLE, _MEDIAN = (0.2, 4.0), (0.5, 2.5)  # usual measured production over that of MOD17
_REACH = 3  # cells of the coarse grid around a place


def production_findings(
    places: gpd.GeoDataFrame, column: str, study: Study, path: Path, *, carbon_share: float = 1.0
) -> Findings:
    """Judge production at places.

    Parameters
    ----------
    places : GeoDataFrame
        With longitude, latitude and the column.
    column : str
        Name of the values [g m-2 yr-1].
    study : Study
    path : path of the table
    carbon_share : float
        What makes the values carbon; 1 where they are.
    """
    values = places[column].dropna()
    for code in _CODES:
        others = values[values != code]
        if (values == code).any() and len(others) and code > _APART * others.max():
            rows = values.index[values == code]
            fault = f"{code} in {len(rows)} of {len(values)} rows, the others reach {others.max():g}"
            remedy = "it looks like a code for missing values: leave these rows out"
            yield Problem(str(path), f"column {column}, {lines_of(rows)}", fault, remedy)
            values = others
    carbon = values * carbon_share
    if (carbon > _MOST_CARBON).any():
        rows = carbon.index[carbon > _MOST_CARBON]
        fault = (
            f"{values[rows[0]]:g} g m-2 yr-1: hardly any vegetation makes more than {_most(carbon_share):g}"
        )
        remedy = "check the unit, and whether it is the growth of a year, not what stands"
        yield InputWarning(str(path), f"column {column}, {lines_of(rows)}", fault, remedy)
        carbon = carbon.drop(rows)
    reference = _mod17(places.loc[carbon.index], study)
    if reference is not None:
        yield from _against_mod17(carbon / reference, column, path)


def _most(carbon_share: float) -> float:
    return float(f"{_MOST_CARBON / carbon_share:.1g}")


def _against_mod17(ratio: pd.Series, column: str, path: Path) -> Findings:
    """Single places, and all of them together, that are a factor away from MOD17."""
    ratio = ratio[np.isfinite(ratio)]
    apart = ~ratio.between(*_SINGLE)
    if apart.any() and not apart.all():
        rows = ratio.index[apart]
        fault = f"{listed([f'{each:.2g}' for each in ratio[rows]])} times the NPP of MOD17 around the place"
        remedy = "check the unit and the decimal point of these rows"
        yield InputWarning(str(path), f"column {column}, {lines_of(rows)}", fault, remedy)
        ratio = ratio[~apart]
    if ratio.empty or _MEDIAN[0] <= ratio.median() <= _MEDIAN[1]:
        return
    fault = f"{ratio.median():.2g} times the NPP of MOD17 around the places, in the median"
    remedy = "check that it is a year's whole production, above and below ground, in the unit of its name"
    yield InputWarning(str(path), f"column {column}", fault, f"{remedy}; else the scale of MOD17")


def _mod17(places: gpd.GeoDataFrame, study: Study) -> np.ndarray | None:
    """Mean NPP of MOD17 around each place [gC m-2 yr-1], NaN where it has none; None without MOD17."""
    grid = study.grid
    if "mod17" not in study.inputs or grid is None or places.empty:
        return None
    try:
        files = next(iter(coarse_images.find_composites(study.inputs["mod17"], "MOD17A3HGF").values()))
        layer = coarse_images.read_native(files, "Npp_500m", grid)
    except (OSError, ValueError, StopIteration):
        return None  # the check of MOD17 reports why
    if layer is None:
        return None
    npp, _ = decode_mod17_npp(layer.values)
    on_grid = to_grid(npp, layer.crs, layer.transform, grid, resampling="nearest")
    points = places.to_crs(grid.crs).geometry
    columns, rows = ~grid.transform @ (points.x.to_numpy(), points.y.to_numpy())
    return np.array(
        [_around(on_grid, int(row), int(column)) for row, column in zip(rows, columns, strict=True)]
    )


def _around(values: np.ndarray, row: int, column: int) -> float:
    """Mean of the cells around one; NaN outside the grid, or where none has a value."""
    near = values[
        max(row - _REACH, 0) : max(row + _REACH + 1, 0), max(column - _REACH, 0) : max(column + _REACH + 1, 0)
    ]
    known = near[np.isfinite(near)]
    return float(known.mean()) if known.size else np.nan
