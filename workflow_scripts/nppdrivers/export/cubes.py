"""Monthly and annual rasters of a run as one NetCDF file that follows the CF conventions."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import NamedTuple

import netCDF4
import numpy as np
from pyproj import CRS

from nppdrivers import rasters
from nppdrivers.grid import TILE_ROWS, Grid
from nppdrivers.period import Period
from nppdrivers.quantities import quantity

EPOCH = date(1970, 1, 1)
CONVENTIONS = "CF-1.11"
# a tile of the rasters through a year, so that a map and the curve of a cell are both read quickly
CHUNK = (12, TILE_ROWS, 512)


class Variable(NamedTuple):
    """Name, rasters in order of time, and what a value is of the month or year: mean, sum, maximum."""

    name: str
    paths: Sequence[str]
    statistic: str


class Place(NamedTuple):
    """Grid of a run and path of its study area, 1 inside."""

    grid: Grid
    study_area: str


def write_cube(
    path: Path,
    variables: Sequence[Variable],
    place: Place,
    period: Period,
    attributes: Mapping[str, str],
) -> None:
    """Write rasters with a band for each month or year as a NetCDF-4 file by blocks of rows.

    Parameters
    ----------
    path : path of the file, complete when it has its name
    variables : sequence of Variable
        Bands of monthly rasters are called YYYY-MM, those of annual ones YYYY.
    place : Place
        Values outside the study area are missing (NaN), like missing values inside.
    period : Period
        Months of the run.
    attributes : mapping of str to str
        Global attributes: title, source, references.

    References
    ----------
    CF Metadata Conventions 1.11, sections 4 (coordinates), 5.6 (grid mappings), 7 (bounds and cell methods).
    """
    unfinished = path.with_name(f".{path.stem}.unfinished.nc")
    with netCDF4.Dataset(unfinished, "w", format="NETCDF4") as cube:
        cube.setncatts({"Conventions": CONVENTIONS, **attributes})
        _add_coordinates(cube, place.grid)
        for variable in variables:
            _write_variable(cube, variable, place, period)
    unfinished.replace(path)


def period_of_band(name: str, period: Period) -> tuple[date, date]:
    """First day, and day after the last, of what a band called YYYY-MM or YYYY stands for.

    A year counts as far as it lies in the period of the run, for which its months were added up.

    Raises
    ------
    ValueError
        For another name.
    """
    if re.fullmatch(r"\d{4}-\d{2}", name):
        start = date.fromisoformat(f"{name}-01")
        return start, (start + timedelta(31)).replace(day=1)
    if re.fullmatch(r"\d{4}", name):
        start, end = date(int(name), 1, 1), date(int(name) + 1, 1, 1)
        return max(start, period.first_day), min(end, period.last_day + timedelta(1))
    raise ValueError(f"band {name!r} is neither a month (YYYY-MM) nor a year (YYYY)")


def cf_unit(unit: str) -> str:
    """Unit as UDUNITS reads it: grams of carbon are grams, what they are of stands in the long name."""
    return re.sub(r"\b(k?g)C\b", r"\1", unit)


def _add_coordinates(cube: netCDF4.Dataset, grid: Grid) -> None:
    """Add the coordinates of the cell centres, and the coordinate system in CF's and in GDAL's words."""
    system = CRS.from_user_input(grid.crs)
    cube.createDimension("y", grid.height)
    cube.createDimension("x", grid.width)
    for attributes in system.cs_to_cf():
        name = attributes["axis"].lower()
        coordinate = cube.createVariable(name, "f8", (name,))
        coordinate.setncatts(attributes)
    transform = grid.transform
    cube["x"][:] = transform.c + transform.a * (np.arange(grid.width) + 0.5)
    cube["y"][:] = transform.f + transform.e * (np.arange(grid.height) + 0.5)
    mapping = cube.createVariable("crs", "i4")
    mapping.setncatts(system.to_cf() | {"GeoTransform": " ".join(map(repr, transform.to_gdal()))})


def _add_times(cube: netCDF4.Dataset, axis: str, times: Sequence[tuple[date, date]]) -> None:
    """Add a dimension of time, with the middle of each month or year and its bounds, unless it is there."""
    if axis in cube.dimensions:
        return
    if "bounds" not in cube.dimensions:
        cube.createDimension("bounds", 2)
    cube.createDimension(axis, len(times))
    days = np.array([[(day - EPOCH).days for day in ends] for ends in times], "float64")
    middle = cube.createVariable(axis, "f8", (axis,))
    middle.setncatts(
        {
            "standard_name": "time",
            "units": f"days since {EPOCH.isoformat()}",
            "calendar": "standard",
            "axis": "T",
            "bounds": f"{axis}_bounds",
        }
    )
    middle[:] = days.mean(axis=1)
    cube.createVariable(f"{axis}_bounds", "f8", (axis, "bounds"))[:] = days


def _write_variable(cube: netCDF4.Dataset, variable: Variable, place: Place, period: Period) -> None:
    """Add a variable and copy its rasters into it."""
    bands = [name for path in variable.paths for name in rasters.band_names(path)]
    times = [period_of_band(name, period) for name in bands]
    axis = "year" if len(bands[0]) == len("YYYY") else "time"
    _add_times(cube, axis, times)
    chunks = tuple(map(min, CHUNK, (len(times), *place.grid.shape)))
    target = cube.createVariable(
        variable.name, "f4", (axis, "y", "x"), zlib=True, complevel=1, chunksizes=chunks, fill_value=np.nan
    )
    entry = quantity(rasters.metadata(variable.paths[0])[0])
    unit = cf_unit(entry.unit)
    target.setncatts(
        {
            "long_name": entry.long_name + ("" if unit == entry.unit else ", as carbon"),
            "units": unit,
            "cell_methods": f"{axis}: {variable.statistic}",
            "grid_mapping": "crs",
        }
    )
    first = 0
    for path in variable.paths:
        for rows in place.grid.row_blocks():
            inside = rasters.read_mask(place.study_area, place.grid, rows)
            values = rasters.read(path, place.grid, rows=rows)
            target[first : first + len(values), rows] = np.where(inside, values, np.nan)
        first += len(values)
