"""Checks of the image series: Landsat scenes and their clouds, MODIS composites, MOD17."""

import tarfile
from collections import Counter
from collections.abc import Iterable
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from nppdrivers.checks.rasters import refuse_damaged
from nppdrivers.checks.study import Study, Told, collected, listed
from nppdrivers.images import landsat, modis
from nppdrivers.images.composites import composite_starts, nominal_date, on_calendar, overlap_days
from nppdrivers.inputs.problems import InputError, Problem
from nppdrivers.quality import landsat_clear
from nppdrivers.vegetation_index import NDVI

_CLEAREST = 3  # days named when there are too few base images
_QA_FILL = 1
_ROUNDING = 0.01  # NDVI may lie outside its range by this


def check_landsat(study: Study, path: Path) -> Told:
    """Check each image of the years of the study, and that two days at least are clear enough."""
    table = path.is_file()
    images = landsat.read_ready_table(path, study.data_folder) if table else landsat.find_scenes(path)
    of_study = [
        image
        for image in images
        if image.date.year in study.period.years
        and (study.slc_off == "keep" or not landsat.is_slc_off(image))
    ]
    clear: dict[date, np.ndarray] = {}  # cells that are clear in any image of the day
    problems: list[Problem] = []
    for image in of_study:
        problems += collected(partial(_image, study, image, clear), image.reference)
    yield from _scenes(of_study, len(images) - len(of_study))
    yield from problems
    yield from _base_images(study, path, len(images), clear)


def _scenes(images: list, others: int) -> Iterable[str]:
    """Images by sensor and year, in words."""
    for sensor in sorted({image.sensor for image in images}):
        years = Counter(image.date.year for image in images if image.sensor == sensor)
        yield f"{sensor} " + ", ".join(f"{year}: {number}" for year, number in sorted(years.items()))
    if images:
        yield f"{images[0].date} to {images[-1].date}"
    if others:
        yield f"{others} further images are not read: of other years, or striped and dropped"


def _base_images(study: Study, path: Path, n_images: int, clear: dict[date, np.ndarray]) -> Told:
    """Two days at least must be clear over the share of the area that the fusion asks for."""
    percent = {day: 100 * float(cells.mean()) for day, cells in clear.items()}
    order = sorted(percent, key=lambda day: (-percent[day], day))
    usable = [day for day in order if percent[day] > 0 and percent[day] >= study.min_base_percent]
    clearest = listed([f"{day} ({percent[day]:.0f} %)" for day in order[:_CLEAREST]])
    if len(usable) >= 2:
        yield f"base images on {len(usable)} of {len(percent)} days, the clearest {clearest}"
        return
    said = f"{len(usable)} of {n_images} images can be base images for {study.period}"
    remedy = "give Collection 2 Level-2 products of at least two different days in the years of the study"
    if clearest:
        said += f" (clear over {study.min_base_percent:g} % of the study area); the clearest are {clearest}"
        remedy += ", or lower fusion.min_base_percent"
    yield Problem(str(path), "", said, remedy)


def _image(study: Study, image: landsat.Scene | landsat.ReadyImage, clear: dict[date, np.ndarray]) -> Told:
    """Check that the files of an image are whole and show the study area; add its clear cells to its day."""
    _refuse_damaged(image)
    if study.sky is None:
        clear[image.date] = np.ones(1, bool)  # without an area nothing is said about clouds
        return
    covered, seen = _sky(study, image)
    if not covered.any():
        said = "does not touch the study area"
        yield Problem(image.reference, "", said, "remove it, or check the path and row and the study area")
    elif not seen.any() and isinstance(image, landsat.ReadyImage):
        said = "no reflectance between 0 and 1"
        remedy = f"check scale ({image.scale:g}) and offset ({image.offset:g}) in the table of images"
        yield Problem(image.reference, "", said, remedy)
    else:
        clear[image.date] = clear.get(image.date, False) | seen


def _sky(study: Study, image: landsat.Scene | landsat.ReadyImage) -> tuple[np.ndarray, np.ndarray]:
    """Cells of the study area that an image covers, and those of them that are clear.

    Of a scene only its quality layer is looked at, at the nearest pixel of each cell: saturated pixels and
    impossible reflectance are found later, so that its clear share is slightly too large.
    """
    inside = study.sky_inside
    if isinstance(image, landsat.ReadyImage):
        ndvi, record = landsat.read_ndvi(image, study.sky)
        return np.full(1, record["covered_percent"] > 0), np.isfinite(ndvi[inside])
    grid = {
        "crs": study.sky.crs,
        "transform": study.sky.transform,
        "height": study.sky.height,
        "width": study.sky.width,
        "resampling": Resampling.nearest,
    }
    fill = {"src_nodata": _QA_FILL, "nodata": _QA_FILL}
    with rasterio.open(image.file("QA_PIXEL")) as source, WarpedVRT(source, **grid, **fill) as warped:
        quality = warped.read(1)[inside]
    clear = landsat_clear(quality)
    return quality & _QA_FILL == 0, clear


