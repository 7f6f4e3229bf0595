"""Fine images against the coarse ones of the same days, cell by cell of about a coarse pixel."""

import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from functools import cache
from pathlib import Path

import numpy as np
from affine import Affine

from nppdrivers.checks.image.cells import Sight
from nppdrivers.checks.image.plausibility import Compared
from nppdrivers.checks.study import Study
from nppdrivers.grid import Grid
from nppdrivers.images import coarse_images
from nppdrivers.images.composites import PERIOD_DAYS
from nppdrivers.images.landsat_files import Image, ReadyImage
from nppdrivers.rasters import to_grid

_CELL_M = 250
_MOST_IMAGES = 48  # scenes that are compared; of a table each image


class Comparison:
    """The coarse images of a study, read once each, onto cells that are means of the cells of the images."""

    def __init__(self, study: Study, grid: Grid) -> None:
        self._grid = grid
        self._times = max(1, round(_CELL_M / grid.cell_size_m))
        height, width = (-(-size // self._times) for size in grid.shape)
        self._wide = Grid(grid.crs, grid.transform @ Affine.scale(self._times), height, width)
        self._composites: Mapping[date, list[Path]] = {}
        if "coarse" in study.inputs:
            with suppress(Exception):  # the check of the composites reports why
                self._composites = coarse_images.find_series(
                    study.inputs["coarse"], study.coarse_products, study.coarse_change
                )
        self._coarse = cache(self._read)

    def of(self, image: Image, sight: Sight) -> Compared:
        """An image and the coarse NDVI of its days."""
        red, nir = (self._means(np.where(sight.seen, band, np.nan)) for band in (sight.red, sight.nir))
        starts = [start for start in self._composites if start <= image.date < start + timedelta(PERIOD_DAYS)]
        coarse = self._coarse(max(starts)) if starts else None
        return Compared(image, red, nir, coarse, self._wide.cell_size_m)

    def _means(self, values: np.ndarray) -> np.ndarray:
        """Means of blocks of cells, NaN left out."""
        times = self._times
        padding = [(0, size * times - old) for size, old in zip(self._wide.shape, values.shape, strict=True)]
        padded = np.pad(values, padding, constant_values=np.nan)
        blocks = padded.reshape(self._wide.height, times, self._wide.width, times)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # blocks without any value
            return np.nanmean(blocks, axis=(1, 3)).astype("float32")

    def _read(self, start: date) -> np.ndarray | None:
        with suppress(Exception):  # the check of the composites reports why
            values, _, crs, transform = coarse_images.read_vegetation_index(
                self._composites[start], self._wide
            )
            return to_grid(values, crs, transform, self._wide, resampling="nearest")
        return None


def chosen(images: Sequence[Image]) -> Sequence[Image]:
    """Images to compare: of a table each, of many scenes some of all the years."""
    is_table = any(isinstance(image, ReadyImage) for image in images)
    return images if is_table else images[:: max(1, -(-len(images) // _MOST_IMAGES))]
