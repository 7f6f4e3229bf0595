"""Checks of the fine images: products or ready images, their clouds, and what they show of the area."""

import tarfile
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from nppdrivers.checks.findings import Elsewhere, Finding, Findings, findings_of, listed
from nppdrivers.checks.image.agreement import coarse_findings
from nppdrivers.checks.image.baseline import offset_findings
from nppdrivers.checks.image.cells import quality_of, sight_of
from nppdrivers.checks.image.classes import class_findings
from nppdrivers.checks.image.comparison import Comparison, chosen
from nppdrivers.checks.image.folders import landsat_folder, tile_folder
from nppdrivers.checks.image.plausibility import Compared, implausible
from nppdrivers.checks.image.quality import refuse_other_layer
from nppdrivers.checks.raster.coverage import coverage
from nppdrivers.checks.raster.whole import refuse_damaged
from nppdrivers.checks.study import Study
from nppdrivers.images import landsat
from nppdrivers.images.landsat_files import Image, ReadyImage, Scene
from nppdrivers.images.landsat_folders import find_images, look_into
from nppdrivers.inputs.problems import InputError, InputWarning, Problem
from nppdrivers.vegetation_index import normalized_difference

_CONSTANT_SCENES = 4  # without any cloud, from which they are doubted
_CLEAREST = 3  # days named when there are too few base images


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
    greenest : (n,) array
        Greatest NDVI in these images; empty before the first.
    """

    clear: dict[date, np.ndarray] = field(default_factory=dict)
    covered: np.ndarray = field(default_factory=lambda: np.zeros(0, bool))
    varied: int = 0
    compared: list[Compared] = field(default_factory=list)
    greenest: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def add(self, day: date, covered: np.ndarray, clear: np.ndarray) -> None:
        """Count the cells of an image."""
        self.clear[day] = self.clear.get(day, False) | clear
        self.covered = covered | self.covered if len(self.covered) else covered


def check_fine(study: Study, path: Path, *, name: str) -> Findings:
    """Check what a folder or table holds and, once for all inputs of fine images, the images themselves."""
    folders = study.fine_folders(name)
    if folders is not None:
        yield from _check_images(study, path, find_images(folders))
    if name == "landsat" and path.is_dir():
        yield from landsat_folder(look_into(path), path)
    elif name in ("hls", "sentinel2"):
        yield from tile_folder(study, path, name)


def _check_images(study: Study, path: Path, images: Sequence[Image]) -> Findings:
    """Check each image of the years of the study, and that two days at least are clear enough."""
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
    findings += _compared(cells, study, path)
    yield from _scenes(used, len(images) - len(used))
    yield from findings
    yield from _base_images(study, path, len(images), cells.clear)
    if study.cloud_grid is not None and len(cells.covered):
        remedy = "add the neighbouring scenes, or images that cover the study area"
        covered = np.zeros(study.cloud_grid.shape, bool)
        covered[study.cells(study.cloud_grid)] = cells.covered
        yield from coverage(covered, study, study.cloud_grid, path, of="a fine image", remedy=remedy)
        if len(used) >= _CONSTANT_SCENES and not cells.varied:
            message = f"the quality layers of all {len(used)} scenes have one number each: no cloud is known"
            remedy = "check that they are QA_PIXEL, Fmask or SCL as delivered"
            yield InputWarning(str(path), "", message, remedy)


def _compared(cells: SeenCells, study: Study, path: Path) -> list[Finding]:
    """What images, coarse images and land cover say of each other."""
    found = findings_of(partial(offset_findings, cells.compared), path)
    if found:
        return found
    found = findings_of(partial(implausible, cells.compared), path)
    if all(isinstance(each, InputWarning) for each in found) and "coarse" in study.inputs:
        coarse = findings_of(partial(coarse_findings, cells.compared, study.inputs["coarse"]), path)
        found = coarse or found  # what is wrong with all coarse images is no fault of each fine one
    if cells.greenest.size and not found:
        found = findings_of(partial(class_findings, study, cells.greenest), path)
    return found


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
    remedy = "give images of at least two different days in the years of the study, as delivered"
    if not n_images:
        message = f"contains no image of {study.period} that can be read"
        remedy = "give products that docs/inputs.md lists, under the names that they had at download"
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
    if not isinstance(image, ReadyImage):
        quality = quality_of(image, grid)
        clear = image.clear(quality)[inside]  # refuses what is not a quality layer
        covered = image.covered(quality[inside])
        if isinstance(image, Scene):
            refuse_other_layer(quality[inside][covered], image.quality[0])
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
        ndvi = np.where(sight.possible, normalized_difference(sight.red, sight.nir), np.nan)[inside]
        cells.greenest = np.fmax(cells.greenest, ndvi) if cells.greenest.size else ndvi


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