def _refuse_damaged(image: landsat.Scene | landsat.ReadyImage) -> None:
    """Refuse an image whose files are not all there and whole, in a folder or in its tar file."""
    archive = image.folder if isinstance(image, landsat.Scene) and image.folder.suffix == ".tar" else None
    held = _members(archive) if archive else ()
    absent = [
        path for path in image.files if (Path(path).name not in held if archive else not Path(path).exists())
    ]
    if absent:
        remedy = "download the product again, with all its bands"
        raise InputError([Problem(path, "", "no such file", remedy) for path in absent])
    for path in () if archive else image.files:
        refuse_damaged(path)


def _members(archive: Path) -> set[str]:
    """Names of the files in a tar file that end before it does."""
    try:
        with tarfile.open(archive) as content:
            members = content.getmembers()
    except tarfile.TarError as error:
        said, remedy = f"is cut off or no tar file ({error})", "copy or download it again"
        raise InputError([Problem(str(archive), "", said, remedy)]) from error
    size = archive.stat().st_size
    if any(member.offset_data + member.size > size for member in members):
        said, remedy = f"is cut off after {size} bytes", "copy or download it again"
        raise InputError([Problem(str(archive), "", said, remedy)])
    return {Path(member.name).name for member in members}


def check_modis(study: Study, path: Path) -> Told:
    """Check that the composites are there for all months, whole, and hold an NDVI of the right scale."""
    composites = modis.find_composites(path, *study.modis_products)
    for product in study.modis_products:
        yield from _product(path, product)
    if not composites:
        return
    starts = list(composites)
    touching = overlap_days([nominal_date(start) for start in starts], study.period.months).sum(axis=1) > 0
    bare = [month for month, has in zip(study.period.months, touching, strict=True) if not has]
    if bare:
        said, remedy = f"no composite for {listed(bare)}", "download these months, or shorten the study"
        yield Problem(str(path), "", said, remedy)
    expected = composite_starts(study.period, study.modis_products)
    gaps = [start for start in expected if starts[0] < start < starts[-1] and start not in composites]
    if gaps and len(bare) < len(study.period.months):
        yield Problem(str(path), "", f"composites of {listed(gaps)} are missing", "download them")
    usable = []
    for start in expected:
        if start in composites:
            told = collected(partial(_composite, study, composites[start], usable), composites[start][0])
            yield from told
    yield f"{len(usable)} of {len(expected)} composites, {starts[0]} to {starts[-1]}"
    if usable:
        yield f"usable on average {np.mean(usable):.0f} % of the pixels around the study area"


def _product(path: Path, product: str) -> Told:
    """Check that files of a product are there and begin on the days of its satellite."""
    own = modis.find_composites(path, product)
    if not own:
        said, remedy = (
            f"holds no file named as {product}.A2010001",
            "keep the names that the files had at download, and see modis.products",
        )
        yield Problem(str(path), "", said, remedy)
    foreign = [start for start in own if not on_calendar(start, product)]
    if foreign:
        said = f"composites of {listed(foreign)} begin on no day on which one of {product} does"
        yield Problem(str(path), "", said, "see whether Terra (MOD13) and Aqua (MYD13) were exchanged")


def _composite(study: Study, files: list[Path], usable: list[float]) -> Told:
    """Check the files of a composite and its NDVI; add the usable share of its pixels [%]."""
    for file in files:
        if file.suffix != ".hdf":
            refuse_damaged(str(file))
    index, *_ = modis.read_vegetation_index(files, study.grid)
    about = modis.product_of(files).layers.indices[NDVI.name]
    layer = modis.read_native(files, about.name, study.grid)
    stored = layer.values[np.isfinite(layer.values) & (layer.values != layer.fill)]
    ndvi = layer.physical()
    seen = np.isfinite(ndvi)
    remedy = "give NDVI as delivered (integers, x 10000) or from -0.2 to 1"
    low, high = about.valid_range[0] - _ROUNDING, about.valid_range[1] + _ROUNDING
    if stored.size and not seen.any():
        said = f"no NDVI between -0.2 and 1 in the study area: {stored.min():g} to {stored.max():g}"
        yield Problem(str(files[0]), "", said, remedy)
    elif seen.any() and (ndvi[seen].min() < low or ndvi[seen].max() > high):
        said = f"NDVI from {ndvi[seen].min():g} to {ndvi[seen].max():g}, as if the scale factor were lost"
        yield Problem(str(files[0]), "", said, remedy)
    else:
        usable.append(100 * float(np.isfinite(index).mean()))


def check_mod17(study: Study, path: Path) -> Told:
    """Check that MOD17A3HGF is there for each year of the study and can be read."""
    annual = modis.find_composites(path, "MOD17A3HGF")
    years = {start.year for start in annual}
    yield f"years {', '.join(map(str, sorted(years)))}"
    lacking = [year for year in study.period.years if year not in years]
    if lacking:
        yield Problem(str(path), "", f"no MOD17A3HGF of {listed(lacking)}", "download these years")
    for files in annual.values():
        yield from collected(partial(_annual, study, files), files[0])


def _annual(study: Study, files: list[Path]) -> Told:
    if modis.read_native(files, "Npp_500m", study.grid) is None:
        yield Problem(str(files[0]), "", "no layer Npp_500m", "download MOD17A3HGF")
