"""Checks of the image series: Landsat scenes and their clouds, MODIS composites, MOD17."""

import tarfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from affine import Affine

from nppdrivers.checks.findings import Elsewhere, Finding, Findings, findings_of, listed
from nppdrivers.checks.image.cells import QA_FILL, quality_of, sight_of
from nppdrivers.checks.image.comparison import Comparison, chosen
from nppdrivers.checks.image.folders import coarse_folder, landsat_folder
from nppdrivers.checks.image.plausibility import Compared, implausible
from nppdrivers.checks.image.quality import refuse_other_layer
from nppdrivers.checks.raster.coverage import coverage
from nppdrivers.checks.raster.whole import refuse_damaged
from nppdrivers.checks.study import Study
from nppdrivers.grid import Grid
from nppdrivers.images import landsat, modis
from nppdrivers.images.composites import composite_starts, nominal_date, on_calendar, overlap_days
from nppdrivers.images.landsat_files import Image, Scene, read_ready_table
from nppdrivers.images.landsat_folders import look_into
from nppdrivers.inputs.problems import InputError, InputWarning, Problem
from nppdrivers.quality import landsat_clear
from nppdrivers.rasters import to_grid
from nppdrivers.vegetation_index import NDVI

_CONSTANT_SCENES = 4  # without any cloud, from which they are doubted
_CLEAREST = 3  # days named when there are too few base images
_ROUNDING = 0.01  # NDVI may lie outside its range by this


class Valid(NamedTuple):
    """Pixels that have NDVI in any composite of one lattice, (rows, columns) bool, and their place."""

    has: np.ndarray
    crs: str
    transform: Affine


@dataclass
class SeenCells:
    """Cells of the study area that images show.

    Attributes
    ----------
    clear : dict of date to (n,) bool array
        Clear in any image of the day.
    covered : (n,) bool array
        Covered by any image; empty before the first.
    varied : int
        Images that have more than one number in their quality layer, or no such layer.
    compared : list of Compared
        Images in order by themselves, with coarse images of their days.
    """

    clear: dict[date, np.ndarray] = field(default_factory=dict)
    covered: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    varied: int = 0
    compared: list[Compared] = field(default_factory=list)

    def add(self, day: date, covered: np.ndarray, clear: np.ndarray) -> None:
        """Count the cells of an image."""
        self.clear[day] = self.clear.get(day, False) | clear
        self.covered = covered | self.covered if len(self.covered) else covered


def check_landsat(study: Study, path: Path) -> Findings:
    """Check each image of the years of the study, and that two days at least are clear enough."""
    content = None if path.is_file() else look_into(path)
    images = read_ready_table(path, study.data_folder) if content is None else content.scenes
    used = [
        image
        for image in images
        if image.date.year in study.period.years
        and (study.slc_off == "keep" or not landsat.is_slc_off(image))
    ]
    cells = SeenCells()
    findings: list[Finding] = []
    comparison = Comparison(study, study.cloud_grid) if study.cloud_grid is not None else None
    compared = chosen(used)
    for image in used:
        check = partial(_image, study, image, cells, comparison if image in compared else None)
        findings += findings_of(check, image.reference)
    findings += findings_of(partial(implausible, cells.compared), path)
    yield from _scenes(used, len(images) - len(used))
    if content is not None:
        yield from landsat_folder(content, path)
    yield from findings
    yield from _base_images(study, path, len(images), cells.clear)
    if study.cloud_grid is not None and len(cells.covered):
        remedy = "add the neighbouring scenes, or images that cover the study area"
        inside = study.cells(study.cloud_grid)
        covered = np.zeros(study.cloud_grid.shape, bool)
        covered[inside] = cells.covered
        yield from coverage(covered, inside, path, of="a fine image", remedy=remedy)
        if len(used) >= _CONSTANT_SCENES and not cells.varied:
            message = f"the quality layers of all {len(used)} scenes have one number each: no cloud is known"
            remedy = "check that they are QA_PIXEL as delivered"
            yield InputWarning(str(path), "", message, remedy)


def _scenes(images: Sequence[Image], others: int) -> Iterable[str]:
    """Images by sensor and year, in words."""
    for sensor in sorted({image.sensor for image in images}):
        years = Counter(image.date.year for image in images if image.sensor == sensor)
        yield f"{sensor} " + ", ".join(f"{year}: {number}" for year, number in sorted(years.items()))
    if images:
        yield f"{images[0].date} to {images[-1].date}"
    if others:
        yield f"{others} further images are not read: of other years, or striped and dropped"


