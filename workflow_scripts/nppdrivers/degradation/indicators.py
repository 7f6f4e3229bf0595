"""Indicators of land degradation from a hazard survey, and their weighted sum."""

import warnings
from collections.abc import Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from affine import Affine
from rasterio.features import rasterize
from scipy.ndimage import distance_transform_edt, gaussian_filter

from nppdrivers.grid import Grid

PIECES = 20  # a line is cut into pieces of a twentieth of a cell, each in the cell of its middle
KERNEL_ENDS = 4.0  # standard deviations of the Gaussian kernel, beyond which it is cut
FARTHEST = 3.0  # times its reach, where an indicator has fallen to 5 %, it ends
SUBCELLS = 5  # a cell is sampled at 5 x 5 points for its covered fraction
BLOCK_CELLS = 100_000  # cells whose samples are in memory at a time
METHODS = ("cover", "attribute", "density", "line_attribute")
LINE_METHODS = ("density", "line_attribute")


def normalise(values: np.ndarray, minimum: float, maximum: float, direction: str = "positive") -> np.ndarray:
    """Bring an indicator to 0 (no degradation) to 1: (x - min) / (max - min), or 1 minus that.

    Parameters
    ----------
    values : array
        Indicator [its unit].
    minimum, maximum : float
        Fixed bounds [its unit], so that places can be compared; values beyond them are clipped.
    direction : {"positive", "negative"}
        Whether larger values mean more degradation.

    Returns
    -------
    array
        0 to 1; NaN stays NaN. Without a range everything is 0, with a warning.

    Raises
    ------
    ValueError
        For another direction.

    Examples
    --------
    >>> from nppdrivers import degradation
    >>> degradation.normalise([0, 5, 20], minimum=0, maximum=10)
    array([0. , 0.5, 1. ])
    """
    if direction not in ("positive", "negative"):
        raise ValueError(f"direction {direction!r} of an indicator is neither positive nor negative")
    values = np.asarray(values, float)
    if maximum <= minimum:
        warnings.warn(f"indicator without range ({minimum:g} to {maximum:g}): set to 0", stacklevel=2)
        return np.where(np.isnan(values), np.nan, 0.0)
    scaled = np.clip((values - minimum) / (maximum - minimum), 0.0, 1.0)
    return scaled if direction == "positive" else 1.0 - scaled


