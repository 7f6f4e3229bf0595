"""NPP of places: polygons with cells cut by their edge weighted, and the cells around plots and points."""

from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import rasterio
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource

from nppdrivers.grid import Grid
from nppdrivers.npp.zones import describe

_STATISTICS = {"n": "count", "min": "min", "max": "max", "mean": "mean", "sd": "stdev"}


def polygon_statistics(values: np.ndarray, grid: Grid, polygons: gpd.GeoDataFrame) -> pd.DataFrame:
    """Describe the values in each polygon, every cell weighted by the share of it that lies inside.

    n = sum w; mean = sum w v / n; sd = sqrt(sum w (v - mean)^2 / (n - 1)); total = mean x area.

    Parameters
    ----------
    values : (rows, columns) array
        Annual NPP [gC m-2 yr-1]; NaN cells are left out.
    grid : Grid
        Grid of the values.
    polygons : GeoDataFrame
        Polygons in any coordinate system, with a column `name`; they may overlap.

    Returns
    -------
    DataFrame
        One row a polygon: zone (1, 2, ...), name, n (valid cells, with fractions), area_km2 (of these),
        valid_percent (of the polygon's own area), min, max, mean, sd [gC m-2 yr-1], cv_percent,
        total_tC [t C yr-1]. A polygon without valid cells has n = 0 and NaN; sd needs n > 1.

    Raises
    ------
    ValueError
        Without the column `name`, or for values that do not fit the grid.

    References
    ----------
    Weights: the exact share of each cell, as computed by the library exactextract.
    """
    if "name" not in polygons:
        raise ValueError(f"the polygons have no column name; they have {', '.join(polygons.columns)}")
    if values.shape != grid.shape:
        raise ValueError(f"values {values.shape} do not fit the grid {grid.shape}")
    placed = polygons.to_crs(grid.crs)
    table = _extract(np.asarray(values, dtype=np.float64), grid, placed)
    table["n"] = table["n"].fillna(0.0)
    n = table["n"]
    table["sd"] *= np.sqrt(n / (n - 1).where(n > 1))  # from weights that sum to 1 to those of a sample
    valid_percent = 100.0 * (n * grid.cell_area_m2) / placed.area.to_numpy()
    table = describe(table, grid.cell_area_m2, valid_percent)
    table.insert(0, "zone", range(1, len(placed) + 1))
    table.insert(1, "name", placed["name"].astype(str).to_numpy())
    return table


def _extract(values: np.ndarray, grid: Grid, placed: gpd.GeoDataFrame) -> pd.DataFrame:
    """n, min, max, mean and the sd of the population, weighted by coverage; one row a polygon."""
    source = NumPyRasterSource(values, *grid.bounds, nodata=np.nan, srs_wkt=placed.crs.to_wkt())
    extracted = exact_extract(source, placed[["geometry"]], list(_STATISTICS.values()), output="pandas")
    return extracted.rename(columns={theirs: ours for ours, theirs in _STATISTICS.items()})[list(_STATISTICS)]


def monthly_means(
    path: str | Path, months: Sequence[str], grid: Grid, polygons: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Mean of each band in each polygon, every cell weighted by the share of it that lies inside.

    Parameters
    ----------
    path : path
        Raster of the grid with a band for each month; missing cells are left out. Only the cells of a polygon
        are read.
    months : sequence of str
        Names of the bands.
    grid : Grid
    polygons : GeoDataFrame
        With a column `name`.

    Returns
    -------
    DataFrame
        A row for each polygon and month: zone (1, 2, ...), name, month, mean [unit of the raster], NaN
        without any value.
    """
    placed = polygons.to_crs(grid.crs)
    with rasterio.open(path) as source:
        found = exact_extract(source, placed[["geometry"]], ["mean"], output="pandas")
    values = found[[f"band_{band}_mean" if len(months) > 1 else "mean" for band in range(1, len(months) + 1)]]
    return pd.DataFrame(
        {
            "zone": np.repeat(np.arange(1, len(placed) + 1), len(months)),
            "name": np.repeat(placed["name"].astype(str).to_numpy(), len(months)),
            "month": np.tile(np.array(months), len(placed)),
            "mean": values.to_numpy("float64", na_value=np.nan).ravel(),
        }
    )
