"""Checks of the raster inputs: DEM, land cover, Landsat, MODIS."""

from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import rasterio
from rasterio.warp import transform_bounds
from rasterio.windows import Window, from_bounds

from nppdrivers import landsat, modis
from nppdrivers.ndvi import composite_starts, nominal_date, overlap_days
from nppdrivers.problems import InputError, Problem
from nppdrivers.study import WGS84, Study, collected, listed

_LARGEST_READ = 1500  # rows and columns read of one raster
_ELEVATION_RANGE_M = (-430, 8850)
_IMAGE_MARGIN = timedelta(366)  # base images may lie a year before or after the study
_FOOT = 0.3048


def check_covers(study: Study, path: Path) -> Iterable[Problem]:
    """Check that a raster is whole and holds values in the study area."""
    _read_around(path, study)
    return ()


def check_dem(study: Study, path: Path) -> Iterable[Problem]:
    """Check that the DEM covers the study area with elevations in metres."""
    elevation = _read_around(path, study)
    low, high = np.nanmin(elevation), np.nanmax(elevation)
    if low < _ELEVATION_RANGE_M[0] or high > _ELEVATION_RANGE_M[1]:
        said = f"elevation from {low:g} to {high:g} m in the study area"
        remedy = "metres are needed; values such as -9999 or -32768 are missing: declare them as nodata"
        yield Problem(str(path), "", said, remedy)
    elif study.stations is not None:
        yield from _feet(elevation, study, path)


def _feet(elevation: np.ndarray, study: Study, path: Path) -> Iterable[Problem]:
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
    stations = str(study.inputs["stations"])
    said = f"elevation is {ratio:.2f} times that of the stations on it"
    if abs(ratio * _FOOT - 1) < 0.15:
        yield Problem(str(path), "", said, "the DEM looks like feet: multiply it by 0.3048")
    elif abs(ratio / _FOOT - 1) < 0.15:
        said = f"elevation_m is {1 / ratio:.2f} times that of the DEM"
        yield Problem(stations, "column elevation_m", said, "it looks like feet: multiply by 0.3048")


def check_land_cover(study: Study, path: Path) -> Iterable[Problem]:
    """Check that land cover covers the study area with codes that are known."""
    codes = _read_around(path, study)
    codes = codes[np.isfinite(codes) & (codes != 0)]
    if (codes != np.round(codes)).any():
        said = "holds values that are not whole numbers"
        yield Problem(str(path), "", said, "give class codes, resampled to the nearest")
        return
    unknown = sorted(set(np.unique(codes).astype(int)) - study.codes)
    if unknown:
        said = f"codes {', '.join(map(str, unknown[:10]))} are not in the table of classes"
        yield Problem(
            str(path), "", said, f"add them to it; it has {', '.join(map(str, sorted(study.codes)))}"
        )


def check_landsat(study: Study, path: Path) -> Iterable[Problem]:
    """Check each image, and that at least two can be base images."""
    images = (
        landsat.read_ready_table(path, study.data_folder) if path.is_file() else landsat.find_scenes(path)
    )
    usable = 0
    for image in images:
        problems = collected(partial(_image, study, image), image.reference)
        yield from problems
        first, last = study.days
        near = first - _IMAGE_MARGIN <= image.date <= last + _IMAGE_MARGIN
        usable += not problems and near
    if usable < 2:
        period = f"{study.first_month} to {study.last_month}"
        said = f"{usable} of {len(images)} images can be base images for {period}"
        remedy = "give at least two Collection 2 Level-2 products of different days in or near the study"
        yield Problem(str(path), "", said, remedy)


def _image(study: Study, image: landsat.Scene | landsat.ReadyImage) -> Iterable[Problem]:
    """Check that the files of an image are there and whole, and that it shows the study area."""
    absent = [path for path in image.files if not _exists(path)]
    for path in absent:
        yield Problem(path, "", "no such file", "download the product again, with all its bands")
    if absent:
        return
    for path in image.files:
        _refuse_truncated(path)
    if study.grid is None:
        return
    _, record = landsat.read_ndvi(image, study.grid)
    if record["covered_percent"] == 0:
        said = "does not touch the study area"
        yield Problem(image.reference, "", said, "remove it, or check the path and row and the study area")
    elif record["clear_percent"] == 0 and isinstance(image, landsat.ReadyImage):
        said = "no reflectance between 0 and 1"
        remedy = f"check scale ({image.scale:g}) and offset ({image.offset:g}) in the table of images"
        yield Problem(image.reference, "", said, remedy)


