"""An interval fused block by block: one block of images is held, not the scene."""

from collections.abc import Iterator

import numpy as np

from nppdrivers.fusion.consistency import coarse_residual, coarse_window, local_bias
from nppdrivers.fusion.interval import fuse_interval
from nppdrivers.fusion.interval_images import IntervalImages, blocks_of_rows
from nppdrivers.fusion.scene import Scene, measure_scene, widened, within
from nppdrivers.vegetation_index import as_index


class FusedBlock:
    """Some rows of an interval, fused.

    Attributes
    ----------
    rows : rows of the scene
    fused, source : see `fusion.fuse_interval`, (dates, rows, width)
    coarse : coarse images of the dates [unit of the fused images], (dates, rows, width)
    fine : base images before, then after [same unit], each (rows, width)
    """

    def __init__(
        self,
        images: IntervalImages,
        rows: slice,
        scene: Scene,
        *,
        window: int,
        classes: int,
        consistency: bool,
    ):
        self._wide = coarse_window(images.coarse_pixel_m, images.grid.cell_size_m)
        # the residual looks half a window around each cell; a corrected value has looked as far again
        reach = self._wide // 2 * (2 if consistency else 1)
        around = widened(rows, reach + window // 2 + self._wide // 2, images.grid.height)
        before, after, coarse_p = images.read(around)
        targets = np.zeros(coarse_p.shape[2:], bool)
        targets[within(widened(rows, reach, images.grid.height), around)] = True
        self._fused, source = fuse_interval(
            before,
            after,
            coarse_p,
            window=window,
            classes=classes,
            coarse_window=self._wide,
            consistency_window=self._wide if consistency else None,
            dates=images.dates,
            scene=scene,
            targets=targets,
        )
        self._images = [(as_index(fine), as_index(coarse)) for fine, coarse in (*before, *after)]
        self._coarse, self._scene_bias, self._core = as_index(coarse_p), scene.bias, within(rows, around)
        self.rows, self.fused, self.source = rows, self._fused[:, self._core], source[:, self._core]
        self.coarse = self._coarse[:, self._core]
        self.fine = [fine[self._core] for fine, _ in self._images]

    def bias(self, window: int | None = None) -> np.ndarray:
        """Mean of fine less coarse around each cell, in a window of two composite pixels or as given."""
        return local_bias(self._images, window or self._wide, self._scene_bias)[self._core]

    def residual(self) -> np.ndarray:
        """What the fused images have too much at the coarse scale (`consistency.coarse_residual`)."""
        all_rows = coarse_residual(self._fused, self._coarse, self._images, self._wide, self._scene_bias)
        return all_rows[:, self._core]


def scene_of(images: IntervalImages, window: int) -> Scene:
    """Measure what all blocks of an interval share (`fusion_scene.measure_scene`)."""
    wide = coarse_window(images.coarse_pixel_m, images.grid.cell_size_m)
    return measure_scene(images.read, images.grid.shape, window=window, coarse_window=wide)


def fuse_blocks(images: IntervalImages, rows: slice, scene: Scene, **settings) -> Iterator[FusedBlock]:
    """Fuse these rows of an interval, in blocks whose number and size do not change a bit of the result.

    Parameters
    ----------
    images : images of the interval
    rows : rows to fuse: the whole grid or a part of it
    scene : what all parts share (`scene_of`)
    **settings
        window and classes of `estarfm.predict`; consistency: whether to give the fused images the mean of
        the coarse ones (see `consistency`)
    """
    for block in blocks_of_rows(rows, images.grid.width):
        yield FusedBlock(images, block, scene, **settings)
