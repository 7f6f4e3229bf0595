"""What the stations that were fetched can say about the area: distance, elevation, months with values."""

from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from rasterio.features import geometry_mask
from rasterio.warp import transform_geom
from shapely.geometry import mapping

from nppdrivers.acquire.area import Area
from nppdrivers.period import Period
from nppdrivers.weather.records import read_records
from nppdrivers.weather.stations import monthly
from nppdrivers.weather.table import Wanted

_VARIABLES = ("temperature", "precipitation")


def station_report(
    chosen: pd.DataFrame, weather: Path, period: Period, completeness: float, elevation_m: float
) -> pd.DataFrame:
    """Compare stations with the area.

    Parameters
    ----------
    chosen : DataFrame
        Stations as from `archives.stations.nearest_stations`.
    weather : Path
        Folder of their files.
    period : Period
    completeness : float
        Least share of the days of a month that must have a value [1].
    elevation_m : float
        Mean elevation of the area [m]; NaN where it is not known.

    Returns
    -------
    DataFrame
        A row a station, nearest first: station, name, distance [km], elevation [m], above the area [m]
        (negative below it), and for temperature and precipitation the months that have a value.

    Raises
    ------
    InputError
        When a file cannot be read.
    """
    records, places = read_records(weather, Wanted(_VARIABLES, period))
    months = monthly(records, places, completeness=completeness).dropna(subset="value")
    # a station that moved counts as several places: its name comes before the @
    station = months["station"].str.partition("@")[0]
    counts = months.groupby([station, "variable"])["month"].nunique().unstack(fill_value=0)
    counts = counts.reindex(index=chosen["station"], columns=list(_VARIABLES), fill_value=0)
    return pd.DataFrame(
        {
            "station": chosen["station"],
            "name": chosen["name"],
            "distance [km]": chosen["distance_km"],
            "elevation [m]": chosen["elevation_m"],
            "above the area [m]": (chosen["elevation_m"] - elevation_m).round(),
            **{f"months of {name}": counts[name].to_numpy() for name in _VARIABLES},
        }
    )


def mean_elevation(dem: Path, area: Area) -> float:
    """Mean elevation of the area [m] from a raster; NaN where there is none."""
    if not dem.exists():
        return float("nan")
    with rasterio.open(dem) as source:
        shape = transform_geom("EPSG:4326", source.crs, mapping(area.shape))
        outside = geometry_mask([shape], source.shape, source.transform)
        values = np.ma.masked_where(outside, source.read(1, masked=True)).compressed()
    return float(values.mean()) if values.size else float("nan")
