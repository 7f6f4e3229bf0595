"""An interval fused block by block: memory grows with a block of images, not with the scene."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from nppdrivers.dated_bands import day_numbers
from nppdrivers.fusion.combination import Departures, Weights, combined, departures
from nppdrivers.fusion.consistency import coarse_residual, local_bias
from nppdrivers.fusion.interval import floor_of, fuse_levelled, levelled
from nppdrivers.fusion.interval_images import IntervalImages, blocks_of_rows, is_one_block
from nppdrivers.fusion.scene import Scene, measure_scene
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.grid import widened, within
from nppdrivers.vegetation_index import as_index


class FusedBlock:
    """Some rows of an interval, fused.

    Attributes
    ----------
    rows : rows of the scene
    fused, source : see `interval.fuse_interval`, (dates, rows, width)
    index_p : index of the coarse images of the dates [unit of the fused images], (dates, rows, width)
    fine : index of the base images before, then after [same unit], each (rows, width)
    """

    def __init__(
        self,
        images: IntervalImages,
        rows: slice,
        scene: Scene,
        settings: FusionSettings,
        wanted: NDArray[np.bool_] | None = None,
    ) -> None:
        self._settings, height = settings, images.grid.height
        # The residual looks half a window around each cell; a corrected value has looked as far again.
        reach = settings.coarse_window // 2 + (settings.consistency_window or 0) // 2
        around = widened(rows, reach + settings.window // 2 + settings.coarse_window // 2, height)
        before, after, coarse_p = images.read(around)
        targets = np.zeros(coarse_p.shape[2:], bool)
        targets[within(widened(rows, reach, height), around)] = True
        if wanted is not None and not settings.consistency_window:  # which looks at what is fused around
            targets &= wanted[around]
        # The line in time, too, has the coarse level of changed land.
        self._levelled = levelled([*before, *after], settings, scene, around)
        self._fused, source, self._side = fuse_levelled(
            self._levelled, len(before), coarse_p, settings, scene, targets
        )
        self._index = [(as_index(fine), as_index(coarse)) for fine, coarse in (*before, *after)]
        self._index_p, self._scene_bias, self._core = as_index(coarse_p), scene.bias, within(rows, around)
        self._images, self._patterns = images, scene.patterns
        if settings.weights:
            self._fused = self._weighed(settings.weights)
        self.rows, self.fused, self.source = rows, self._fused[:, self._core], source[:, self._core]
        self.index_p = self._index_p[:, self._core]
        self.fine = [fine[self._core] for fine, _ in self._index]

    def bias(self, window: int | None = None) -> NDArray[np.float64]:
        """Mean of fine less coarse around each cell, in a window of two coarse pixels or as given [cells]."""
        return local_bias(self._index, window or self._settings.coarse_window, self._scene_bias)[self._core]

    def departures(self) -> Iterator[Departures]:
        """Departures of model and coarse images from the line in time, date by date, (rows, width)."""
        for found in self._departures():
            yield Departures(*[values[self._core] for values in found])

    def _departures(self) -> Iterator[Departures]:
        """Departures with margins, after or before an abrupt change from the images of that side alone."""
        number_before, number = len(self._images.before), len(self._levelled)
        parts = {0: range(number), -1: range(number_before), 1: range(number_before, number)}
        sides = [side for side in parts if side == 0 or (self._side == side).any()]
        series = (self._departures_from(parts[side]) for side in sides)
        for side_p, *found in zip(self._side, *series, strict=True):
            result = found[0]
            for side, own in zip(sides[1:], found[1:], strict=True):
                pairs = zip(own, result, strict=True)
                result = Departures(*[np.where(side_p == side, values, others) for values, others in pairs])
            yield result

    def _departures_from(self, numbers: Sequence[int]) -> Iterator[Departures]:
        """Departures from some base images, with margins."""
        base_days = day_numbers([*self._images.before, *self._images.after])[list(numbers)].tolist()
        days = day_numbers(self._images.dates).tolist()
        index = [(as_index(fine), as_index(coarse)) for fine, coarse in self._levelled]
        patterns = self._patterns.restricted(numbers, len(days))
        images = [index[number] for number in numbers]
        return departures(images, base_days, self._fused, self._index_p, days, patterns)

    def _weighed(self, weights: Weights) -> NDArray[np.float32]:
        """Predictions of the model weighed with the simple ones (`combination`), within its limits."""
        result, scale = np.empty_like(self._fused), self._settings.scale
        for p, found in enumerate(self._departures()):
            fused, coarse = self._fused[p], self._index_p[p]
            lowest = np.minimum(np.minimum(fused, fused - found.model), coarse)
            kept = np.maximum(combined(fused, found, weights), floor_of(lowest, coarse, scale))
            result[p] = np.clip(kept, *self._settings.valid_range)
            result[p] = np.where(np.isnan(found.coarse), fused, result[p])
        return result

    def residual(self) -> NDArray[np.float64]:
        """What the fused images have too much at the coarse scale (`consistency.coarse_residual`)."""
        size = self._settings.coarse_window
        return coarse_residual(self._fused, self._index_p, self._index, size, self._scene_bias)[:, self._core]


def scene_of(images: IntervalImages, settings: FusionSettings) -> Scene:
    """Measure what all blocks of an interval share (`scene.measure_scene`)."""
    at_once = is_one_block(images.grid)
    return measure_scene(images.read, images.grid.shape, settings, keep_images=at_once)


def fuse_blocks(
    images: IntervalImages,
    rows: slice,
    scene: Scene,
    settings: FusionSettings,
    wanted: NDArray[np.bool_] | None = None,
) -> Iterator[FusedBlock]:
    """Fuse these rows of an interval, in blocks whose number and size do not change a bit of the result.

    Parameters
    ----------
    images : images of the interval
    rows : rows to fuse: the whole grid or a part of it
    scene : what all parts share (`scene_of`)
    settings : model, windows, unit and switches
    wanted : cells of the whole grid whose values are asked for, (height, width); all by default. Others may
        be missing

    Yields
    ------
    FusedBlock
        From the top down.
    """
    for block in blocks_of_rows(rows, images.grid.width):
        yield FusedBlock(images, block, scene, settings, wanted)
