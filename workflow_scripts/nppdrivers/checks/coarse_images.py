"""Checks of the coarse images: composites of NDVI with their quality layers, and MOD17."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np
from affine import Affine

from nppdrivers.checks.findings import Findings, findings_of, listed
from nppdrivers.checks.image.coarse_files import file_findings, overlap_findings, product_findings
from nppdrivers.checks.image.coarse_series import Seen, seen, series_findings
from nppdrivers.checks.image.folders import coarse_folder
from nppdrivers.checks.raster.coverage import coverage, places
from nppdrivers.checks.raster.sea import widened
from nppdrivers.checks.raster.whole import refuse_damaged
from nppdrivers.checks.study import Study
from nppdrivers.grid import Grid
from nppdrivers.images import coarse_images
from nppdrivers.images.coarse_files import Layer
from nppdrivers.images.coarse_products import BOTH
from nppdrivers.images.composites import composite_starts, nominal_date, overlap_days
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.npp.comparison import MOD17_GREATEST
from nppdrivers.rasters import to_grid
from nppdrivers.vegetation_index import NDVI

_ROUNDING = 0.01  # NDVI may lie outside its range by this
_WARNED_SHARE, _REFUSED_SHARE = 0.01, 0.5  # of the area without usable NDVI
_FEWEST_NPP = 12  # pixels
_QUALITIES = 8  # composites whose quality layers are compared
_FEWEST_QUALITIES = 4
_COMPOSITE_QUALITIES = 12  # reliability alone has four numbers: all of a year may be 0 in a clear place


@dataclass
class Lattice:
    """Pixels of one lattice, (rows, columns) bool, and their place.

    Attributes
    ----------
    has, usable : (rows, columns) bool array
        With NDVI in any composite, and with NDVI that the quality layers call usable.
    crs : str
    transform : Affine
    """

    has: np.ndarray
    usable: np.ndarray
    crs: str
    transform: Affine

    def on_grid(self, pixels: np.ndarray, grid: Grid) -> np.ndarray:
        """Cells of a grid within one of these pixels or the next."""
        wide = widened(np.pad(pixels, 1), 1)
        moved = self.transform @ Affine.translation(-1, -1)
        reached = np.where(wide, np.float32(1), np.float32(np.nan))
        return np.isfinite(to_grid(reached, self.crs, moved, grid, resampling="nearest"))


@dataclass
class Composites:
    """What the composites show together.

    Attributes
    ----------
    usable : list of float
        Usable share of the pixels of each around the study area [%].
    lattices : list of Lattice
    series : list of Seen
    """

    usable: list[float] = field(default_factory=list)
    lattices: list[Lattice] = field(default_factory=list)
    series: list[Seen] = field(default_factory=list)

    def add(self, layer: Layer, has: np.ndarray, usable: np.ndarray) -> None:
        """Count a composite: its NDVI, and where that is there and usable."""
        self.usable.append(100 * float(usable.mean()))
        for lattice in self.lattices:
            if lattice.transform == layer.transform and lattice.has.shape == has.shape:
                lattice.has |= has
                lattice.usable |= usable
                return
        self.lattices.append(Lattice(has, usable, layer.crs, layer.transform))

    def cells(self, which: str, grid: Grid) -> np.ndarray:
        """Cells of a grid that have NDVI, or usable NDVI, in any composite."""
        cells = np.zeros(grid.shape, bool)
        for lattice in self.lattices:
            cells |= lattice.on_grid(getattr(lattice, which), grid)
        return cells


def check_coarse(study: Study, path: Path) -> Findings:
    """Check that all months have composites, and that these are whole with NDVI of the right scale."""
    own = coarse_images.find_by_product(path, study.coarse_products)
    for product, composites in own.items():
        yield from product_findings(study, path, product, composites)
    yield from coarse_folder(path, study.coarse_products)
    yield from overlap_findings(study, path, own)
    composites = coarse_images.series_of(own, study.coarse_change)
    if not composites:
        return
    starts = list(composites)
    touching = overlap_days([nominal_date(start) for start in starts], study.period.months).sum(axis=1) > 0
    bare = [month for month, has in zip(study.period.months, touching, strict=True) if not has]
    if bare:
        message, remedy = f"no composite for {listed(bare)}", "download these months, or shorten the study"
        yield Problem(str(path), "", message, remedy)
    expected = composite_starts(study.period, study.coarse_products, study.coarse_change)
    gaps = [start for start in expected if starts[0] < start < starts[-1] and start not in composites]
    if gaps and len(bare) < len(study.period.months):
        ended = ", or where those of MODIS have ended give the month in coarse.change"
        remedy = "download them" + (ended if study.coarse_change == BOTH else "")
        yield Problem(str(path), "", f"composites of {listed(gaps)} are missing", remedy)
    content = Composites()
    for start in expected:
        if start in composites:
            yield from findings_of(
                partial(_composite, study, start, composites[start], content), composites[start][0]
            )
    yield f"{len(content.usable)} of {len(expected)} composites, {starts[0]} to {starts[-1]}"
    if content.usable:
        yield f"usable on average {np.mean(content.usable):.0f} % of the pixels around the study area"
        yield from findings_of(partial(_quality, study, [composites[start] for start in starts], path), path)
    yield from findings_of(partial(series_findings, content.series, study, path), path)
    if content.lattices and study.grid is not None:
        yield from _coverage(content, study, study.grid, path)


def _coverage(content: Composites, study: Study, grid: Grid, path: Path) -> Findings:
    """The study area has NDVI, and its quality layers let some of it count everywhere."""
    has = content.cells("has", grid)
    remedy = "download the neighbouring tiles too, or clip the composites less"
    yield from coverage(has, study, grid, path, of="NDVI", remedy=remedy)
    inside = study.cells(grid)
    never = inside & has & ~content.cells("usable", grid)
    share = float(never.sum() / inside.sum())
    if share > _WARNED_SHARE:
        never &= ~study.waters.of(path, grid).shown
        share = float(never.sum() / inside.sum())
    if share > _WARNED_SHARE:
        message = (
            f"{100 * share:.1f} % of the study area, {places(never, inside)}, has NDVI that is usable in no "
            "composite, by the quality layers"
        )
        remedy = "check that these are the quality layers of the same composites; give more months"
        yield (Problem if share > _REFUSED_SHARE else InputWarning)(str(path), "", message, remedy)


def _quality(study: Study, composites: Sequence[list[Path]], path: Path) -> Findings:
    """A quality layer with one number in all composites knows no cloud."""
    layers = coarse_images.product_of(composites[0]).layers
    fewest = {layers.quality.name: _FEWEST_QUALITIES, layers.reliability.name: _COMPOSITE_QUALITIES}
    for name, least in fewest.items():
        if len(composites) < least:
            return
        some = composites[:: max(1, len(composites) // max(_QUALITIES, least))]
        read = [
            layer
            for files in some
            if (layer := coarse_images.read_native(files, name, study.grid)) is not None
        ]
        if not read:
            continue
        numbers = np.unique(np.concatenate([layer.values[layer.valid] for layer in read]))
        if len(numbers) == 1:
            message = f"{name} is {numbers[0]} in all pixels of {len(read)} composites: no cloud is known"
            remedy = f"give the layer {name} as delivered"
            yield InputWarning(str(path), "", message, remedy)
        return


def _composite(study: Study, start: date, files: list[Path], content: Composites) -> Findings:
    """Check the files of a composite and its NDVI, and count its pixels."""
    for file in files:
        if file.suffix.lower() in (".tif", ".tiff"):
            refuse_damaged(str(file))
    yield from file_findings(files, study.grid)
    index, *_ = coarse_images.read_vegetation_index(files, study.grid)
    about = coarse_images.product_of(files).layers.indices[NDVI.name]
    layer = coarse_images.read_native(files, about.name, study.grid)
    assert layer is not None  # or the reading above would have refused the files
    stored = layer.values[np.isfinite(layer.values) & ~np.isin(layer.values, layer.fills)]
    ndvi = layer.physical()
    has = np.isfinite(ndvi)
    remedy = "give NDVI as delivered (integers, x 10000) or from -0.2 to 1"
    low, high = about.valid_range[0] - _ROUNDING, about.valid_range[1] + _ROUNDING
    if stored.size and not has.any():
        message = f"no NDVI between -0.2 and 1 in the study area: {stored.min():g} to {stored.max():g}"
        yield Problem(str(files[0]), "", message, remedy)
    elif has.any() and (ndvi[has].min() < low or ndvi[has].max() > high):
        message = f"NDVI from {ndvi[has].min():g} to {ndvi[has].max():g}, as if the scale factor were lost"
        yield Problem(str(files[0]), "", message, remedy)
    else:
        usable = np.isfinite(index)
        content.add(layer, has, usable)
        content.series.append(seen(start, ndvi, usable))


def check_mod17(study: Study, path: Path) -> Findings:
    """Check that the study has a MOD17A3HGF that can be read; NPP is compared with the years there are."""
    annual = coarse_images.find_composites(path, "MOD17A3HGF")
    years = {start.year for start in annual}
    yield f"years {', '.join(map(str, sorted(years)))}"
    missing = [year for year in study.period.years if year not in years]
    if missing:
        kind = InputWarning if len(missing) < len(study.period.years) else Problem
        yield kind(str(path), "", f"no MOD17A3HGF of {listed(missing)}", "download these years")
    for files in annual.values():
        yield from findings_of(partial(_annual, study, files), files[0])


def _annual(study: Study, files: list[Path]) -> Findings:
    """Check that a file has the layer of annual NPP, and more than one number in it."""
    layer = coarse_images.read_native(files, "Npp_500m", study.grid)
    if layer is None:
        yield Problem(str(files[0]), "", "no layer Npp_500m", "download MOD17A3HGF")
        return
    known = layer.values[layer.values <= MOD17_GREATEST]
    if known.size >= _FEWEST_NPP and known.min() == known.max():
        message = f"NPP is {known[0]} in all {known.size} pixels around the study area"
        yield Problem(str(files[0]), "", message, "download MOD17A3HGF again")
