"""The two sides of a river: parts of the study area, and their cells."""

from pathlib import Path

import geopandas as gpd
import numpy as np
from rasterio.features import rasterize
from shapely import LineString, Polygon

from nppdrivers.grid import Grid
from nppdrivers.inputs.layers import read_layer
from nppdrivers.inputs.vectors import joined_line


def split_by_line(area: gpd.GeoDataFrame, line: gpd.GeoDataFrame, crs: str) -> dict[str, gpd.GeoSeries]:
    """Parts of an area west and east of a line that runs roughly from north to south.

    The line is prolonged straight north and south at its ends so that it crosses the whole area.

    Parameters
    ----------
    area, line : GeoDataFrame
        Polygons, and lines that join to one.
    crs : str
        Projected coordinate system to work in.

    Returns
    -------
    dict
        Keys "west" and "east": the parts, in the coordinate system given.

    Raises
    ------
    ValueError
        When the lines do not join to one.
    """
    whole = area.to_crs(crs).union_all()
    west_of = _west_of(_prolonged(joined_line(line, crs), whole.bounds), whole.bounds)
    sides = {"west": whole.intersection(west_of), "east": whole.difference(west_of)}
    return {name: gpd.GeoSeries([part], crs=crs) for name, part in sides.items()}


def cells_of_sides(area: str | Path, line: str | Path, grid: Grid) -> dict[str, np.ndarray]:
    """Cells of a grid (H, W) west and east of the line in one file, within the area in another."""
    halves = split_by_line(read_layer(area), read_layer(line), grid.crs)
    return {
        name: rasterize(half, out_shape=grid.shape, transform=grid.transform, dtype="uint8") == 1
        for name, half in halves.items()
    }


def _prolonged(river: LineString, bounds: tuple[float, float, float, float]) -> LineString:
    """The line with its ends drawn straight north and south beyond the bounds."""
    points = list(river.coords)
    if points[0][1] < points[-1][1]:
        points.reverse()
    _, south, _, north = bounds
    first, last = points[0][:2], points[-1][:2]
    return LineString(
        [(first[0], max(north, first[1]) + 1), *[p[:2] for p in points], (last[0], min(south, last[1]) - 1)]
    )


def _west_of(river: LineString, bounds: tuple[float, float, float, float]) -> Polygon:
    """Polygon between the line and a meridian west of everything."""
    west = min(bounds[0], river.bounds[0]) - 1
    (_, top), (_, bottom) = river.coords[0], river.coords[-1]
    return Polygon([*river.coords, (west, bottom), (west, top)]).buffer(0)
