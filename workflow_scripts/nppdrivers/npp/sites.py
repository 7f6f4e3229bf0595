"""Places with measured NPP: what was measured, their cells on the map, and what CASA makes of these."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers import casa, rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs import tables
from nppdrivers.npp.cells import Cells, cells_around
from nppdrivers.npp.classes import by_pixel, month_weights
from nppdrivers.npp.reference_models import CARBON_SHARE
from nppdrivers.period import Period

CONSTANTS = ("ndvi_min", "ndvi_max", "epsilon_max", "optimum_temperature")
WEATHER = ("temperature", "precipitation", "radiation")


def read_sites(
    paths: Mapping[str, str | Path], columns: Mapping[str, Mapping[str, str]], crs: str
) -> gpd.GeoDataFrame:
    """Read all places with measured NPP.

    Parameters
    ----------
    paths : mapping
        Tables of `plots` (dry matter, x 0.45) and of `npp_points` (carbon), whichever are given.
    columns : mapping
        Column names of each table: name here to name in the file.
    crs : str
        Coordinate system of the places.

    Returns
    -------
    GeoDataFrame
        One row a place: source, site, class (as the table says, else NaN), size_m [m], measured
        [gC m-2 yr-1].

    Raises
    ------
    InputError
        For a table that cannot be read.
    """
    parts = []
    if "plots" in paths:
        plots = tables.read_plots(paths["plots"], crs, columns.get("plots"))
        plots["measured"] = plots["biomass_g_m2_yr"] * CARBON_SHARE
        parts.append(plots.rename(columns={"plot": "site", "land_cover": "class"}).assign(source="plots"))
    if "npp_points" in paths:
        points = tables.read_npp_points(paths["npp_points"], crs, columns.get("npp_points"))
        points = points.rename(columns={"place": "site", "npp_gC_m2_yr": "measured"})
        parts.append(points.assign(source="npp_points", size_m=0.0))
    sites = pd.concat(parts, ignore_index=True)
    sites["class"] = sites.get("class", pd.Series(np.nan, sites.index)).astype(object)
    return sites[["source", "site", "class", "size_m", "measured", "geometry"]]


def cells_of_sites(
    sites: gpd.GeoDataFrame, codes: np.ndarray, names: Mapping[int, str], grid: Grid
) -> tuple[pd.Series, list[np.ndarray]]:
    """Class of each site, and its cells of that class.

    Parameters
    ----------
    sites : GeoDataFrame
        As from `read_sites`, in the system of the grid.
    codes : (rows, columns) integer array
        Class of every cell, 0 for none.
    names : {code: class}
    grid : Grid

    Returns
    -------
    classes : Series of str
        What the table says where the run has that class; else the most frequent one around the place (the
        first in the order of the codes among equals), NaN where there is none.
    cells : list of integer arrays
        Numbers of the cells, counted row by row from the upper left.
    """
    # views without a number for each cell of the grid
    axes = [np.broadcast_to(axis, grid.shape) for axis in np.ogrid[: grid.height, : grid.width]]
    code_of = {name: code for code, name in names.items()}
    classes, cells = [], []
    for stated, size_m, point in zip(sites["class"], sites["size_m"], sites.geometry, strict=True):
        rows, columns = (cells_around(axis, grid, point.x, point.y, size_m) for axis in axes)
        around = (rows * grid.width + columns)[np.isfinite(rows)].astype(np.intp)
        found = codes.ravel()[around]
        counts = np.bincount(found, minlength=max(names) + 1)[1:]
        most = int(counts.argmax()) + 1 if counts.any() else 0
        code = code_of.get(stated, most)
        classes.append(names.get(code, np.nan))
        cells.append(around[found == code] if code else around[:0])
    return pd.Series(classes, sites.index, dtype=object), cells


def mean_annual_npp(
    cells: Cells,
    paths: Mapping[str, Sequence[str]],
    parameters: pd.DataFrame,
    options: casa.Options,
    period: Period,
) -> np.ndarray:
    """Sum of the twelve mean months of NPP at some cells, as `average_npp` has it for all.

    Parameters
    ----------
    cells : Cells
        Blocks of rows without one of them are not read.
    paths : mapping
        Rasters of ndvi, temperature, precipitation and radiation, one a year, in the order of the years.
    parameters : DataFrame
        Constants of the classes, as for `by_pixel`.
    options : casa.Options
    period : Period

    Returns
    -------
    (n,) array
        [gC m-2 yr-1]; NaN where a month is.
    """
    weights = month_weights([rasters.band_names(path) for path in paths["ndvi"]], period)
    npp = np.zeros(cells.number)
    for block in cells.blocks():
        if not block.codes.size:
            continue
        for year, months in enumerate(weights):
            simulated = casa.simulate(
                *(block.read(paths[name][year], cells.grid) for name in ("ndvi", *WEATHER)),
                **{name: by_pixel(parameters, name, block.codes) for name in CONSTANTS},
                options=options,
                tree=by_pixel(parameters, "tree", block.codes) == 1,
                terms=("npp",),
            ).npp
            assert simulated is not None  # it is the one term asked for
            counted = np.flatnonzero(months)
            npp[block.positions] += months[counted] @ simulated[counted]
    return npp
