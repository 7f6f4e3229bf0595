"""Checks of the raster inputs other than images: DEM, land cover, ready maps of soil and climate."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from rasterio.warp import transform_bounds
from rasterio.windows import Window, from_bounds

from nppdrivers.checks.findings import Elsewhere, Findings, listed, span
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.evapotranspiration import days_in_month, extraterrestrial_radiation
from nppdrivers.inputs.problems import InputError, Problem
from nppdrivers.inputs.ready_rasters import read_ready, refuse_other_months, refuse_other_unit
from nppdrivers.quantities import quantity
from nppdrivers.weather.value_checks import CLEARNESS

_LARGEST_READ = 1500  # rows and columns read of one raster
_FOOT = 0.3048
_MIDDLE_OF_MONTH = np.arange(12) * 30.4 + 15  # day of the year


def check_like(study: Study, path: Path) -> Findings:
    """Check that the raster whose grid is taken has square cells in a projected coordinate system."""
    yield _lattice(path)
    refuse_damaged(str(path))
    with rasterio.open(path) as source:
        crs, transform = source.crs, source.transform
    remedy = "give a raster of square cells in metres, north up, or set grid.like to null"
    if crs.is_geographic:
        yield Problem(str(path), "", "its coordinates are degrees", remedy)
    elif transform.b or transform.d or not np.isclose(transform.a, -transform.e):
        yield Problem(str(path), "", "its cells are not square, or north is not up", remedy)


def check_soil(study: Study, path: Path, *, name: str) -> Findings:
    """Check that a ready map of soil is whole and holds usual values of its property."""
    yield _lattice(path)
    refuse_damaged(str(path))
    if study.grid is not None:
        ready = read_ready(path, study.grid, bands=1, factor=study.soil_factors.get(name, 1.0))
        yield span(ready.values, quantity(name).unit)
        refuse_other_unit(ready.values, quantity(name), path, "give the factor in soil.raster_factors")


def check_climate(study: Study, path: Path, *, variable: str) -> Findings:
    """Check that a ready map of climate is whole and holds twelve months of usual values."""
    yield _lattice(path)
    refuse_damaged(str(path))
    if study.grid is not None:
        ready = read_ready(path, study.grid, bands=12)
        yield f"twelve months, {span(ready.values, quantity(variable).unit)}"
        months = np.arange("2001-01", "2002-01", dtype="datetime64[M]")
        days = days_in_month(months)
        refuse_other_months(ready.values, quantity(variable), days, path)
        if variable == "solar_radiation" and study.area is not None:
            latitude = float(study.area.union_all().centroid.y)
            yield from _clearness(ready.values / days[:, None, None], latitude, path)


def _clearness(per_day: np.ndarray, latitude: float, path: Path) -> Findings:
    """Compare with the radiation above the atmosphere, as for stations."""
    above = extraterrestrial_radiation(_MIDDLE_OF_MONTH, np.array(latitude))
    sunny = above > 1
    share = float(np.median(np.nanmean(per_day, axis=(1, 2))[sunny] / above[sunny]))
    if not CLEARNESS[0] <= share <= CLEARNESS[1]:
        message = f"median of {100 * share:.0f} % of the radiation above the atmosphere; 30 to 70 % is usual"
        remedy = "radiation is in MJ m-2 a month (W m-2 x 0.0864 x days of the month)"
        yield Problem(str(path), "", message, remedy)


def check_dem(study: Study, path: Path) -> Findings:
    """Check that the DEM covers the study area with elevations in metres."""
    yield _lattice(path)
    elevation = _read_around(path, study)
    yield f"elevation {span(elevation, 'm')} in the rectangle around the study area"
    low, high, possible = np.nanmin(elevation), np.nanmax(elevation), quantity("elevation")
    if low < possible.minimum or high > possible.maximum:
        message = f"elevation from {low:g} to {high:g} m in the study area"
        remedy = "metres are needed; values such as -9999 or -32768 are missing: declare them as nodata"
        yield Problem(str(path), "", message, remedy)
    elif study.stations is not None:
        yield from _feet(study.stations, study, path)


def _feet(stations: pd.DataFrame, study: Study, path: Path) -> Findings:
    """Compare the DEM with the elevation of the stations that lie on it."""
    places = stations.dropna(subset="elevation_m")
    with rasterio.open(path) as source:
        bounds = transform_bounds(source.crs, WGS84, *source.bounds)
        inside = places["longitude"].between(*bounds[::2]) & places["latitude"].between(*bounds[1::2])
        places = places[inside & (places["elevation_m"] > 0)]
        points = gpd.points_from_xy(places["longitude"], places["latitude"], crs=WGS84).to_crs(source.crs)
        ground = [float(value[0]) for value in source.sample(zip(points.x, points.y, strict=True))]
    if not ground:
        return
    ratio = float(np.median(np.array(ground) / places["elevation_m"].to_numpy()))
    table = str(study.inputs.get("stations") or study.inputs["weather"])
    message = f"elevation is {ratio:.2f} times that of the stations on it"
    if abs(ratio * _FOOT - 1) < 0.15:
        yield Problem(str(path), "", message, "the DEM looks like feet: multiply it by 0.3048")
    elif abs(ratio / _FOOT - 1) < 0.15:
        message = f"elevation_m is {1 / ratio:.2f} times that of the DEM"
        yield Problem(table, "column elevation_m", message, "it looks like feet: multiply by 0.3048")


def check_land_cover(study: Study, path: Path) -> Findings:
    """Check that land cover covers the study area with codes that are known."""
    yield _lattice(path)
    codes = _read_around(path, study)
    codes = codes[np.isfinite(codes) & (codes != 0)]
    if (codes != np.round(codes)).any():
        message = "contains values that are not whole numbers"
        yield Problem(str(path), "", message, "give class codes, resampled to the nearest")
        return
    present = np.unique(codes).astype(int).tolist()
    yield f"codes {listed(present, 20)}"
    unknown = sorted(set(present) - set(study.land_cover_codes))
    if unknown:
        known = listed(sorted(study.land_cover_codes), 20)
        remedy = f"add each with its class to land_cover.codes, which has {known}"
        yield Problem(str(path), "", f"codes {listed(unknown, 10)} belong to no class", remedy)


def _lattice(path: Path) -> str:
    """Size, cell and coordinate system of a raster in words."""
    with rasterio.open(path) as source:
        system = "no coordinate system" if source.crs is None else source.crs.to_string()[:60]
        unit = "degrees" if source.crs is not None and source.crs.is_geographic else "m"
        return f"{source.height} x {source.width} cells of {source.res[0]:.5g} {unit}, {system}"


def _read_around(path: Path, study: Study) -> np.ndarray:
    """Read the values of a raster around the study area, thinned when large; float32 with NaN."""
    refuse_damaged(str(path))
    with rasterio.open(path) as source:
        window = _window(source, study, path)
        size = min(int(window.height), _LARGEST_READ), min(int(window.width), _LARGEST_READ)
        values = source.read(1, window=window, out_shape=size, masked=True)
    if values.mask.all():
        message = "has no value in the study area"
        raise InputError([Problem(str(path), "", message, "give a raster that covers the study area")])
    return values.astype("float32").filled(np.nan)


def _window(source: rasterio.DatasetReader, study: Study, path: Path) -> Window:
    """Part of a raster around the study area."""
    whole = Window(0, 0, source.width, source.height)
    if study.area is None:
        return whole
    bounds = transform_bounds(WGS84, source.crs, *study.area.total_bounds)
    wanted = from_bounds(*bounds, transform=source.transform).round_offsets().round_lengths()
    try:
        return wanted.intersection(whole)
    except rasterio.errors.WindowError as error:
        covered = transform_bounds(source.crs, WGS84, *source.bounds)
        remedy = f"check the coordinate system (now {source.crs.to_string()[:60]})" + study.swapped(covered)
        raise InputError([Elsewhere(str(path), "", "does not touch the study area", remedy)]) from error


def refuse_damaged(path: str) -> None:
    """Refuse a raster without coordinate system, and a GeoTIFF of which some blocks lie behind its end."""
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                message, remedy = "no coordinate system", "assign the one it was made in"
                raise InputError([Problem(path, "", message, remedy)])
            if source.driver != "GTiff" or path.startswith("/vsi"):
                return
            bands = {1, source.count}  # the first and last in the file
            last = max(
                _block_end(source, band, block) for band in bands for block, _ in source.block_windows(band)
            )
    except rasterio.RasterioIOError as error:
        message, remedy = f"cannot be opened ({error})", "copy or download it again"
        raise InputError([Problem(path, "", message, remedy)]) from error
    size = Path(path).stat().st_size
    if last > size:
        message = f"is cut off: {size} of at least {last} bytes"
        raise InputError([Problem(path, "", message, "copy or download it again")])


def _block_end(source: rasterio.DatasetReader, band: int, block: tuple[int, int]) -> int:
    """Last byte of a block."""
    row, column = block
    start, length = (
        source.get_tag_item(f"BLOCK_{what}_{column}_{row}", "TIFF", band) for what in ("OFFSET", "SIZE")
    )
    return int(start or 0) + int(length or 0)
