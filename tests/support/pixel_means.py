"""Means of the cells of a grid in larger pixels, for tests of what coarse images keep."""

import numpy as np
from affine import Affine
from rasterio.warp import Resampling, reproject

from nppdrivers.grid import Grid


def averaged(fine: np.ndarray, grid: Grid, crs: str, transform: Affine, shape: tuple[int, int]) -> np.ndarray:
    """Mean of the grid's cells in each pixel, NaN where a pixel is not entirely inside the grid."""
    means, share = np.full(shape, np.nan, "float32"), np.zeros(shape, "float32")
    place = {
        "src_crs": grid.crs,
        "dst_crs": crs,
        "dst_transform": transform,
        "resampling": Resampling.average,
    }
    reproject(fine, means, src_transform=grid.transform, src_nodata=np.nan, dst_nodata=np.nan, **place)
    ring = np.pad(np.ones(grid.shape, "float32"), 100)
    reproject(ring, share, src_transform=grid.transform @ Affine.translation(-100, -100), **place)
    return np.where(share > 0.999, means, np.nan)
