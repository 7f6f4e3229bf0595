"""Checks of the analysis grid: the raster whose grid is taken, or the coordinate system of the settings."""

from pathlib import Path

import rasterio
from pyproj.exceptions import CRSError
from rasterio.warp import transform_bounds

from nppdrivers.checks.findings import Findings
from nppdrivers.checks.raster.whole import refuse_damaged
from nppdrivers.checks.rasters import describe
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.inputs.raster.lattice import lattice_faults

_REMEDY = "give a raster of square cells in metres, north up, as in the UTM zone, or set grid.like to null"


def check_like(study: Study, path: Path) -> Findings:
    """Check that the raster whose grid is taken has square cells of metres as on the ground."""
    yield describe(path)
    refuse_damaged(str(path))
    with rasterio.open(path) as source:
        crs, transform = source.crs, source.transform
        west, south, east, north = transform_bounds(crs, WGS84, *source.bounds)
    fault, doubt = lattice_faults(crs, (west + east) / 2, (south + north) / 2, transform)
    if fault:
        yield Problem(str(path), "", fault, _REMEDY)
    elif doubt:
        yield InputWarning(str(path), "", doubt, _REMEDY)


def check_grid_system(study: Study, path: Path) -> Findings:
    """Check that lengths in the coordinate system of the settings are those on the ground."""
    if study.area is None or study.like is not None or study.grid_crs == "auto":
        return
    centre = study.area.union_all().centroid
    try:
        fault, doubt = lattice_faults(study.grid_crs, centre.x, centre.y)
    except CRSError as error:
        fault, doubt = f"{study.grid_crs} is no coordinate system ({error})", ""
    remedy = "set grid.crs to auto, for the UTM zone of the study area, or to a local system in metres"
    if fault:
        yield Problem(str(path), "grid.crs", fault, remedy)
    elif doubt:
        yield InputWarning(str(path), "grid.crs", doubt, remedy)