def _base_images(study: Study, path: Path, n_images: int, clear: dict[date, np.ndarray]) -> Findings:
    """Two days at least must be clear over the share of the area that the fusion asks for."""
    percent = {day: 100 * float(cells.mean()) for day, cells in clear.items()}
    order = sorted(percent, key=lambda day: (-percent[day], day))
    usable = [day for day in order if percent[day] > 0 and percent[day] >= study.min_base_percent]
    clearest = listed([f"{day} ({percent[day]:.0f} %)" for day in order[:_CLEAREST]])
    if len(usable) >= 2:
        yield f"base images on {len(usable)} of {len(percent)} days, the clearest {clearest}"
        return
    message = f"{len(usable)} of {n_images} images can be base images for {study.period}"
    remedy = "give Collection 2 Level-2 products of at least two different days in the years of the study"
    if clearest:
        message += (
            f" (clear over {study.min_base_percent:g} % of the study area); the clearest are {clearest}"
        )
        remedy += ", or lower fusion.min_base_percent"
    yield Problem(str(path), "", message, remedy)


def _image(study: Study, image: Image, cells: SeenCells, comparison: Comparison | None) -> Findings:
    """Check that an image is whole and shows the study area; count its cells, and perhaps compare it.

    Of a scene that is not compared only the quality layer is read, at the nearest pixel of each cell:
    saturated pixels and impossible reflectance are found later, and its clear share is slightly too large.
    """
    _refuse_damaged(image)
    grid = study.cloud_grid
    if grid is None:
        cells.clear[image.date] = np.ones(1, bool)  # without an area clouds cannot be counted
        return
    inside, quality = study.cells(grid), None
    if isinstance(image, Scene):
        quality = quality_of(image, grid)
        clear = landsat_clear(quality)[inside]  # refuses what is not a quality layer
        covered = quality[inside] & QA_FILL == 0
        refuse_other_layer(quality[inside][covered], image.file("QA_PIXEL"))
    if quality is None or comparison is not None:
        sight = sight_of(image, grid, inside, quality)
    if quality is None:
        covered, clear = sight.seen[inside], sight.possible[inside]
    cells.varied += quality is None or len(np.unique(quality[inside][covered])) != 1
    if not covered.any():
        remedy = "remove it, or check the path and row and the study area"
        yield Elsewhere(image.reference, "", "does not touch the study area", remedy)
        return
    cells.add(image.date, covered, clear)
    if comparison is not None:
        cells.compared.append(comparison.of(image, sight))