def check_modis(study: Study, path: Path) -> Iterable[Problem]:
    """Check that the composites are there for all months, whole, and hold an NDVI of the right scale."""
    composites = modis.find_composites(path)
    if not composites:
        said, remedy = (
            "holds no file named as MOD13Q1.A2010001",
            "keep the names that the files had at download",
        )
        yield Problem(str(path), "", said, remedy)
        return
    starts = list(composites)
    touching = overlap_days([nominal_date(start) for start in starts], study.months).sum(axis=1) > 0
    bare = [month for month, has in zip(study.months, touching, strict=True) if not has]
    if bare:
        yield Problem(
            str(path), "", f"no composite for {listed(bare)}", "download these months, or shorten the study"
        )
    expected = composite_starts(study.first_month, study.last_month)
    gaps = [start for start in expected if starts[0] < start < starts[-1] and start not in composites]
    if gaps and len(bare) < len(study.months):
        yield Problem(str(path), "", f"composites of {listed(gaps)} are missing", "download them")
    for start in expected:
        if start in composites:
            yield from collected(partial(_composite, study, composites[start]), composites[start][0])


def _composite(study: Study, files: list[Path]) -> Iterable[Problem]:
    for file in files:
        if file.suffix != ".hdf":
            _refuse_truncated(str(file))
    usable, *_ = modis.read_vegetation_index(files, study.grid)
    if np.isnan(usable).all() and not modis.read_native(files, "NDVI", study.grid).valid.any():
        said = "no NDVI between -0.2 and 1 in the study area"
        yield Problem(str(files[0]), "", said, "give NDVI as delivered (integers, x 10000) or from -0.2 to 1")


def check_mod17(study: Study, path: Path) -> Iterable[Problem]:
    """Check that MOD17A3HGF is there for each year of the study and can be read."""
    annual = modis.find_composites(path, "MOD17A3HGF")
    years = {start.year for start in annual}
    lacking = [year for year in range(study.days[0].year, study.days[1].year + 1) if year not in years]
    if lacking:
        yield Problem(str(path), "", f"no MOD17A3HGF of {listed(lacking)}", "download these years")
    for files in annual.values():
        yield from collected(partial(_annual, study, files), files[0])


def _annual(study: Study, files: list[Path]) -> Iterable[Problem]:
    if modis.read_native(files, "Npp_500m", study.grid) is None:
        yield Problem(str(files[0]), "", "no layer Npp_500m", "download MOD17A3HGF")


def _read_around(path: Path, study: Study) -> np.ndarray:
    """Read the values of a raster around the study area, thinned when large; float32 with NaN."""
    _refuse_truncated(str(path))
    with rasterio.open(path) as source:
        if source.crs is None:
            raise InputError(
                [Problem(str(path), "", "no coordinate system", "assign the one it was made in")]
            )
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


def _refuse_truncated(path: str) -> None:
    """Compare where the blocks of a GeoTIFF should end with the size of the file."""
    try:
        with rasterio.open(path) as source:
            if source.driver != "GTiff" or path.startswith("/vsi"):
                return
            last = max(_block_end(source, block) for block, _ in source.block_windows(1))
    except rasterio.RasterioIOError as error:
        said, remedy = f"cannot be opened ({error})", "copy or download it again"
        raise InputError([Problem(path, "", said, remedy)]) from error
    size = Path(path).stat().st_size
    if last > size:
        said = f"is cut off: {size} of at least {last} bytes"
        raise InputError([Problem(path, "", said, "copy or download it again")])


def _block_end(source: rasterio.DatasetReader, block: tuple[int, int]) -> int:
    """Last byte of a block of the first band."""
    row, column = block
    start, length = (
        source.get_tag_item(f"BLOCK_{what}_{column}_{row}", "TIFF", 1) for what in ("OFFSET", "SIZE")
    )
    return int(start or 0) + int(length or 0)


def _exists(path: str) -> bool:
    return path.startswith("/vsi") or Path(path).exists()
