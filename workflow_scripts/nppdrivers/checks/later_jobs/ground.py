"""What later jobs ask of the study area and of the classes: cells enough, and constants of every class."""

from pathlib import Path

import numpy as np
import pandas as pd
from rasterio.features import geometry_mask

from nppdrivers import rasters
from nppdrivers.attribution.points import FEWEST
from nppdrivers.casa.parameters import check_parameters
from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.study import Study
from nppdrivers.grid import Grid, utm_crs
from nppdrivers.inputs.problems import InputError, InputWarning, Problem

MOST_CELLS = 2_000_000_000  # of the rectangle around the area: 30 m cells of the largest country fit
_MOST_COUNTED = 20_000_000  # cells that are drawn to count those inside; more are counted by their area


def check_cells(study: Study, path: Path) -> Findings:
    """The grid has cells in the study area, enough for windows, tiles and points, and not too many."""
    grid = grid_of(study)
    if grid is None:
        return
    plan = study.plan
    yield f"grid of {grid.height} x {grid.width} cells of {grid.cell_size_m:g} m"
    if grid.size > MOST_CELLS:
        message = f"{grid.size:.2g} cells of {grid.cell_size_m:g} m lie in the rectangle around it"
        yield Problem(str(path), "", message, "take larger cells (grid.cell_size_m), or a smaller study area")
        return
    inside = _cells_inside(study, grid)
    if inside == 0:
        message = f"contains the centre of no cell of {grid.cell_size_m:g} m"
        yield Problem(str(path), "", message, "take smaller cells (grid.cell_size_m), or a larger study area")
    elif plan.attribution and inside < FEWEST:
        message = f"contains {inside} cells of {grid.cell_size_m:g} m; attribution needs {FEWEST}"
        yield Problem(str(path), "", message, "take smaller cells (grid.cell_size_m), or a larger study area")
    if plan.window > min(grid.shape):
        message = f"fusion.window is {plan.window} cells, the grid is {grid.height} x {grid.width}"
        take = (min(grid.shape) - 1) // 2 * 2 + 1
        remedy = f"take {take} or less" if take >= 3 else "take smaller cells, or a larger study area"
        yield Problem(str(path), "", message, remedy)
    if plan.tiles > grid.height:
        message = f"tiles is {plan.tiles}, the grid has {grid.height} rows"
        yield Problem(str(path), "", message, f"take {max(1, grid.height // plan.window)} or less")


def grid_of(study: Study) -> Grid | None:
    """Grid of the run; None where the study area or the raster whose grid is taken cannot be read."""
    if study.like is not None:
        return rasters.open_grid(study.like)
    if study.area is None:
        return None
    crs = study.grid_crs
    if crs == "auto":
        crs = utm_crs(*np.ravel(study.area.union_all().centroid.coords))
    bounds = tuple(study.area.to_crs(crs).total_bounds)
    return Grid.around(bounds, crs, study.plan.cell_size_m, study.plan.origin_m)


def _cells_inside(study: Study, grid: Grid) -> int:
    """Number of cells whose centre lies in the study area; by its area where they are very many."""
    if study.area is None:
        return grid.size
    shapes = study.area.to_crs(grid.crs).geometry
    if grid.size > _MOST_COUNTED:
        return int(shapes.union_all().area / grid.cell_area_m2)
    return int(geometry_mask(shapes, grid.shape, grid.transform, invert=True).sum())


def check_classes(study: Study, path: Path) -> Findings:
    """Every class of the run has light use efficiencies and NDVI bounds that CASA takes."""
    plan = study.plan
    if plan.classes is None:
        return
    table = pd.read_csv(plan.classes).set_index("class")
    table = table.loc[[name for name in plan.class_codes if name in table.index]]
    columns = [f"epsilon_{name}" for name in plan.efficiencies if f"epsilon_{name}" in table]
    needed = table.loc[table["vegetated"].astype(bool), [*columns, "ndvi_min", "ndvi_max"]]
    for column in needed.columns[needed.isna().any()]:
        message = f"column {column} is empty for {listed(list(needed.index[needed[column].isna()]))}"
        remedy = f"fill it, or set another one in npp.{'epsilon_max' if column in columns else 'ndvi_bounds'}"
        yield Problem(plan.classes, "", message, remedy)
    for column in columns:
        try:
            check_parameters(*(table[name].to_numpy(float) for name in ("ndvi_min", "ndvi_max", column)))
        except ValueError as error:
            raise InputError([Problem(plan.classes, f"column {column}", str(error), "correct it")]) from error


def check_ready(study: Study, path: Path, *, name: str) -> Findings:
    """A ready raster is of a variable or property that the run has."""
    kind, setting, used = (
        ("climate_raster_", "climate.variables", study.plan.climate_variables)
        if name.startswith("climate_raster_")
        else ("soil_raster_", "soil.properties", study.plan.soil_properties)
    )
    variable = name.removeprefix(kind)
    variable = variable[:-5] if kind == "climate_raster_" else variable
    if used and variable not in used:
        message = f"is not used: {setting} does not have {variable}"
        yield InputWarning(str(path), "", message, f"add {variable} to {setting}, or leave the raster out")
