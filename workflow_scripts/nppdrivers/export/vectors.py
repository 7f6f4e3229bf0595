"""Polygons, points and stations of a run with what was found there."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource

from nppdrivers.contribution import INDISTINCT
from nppdrivers.grid import Grid

# Columns of npp/statistics.csv under the names they have in the layer.
STATISTICS = {
    "area_km2": "area_km2",
    "valid_percent": "valid_percent",
    "mean": "npp_mean_gC_m2_yr",
    "sd": "npp_sd_gC_m2_yr",
    "total_tC": "npp_total_tC_yr",
}


def shares_of_classes(
    codes: np.ndarray, legend: Mapping[int, str], grid: Grid, polygons: gpd.GeoDataFrame
) -> pd.DataFrame:
    """Share of each class in each polygon [%], cells at the edge by the part of them that lies inside.

    Parameters
    ----------
    codes : (rows, columns) uint8
        Codes of a map of classes, 0 missing.
    legend : mapping of int to str
        Name of each code but 0.
    grid : Grid
    polygons : GeoDataFrame
        In the coordinate system of the grid.

    Returns
    -------
    DataFrame
        One row a polygon, a column a class in the order of the legend; NaN in polygons without any class.
    """
    shares = pd.DataFrame(0.0, index=polygons.index, columns=list(legend.values()))
    values = np.where(codes == 0, np.nan, codes.astype("float64"))
    source = NumPyRasterSource(values, *grid.bounds, nodata=np.nan, srs_wkt=polygons.crs.to_wkt())
    found = exact_extract(source, polygons[["geometry"]], ["unique", "frac"], output="pandas")
    for place, row in zip(polygons.index, found.itertuples(), strict=True):
        for code, part in zip(row.unique, row.frac, strict=True):
            shares.loc[place, legend[int(code)]] = 100 * part
    return shares.where(shares.sum(axis=1) > 0)


def leading_driver(shares: pd.DataFrame) -> pd.DataFrame:
    """What leads in each polygon beyond noise, and in what share of it nothing is beyond noise [%].

    A pair of letters counts for its first; the category with the largest share leads.
    """
    certain = shares.drop(columns=INDISTINCT, errors="ignore")
    by_letter = certain.T.groupby(lambda name: name[0], sort=False).sum().T
    has_any = by_letter.sum(axis=1) > 0
    leading = by_letter.idxmax(axis=1).where(has_any, None)
    noise = shares[INDISTINCT] if INDISTINCT in shares else pd.Series(0.0, index=shares.index)
    percent = by_letter.where(shares.notna().any(axis=1)).add_suffix("_percent")
    return percent.assign(not_distinguishable_percent=noise, leading_driver=leading)


def mean_in(values: np.ndarray, grid: Grid, polygons: gpd.GeoDataFrame) -> pd.Series:
    """Mean of a map (rows, columns) in each polygon, cells at the edge by their part inside."""
    source = NumPyRasterSource(
        values.astype("float64"), *grid.bounds, nodata=np.nan, srs_wkt=polygons.crs.to_wkt()
    )
    found = exact_extract(source, polygons[["geometry"]], ["mean"], output="pandas")
    return pd.Series(found["mean"].to_numpy("float64", na_value=np.nan), polygons.index)


def polygon_layer(
    polygons: Mapping[str, gpd.GeoDataFrame],
    statistics: pd.DataFrame,
    grid: Grid,
    dominant: tuple[np.ndarray, Mapping[int, str]] | None,
    contributions: Mapping[str, np.ndarray],
) -> gpd.GeoDataFrame:
    """Mines and zones with their NPP and what drives it there.

    Parameters
    ----------
    polygons : mapping of str to GeoDataFrame
        Polygons with a column `name`, by kind (mine, zone).
    statistics : DataFrame
        Table npp/statistics.csv: kind, zone (number of the polygon from 1), and the columns of `STATISTICS`.
    grid : Grid
    dominant : (codes, legend) or None
        Map of the dominant category beyond noise, where the run has one.
    contributions : mapping of str to (rows, columns) array
        Actual contribution of each category [gC m-2 yr-1], where the run has them.
    """
    layers = []
    for kind, named in polygons.items():
        placed = named.to_crs(grid.crs).set_index(pd.RangeIndex(1, len(named) + 1))
        found = statistics[statistics["kind"] == kind].set_index("zone")[list(STATISTICS)]
        layer = placed[["name", "geometry"]].join(found.rename(columns=STATISTICS))
        if dominant is not None:
            layer = layer.join(leading_driver(shares_of_classes(*dominant, grid, placed)))
        for name, values in contributions.items():
            layer[f"{name}_contribution_gC_m2_yr"] = mean_in(values, grid, placed)
        layer.insert(0, "kind", kind)
        layers.append(layer)
    return gpd.GeoDataFrame(pd.concat(layers, ignore_index=True), geometry="geometry", crs=grid.crs)


def point_layer(points: pd.DataFrame, grid: Grid) -> gpd.GeoDataFrame:
    """Points of a table with columns x and y in the coordinate system of the grid [m]."""
    return gpd.GeoDataFrame(points, geometry=gpd.points_from_xy(points["x"], points["y"]), crs=grid.crs)


def with_prediction(points: pd.DataFrame, predicted: np.ndarray, applicability: np.ndarray) -> pd.DataFrame:
    """Points of the attribution with what the forests predict there, and whether they apply there.

    Parameters
    ----------
    points : DataFrame
        Table attribution/points.csv: cell (number in the grid, row by row), NPP and the drivers.
    predicted : (rows, columns)
        NPP predicted from all drivers [gC m-2 yr-1], by trees that were trained with the point too.
    applicability : (rows, columns) uint8
        Codes of the area of applicability: 1 inside, 2 outside, 0 undefined.
    """
    at = points["cell"].to_numpy()
    return points.assign(
        NPP_predicted=predicted.ravel()[at],
        NPP_residual=points["NPP"] - predicted.ravel()[at],
        applicability=pd.Series(applicability.ravel()[at]).map({1: "inside", 2: "outside"}),
    )


def station_errors(stations: pd.DataFrame, residuals: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Stations with how well each is predicted by the others.

    Parameters
    ----------
    stations : DataFrame
        Table climate/stations.csv.
    residuals : mapping of str to DataFrame
        By variable: station and residual (observed less predicted without the station) of each month.

    Returns
    -------
    DataFrame
        The stations and, by variable in its unit, ``_bias`` (mean residual) and ``_rmse`` (root mean square).
    """
    errors = {}
    for variable, table in residuals.items():
        by_station = table.groupby("station")["residual"]
        errors[f"{variable}_bias"] = by_station.mean()
        errors[f"{variable}_rmse"] = by_station.agg(lambda values: np.sqrt(np.mean(values**2)))
    return stations.join(pd.DataFrame(errors), on="station")


def sample_residuals(samples: gpd.GeoDataFrame, residuals: Mapping[str, pd.DataFrame]) -> gpd.GeoDataFrame:
    """Soil samples with ``_residual`` by property [its unit]: observed less predicted without the sample."""
    errors = {}
    for name, table in residuals.items():
        by_sample = table.set_index("sample")
        errors[f"{name}_residual"] = by_sample["observed"] - by_sample["predicted"]
    return samples.join(pd.DataFrame(errors), on="sample")
