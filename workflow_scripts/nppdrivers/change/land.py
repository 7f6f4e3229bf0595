"""The land of a run as effects see it: NPP of the years, what controls are matched on, where they may lie."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
from rasterio.features import geometry_mask

from nppdrivers.grid import Grid


@dataclass(frozen=True)
class Land:
    """What is known of the land.

    Attributes
    ----------
    years : (T,) integer array
    npp : (T, H, W) float32
        Annual NPP [gC m-2 yr-1].
    classes : (H, W) integer array
        Land cover, 0 for none.
    terrain, soil : mapping of name to (H, W)
        What controls are matched on [any units].
    free : (H, W) bool array
        Cells where controls may lie.
    cell_size_m : float
    """

    years: np.ndarray
    npp: np.ndarray
    classes: np.ndarray
    terrain: Mapping[str, np.ndarray]
    soil: Mapping[str, np.ndarray]
    free: np.ndarray
    cell_size_m: float

    @cached_property
    def usable(self) -> np.ndarray:
        """Cells (H, W) with NPP in every year, a class, terrain and soil."""
        known = self.classes > 0
        for layer in (*self.npp, *self.terrain.values(), *self.soil.values()):
            known &= np.isfinite(layer)
        return known

    def series(self, cells: np.ndarray) -> np.ndarray:
        """NPP of cells (n, 2), (n, T) float64."""
        return self.npp[:, cells[:, 0], cells[:, 1]].T.astype(np.float64)


def terrain_of(elevation: np.ndarray, cell_size_m: float) -> dict[str, np.ndarray]:
    """Elevation [m] and slope [m m-1] of each cell (H, W); slope is NaN next to a cell without elevation."""
    down, across = np.gradient(elevation, cell_size_m)
    return {"elevation": elevation, "slope": np.hypot(down, across)}


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
