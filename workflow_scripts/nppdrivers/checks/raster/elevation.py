"""Whether a DEM is one in metres above sea level: by its steepness, its sign, and stations."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Geod

from nppdrivers.checks.findings import Findings, span
from nppdrivers.checks.study import Study
from nppdrivers.climate.station_checks import differing_elevations
from nppdrivers.grid import Grid
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.inputs.raster.door import sample
from nppdrivers.quantities import quantity

# What makes the DEM so many times the elevation of the stations, and what mends it
_DEM_UNITS = {"feet": 0.3048, "decimetres": 0.1, "centimetres": 0.01, "kilometres": 1000.0}
_STATION_UNITS = {"feet": 0.3048, "kilometres": 1000.0}
_AGREES = 0.15  # of a ratio
_LEAST_DIFFERENCE_M = 50.0  # smaller ones show no unit
_DATUM_M = 100.0  # a common difference from the stations beyond it is no place that is a cell off
_LEAST_STATIONS = 3  # that must agree on a difference
_STEEPEST = 2.0  # median rise over run of a landscape; the steepest mountains have about 0.8
_BELOW_SEA_M = -30.0  # few places lie deeper
_NEAR_KM, _ABOVE_ALL_M = 50.0, 300.0


def steepness(elevation: np.ndarray, grid: Grid, path: Path) -> Findings:
    """Refuse slopes that no landscape has, as in other vertical units, and warn of land below the sea.

    Parameters
    ----------
    elevation : (H, W) array [m]
        On the grid, NaN where missing.
    grid : Grid
    path : path of the DEM
    """
    south, east = np.gradient(elevation, grid.cell_size_m)
    steep = np.hypot(south, east)
    median = float(np.nanmedian(steep)) if np.isfinite(steep).any() else 0.0
    if median > _STEEPEST:
        message = f"half of the area is steeper than {np.degrees(np.arctan(median)):.0f} degrees"
        yield Problem(
            str(path), "", message, "metres are needed: a DEM in dm or cm is to be divided by 10 or 100"
        )
    if np.nanmax(elevation) < _BELOW_SEA_M:
        message = f"all of the area lies below the sea: {span(elevation[np.isfinite(elevation)], 'm')}"
        remedy = "if depths are counted downwards, multiply the DEM by -1; if it is relative, add its datum"
        yield InputWarning(str(path), "", message, remedy)


def compare_with_stations(study: Study, path: Path) -> Findings:
    """Compare the DEM with the elevation of the stations on it, or around it where none is on it."""
    if study.stations is None:
        return
    stations = study.stations.dropna(subset="elevation_m")
    longitude, latitude = stations["longitude"].to_numpy(), stations["latitude"].to_numpy()
    if not len(stations):
        return
    ground = sample(path, longitude, latitude, quantity("elevation")).astype(float)
    on_it = np.isfinite(ground)
    heights = stations["elevation_m"].to_numpy(float)
    if on_it.any():
        yield f"{on_it.sum()} stations on it: the DEM is {span((ground - heights)[on_it], 'm')} higher"
        wrong = list(_on_it(ground[on_it], heights[on_it], study, path))
        yield from wrong
        if not wrong:
            yield from _single_stations(stations[on_it], ground[on_it], study, path)
    else:
        yield from _around(stations, study, path)


def _on_it(ground: np.ndarray, heights: np.ndarray, study: Study, path: Path) -> Findings:
    """Another unit, sign or datum of the DEM, or another unit of the stations."""
    table = str(study.inputs.get("stations") or study.inputs.get("weather") or path)
    if len(heights) > 1 and not heights.any() and np.median(ground) > _LEAST_DIFFERENCE_M:
        message = f"elevation_m is 0 at all {len(heights)} stations on the DEM, which has {span(ground, 'm')}"
        yield Problem(table, "column elevation_m", message, "where it is not known, leave the cell empty")
        return
    difference = ground - heights
    level = float(np.median(difference))
    if np.median(np.abs(difference)) < _LEAST_DIFFERENCE_M:
        return
    high = np.abs(heights) > _LEAST_DIFFERENCE_M / 2
    if not high.any():
        return
    ratio = float(np.median(ground[high] / heights[high]))
    message = f"elevation is {ratio:.2f} times that of the stations on it"
    if unit := _unit(ratio, _DEM_UNITS):
        remedy = f"the DEM looks like {unit}: multiply it by {_DEM_UNITS[unit]:g}"
        yield Problem(str(path), "", message, remedy)
    elif unit := _unit(1 / ratio if ratio else 0, _STATION_UNITS):
        message = f"elevation_m is {1 / ratio:.2f} times that of the DEM"
        remedy = f"it looks like {unit}: multiply by {_STATION_UNITS[unit]:g}"
        yield Problem(table, "column elevation_m", message, remedy)
    elif abs(ratio + 1) < _AGREES:
        yield Problem(str(path), "", message, "its sign is exchanged: multiply the DEM by -1")
    elif abs(level) > _DATUM_M and np.median(np.abs(difference - level)) < abs(level) / 3:
        side = "above" if level > 0 else "below"
        message = f"lies {abs(level):.0f} m {side} the {len(ground)} stations on it"
        remedy = f"if its datum is a local one, add {-level:.0f} m to it; else correct the stations"
        kind = Problem if len(ground) >= _LEAST_STATIONS else InputWarning
        yield kind(str(path), "", message, remedy)


def _single_stations(
    stations: pd.DataFrame, ground: np.ndarray, study: Study, path: Path
) -> Iterable[InputWarning]:
    """Stations whose place or elevation the DEM contradicts, as the climate job lists them."""
    names, heights = stations["station"].to_numpy(), stations["elevation_m"].to_numpy(float)
    for words in differing_elevations(names, heights, ground):
        table = str(study.inputs.get("stations") or study.inputs.get("weather") or path)
        yield InputWarning(table, "column elevation_m", words, "check its elevation and its place")


def _unit(ratio: float, units: dict[str, float]) -> str:
    """Unit that explains a ratio; empty for none."""
    return next((unit for unit, factor in units.items() if abs(ratio * factor - 1) < _AGREES), "")


def _around(stations: pd.DataFrame, study: Study, path: Path) -> Iterable[InputWarning]:
    """Stations near the area usually lie lower than its highest place."""
    if study.area is None or study.cloud_grid is None:
        return
    centre = study.area.union_all().centroid
    longitude, latitude = stations["longitude"].to_numpy(), stations["latitude"].to_numpy()
    middle = np.full(len(stations), centre.x), np.full(len(stations), centre.y)
    near = Geod(ellps="WGS84").inv(longitude, latitude, *middle)[2] / 1000 < _NEAR_KM
    if near.sum() < _LEAST_STATIONS:
        return
    west, south, east, north = study.area.total_bounds
    x, y = (axis.ravel() for axis in np.meshgrid(np.linspace(west, east, 20), np.linspace(south, north, 20)))
    highest = np.nanmax(sample(path, x, y, quantity("elevation")))
    lowest_station = float(stations["elevation_m"][near].min())
    if lowest_station > highest + _ABOVE_ALL_M:
        message = (
            f"its highest place, {highest:.0f} m, lies {lowest_station - highest:.0f} m below the lowest of "
            f"{near.sum()} stations within {_NEAR_KM:g} km"
        )
        remedy = "check its unit, and whether its elevations are relative to a local datum: add that datum"
        yield InputWarning(str(path), "", message, remedy)
