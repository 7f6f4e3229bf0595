"""The analysis grid: coordinate system, transform and shape in one object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from affine import Affine

if TYPE_CHECKING:
    from pyproj import Transformer

# pyproj is imported where it is used: most jobs do without, and all of them would wait for it.
TILE_ROWS = 32  # of the tiles in raster files


@dataclass(frozen=True)
class Grid:
    """Square cells on a projected coordinate system; rows run from north to south.

    Attributes
    ----------
    crs : str
        Projected coordinate system, as an authority code or WKT.
    transform : Affine
        From (column, row) of cell corners to (x, y) [m].
    height, width : int
        Number of rows and columns.
    """

    crs: str
    transform: Affine
    height: int
    width: int

    @classmethod
    def around(
        cls, bounds: tuple[float, float, float, float], crs: str, cell_size_m: float, origin_m: float = 0.0
    ) -> Grid:
        """Smallest grid that covers (west, south, east, north) [m] with cell edges at origin + k * size."""
        west, south, east, north = ((value - origin_m) / cell_size_m for value in bounds)
        left, bottom = np.floor([west, south])
        right, top = np.ceil([east, north])
        corner = Affine.translation(origin_m + left * cell_size_m, origin_m + top * cell_size_m)
        scale = Affine.scale(cell_size_m, -cell_size_m)
        return cls(str(crs), corner @ scale, int(top - bottom), int(right - left))

    @classmethod
    def load(cls, path: str | Path) -> Grid:
        """Read a grid written by `save`."""
        content = json.loads(Path(path).read_text())
        return cls(content["crs"], Affine(*content["transform"]), content["height"], content["width"])

    def save(self, path: str | Path) -> None:
        """Write the grid as JSON."""
        content = {
            "crs": self.crs,
            "transform": list(self.transform)[:6],
            "height": self.height,
            "width": self.width,
        }
        Path(path).write_text(json.dumps(content, indent=2) + "\n")

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.height, self.width

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.height * self.width

    @property
    def cell_size_m(self) -> float:
        """Edge of a cell [m]."""
        return self.transform.a

    @property
    def cell_area_m2(self) -> float:
        """Area of a cell [m2]."""
        return abs(self.transform.a * self.transform.e)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """(west, south, east, north) [m]."""
        west, north = self.transform @ (0, 0)
        east, south = self.transform @ (self.width, self.height)
        return west, south, east, north

    @cached_property
    def _to_lonlat(self) -> Transformer:
        """Transformation from the coordinate system of the grid to longitude and latitude."""
        from pyproj import CRS, Transformer

        return Transformer.from_crs(CRS.from_user_input(self.crs), "EPSG:4326", always_xy=True)

    def matches(self, crs: object, transform: Affine, shape: tuple[int, int]) -> bool:
        """Whether another raster lies on this grid (to a thousandth of a cell)."""
        close = np.allclose(
            list(transform)[:6], list(self.transform)[:6], atol=1e-3 * self.cell_size_m, rtol=0
        )
        return shape == self.shape and close and self._has_crs(crs)

    def _has_crs(self, crs: object) -> bool:
        """Whether a coordinate system is that of the grid."""
        if str(crs) == self.crs:
            return True
        from pyproj import CRS

        return CRS.from_user_input(crs) == CRS.from_user_input(self.crs)

    def part(self, rows: slice) -> Grid:
        """Grid of these rows alone."""
        start, stop, _ = rows.indices(self.height)
        moved = self.transform @ Affine.translation(0, start)
        return Grid(self.crs, moved, stop - start, self.width)

    def every(self, step: int) -> Grid:
        """Grid of every nth row and column alone, whose cells stand for all: to show large areas."""
        if step == 1:
            return self
        height, width = -(-self.height // step), -(-self.width // step)
        return ThinnedGrid(self.crs, self.transform @ Affine.scale(step), height, width, self, step)

    def row_blocks(self, cells: int = 1_000_000, rows: slice = slice(None)) -> Iterator[slice]:
        """Slices that together cover the grid, or these rows of it, each of at most about `cells` cells.

        Those of the whole grid that have some height end with a row of tiles of its files: a tile that two
        blocks share is read twice.
        """
        first, last, _ = rows.indices(self.height)
        step = max(1, cells // self.width)
        if step > TILE_ROWS:
            step -= step % TILE_ROWS
        for start in range(first, last, step):
            yield slice(start, min(start + step, last))

    def xy(self, rows: slice = slice(None)) -> tuple[np.ndarray, np.ndarray]:
        """Coordinates [m] of the cell centres of these rows, each (rows, width)."""
        row = np.arange(self.height)[rows] + 0.5
        x = self.transform.c + self.transform.a * (np.arange(self.width) + 0.5)
        y = self.transform.f + self.transform.e * row
        return tuple(np.meshgrid(x, y))

    def lonlat(self, rows: slice = slice(None)) -> tuple[np.ndarray, np.ndarray]:
        """Longitude and latitude [deg] of the cell centres of these rows, each (rows, width)."""
        return self._to_lonlat.transform(*self.xy(rows))

    def cell_of(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Row and column of the cell that holds each point [m]; outside the grid: -1, -1."""
        column, row = ~self.transform @ (np.asarray(x, float), np.asarray(y, float))
        row, column = np.floor(row).astype(int), np.floor(column).astype(int)
        outside = (row < 0) | (row >= self.height) | (column < 0) | (column >= self.width)
        return np.where(outside, -1, row), np.where(outside, -1, column)

    def __str__(self) -> str:
        west, south, east, north = self.bounds
        return (
            f"{self.height} x {self.width} cells of {self.cell_size_m:g} m in {self.crs[:40]}, "
            f"x {west:.1f} to {east:.1f}, y {south:.1f} to {north:.1f}"
        )


@dataclass(frozen=True)
class ThinnedGrid(Grid):
    """A grid made by `Grid.every`; rasters of the whole grid are read on it cell by cell, not averaged.

    Attributes
    ----------
    whole : Grid
    step : int
        Rows, and columns, of the whole grid that a cell stands for.
    """

    whole: Grid
    step: int

    def taken(self) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the whole grid that are taken."""
        rows, columns = (thinned_cells(size, self.step) for size in self.whole.shape)
        return rows, columns


def thinned_cells(size: int, step: int) -> np.ndarray:
    """Rows or columns that stand for each `step` of them: those in the middle."""
    return np.minimum(np.arange(0, size, step) + step // 2, size - 1)


def tile_rows(tile: str, height: int) -> slice:
    """Rows of a tile named as Snakemake names it: "2-of-3" is the second of three bands of rows.

    Raises
    ------
    ValueError
        For more tiles than rows.
    """
    number, count = map(int, tile.split("-of-"))
    if count > height:
        raise ValueError(f"tiles: {count} tiles of a grid of {height} rows; take fewer")
    return slice(height * (number - 1) // count, height * number // count)


def widened(rows: slice, margin: int, height: int) -> slice:
    """Rows with a margin on both sides, as far as the grid reaches."""
    return slice(max(0, rows.start - margin), min(height, rows.stop + margin))


def within(rows: slice, around: slice) -> slice:
    """Place of rows within the rows around them."""
    return slice(rows.start - around.start, rows.stop - around.start)


def utm_crs(longitude: float, latitude: float) -> str:
    """EPSG code of the UTM zone of a place [deg]."""
    if abs(latitude) > 84:
        raise ValueError(
            f"latitude {latitude:g} has no UTM zone; are longitude and latitude swapped in the study area?"
        )
    zone = int((longitude + 180) // 6) + 1
    return f"EPSG:{(32600 if latitude >= 0 else 32700) + zone}"
