"""Whether the classes of the land cover are those that fine images show: water, towns, forest."""

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from nppdrivers.checks.findings import Findings
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import InputWarning
from nppdrivers.inputs.raster.door import read_part
from nppdrivers.quantities import quantity
from nppdrivers.rasters import to_grid

Words = tuple[str, str]  # what is wrong, and what to do
_EXCHANGED = "check whether their codes are exchanged (land_cover.codes)"
_LARGEST_READ = 1500
_FEWEST = 30  # cells of a class
# A class, a greener one, by how much and from which NDVI the first may not exceed the second
_ORDER = (
    ("water", "construction", 0.1, 0.1),
    ("water", "farmland", 0.1, 0.2),
    ("water", "grassland", 0.1, 0.2),
    ("water", "forest", 0.1, 0.2),
    ("construction", "farmland", 0.15, 0.35),
    ("construction", "grassland", 0.15, 0.35),
    ("construction", "forest", 0.15, 0.35),
    ("grassland", "forest", 0.15, 0.35),
    ("farmland", "forest", 0.25, 0.35),
)
_STEEPER, _STEEP = 1.25, 0.12  # slope of farmland over that of grassland, and at least
_GREEN_WATER, _AS_GREEN = 0.3, 0.7  # NDVI of water, and over that of all cells
_LEAST_SPREAD, _LEAST_EXPLAINED = 0.1, 0.03  # of NDVI, and the share of its variance that classes explain


def class_findings(study: Study, greenest: np.ndarray) -> Findings:
    """Warn of classes that are greener than others which they never are, and of classes without a pattern.

    Parameters
    ----------
    study : Study
    greenest : (n,) array
        Greatest NDVI of the cells of the study area in the images, NaN where none is clear.
    """
    classes = _on_cells(study, "land_cover", "land_cover", "nearest")
    if classes is None:
        return
    known = np.isfinite(greenest) & np.isfinite(classes)
    green, codes = greenest[known], classes[known]
    cells = {name: green[codes == code] for name, code in study.plan.class_codes.items()}
    level = {name: float(np.median(own)) for name, own in cells.items() if len(own) >= _FEWEST}
    for judge in (_order(level), _steep_fields(study, classes), _pattern(level, green, codes)):
        if words := next(judge, None):  # the first cause explains the rest
            yield InputWarning(str(study.inputs["land_cover"]), "", *words)
            return


def _order(level: dict[str, float]) -> Iterator[Words]:
    """Classes that are greener than one that is usually greener than they."""
    for lower, higher, margin, least in _ORDER:
        if lower in level and higher in level and level[lower] > max(level[higher] + margin, least):
            yield (
                f"cells of {lower} have NDVI of {level[lower]:.2f} at their greenest in the images, cells "
                f"of {higher} {level[higher]:.2f}",
                f"{_EXCHANGED}, and the place of the raster",
            )


def _steep_fields(study: Study, classes: np.ndarray) -> Iterator[Words]:
    """Farmland usually lies on gentler slopes than grassland."""
    grid, elevation = study.cloud_grid, _on_cells(study, "dem", "elevation", "average")
    codes = study.plan.class_codes
    if grid is None or elevation is None or not {"farmland", "grassland"} <= set(codes):
        return
    if min(grid.shape) < 2:
        return
    ground = np.full(grid.shape, np.nan)
    ground[study.cells(grid)] = elevation
    steep = np.hypot(*np.gradient(ground, grid.cell_size_m))[study.cells(grid)]
    slopes = [steep[(classes == codes[name]) & np.isfinite(steep)] for name in ("farmland", "grassland")]
    if min(map(len, slopes)) < _FEWEST:
        return
    fields, meadows = (float(np.median(each)) for each in slopes)
    if fields > max(_STEEPER * meadows, _STEEP):
        yield (
            f"farmland lies on slopes of {100 * fields:.0f} %, grassland on {100 * meadows:.0f} % (medians)",
            _EXCHANGED,
        )


def _pattern(level: dict[str, float], green: np.ndarray, codes: np.ndarray) -> Iterator[Words]:
    """Water as green as everything else, or classes that explain nothing of the pattern of NDVI."""
    if len(level) < 2:
        return
    remedy, middle = "check its place, that of the images, and that none is mirrored", np.median(green)
    if level.get("water", 0.0) > max(_GREEN_WATER, _AS_GREEN * middle):
        yield (
            f"cells of water have NDVI of {level['water']:.2f} at their greenest in the images, all cells "
            f"{middle:.2f}",
            remedy,
        )
    means = {code: green[codes == code].mean() for code in np.unique(codes)}
    explained = np.var([means[code] for code in codes]) / max(np.var(green), 1e-9)
    if np.std(green) >= _LEAST_SPREAD and explained < _LEAST_EXPLAINED:
        yield (
            f"its classes explain {100 * explained:.1f} % of the variance of NDVI in the fine images",
            remedy,
        )


def _on_cells(study: Study, name: str, what: str, resampling: str) -> np.ndarray | None:
    """Values of a raster in the cells of the study area, NaN where missing; None where it is not read."""
    grid = study.cloud_grid
    if grid is None or name not in study.inputs:
        return None
    with suppress(Exception):  # its own check reports why
        part = read_part(study.inputs[name], quantity(what), grid, largest=_LARGEST_READ)
        values = to_grid(part.values[0], part.crs, part.transform, grid, resampling=resampling)
        return np.asarray(values[study.cells(grid)])
    return None