def _refuse_damaged(image: Image) -> None:
    """Refuse an image unless all of its files exist and are whole, in a folder or in its tar file."""
    archive = image.folder if isinstance(image, Scene) and image.is_archive else None
    whole = _members(archive) if archive else set()
    absent = [
        path for path in image.files if (Path(path).name not in whole if archive else not Path(path).exists())
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
        message, remedy = f"is cut off or no tar file ({error})", "copy or download it again"
        raise InputError([Problem(str(archive), "", message, remedy)]) from error
    size = archive.stat().st_size
    if any(member.offset_data + member.size > size for member in members):
        message, remedy = f"is cut off after {size} bytes", "copy or download it again"
        raise InputError([Problem(str(archive), "", message, remedy)])
    return {Path(member.name).name for member in members}


def check_modis(study: Study, path: Path) -> Findings:
    """Check that all months have composites, and that these are whole with NDVI of the right scale."""
    composites = modis.find_composites(path, *study.modis_products)
    for product in study.modis_products:
        yield from _product(path, product)
    yield from coarse_folder(path, study.modis_products)
    if not composites:
        return
    starts = list(composites)
    touching = overlap_days([nominal_date(start) for start in starts], study.period.months).sum(axis=1) > 0
    bare = [month for month, has in zip(study.period.months, touching, strict=True) if not has]
    if bare:
        message, remedy = f"no composite for {listed(bare)}", "download these months, or shorten the study"
        yield Problem(str(path), "", message, remedy)
    expected = composite_starts(study.period, study.modis_products)
    gaps = [start for start in expected if starts[0] < start < starts[-1] and start not in composites]
    if gaps and len(bare) < len(study.period.months):
        yield Problem(str(path), "", f"composites of {listed(gaps)} are missing", "download them")
    usable: list[float] = []
    valid: list[Valid] = []
    for start in expected:
        if start in composites:
            check = partial(_composite, study, composites[start], usable, valid)
            yield from findings_of(check, composites[start][0])
    yield f"{len(usable)} of {len(expected)} composites, {starts[0]} to {starts[-1]}"
    if usable:
        yield f"usable on average {np.mean(usable):.0f} % of the pixels around the study area"
    if valid and study.grid is not None:
        remedy = "download the neighbouring tiles too, or clip the composites less"
        yield from coverage(
            _on_grid(valid, study.grid), study.cells(study.grid), path, of="NDVI", remedy=remedy
        )


def _product(path: Path, product: str) -> Findings:
    """Check that there are files of a product, and that they begin on the days of its satellite."""
    own = modis.find_composites(path, product)
    if not own:
        message = f"contains no file named as {product}.A2010001"
        remedy = "keep the names that the files had at download, and see modis.products"
        yield Problem(str(path), "", message, remedy)
    foreign = [start for start in own if not on_calendar(start, product)]
    if foreign:
        message = f"composites of {listed(foreign)} begin on days on which none of {product} does"
        yield Problem(str(path), "", message, "check whether Terra (MOD13) and Aqua (MYD13) were exchanged")


def _on_grid(valid: Sequence[Valid], grid: Grid) -> np.ndarray:
    """Cells of a grid that have NDVI in any composite, or lie within a pixel of one that has."""
    result = np.zeros(grid.shape, bool)
    for has, crs, transform in valid:
        wider = np.pad(has, 1)
        for axis in (0, 1):
            wider = wider | np.roll(wider, 1, axis) | np.roll(wider, -1, axis)
        moved = transform @ Affine.translation(-1, -1)
        reached = np.where(wider, np.float32(1), np.float32(np.nan))
        result |= np.isfinite(to_grid(reached, crs, moved, grid, resampling="nearest"))
    return result


def _composite(study: Study, files: list[Path], usable: list[float], valid: list[Valid]) -> Findings:
    """Check the files of a composite and its NDVI; add its usable share [%] and the pixels with NDVI."""
    for file in files:
        if file.suffix.lower() != ".hdf":
            refuse_damaged(str(file))
    index, *_ = modis.read_vegetation_index(files, study.grid)
    about = modis.product_of(files).layers.indices[NDVI.name]
    layer = modis.read_native(files, about.name, study.grid)
    assert layer is not None  # or the reading above would have refused the files
    stored = layer.values[np.isfinite(layer.values) & (layer.values != layer.fill)]
    ndvi = layer.physical()
    seen = np.isfinite(ndvi)
    remedy = "give NDVI as delivered (integers, x 10000) or from -0.2 to 1"
    low, high = about.valid_range[0] - _ROUNDING, about.valid_range[1] + _ROUNDING
    if stored.size and not seen.any():
        message = f"no NDVI between -0.2 and 1 in the study area: {stored.min():g} to {stored.max():g}"
        yield Problem(str(files[0]), "", message, remedy)
    elif seen.any() and (ndvi[seen].min() < low or ndvi[seen].max() > high):
        message = f"NDVI from {ndvi[seen].min():g} to {ndvi[seen].max():g}, as if the scale factor were lost"
        yield Problem(str(files[0]), "", message, remedy)
    else:
        usable.append(100 * float(np.isfinite(index).mean()))
        alike = next(
            (old for old in valid if old.transform == layer.transform and old.has.shape == seen.shape), None
        )
        if alike is None:
            valid.append(Valid(seen, layer.crs, layer.transform))
        else:
            alike.has[seen] = True


def check_mod17(study: Study, path: Path) -> Findings:
    """Check that the study has a MOD17A3HGF that can be read; NPP is compared with the years there are."""
    annual = modis.find_composites(path, "MOD17A3HGF")
    years = {start.year for start in annual}
    yield f"years {', '.join(map(str, sorted(years)))}"
    missing = [year for year in study.period.years if year not in years]
    if missing:
        kind = InputWarning if len(missing) < len(study.period.years) else Problem
        yield kind(str(path), "", f"no MOD17A3HGF of {listed(missing)}", "download these years")
    for files in annual.values():
        yield from findings_of(partial(_annual, study, files), files[0])


def _annual(study: Study, files: list[Path]) -> Findings:
    """Check that a file has the layer of annual NPP."""
    if modis.read_native(files, "Npp_500m", study.grid) is None:
        yield Problem(str(files[0]), "", "no layer Npp_500m", "download MOD17A3HGF")