def land_degradation(indicators: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Land degradation LD = sum_i W_i V_i.

    Parameters
    ----------
    indicators : (n, ...) array
        Normalised indicators, 0 to 1.
    weights : (n,) array
        Adding up to 1.

    Returns
    -------
    (...) array
        0 to 1; NaN where any indicator is.

    Raises
    ------
    ValueError
        When the weights are not as many as the indicators or do not add up to 1.

    References
    ----------
    Tian et al. 2022, Remote Sens. 14:4177, eq 5.

    Examples
    --------
    Two indicators in two cells:

    >>> import numpy as np
    >>> from nppdrivers import degradation
    >>> degradation.land_degradation(np.array([[0.0, 0.5], [1.0, 0.5]]), np.array([0.3, 0.7]))
    array([0.7, 0.5])
    """
    if len(indicators) != len(weights) or not np.isclose(np.sum(weights), 1.0):
        raise ValueError(f"{len(indicators)} indicators need as many weights that add up to 1, not {weights}")
    return np.tensordot(weights, indicators, axes=1)


def indicator_layer(survey: Mapping[str, gpd.GeoDataFrame], row: Mapping[str, Any], grid: Grid) -> np.ndarray:
    """One indicator of the survey on the grid, in its own unit.

    Parameters
    ----------
    survey : mapping of layer name to GeoDataFrame
        In the grid's coordinate system.
    row : mapping
        Of the table of indicators: layers (names joined by +), method (one of METHODS), attribute, reach_m.
    grid : Grid

    Returns
    -------
    (H, W) array
        The covered fraction of a cell (cover), times an attribute or a quotient ``a / b`` of two (attribute);
        length of lines [m ha-1] (density), or the length-weighted attribute of the lines
        (line_attribute). Where shapes overlap the largest value counts. A reach_m spreads the indicator
        beyond the shapes: a density by a Gaussian kernel of that standard deviation, any other as the value
        of the nearest affected cell times exp(-distance / reach_m), up to three times the reach.
    """
    shapes = pd.concat([survey[name] for name in str(row["layers"]).split("+")])
    values = _attribute_values(shapes, row)
    reach = float(row["reach_m"]) / grid.cell_size_m
    if row["method"] == "density":
        lengths = _line_layer(shapes, values, grid, density=True)
        return gaussian_filter(lengths, reach, mode="constant", truncate=KERNEL_ENDS)
    if row["method"] == "line_attribute":
        return _spread(_line_layer(shapes, values, grid, density=False), reach)
    return _spread(_covered(shapes, values, grid), reach)


def survey_indicators(
    survey: Mapping[str, gpd.GeoDataFrame], indicators: pd.DataFrame, grid: Grid
) -> np.ndarray:
    """All indicators of the table, normalised to 0 to 1, in its order.

    Parameters
    ----------
    survey : mapping of layer name to GeoDataFrame
        In the grid's coordinate system.
    indicators : DataFrame
        One row an indicator: layers, method, attribute, reach_m (see `indicator_layer`), minimum, maximum
        [unit of the indicator], direction (see `normalise`).
    grid : Grid

    Returns
    -------
    (n, H, W) array
    """
    rows = indicators.to_dict("records")
    return np.stack(
        [
            normalise(indicator_layer(survey, row, grid), row["minimum"], row["maximum"], row["direction"])
            for row in rows
        ]
    )


def reach_of(indicators: pd.DataFrame, cell_size_m: float) -> int:
    """Cells that indicators of the table reach beyond their shapes: a part of a grid needs as many more."""
    farthest = max(FARTHEST, KERNEL_ENDS) * float(indicators["reach_m"].max())
    return int(np.ceil(farthest / cell_size_m)) + 1


def _attribute_values(shapes: gpd.GeoDataFrame, row: Mapping[str, Any]) -> np.ndarray:
    """Attribute of each shape, or a quotient of two; 1 for the methods that need none."""
    if row["method"] in ("cover", "density"):
        return np.ones(len(shapes))
    if row["method"] not in METHODS:
        raise ValueError(f"method {row['method']!r} of an indicator is none of {', '.join(METHODS)}")
    above, _, below = str(row["attribute"]).partition("/")
    values = shapes[above.strip()].to_numpy(float)
    return values / shapes[below.strip()].to_numpy(float) if below else values


def _covered(shapes: gpd.GeoDataFrame, values: np.ndarray, grid: Grid) -> np.ndarray:
    """Mean over the subcells of a cell of the largest value of the shapes that cover the subcell's centre."""
    if len(shapes) == 0:
        return np.zeros(grid.shape)
    order = np.argsort(values, kind="stable")  # the largest is burnt last
    geometries, values = shapes.geometry.to_numpy()[order], values[order]
    covered = np.zeros(grid.shape)
    for rows in grid.row_blocks(BLOCK_CELLS):
        block = grid.part(rows)
        touched = shapely.intersects(geometries, shapely.box(*block.bounds))
        if touched.any():
            covered[rows] = _covered_block(geometries[touched], values[touched], block)
    return covered


def _covered_block(geometries: np.ndarray, values: np.ndarray, block: Grid) -> np.ndarray:
    """Covered fractions, times the values, of a block of rows; the last shapes cover those before."""
    fine = rasterize(
        zip(geometries, values, strict=True),
        out_shape=(block.height * SUBCELLS, block.width * SUBCELLS),
        transform=block.transform @ Affine.scale(1 / SUBCELLS),
        dtype="float64",
    )
    return fine.reshape(block.height, SUBCELLS, block.width, SUBCELLS).mean(axis=(1, 3), dtype=float)


def _line_layer(lines: gpd.GeoDataFrame, values: np.ndarray, grid: Grid, *, density: bool) -> np.ndarray:
    """Length of the lines in each cell [m ha-1], or their mean attribute by length (0 without lines)."""
    parts, owner = shapely.get_parts(lines.geometry.to_numpy(), return_index=True)
    length = shapely.length(parts)
    number = np.maximum(np.ceil(length / (grid.cell_size_m / PIECES)).astype(int), 1)
    piece = np.repeat(length / number, number)
    position = np.concatenate([np.arange(n) + 0.5 for n in number]) if len(number) else np.empty(0)
    middles = shapely.line_interpolate_point(np.repeat(parts, number), position * piece)
    row, column = grid.cell_of(shapely.get_x(middles), shapely.get_y(middles))
    inside = row >= 0
    cell, weight = (row * grid.width + column)[inside], piece[inside]
    total = np.bincount(cell, weight, grid.size)
    if density:
        return (total / (grid.cell_area_m2 / 1e4)).reshape(grid.shape)
    weighted = np.bincount(cell, weight * np.repeat(values[owner], number)[inside], grid.size)
    return np.divide(weighted, total, out=np.zeros(grid.size), where=total > 0).reshape(grid.shape)


def _spread(layer: np.ndarray, reach: float) -> np.ndarray:
    """Value of the nearest affected cell times exp(-distance / reach), both in cells."""
    if reach <= 0 or not (layer > 0).any():
        return layer
    distance, nearest = distance_transform_edt(layer <= 0, return_indices=True)
    decay = np.where(distance <= FARTHEST * reach, np.exp(-distance / reach), 0.0)
    return layer[tuple(nearest)] * decay
