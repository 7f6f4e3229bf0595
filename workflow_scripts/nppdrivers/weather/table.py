"""The one form that weather files of all services are brought to: a tidy table of days, and the stations."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.evapotranspiration import wind_at_2m
from nppdrivers.period import Period
from nppdrivers.quantities import WEATHER

VARIABLE = pd.CategoricalDtype(list(WEATHER))
# Units of station records, whether of a day or of a month
RECORD_UNITS = {name: entry.daily.unit for name, entry in WEATHER.items()}
# Share of the days of a month that makes it complete
COMPLETENESS = 0.9
PART_OF_THE_DAY = "part of the day"  # the value is an amount of fewer than 24 hours
# What is known of a value beyond its number.
FLAG = pd.CategoricalDtype(
    [
        "",
        "trace",
        "snow",
        "rain and snow",
        "fog, dew or frost",
        "above the instrument",
        "mean of extremes",
        "missing",
        "not reported",
        PART_OF_THE_DAY,
        "suspect",
        "failed check",
    ]
)
WITHOUT_VALUE = ("missing", "not reported", PART_OF_THE_DAY, "suspect", "failed check")
# Coordinates of a station that differ by no more are one place: they are written to the minute.
SAME_PLACE_DEGREES, SAME_PLACE_M = 0.035, 20.0
_ANEMOMETER_M = 10.0
_SITE = ["station", "longitude", "latitude", "elevation_m"]


@dataclass(frozen=True)
class Wanted:
    """What a run asks of weather files.

    Attributes
    ----------
    variables : collection of str
        Names of `quantities.WEATHER`.
    period : Period
        Days outside are not read.
    stations : frozenset of str, optional
        Only these; all stations by default.
    """

    variables: Iterable[str]
    period: Period
    stations: frozenset[str] | None = None

    def within(self, days: np.ndarray) -> np.ndarray:
        """Say which days (datetime64) lie in the months asked for."""
        dates = np.asarray(days).astype("datetime64[D]")
        first, last = np.datetime64(self.period.first_day), np.datetime64(self.period.last_day)
        return (dates >= first) & (dates <= last)


@cache
def month_length(month: str) -> int:
    """Days of a month, "YYYY-MM"."""
    return pd.Period(month, "M").days_in_month


def observations(
    variable: str, values: np.ndarray, flags: np.ndarray | str, **columns: object
) -> pd.DataFrame:
    """Give the observations of one variable as rows; a flag of WITHOUT_VALUE makes the value NaN.

    Parameters
    ----------
    variable : str
        Name of `quantities.WEATHER`; wind speed is taken to be measured at 10 m and brought to 2 m.
    values : array [unit of the variable]
    flags : array or str
        Of FLAG.
    columns : array or value
        station, date, and where known longitude, latitude [deg] and elevation_m [m].
    """
    if variable == "wind_speed":
        values = wind_at_2m(values, _ANEMOMETER_M)
    table = pd.DataFrame({**columns, "value": np.asarray(values, float)})
    table["variable"] = pd.Categorical.from_codes(
        np.full(len(table), VARIABLE.categories.get_loc(variable)), dtype=VARIABLE
    )
    table["flag"] = pd.Series(flags, table.index, dtype=FLAG)
    table["value"] = table["value"].mask(table["flag"].isin(WITHOUT_VALUE))
    return table


def join_files(
    files: Iterable[tuple[Path, pd.DataFrame]], *, moves: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Join the observations of files into one table, and their sites into one table of stations.

    Parameters
    ----------
    files : iterable of (path, rows of `observations`)
        In the order of time.
    moves : bool
        Whether a station that moves becomes a station for each of its places, named `station@month` from the
        second place on.

    Returns
    -------
    (DataFrame, DataFrame)
        station, date, variable, value, unit, flag, source (path of the file); and station, longitude,
        latitude [deg], elevation_m [m], NaN where unknown.
    """
    kept = ["date", "variable", "value", "flag", "site"]
    names, frames, sites, count = [], [], [], 0
    for path, frame in files:
        keys = [name for name in _SITE if name in frame]
        group = frame.groupby(keys, sort=False, dropna=False, observed=True).ngroup().to_numpy()
        first = ~frame.duplicated(keys)
        sites.append(frame.loc[first, [*keys, "date"]])
        # a copy, or the coordinates of every day stay in memory
        frames.append(frame.assign(site=(group + count).astype("int32"))[kept].copy())
        names.append(str(path))
        count += int(first.sum())
    if not frames:
        columns = ["station", "date", "variable", "value", "unit", "flag", "source"]
        return pd.DataFrame(columns=columns), pd.DataFrame(columns=_SITE)
    place_of_site, places = _settled(pd.concat(sites, ignore_index=True), moves)
    lengths = [len(frame) for frame in frames]
    # column by column, each taken away from its file: days of decades are not held twice
    table = pd.DataFrame(
        {name: pd.concat([frame.pop(name) for frame in frames], ignore_index=True) for name in kept}
    )
    numbers = np.arange(len(frames), dtype="int32")
    table["source"] = pd.Categorical.from_codes(np.repeat(numbers, lengths), names)
    table["station"] = pd.Categorical.from_codes(place_of_site[table.pop("site")], places["station"])
    table["unit"] = table["variable"].cat.rename_categories(RECORD_UNITS)
    return table[["station", "date", "variable", "value", "unit", "flag", "source"]], places


def _settled(sites: pd.DataFrame, moves: bool) -> tuple[np.ndarray, pd.DataFrame]:
    """Number of the place of each site, and the places with the newest coordinates of each."""
    sites = sites.reindex(columns=[*_SITE, "date"]).astype({"station": str})
    known = sites.drop_duplicates(_SITE)
    known = known.assign(place=known["station"])
    if moves:
        for station, own in known[known.duplicated("station", keep=False)].groupby("station"):
            known.loc[own.index, "place"] = _names_of_places(station, own)
    site_places = sites.merge(known[[*_SITE, "place"]], on=_SITE, how="left")["place"]
    places = known.drop_duplicates("place", keep="last").drop(columns=["station", "date"])
    places = places.rename(columns={"place": "station"}).sort_values("station", ignore_index=True)
    return pd.Index(places["station"]).get_indexer(site_places), places[_SITE]


def _names_of_places(station: str, sites: pd.DataFrame) -> list[str]:
    """Name the place of each site of one station; a site far from all places before is a new one."""
    places: dict[str, tuple[float, float, float]] = {}
    names = []
    for site in sites.itertuples():
        here = (site.longitude, site.latitude, site.elevation_m)
        near = [name for name, there in places.items() if _is_near(here, there)]
        name = near[0] if near else f"{station}@{site.date:%Y-%m}" if places else station
        places.setdefault(name, here)
        names.append(name)
    return names


def _is_near(here: tuple[float, float, float], there: tuple[float, float, float]) -> bool:
    """Whether two places (longitude, latitude, elevation) are those of one station."""
    east, north, up = (abs(one - other) for one, other in zip(here, there, strict=True))
    return max(east, north) <= SAME_PLACE_DEGREES and not up > SAME_PLACE_M  # an unknown height is near
