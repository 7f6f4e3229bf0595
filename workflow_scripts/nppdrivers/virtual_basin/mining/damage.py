"""True land degradation of the virtual basin: the indicators of the hazard survey, finely sampled."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from affine import Affine

from nppdrivers import degradation
from nppdrivers.grid import Grid

# Indicator: weight, layers, method, attribute, bound [unit of the indicator] that counts as 1, reach [m].
INDICATORS = {
    "subsidence_depth": (0.333, "subsidence+collapse", "attribute", "depth_m", 5.0, 0),
    "slope_change": (0.195, "subsidence+collapse", "attribute", "slope_change_mm_m", 40.0, 0),
    "fissure_density": (0.195, "cracks", "density", "", 300.0, 45),
    "fissure_width": (0.107, "cracks", "line_attribute", "width_m", 0.5, 15),
    "goaf_ratio": (0.107, "goaf", "attribute", "thickness_m/depth_m", 0.04, 0),
    "seepage": (0.063, "seep", "attribute", "severity", 1.0, 30),
}
FINER = 2  # the indicators are computed on cells this many times smaller than those of the basin


def land_degradation(layers: Mapping[str, gpd.GeoDataFrame], grid: Grid) -> np.ndarray:
    """Land degradation 0 to 1 on the grid: the weighted sum of the normalised indicators.

    Parameters
    ----------
    layers : mapping of layer name to GeoDataFrame
        The hazard survey, in the grid's coordinate system.
    grid : Grid

    Returns
    -------
    (rows, columns) float32
        Means over `FINER` x `FINER` parts of each cell.
    """
    fine = Grid(grid.crs, grid.transform @ Affine.scale(1 / FINER), grid.height * FINER, grid.width * FINER)
    total = np.zeros(fine.shape, np.float32)
    for weight, names, method, attribute, upper, reach in INDICATORS.values():
        row = {"layers": names, "method": method, "attribute": attribute, "reach_m": reach}
        indicator = degradation.indicator_layer(layers, pd.Series(row), fine)
        total += weight * degradation.normalise(indicator, 0.0, upper)
    return total.reshape(grid.height, FINER, grid.width, FINER).mean(axis=(1, 3))
