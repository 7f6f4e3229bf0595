"""Checks of the raster inputs other than images: DEM, land cover, ready maps of soil and climate."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
from pyproj import CRS
from rasterio.warp import transform_bounds

from nppdrivers.checks.findings import Elsewhere, Findings, listed, span
from nppdrivers.checks.raster.coverage import coverage
from nppdrivers.checks.raster.elevation import compare_with_stations, single_cells, steepness
from nppdrivers.checks.raster.months import MIDDLE_OF_MONTH, month_findings
from nppdrivers.checks.raster.voids import voids
from nppdrivers.checks.raster.whole import refuse_damaged
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.evapotranspiration import days_in_month, extraterrestrial_radiation
from nppdrivers.grid import Grid
from nppdrivers.inputs.problems import InputError, InputWarning, Problem
from nppdrivers.inputs.raster.door import OutsideError, Part, read_part
from nppdrivers.inputs.ready_rasters import Ready, open_ready, refuse_other_months, refuse_other_unit
from nppdrivers.quantities import Quantity, quantity
from nppdrivers.rasters import to_grid
from nppdrivers.weather.value_checks import CLEARNESS

_LARGEST_READ = 1500  # rows and columns read of one raster
_FEWEST_SAMPLES, _PH_APART, _SOIL_FACTOR = 8, 1.5, 3.5  # of the level of a map against samples
_MANY_CELLS = 100
_DEGREE_M = 111_320.0


def check_soil(study: Study, path: Path, *, name: str) -> Findings:
    """Check that a ready map of soil is whole and holds usual values of its property."""
    yield describe(path)
    refuse_damaged(str(path))
    if study.grid is not None:
        factor, what = study.soil_factors.get(name, 1.0), quantity(name)
        grid = _thinned(study.grid)
        found = _read(open_ready(path, grid, what, bands=1, factor=factor))
        yield from found.remarks
        yield span(found.values, what.unit)
        refuse_other_unit(found.values, what, path, "give the factor in soil.raster_factors")
        yield from _against_samples(found.values, name, study, path)
        yield from found.holes
        yield from _complete(found.values, grid, study, path)


def _thinned(grid: Grid) -> Grid:
    """Grid on which ready maps are looked at: that of the run, of a large one every nth cell."""
    return grid.every(-(-max(grid.shape) // _LARGEST_READ))


class _Whole(NamedTuple):
    """A ready map: values on the grid (bands, H, W), remarks on their meaning, and undeclared holes."""

    values: np.ndarray
    remarks: Findings
    holes: Findings


def _read(ready: Ready) -> _Whole:
    """Read all bands; of the holes those of the first band that has any."""
    values, codes, path = [], set(), Path(ready.path)
    holes: list[Problem | str] = []
    for part, on_grid in ready.read():
        values.append(on_grid)
        holes = holes or list(_holes(part.values, ready.quantity, path))
        codes.update(part.undeclared)
    undeclared = [code for code in part.meaning.codes if code in codes]
    return _Whole(np.stack(values), _remarks(part.meaning.remark, undeclared, path), holes)


def _against_samples(values: np.ndarray, name: str, study: Study, path: Path) -> Findings:
    """The level of a ready map of soil against that of the samples, where they have the property too."""
    if study.samples is None or name not in study.samples:
        return
    measured = study.samples[name].dropna()
    level, usual = float(np.nanmedian(values)), float(measured.median())
    apart = abs(level - usual) > _PH_APART
    if name != "pH":
        apart = not usual / _SOIL_FACTOR < level < usual * _SOIL_FACTOR
    if len(measured) >= _FEWEST_SAMPLES and apart:
        message = f"{name} of {level:.3g} in the median, the soil samples have {usual:.3g}"
        remedy = "check the unit of both (soil.raster_factors), and that both are of the same depth"
        yield InputWarning(str(path), "", message, remedy)


def check_climate(study: Study, path: Path, *, variable: str, year: str) -> Findings:
    """Check that a ready map of climate is whole and holds twelve months of usual values."""
    yield describe(path)
    refuse_damaged(str(path))
    if study.grid is not None:
        grid, what = _thinned(study.grid), quantity(variable)
        found = _read(open_ready(path, grid, what, bands=12))
        yield from found.remarks
        yield f"twelve months, {span(found.values, what.unit)}"
        months = np.arange("2001-01", "2002-01", dtype="datetime64[M]")
        days = days_in_month(months)
        refuse_other_months(found.values, what, days, path)
        if variable == "solar_radiation" and study.area is not None:
            latitude = float(study.area.union_all().centroid.y)
            yield from _clearness(found.values / days[:, None, None], latitude, path)
        yield from month_findings(found.values, what, year, study, path)
        yield from found.holes
        yield from _complete(found.values, grid, study, path)


def _holes(values: np.ndarray, what: Quantity, path: Path) -> Findings:
    """Refuse undeclared holes; those of the first band that has any are named."""
    holes = [hole for band in values for hole in voids(band, what, path)]
    yield from holes[:1]


def _complete(values: np.ndarray, grid: Grid, study: Study, path: Path) -> Findings:
    """Refuse values for less than most of the study area."""
    remedy = "give a raster that covers the study area, or fill its gaps"
    yield from coverage(np.isfinite(values).all(axis=0), study, grid, path, remedy=remedy)


def _remarks(remark: str, undeclared: Sequence[float], path: Path) -> Findings:
    """What the door of the rasters converted or took for missing."""
    if "not known" in remark:
        yield InputWarning(str(path), "", remark, "check the unit, or correct the one that the file states")
    elif remark:
        yield remark
    if undeclared:
        yield f"{listed([f'{code:g}' for code in undeclared])}, not declared as nodata, is taken for missing"


def _clearness(per_day: np.ndarray, latitude: float, path: Path) -> Findings:
    """Compare with the radiation above the atmosphere, as for stations."""
    above = extraterrestrial_radiation(MIDDLE_OF_MONTH, np.array(latitude))
    sunny = above > 1
    share = float(np.median(np.nanmean(per_day, axis=(1, 2))[sunny] / above[sunny]))
    if not CLEARNESS[0] <= share <= CLEARNESS[1]:
        message = f"median of {100 * share:.0f} % of the radiation above the atmosphere; 30 to 70 % is usual"
        remedy = "radiation is in MJ m-2 a month (W m-2 x 0.0864 x days of the month)"
        yield Problem(str(path), "", message, remedy)


def check_dem(study: Study, path: Path) -> Findings:
    """Check that the DEM covers the study area with elevations in metres above sea level."""
    what = quantity("elevation")
    yield describe(path)
    part = _read_around(path, study, what)
    yield from _remarks(part.meaning.remark, part.undeclared, path)
    elevation = part.values[0]
    yield f"elevation {span(elevation, 'm')} in the rectangle around the study area"
    against_stations = list(compare_with_stations(study, path))
    yield from against_stations
    low, high = np.nanmin(elevation), np.nanmax(elevation)
    if low < what.minimum or high > what.maximum:
        if not any(isinstance(finding, Problem) for finding in against_stations):
            message = f"elevation from {low:g} to {high:g} m in the study area"
            remedy = "metres are needed: check the unit, and that nodata is declared"
            yield Problem(str(path), "", message, remedy)
        return
    yield from _holes(part.values, what, path)
    grid = study.cloud_grid
    if grid is not None:
        on_grid = to_grid(elevation, part.crs, part.transform, grid, resampling="nearest")
        yield from _complete(on_grid[None], grid, study, path)
        smooth = to_grid(elevation, part.crs, part.transform, grid, resampling="average")
        yield from steepness(smooth, grid, path)
        width_m = abs(part.transform.e) * (_DEGREE_M if CRS.from_user_input(part.crs).is_geographic else 1.0)
        yield from single_cells(elevation, width_m, path)


def check_land_cover(study: Study, path: Path) -> Findings:
    """Check that land cover covers the study area with codes that are known."""
    yield describe(path)
    part = _read_around(path, study, quantity("land_cover"))
    codes = part.values[np.isfinite(part.values)]
    if (codes != np.round(codes)).any():
        message = "contains values that are not whole numbers"
        yield Problem(str(path), "", message, "give class codes, resampled to the nearest")
        return
    present = np.unique(codes).astype(int).tolist()
    yield f"codes {listed(present, 20)}"
    if len(present) == 1 and codes.size >= _MANY_CELLS:
        message = f"has code {present[0]} in all cells around the study area"
        remedy = "give land cover with its classes, or name the class in land_cover.everywhere"
        yield InputWarning(str(path), "", message, remedy)
    unknown = sorted(set(present) - set(study.land_cover_codes))
    if unknown:
        known = listed(sorted(study.land_cover_codes), 20)
        remedy = f"add each with its class to land_cover.codes, which has {known}"
        yield Problem(str(path), "", f"codes {listed(unknown, 10)} belong to no class", remedy)
    if study.cloud_grid is not None:
        classes = to_grid(part.values[0], part.crs, part.transform, study.cloud_grid, resampling="nearest")
        remedy = "give land cover of the whole study area: cells without a class (0 or nodata) get no NPP"
        yield from coverage(np.isfinite(classes), study, study.cloud_grid, path, of="a class", remedy=remedy)


def describe(path: Path) -> str:
    """Size, cell and coordinate system of a raster in words."""
    with rasterio.open(path) as source:
        system = "no coordinate system" if source.crs is None else source.crs.to_string()[:60]
        unit = "degrees" if source.crs is not None and source.crs.is_geographic else "m"
        return f"{source.height} x {source.width} cells of {source.res[0]:.5g} {unit}, {system}"


def _read_around(path: Path, study: Study, what: Quantity) -> Part:
    """Read a raster around the study area, thinned when large."""
    refuse_damaged(str(path))
    try:
        part = read_part(path, what, study.cloud_grid, largest=_LARGEST_READ)
    except OutsideError as error:
        with rasterio.open(path) as source:
            covered = transform_bounds(source.crs, WGS84, *source.bounds)
            remedy = f"check the coordinate system (now {source.crs.to_string()[:60]})" + study.swapped(
                covered
            )
        raise InputError([Elsewhere(str(path), "", "does not touch the study area", remedy)]) from error
    if not np.isfinite(part.values).any():
        message = "has no value in the study area"
        raise InputError([Problem(str(path), "", message, "give a raster that covers the study area")])
    return part
