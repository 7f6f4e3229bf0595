"""Weather stations around the area: the nearest that report what is needed in enough years."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.acquire.area import Area
from nppdrivers.acquire.plan import WHOLE, Wanted
from nppdrivers.weather.ghcn import read_station_list

_EARTH_KM = 6371.0
_FARTHEST_KM = 300.0
_LEAST_SHARE = 0.8  # of the years of the study that a station must have reported in
_GHCN_BYTES, _GSOD_BYTES = 3_000_000, 60_000
# A station needs precipitation, and temperature either as a mean or as both extremes
_GHCN_ELEMENTS = ("PRCP", "TAVG", "TMAX", "TMIN")


def nearest_stations(table: pd.DataFrame, area: Area, years: Sequence[int], number: int) -> pd.DataFrame:
    """Choose stations by distance.

    Parameters
    ----------
    table : DataFrame
        station, name, longitude, latitude [deg], elevation_m [m], first_year, last_year.
    area : Area
    years : sequence of int
        Of the study.
    number : int
        Most stations to take.

    Returns
    -------
    DataFrame
        With distance_km [km] from the middle of the area, and years_missing, the years of the study before
        its first or after its last; nearest first.
    """
    middle = area.shape.centroid
    longitude, latitude = np.radians(table["longitude"]), np.radians(table["latitude"])
    across = np.sin((longitude - np.radians(middle.x)) / 2) ** 2 * np.cos(latitude)
    along = np.sin((latitude - np.radians(middle.y)) / 2) ** 2
    distance = 2 * _EARTH_KM * np.arcsin(np.sqrt(along + across * np.cos(np.radians(middle.y))))
    first = table["first_year"].clip(lower=years[0])
    last = table["last_year"].clip(upper=years[-1])
    covered = (last - first + 1).clip(lower=0)
    chosen = table.assign(distance_km=distance.round(1), years_missing=len(years) - covered)
    chosen = chosen.astype({"first_year": int, "last_year": int, "years_missing": int})
    chosen = chosen[(chosen["distance_km"] <= _FARTHEST_KM) & (covered >= _LEAST_SHARE * len(years))]
    return chosen.sort_values(["distance_km", "station"]).head(number).reset_index(drop=True)


def read_ghcn_lists(stations: str | Path, inventory: str | Path) -> pd.DataFrame:
    """Stations of GHCN-Daily with the years in which all that is needed is there.

    Parameters
    ----------
    stations, inventory : path
        ghcnd-stations.txt and ghcnd-inventory.txt.
    """
    kept = pd.read_fwf(
        inventory,
        colspecs=[(0, 11), (31, 35), (36, 40), (41, 45)],
        names=["station", "element", "first_year", "last_year"],
    )
    kept = kept[kept["element"].isin(_GHCN_ELEMENTS)]
    first = kept.pivot_table(index="station", columns="element", values="first_year")
    last = kept.pivot_table(index="station", columns="element", values="last_year")
    first, last = (years.reindex(columns=_GHCN_ELEMENTS) for years in (first, last))
    from_extremes = first[["TMAX", "TMIN"]].max(axis=1, skipna=False)
    to_extremes = last[["TMAX", "TMIN"]].min(axis=1, skipna=False)
    use_mean = (last["TAVG"] - first["TAVG"]).fillna(-1) >= (to_extremes - from_extremes).fillna(-1)
    begins = np.where(use_mean, first["TAVG"], from_extremes)
    ends = np.where(use_mean, last["TAVG"], to_extremes)
    years = pd.DataFrame(
        {
            "first_year": np.maximum(first["PRCP"], begins),
            "last_year": np.minimum(last["PRCP"], ends),
        },
        index=first.index,
    ).dropna()
    return read_station_list(stations).merge(years, left_on="station", right_index=True)


def read_gsod_list(path: str | Path) -> pd.DataFrame:
    """Stations of isd-history.csv, with the years between their first and last day."""
    table = pd.read_csv(path, dtype=str)
    numbers = table[["LAT", "LON", "ELEV(M)"]].apply(pd.to_numeric, errors="coerce")
    stations = pd.DataFrame(
        {
            "station": table["USAF"].str.zfill(6) + table["WBAN"].str.zfill(5),
            "name": table["STATION NAME"].fillna(""),
            "longitude": numbers["LON"],
            "latitude": numbers["LAT"],
            "elevation_m": numbers["ELEV(M)"].mask(numbers["ELEV(M)"] < -900),
            "first_year": pd.to_numeric(table["BEGIN"].str[:4]),
            "last_year": pd.to_numeric(table["END"].str[:4]),
        }
    )
    nowhere = (stations["longitude"] == 0) & (stations["latitude"] == 0)
    return stations[~nowhere].dropna(subset=["longitude", "latitude"]).reset_index(drop=True)


def wanted_ghcn(url: str, stations: pd.DataFrame) -> list[Wanted]:
    """Files of stations of GHCN-Daily, one each."""
    return [
        Wanted(
            part="GHCN-Daily",
            collection="GHCN-Daily",
            item=row.station,
            asset="csv",
            href=f"{url}{row.station}.csv",
            file=f"weather/{row.station}.csv",
            way=WHOLE,
            expected_bytes=_GHCN_BYTES,
        )
        for row in stations.itertuples()
    ]


def wanted_gsod(url: str, stations: pd.DataFrame, year: int) -> list[Wanted]:
    """Files of stations of GSOD in a year; a station without one of that year is recorded as absent."""
    return [
        Wanted(
            part=f"GSOD_{year}",
            collection="GSOD",
            item=row.station,
            asset="csv",
            href=f"{url}{year}/{row.station}.csv",
            file=f"weather/{row.station}_{year}.csv",
            date=f"{year}-01-01",
            way=WHOLE,
            required=False,
            expected_bytes=_GSOD_BYTES,
        )
        for row in stations.itertuples()
        if row.first_year <= year <= row.last_year
    ]
