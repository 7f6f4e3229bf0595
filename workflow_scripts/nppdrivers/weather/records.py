"""Weather as users have it: tidy tables and the files of weather services, recognised and read alike."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.inputs.problems import SHOWN, InputError, InputWarning, Problem
from nppdrivers.weather.cma import read_cma
from nppdrivers.weather.ghcn import read_ghcn, read_station_list
from nppdrivers.weather.ghcn_access import is_access_file, read_access_places
from nppdrivers.weather.gsod import read_gsod
from nppdrivers.weather.service_files import STATION_LIST, recognise, service_files
from nppdrivers.weather.stations import read_stations, read_weather
from nppdrivers.weather.table import PART_OF_THE_DAY, Wanted, join_files
from nppdrivers.weather.value_checks import value_problems

READERS = {"cma": read_cma, "ghcn": read_ghcn, "gsod": read_gsod}


def read_records(
    path: str | Path,
    wanted: Wanted,
    *,
    stations_path: str | Path | None = None,
    form: str = "auto",
    columns: Mapping[str, Mapping[str, str]] | None = None,
    remarks: list[Problem] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read weather in any format that is known.

    Parameters
    ----------
    path : path of a tidy table, or of a file or folder of a weather service
    wanted : Wanted
        What to read of the files of a service; a tidy table is read whole.
    stations_path : path, optional
        Table of stations; needed for a tidy table. With files of a service only its stations are used, at
        its coordinates.
    form : {"auto", "tidy", "cma", "ghcn", "gsod"}
    columns : mapping, optional
        For the tables `stations` and `weather` their column names: name here to name in the file.
    remarks : list, optional
        Warnings are added to it: what was left out of the files of a service.

    Returns
    -------
    (DataFrame, DataFrame)
        station, month ("YYYY-MM"), day (1 to 31, 0 for a monthly value), variable, value, as
        `stations.read_weather` gives; and the stations, as `stations.read_stations` gives.

    Raises
    ------
    InputError
        With every problem found.
    """
    columns = columns or {}
    given = read_places(stations_path, columns.get("stations")) if stations_path else None
    if form == "tidy" or (form == "auto" and recognise(path) == "tidy"):
        if given is None:
            fault = "a tidy table does not say where its stations are"
            raise InputError([Problem(str(path), "", fault, "give inputs.stations")])
        return read_weather(path, given, columns.get("weather")), given
    table, places = read_service(path, wanted, form=form, given=given)
    if remarks is not None:
        remarks += _sums_over_part_of_days(table, path)
    records = table.loc[table["value"].notna(), ["station", "date", "variable", "value"]]
    dates = records.pop("date")
    months = dates.to_numpy().astype("datetime64[M]")
    number = (months - np.datetime64(wanted.period.first_month, "M")).astype("int16")
    records.insert(1, "month", pd.Categorical.from_codes(number, wanted.period.months))
    records.insert(2, "day", dates.dt.day.astype("int8"))

    def described(rows: pd.Index) -> str:
        """Station, day and file of the first of these rows."""
        shown = table.loc[rows[:SHOWN]]
        days = [
            f"{row.station} on {row.date:%Y-%m-%d} ({Path(row.source).name})" for row in shown.itertuples()
        ]
        return ", ".join(days) + (f" and {len(rows) - SHOWN} more" if len(rows) > SHOWN else "")

    problems = value_problems(records, places, path, described)
    if problems:
        raise InputError(problems)
    return records, places


def read_service(
    path: str | Path, wanted: Wanted, *, form: str = "auto", given: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read files of a weather service into one tidy table and its stations.

    Parameters
    ----------
    path, wanted, form
        As in `read_records`.
    given : DataFrame, optional
        Stations to use, from `read_places`.

    Returns
    -------
    (DataFrame, DataFrame)
        station, date, variable, value (NaN where there is none), unit, flag (of `table.FLAG`),
        source (path of the file); and station, name, longitude, latitude [deg], elevation_m [m].

    Raises
    ------
    InputError
        With every problem found.
    """
    files, form = service_files(path, form)
    problems: list[Problem] = []
    if given is not None:
        wanted = Wanted(wanted.variables, wanted.period, frozenset(given["station"]))
    elif form == "ghcn":
        access = [file for file in files if is_access_file(file)]
        given = read_access_places(access) if len(access) == len(files) else _list_beside(Path(path))
    table, places = join_files(READERS[form](files, wanted, problems), moves=given is None)
    if given is None:
        places.insert(1, "name", places["station"])
        problems += _without_place(places, path)
    else:
        if wanted.stations is None:  # the list of all stations, not a choice
            problems += _unlisted(places, given, path)
        table = table[table["station"].isin(given["station"])]
        places = given[given["station"].isin(places["station"])].reset_index(drop=True)
    if table.empty and not problems:
        fault = f"no value from {wanted.period}"
        problems.append(
            Problem(str(path), "", fault, "check the months, and the stations of inputs.stations")
        )
    if problems:
        raise InputError(_shortened(problems, path))
    return table, places


def read_places(path: str | Path, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Read the stations: a table (see `stations.read_stations`), or the station list of GHCN-Daily."""
    if Path(path).name.startswith(STATION_LIST):
        return read_station_list(path)
    return read_stations(path, columns)


def _sums_over_part_of_days(table: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Warn of amounts that are no daily values, with their share."""
    rain = table[(table["variable"] == "precipitation") & ~table["flag"].isin(["missing", "not reported"])]
    partial = rain[rain["flag"] == PART_OF_THE_DAY]
    if partial.empty:
        return []
    share = 100 * len(partial) / len(rain)
    stations = partial["station"].value_counts()
    names = [str(station) for station in stations.index[stations > 0]]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    fault = (
        f"{len(partial)} of {len(rain)} amounts of precipitation ({share:.0f} %) are of part of the day, "
        "not of 24 hours: they are left out"
    )
    remedy = "where too few days are left, take the rain of another source or of other stations"
    return [InputWarning(str(path), f"station {', '.join(names[:SHOWN])}{more}", fault, remedy)]


def _list_beside(path: Path) -> pd.DataFrame:
    """Station list of GHCN-Daily that lies with its files."""
    folder = path if path.is_dir() else path.parent
    lists = sorted(folder.rglob(f"{STATION_LIST}*.txt"))
    if not lists:
        fault = f"no {STATION_LIST}.txt, which says where the stations are"
        raise InputError([Problem(str(path), "", fault, "put it next to the files, or give inputs.stations")])
    return read_station_list(lists[0])


def _unlisted(places: pd.DataFrame, listed: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Stations with files that the station list does not have."""
    unknown = sorted(set(places["station"]) - set(listed["station"]))
    if not unknown:
        return []
    fault = f"station {', '.join(unknown[:SHOWN])} is not in {STATION_LIST}.txt"
    return [
        Problem(str(path), "", fault, "give the whole list, or a table of all stations in inputs.stations")
    ]


def _without_place(places: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Stations without longitude and latitude."""
    lost = places.loc[places[["longitude", "latitude"]].isna().any(axis=1), "station"]
    if lost.empty:
        return []
    fault = f"no longitude and latitude of station {', '.join(lost[:SHOWN])}"
    return [
        Problem(str(path), "", fault, "remove its files, or give a table of all stations in inputs.stations")
    ]


def _shortened(problems: list[Problem], path: str | Path) -> list[Problem]:
    """The first problems, when many files have the same."""
    shown = 4 * SHOWN
    if len(problems) <= shown:
        return problems
    rest = Problem(
        str(path), "", f"{len(problems) - shown} problems more of its files", "correct the first ones"
    )
    return [*problems[:shown], rest]
