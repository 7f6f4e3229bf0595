"""Cells of a map that have NPP, whose values travel as arrays (..., n) of these cells; cells of a plot."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid, within

BLOCK_CELLS = 200_000  # of the map, computed at a time


class Block(NamedTuple):
    """Cells with NPP in some rows of the grid.

    rows of the grid, mask (rows, width) of the cells, their class codes (n,), and their positions among all
    cells with NPP.
    """

    rows: slice
    mask: np.ndarray
    codes: np.ndarray
    positions: slice

    def read(self, path: str | Path, grid: Grid) -> np.ndarray:
        """Values of all bands of a raster at the cells, (bands, n)."""
        return rasters.read(path, grid, rows=self.rows)[:, self.mask]

    def to_rows(self, values: np.ndarray) -> np.ndarray:
        """Map (rows, width) float64 of values (n,) at the cells, NaN elsewhere."""
        full = np.full(self.mask.shape, np.nan)
        full[self.mask] = values
        return full


@dataclass(frozen=True)
class Cells:
    """All cells with NPP of the grid, or of some rows of it.

    mask (rows, columns), class code of each cell (n,), and first of the rows.
    """

    grid: Grid
    mask: np.ndarray
    codes: np.ndarray
    first_row: int = 0

    @classmethod
    def from_map(
        cls, npp: np.ndarray, classes: np.ndarray, grid: Grid, rows: slice = slice(0, None)
    ) -> "Cells":
        """Cells where a map of NPP, of these rows, is not NaN, with the codes of a map of classes."""
        mask = ~np.isnan(npp)
        return cls(grid, mask, classes[mask], rows.start)

    @property
    def rows(self) -> slice:
        """Rows of the grid."""
        return slice(self.first_row, self.first_row + len(self.mask))

    @property
    def number(self) -> int:
        """How many there are."""
        return self.codes.size

    def blocks(self, size: int = BLOCK_CELLS) -> Iterator[Block]:
        """Blocks of rows of at most about `size` cells of the grid, in order."""
        start = 0
        for rows in self.grid.row_blocks(size, self.rows):
            mask = self.mask[within(rows, self.rows)]
            positions = slice(start, start + int(mask.sum()))
            start = positions.stop
            yield Block(rows, mask, self.codes[positions], positions)


def cells_around(values: np.ndarray, grid: Grid, x: float, y: float, size_m: float = 0.0) -> np.ndarray:
    """Values of the cells of a square plot.

    Parameters
    ----------
    values : (rows, columns) array
        Map on the grid.
    grid : Grid
    x, y : float
        Centre of the plot in the grid's coordinate system [m].
    size_m : float
        Edge of the plot [m]; up to one cell it is the cell that contains the centre.

    Returns
    -------
    (n,) array
        The cells within reach that the grid has; a single NaN where the centre lies outside the grid.
    """
    reach = round(max((size_m / grid.cell_size_m - 1) / 2, 0))
    row, column = (int(part) for part in grid.cell_of(np.asarray(x), np.asarray(y)))
    if min(row, column) < 0:
        return np.array([np.nan])
    rows, columns = (slice(max(centre - reach, 0), centre + reach + 1) for centre in (row, column))
    return values[rows, columns].ravel()
