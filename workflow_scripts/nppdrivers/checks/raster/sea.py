"""Sea in the study area: a raster of land needs no value there, if another input shows that it is sea."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nppdrivers.grid import Grid
from nppdrivers.images import coarse_images
from nppdrivers.inputs.raster.door import read_part
from nppdrivers.quantities import quantity
from nppdrivers.rasters import to_grid

_LARGEST_READ = 1500
_SHORE_M = 500.0  # coarse pixels at a shore have no value either; sea is twice as wide at least
_WATER = "water"  # class of the land cover
_LEAST_BLANK = 2  # inputs without a value that show sea together


class Seen(NamedTuple):
    """What an input shows of the cells of a grid, (H, W) bool: where it has a value, and where water."""

    has_value: np.ndarray
    is_water: np.ndarray


class Sea(NamedTuple):
    """Cells that are sea for a raster, (H, W) bool: water of another input, and no value in any input."""

    shown: np.ndarray
    blank: np.ndarray


class Waters:
    """Sea of a study, by its land cover, its DEM (0 m) and one of its composites, read when asked for."""

    def __init__(
        self,
        inputs: Mapping[str, str | Path],
        class_codes: Mapping[str, int],
        products: tuple[Sequence[str], str | None],
    ) -> None:
        self._inputs, self._code, self._products = inputs, class_codes.get(_WATER), products
        self._read: dict[str, Callable[[Path, Grid], Seen]] = {
            "dem": self._dem,
            "land_cover": self._land_cover,
            "coarse": self._composite,
        }
        self._seen = cache(self._look)

    def of(self, judged: str | Path, grid: Grid) -> Sea:
        """Cells that need no value in the input at a path, since other inputs show sea there."""
        names = [name for name in self._read if str(self._inputs.get(name, judged)) != str(judged)]
        others = [seen for name in names if (seen := self._seen(name, grid)) is not None]
        shown, blank = np.zeros(grid.shape, bool), np.full(grid.shape, len(others) >= _LEAST_BLANK)
        for seen in others:
            shown, blank = shown | seen.is_water, blank & ~seen.has_value
        steps = round(_SHORE_M / grid.cell_size_m)
        open_water = ~widened(~shown, steps)  # no rivers
        return Sea(widened(open_water, 2 * steps), widened(blank, steps))

    def is_first(self, path: str | Path) -> bool:
        """Whether an input is the first of those that show sea: it is warned of what all of them lack."""
        given = [str(self._inputs[name]) for name in self._read if name in self._inputs]
        return str(path) in given[:1]

    def _look(self, name: str, grid: Grid) -> Seen | None:
        with suppress(Exception):  # the check of this input reports why
            return self._read[name](Path(self._inputs[name]), grid)
        return None

    def _dem(self, path: Path, grid: Grid) -> Seen:
        part = read_part(path, quantity("elevation"), grid, largest=_LARGEST_READ)
        elevation = to_grid(part.values[0], part.crs, part.transform, grid, resampling="nearest")
        return Seen(np.isfinite(elevation), elevation == 0)

    def _land_cover(self, path: Path, grid: Grid) -> Seen:
        part = read_part(path, quantity("land_cover"), grid, largest=_LARGEST_READ)
        codes = to_grid(part.values[0], part.crs, part.transform, grid, resampling="nearest")
        return Seen(np.isfinite(codes), codes == self._code)

    def _composite(self, path: Path, grid: Grid) -> Seen:
        files = next(iter(coarse_images.find_series(path, *self._products).values()))
        layer = coarse_images.read_native(
            files, coarse_images.product_of(files).layers.indices["ndvi"].name, grid
        )
        assert layer is not None  # or the line above would have raised
        ndvi = to_grid(layer.physical(), layer.crs, layer.transform, grid, resampling="nearest")
        return Seen(np.isfinite(ndvi), np.zeros(grid.shape, bool))


def widened(cells: np.ndarray, steps: int) -> np.ndarray:
    """Cells, and those within so many steps along rows and columns of one."""
    wide = cells
    for axis in (0, 1):
        padded = np.pad(wide, [(steps, steps) if axis == each else (0, 0) for each in (0, 1)])
        wide = np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * steps + 1, axis).any(axis=-1))
    return wide
