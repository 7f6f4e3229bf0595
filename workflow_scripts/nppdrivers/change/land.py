"""The land of a run as effects see it: NPP of the years, what controls are matched on, where they may lie."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

import geopandas as gpd
import numpy as np
import pandas as pd
from rasterio.features import geometry_mask

from nppdrivers.dated_bands import StoredMaps
from nppdrivers.grid import Grid

TERRAIN = ("elevation", "slope")


class LandCells(NamedTuple):
    """What is known of some cells: row and column (n, 2), class (n,), NPP (n, T), terrain and soil (n, K)."""

    places: np.ndarray
    classes: np.ndarray
    npp: np.ndarray
    covariates: np.ndarray

    def taken(self, chosen: np.ndarray) -> "LandCells":
        """Those of the cells that a mask (n,) chooses."""
        return LandCells(*(part[chosen] for part in self))


@dataclass(frozen=True)
class Land:
    """What is known of the land; NPP, terrain and soil of a large map lie in a file.

    Attributes
    ----------
    years : (T,) integer array
    terrain, soil : sequence of str
        Names of what controls are matched on [any units].
    classes : (H, W) uint8 array
        Land cover, 0 for none.
    usable : (H, W) bool array
        Cells with NPP in every year, a class, terrain and soil.
    free : (H, W) bool array
        Cells where controls may lie.
    cell_size_m : float
    """

    years: np.ndarray
    terrain: Sequence[str]
    soil: Sequence[str]
    classes: np.ndarray
    usable: np.ndarray
    free: np.ndarray
    cell_size_m: float
    _maps: StoredMaps

    @classmethod
    def empty(
        cls,
        years: Sequence[int],
        terrain: Sequence[str],
        soil: Sequence[str],
        free: np.ndarray,
        cell_size_m: float,
        folder: str | Path | None = None,
    ) -> Self:
        """Land to be filled; its maps lie in this folder, by default that of temporary files."""
        maps = StoredMaps(free.shape, len(years) + len(terrain) + len(soil), folder)
        nothing = np.zeros(free.shape, np.uint8), np.zeros(free.shape, bool)
        return cls(np.array(years), terrain, soil, *nothing, free, cell_size_m, maps)

    def fill(
        self, npp: Sequence[np.ndarray], classes: np.ndarray, covariates: Sequence[np.ndarray], start: int = 0
    ) -> None:
        """Take rows from this one on: annual NPP [gC m-2 yr-1], classes, terrain and soil, (rows, W) each."""
        rows = slice(start, start + len(classes))
        values = np.stack([*npp, *covariates], axis=-1, dtype=np.float32)
        self._maps.write(values, start)
        self.classes[rows] = classes
        self.usable[rows] = (classes > 0) & np.isfinite(values).all(axis=-1)

    def at(self, places: np.ndarray) -> LandCells:
        """What is known of cells, by row and column (n, 2)."""
        values = self._maps.at(places)
        npp = values[:, : len(self.years)].astype(np.float64)
        return LandCells(places, self.classes[tuple(places.T)], npp, values[:, len(self.years) :])


def slope_of(elevation: np.ndarray, cell_size_m: float) -> np.ndarray:
    """Slope [m m-1] of each cell (H, W) of an elevation [m]; NaN next to a cell without elevation."""
    down, across = np.gradient(elevation, cell_size_m)
    return np.hypot(down, across)


def all_polygons(layers: Sequence[gpd.GeoDataFrame], crs: str) -> gpd.GeoSeries:
    """Shapes of several layers in one coordinate system."""
    return gpd.GeoSeries(pd.concat([layer.geometry.to_crs(crs) for layer in layers], ignore_index=True))


def land_of_controls(area: gpd.GeoSeries, polygons: gpd.GeoSeries, distance_m: float) -> gpd.GeoSeries:
    """Part of the study area that is at least this far from every polygon; empty shapes where none is.

    Parameters
    ----------
    area, polygons : GeoSeries
        In one projected system [m].
    distance_m : float
        [m]
    """
    return area.difference(polygons.union_all().buffer(distance_m))


def cells_of(shapes: gpd.GeoSeries, grid: Grid) -> np.ndarray:
    """Cells (H, W) bool whose centre lies in any of these shapes."""
    shapes = shapes[~shapes.is_empty]
    if shapes.empty:
        return np.zeros(grid.shape, bool)
    return geometry_mask(shapes, grid.shape, grid.transform, invert=True)
