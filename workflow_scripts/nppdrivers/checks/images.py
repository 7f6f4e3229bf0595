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
from nppdrivers.checks.image.cells import QA_FILL, quality_of, sight_of
from nppdrivers.checks.image.classes import class_findings
from nppdrivers.checks.image.comparison import Comparison, chosen
from nppdrivers.checks.image.folders import landsat_folder
from nppdrivers.checks.image.plausibility import Compared, implausible
from nppdrivers.checks.image.quality import refuse_other_layer
from nppdrivers.checks.raster.coverage import coverage
from nppdrivers.checks.raster.whole import refuse_damaged
from nppdrivers.checks.study import Study
from nppdrivers.images import landsat
from nppdrivers.images.landsat_files import Image, Scene, read_ready_table
from nppdrivers.images.landsat_folders import look_into
from nppdrivers.inputs.problems import InputError, InputWarning, Problem
from nppdrivers.quality import landsat_clear
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
    findings += _compared(cells, study, path)
    yield from _scenes(used, len(images) - len(used))
    if content is not None:
        yield from landsat_folder(content, path)
    yield from findings
    yield from _base_images(study, path, len(images), cells.clear)
    if study.cloud_grid is not None and len(cells.covered):
        remedy = "add the neighbouring scenes, or images that cover the study area"
        covered = np.zeros(study.cloud_grid.shape, bool)
        covered[study.cells(study.cloud_grid)] = cells.covered
        yield from coverage(covered, study, study.cloud_grid, path, of="a fine image", remedy=remedy)
        if len(used) >= _CONSTANT_SCENES and not cells.varied:
            message = f"the quality layers of all {len(used)} scenes have one number each: no cloud is known"
            remedy = "check that they are QA_PIXEL as delivered"
            yield InputWarning(str(path), "", message, remedy)


def _compared(cells: SeenCells, study: Study, path: Path) -> list[Finding]:
    """What images, coarse images and land cover say of each other."""
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
