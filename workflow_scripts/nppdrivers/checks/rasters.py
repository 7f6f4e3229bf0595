"""Checks of the raster inputs other than images: DEM, land cover, ready maps of soil and climate."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
from rasterio.warp import transform_bounds
from rasterio.windows import Window, from_bounds

from nppdrivers.checks.study import WGS84, Study, Told, span
from nppdrivers.evapotranspiration import days_in_month, extraterrestrial_radiation
from nppdrivers.inputs.problems import InputError, Problem
from nppdrivers.inputs.quantities import SOIL, WEATHER
from nppdrivers.inputs.ready_rasters import read_ready, refuse_other_unit
from nppdrivers.weather.stations import CLEARNESS, SUMS

_LARGEST_READ = 1500  # rows and columns read of one raster
_ELEVATION_RANGE_M = (-430, 8850)
_FOOT = 0.3048
_MIDDLE_OF_MONTH = np.arange(12) * 30.4 + 15  # day of the year


def check_soil(study: Study, path: Path, *, name: str) -> Told:
    """Check that a ready map of soil is whole and holds usual values of its property."""
    yield _lattice(path)
    refuse_damaged(str(path))
    if study.grid is not None:
        ready = read_ready(path, study.grid, bands=1, factor=study.soil_factors.get(name, 1.0))
        yield span(ready.values, SOIL[name].unit)
        refuse_other_unit(ready.values, SOIL[name], path, "give the factor in soil.raster_factors")


def check_climate(study: Study, path: Path, *, variable: str) -> Told:
    """Check that a ready map of climate is whole and holds twelve months of usual values."""
    yield _lattice(path)
    refuse_damaged(str(path))
    if study.grid is not None:
        ready = read_ready(path, study.grid, bands=12)
        yield f"twelve months, {span(ready.values, WEATHER[variable].unit)}"
        months = np.arange("2001-01", "2002-01", dtype="datetime64[M]")
        days = days_in_month(months)[:, None, None] if variable in SUMS else 1
        refuse_other_unit(ready.values / days, WEATHER[variable], path, "convert the raster")
        if variable == "solar_radiation":
            yield from _clearness(ready.values / days, study, path)


def _clearness(per_day: np.ndarray, study: Study, path: Path) -> Told:
    """Compare with the radiation above the atmosphere, as for stations."""
    above = extraterrestrial_radiation(_MIDDLE_OF_MONTH, study.area.union_all().centroid.y)
    sunny = above > 1
    share = float(np.median(np.nanmean(per_day, axis=(1, 2))[sunny] / above[sunny]))
    if not CLEARNESS[0] <= share <= CLEARNESS[1]:
        said = f"median of {100 * share:.0f} % of the radiation above the atmosphere; 30 to 70 % is usual"
        remedy = "radiation is in MJ m-2 a month (W m-2 x 0.0864 x days of the month)"
        yield Problem(str(path), "", said, remedy)


def check_dem(study: Study, path: Path) -> Told:
    """Check that the DEM covers the study area with elevations in metres."""
    yield _lattice(path)
    elevation = _read_around(path, study)
    yield f"elevation {span(elevation, 'm')} in the rectangle around the study area"
    low, high = np.nanmin(elevation), np.nanmax(elevation)
    if low < _ELEVATION_RANGE_M[0] or high > _ELEVATION_RANGE_M[1]:
        said = f"elevation from {low:g} to {high:g} m in the study area"
        remedy = "metres are needed; values such as -9999 or -32768 are missing: declare them as nodata"
        yield Problem(str(path), "", said, remedy)
    elif study.stations is not None:
        yield from _feet(elevation, study, path)


def _feet(elevation: np.ndarray, study: Study, path: Path) -> Told:
    """Compare the DEM with the elevation of the stations that lie on it."""
    places = study.stations.dropna(subset="elevation_m")
    with rasterio.open(path) as source:
        bounds = transform_bounds(source.crs, WGS84, *source.bounds)
        inside = places["longitude"].between(*bounds[::2]) & places["latitude"].between(*bounds[1::2])
        places = places[inside & (places["elevation_m"] > 0)]
        points = gpd.points_from_xy(places["longitude"], places["latitude"], crs=WGS84).to_crs(source.crs)
        here = [float(value[0]) for value in source.sample(zip(points.x, points.y, strict=True))]
    if not here:
        return
    ratio = float(np.median(np.array(here) / places["elevation_m"].to_numpy()))
    stations = str(study.inputs.get("stations") or study.inputs["weather"])
    said = f"elevation is {ratio:.2f} times that of the stations on it"
    if abs(ratio * _FOOT - 1) < 0.15:
        yield Problem(str(path), "", said, "the DEM looks like feet: multiply it by 0.3048")
    elif abs(ratio / _FOOT - 1) < 0.15:
        said = f"elevation_m is {1 / ratio:.2f} times that of the DEM"
        yield Problem(stations, "column elevation_m", said, "it looks like feet: multiply by 0.3048")


def check_land_cover(study: Study, path: Path) -> Told:
    """Check that land cover covers the study area with codes that are known."""
    yield _lattice(path)
    codes = _read_around(path, study)
    codes = codes[np.isfinite(codes) & (codes != 0)]
    if (codes != np.round(codes)).any():
        said = "holds values that are not whole numbers"
        yield Problem(str(path), "", said, "give class codes, resampled to the nearest")
        return
    held = np.unique(codes).astype(int)
    yield f"codes {', '.join(map(str, held[:20]))}"
    unknown = sorted(set(held) - study.codes)
    if unknown:
        said = f"codes {', '.join(map(str, unknown[:10]))} are not in the table of classes"
        yield Problem(
            str(path), "", said, f"add them to it; it has {', '.join(map(str, sorted(study.codes)))}"
        )


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
        said = "holds no value in the study area"
        raise InputError([Problem(str(path), "", said, "give a raster that covers the study area")])
    return values.astype("float32").filled(np.nan)


def _window(source: rasterio.DatasetReader, study: Study, path: Path) -> Window:
    whole = Window(0, 0, source.width, source.height)
    if study.area is None:
        return whole
    bounds = transform_bounds(WGS84, source.crs, *study.area.total_bounds)
    asked = from_bounds(*bounds, transform=source.transform).round_offsets().round_lengths()
    try:
        return asked.intersection(whole)
    except rasterio.errors.WindowError as error:
        there = transform_bounds(source.crs, WGS84, *source.bounds)
        said = "does not touch the study area"
        remedy = f"check the coordinate system (now {source.crs.to_string()[:60]})" + study.swapped(there)
        raise InputError([Problem(str(path), "", said, remedy)]) from error


def refuse_damaged(path: str) -> None:
    """Refuse a raster without coordinate system, and a GeoTIFF whose blocks end behind its end."""
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                said, remedy = "no coordinate system", "assign the one it was made in"
                raise InputError([Problem(path, "", said, remedy)])
            if source.driver != "GTiff" or path.startswith("/vsi"):
                return
            bands = {1, source.count}  # the first and last in the file
            last = max(
                _block_end(source, band, block) for band in bands for block, _ in source.block_windows(band)
            )
    except rasterio.RasterioIOError as error:
        said, remedy = f"cannot be opened ({error})", "copy or download it again"
        raise InputError([Problem(path, "", said, remedy)]) from error
    size = Path(path).stat().st_size
    if last > size:
        said = f"is cut off: {size} of at least {last} bytes"
        raise InputError([Problem(path, "", said, "copy or download it again")])


def _block_end(source: rasterio.DatasetReader, band: int, block: tuple[int, int]) -> int:
    """Last byte of a block."""
    row, column = block
    start, length = (
        source.get_tag_item(f"BLOCK_{what}_{column}_{row}", "TIFF", band) for what in ("OFFSET", "SIZE")
    )
    return int(start or 0) + int(length or 0)
