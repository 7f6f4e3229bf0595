"""Whether a DEM is one in metres above sea level: by its steepness, its sign, and stations."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from pyproj import Geod
from rasterio.warp import transform

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
_SHARE_OF_RELIEF = 0.1  # of the spread of the stations, by which more they may differ
_FEWEST_FOR_RELIEF, _LEAST_RELIEF_M = 5, 30.0  # stations, and their standard deviation, that show relief
_MOST_STATIONS = 300
_SLOPES = 0.5, 1.6  # rise of the DEM over that of the stations
_LEAST_STATIONS = 3  # that must agree on a difference
_STEEPEST = 2.0  # median rise over run of a landscape; the steepest mountains have about 0.8
_SPIKE = 3.0  # rise over run on all four sides, that no peak has
_MANY_CELLS = 100
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
    median = 0.0
    if min(elevation.shape) > 1:
        south, east = np.gradient(elevation, grid.cell_size_m)
        steep = np.hypot(south, east)
        median = float(np.nanmedian(steep)) if np.isfinite(steep).any() else 0.0
    if median > _STEEPEST:
        message = f"half of the area is steeper than {np.degrees(np.arctan(median)):.0f} degrees"
        yield Problem(
            str(path), "", message, "metres are needed: if it is in dm or cm, divide it by 10 or 100"
        )
    if np.nanmax(elevation) < _BELOW_SEA_M:
        message = f"all of the area lies below the sea: {span(elevation[np.isfinite(elevation)], 'm')}"
        remedy = "if depths are counted downwards, multiply the DEM by -1; if it is relative, add its datum"
        yield InputWarning(str(path), "", message, remedy)


def single_cells(elevation: np.ndarray, cell_m: float, path: Path) -> Findings:
    """Warn of one elevation everywhere, and of cells that stand out from all four neighbours.

    Parameters
    ----------
    elevation : (H, W) array [m]
        As stored, NaN where missing.
    cell_m : float
        Edge of its cells [m].
    path : path of the DEM
    """
    known = elevation[np.isfinite(elevation)]
    if known.size >= _MANY_CELLS and known.min() == known.max():
        message = f"elevation is {known[0]:g} m in all {known.size} cells"
        yield InputWarning(str(path), "", message, "give measured elevations: nothing follows such a DEM")
    if min(elevation.shape) < 3:
        return
    middle = elevation[1:-1, 1:-1]
    around = np.stack([elevation[:-2, 1:-1], elevation[2:, 1:-1], elevation[1:-1, :-2], elevation[1:-1, 2:]])
    out = np.maximum(middle - around.max(axis=0), around.min(axis=0) - middle)
    spikes = out > _SPIKE * cell_m
    if spikes.any():
        row, column = np.argwhere(spikes)[0] + 1
        message = (
            f"{spikes.sum()} single cells stand {np.nanmax(out):.0f} m and less above or below all their "
            f"neighbours, the first in row {row} and column {column} of the part around the study area"
        )
        yield InputWarning(str(path), "", message, "set these cells to nodata and fill them")


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
        places = longitude[on_it], latitude[on_it]
        wrong = wrong or list(_other_ground(ground[on_it], places, heights[on_it], path))
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
    if _agrees(ground, heights):
        return
    high = np.abs(heights) > _LEAST_DIFFERENCE_M / 2
    ratio = float(np.median(ground[high] / heights[high])) if high.any() else 1.0
    message = f"elevation is {ratio:.2f} times that of the stations on it"
    if unit := _unit(ratio, _DEM_UNITS, ground, heights):
        remedy = f"the DEM looks like {unit}: multiply it by {_DEM_UNITS[unit]:g}"
        yield Problem(str(path), "", message, remedy)
        return
    if unit := _unit(1 / ratio if ratio else 0, _STATION_UNITS, heights, ground):
        message = f"elevation_m is {1 / ratio:.2f} times that of the DEM"
        remedy = f"it looks like {unit}: multiply by {_STATION_UNITS[unit]:g}"
        yield Problem(table, "column elevation_m", message, remedy)
        return
    if _agrees(-ground, heights):
        yield Problem(str(path), "", message, "its sign is exchanged: multiply the DEM by -1")
        return
    level = float(np.median(ground - heights))
    if abs(level) > _DATUM_M and _agrees(ground - level, heights):
        side = "above" if level > 0 else "below"
        message = f"lies {abs(level):.0f} m {side} the {len(ground)} stations on it"
        remedy = f"if its datum is a local one, add {-level:.0f} m to it; else correct the stations"
        kind = Problem if len(ground) >= _LEAST_STATIONS else InputWarning
        yield kind(str(path), "", message, remedy)


def _agrees(ground: np.ndarray, heights: np.ndarray) -> bool:
    """Whether a DEM has about the elevations of stations, and rises where they do."""
    apart = float(np.median(np.abs(ground - heights)))
    return apart < _LEAST_DIFFERENCE_M + _SHARE_OF_RELIEF * float(np.std(heights)) and _follows(
        ground, heights
    )


def _follows(ground: np.ndarray, heights: np.ndarray) -> bool:
    """Whether a DEM rises where stations do; true where these are too few, or too level to say."""
    if len(heights) < _FEWEST_FOR_RELIEF or np.std(heights) < _LEAST_RELIEF_M:
        return True
    rise, run = (values[:, None] - values for values in (ground[:_MOST_STATIONS], heights[:_MOST_STATIONS]))
    apart = run > _LEAST_RELIEF_M  # a single station in a wrong place does not move the median of all pairs
    return not apart.any() or bool(_SLOPES[0] < np.median(rise[apart] / run[apart]) < _SLOPES[1])


def _other_ground(
    ground: np.ndarray, places: tuple[np.ndarray, np.ndarray], heights: np.ndarray, path: Path
) -> Findings:
    """A DEM that is upside down, or no DEM: it does not rise where the stations do."""
    if _follows(ground, heights):
        return
    likeness = np.corrcoef(ground, heights)[0, 1] if np.std(ground) else 0.0
    message = (
        f"does not follow the elevation of the {len(heights)} stations on it: {span(ground, 'm')} where they "
        f"have {span(heights, 'm')}, correlation {likeness:.2f}"
    )
    for words, mirrored in _mirrors(path, *places).items():
        known = np.isfinite(mirrored)
        if known.sum() >= _FEWEST_FOR_RELIEF and _agrees(mirrored[known], heights[known]):
            yield Problem(str(path), "", message, f"it would follow them mirrored from {words}: turn it over")
            return
    remedy = "check its place and coordinate system, and that it is elevation, no slope or hillshade"
    yield Problem(str(path), "", message, remedy)


def _mirrors(path: Path, longitude: np.ndarray, latitude: np.ndarray) -> dict[str, np.ndarray]:
    """Values of a raster mirrored about its middle, at places [deg]."""
    with rasterio.open(path) as source:
        crs, (left, bottom, right, top) = source.crs, source.bounds
    x, y = (np.array(each) for each in transform("EPSG:4326", crs, longitude, latitude))
    turned = {
        "north to south": (x, bottom + top - y),
        "east to west": (left + right - x, y),
        "corner to corner": (left + right - x, bottom + top - y),
    }
    found = {}
    for words, place in turned.items():
        there = (np.array(each) for each in transform(crs, "EPSG:4326", *place))
        found[words] = sample(path, next(there), next(there), quantity("elevation")).astype(float)
    return found


def _single_stations(
    stations: pd.DataFrame, ground: np.ndarray, study: Study, path: Path
) -> Iterable[InputWarning]:
    """Stations whose place or elevation the DEM contradicts, as the climate job lists them."""
    names, heights = stations["station"].to_numpy(), stations["elevation_m"].to_numpy(float)
    for words in differing_elevations(names, heights, ground):
        table = str(study.inputs.get("stations") or study.inputs.get("weather") or path)
        yield InputWarning(table, "column elevation_m", words, "check its elevation and its place")


def _unit(ratio: float, units: dict[str, float], wrong: np.ndarray, right: np.ndarray) -> str:
    """Unit that explains a ratio, and makes values agree with others; empty for none."""
    return next(
        (
            unit
            for unit, factor in units.items()
            if abs(ratio * factor - 1) < _AGREES
            and np.median(np.abs(wrong * factor - right)) < _AGREES * np.median(np.abs(right))
            and _agrees(wrong * factor, right)
        ),
        "",
    )


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
