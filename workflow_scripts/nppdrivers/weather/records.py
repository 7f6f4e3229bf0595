"""Weather as users have it: tidy tables and the files of weather services, recognised and read alike."""

from __future__ import annotations

import gzip
import re
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.inputs.problems import SHOWN, InputError, Problem
from nppdrivers.weather.cma import FILE_NAME, read_cma
from nppdrivers.weather.ghcn import read_ghcn, read_station_list
from nppdrivers.weather.gsod import read_gsod
from nppdrivers.weather.stations import read_stations, read_weather
from nppdrivers.weather.table import Wanted, join_files
from nppdrivers.weather.value_checks import value_problems

READERS = {"cma": read_cma, "ghcn": read_ghcn, "gsod": read_gsod}
SERVICES = {
    "cma": "CMA (SURF_CLI_CHN_MUL_DAY-...-YYYYMM.TXT)",
    "ghcn": "GHCN-Daily (.dly or CSV)",
    "gsod": "GSOD (CSV)",
}
_STATION_LIST = "ghcnd-stations"
_GHCN_LINE = re.compile(r"(ID,DATE,ELEMENT,|\w{2}[\w-]{9},\d{8},\w{4},)")


def read_records(
    path: str | Path,
    wanted: Wanted,
    *,
    stations_path: str | Path | None = None,
    form: str = "auto",
    columns: Mapping[str, Mapping[str, str]] | None = None,
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
    files, form = _files_of(path, form)
    problems: list[Problem] = []
    if given is not None:
        wanted = Wanted(wanted.variables, wanted.period, frozenset(given["station"]))
    elif form == "ghcn":
        given = _list_beside(Path(path))
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
    if Path(path).name.startswith(_STATION_LIST):
        return read_station_list(path)
    return read_stations(path, columns)


def recognise(path: str | Path) -> str:
    """Say what a file or folder holds: "tidy", "cma", "ghcn" or "gsod".

    Raises
    ------
    InputError
        For a folder with files of no service, or of several.
    """
    path = Path(path)
    if path.is_file():
        return _kind(path) or "tidy"
    kinds = {kind: file for file in sorted(path.rglob("*")) if file.is_file() and (kind := _kind(file))}
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds:
        fault = f"holds files of several services: {', '.join(file.name for file in kinds.values())}"
        raise InputError([Problem(str(path), "", fault, "keep those of one, or set climate.weather_format")])
    fault = "holds no file of a weather service that is known"
    raise InputError(
        [Problem(str(path), "", fault, f"known are {', '.join(SERVICES.values())}; or give a tidy CSV")]
    )


def _kind(file: Path) -> str | None:
    """Service that a file is of, by its name or its first line."""
    if FILE_NAME.search(file.name):
        return "cma"
    suffixes = "".join(file.suffixes[-2:]).lower()
    if suffixes.endswith(".dly"):
        return "ghcn"
    if not suffixes.endswith((".csv", ".csv.gz")):
        return None
    with gzip.open(file, "rb") if suffixes.endswith(".gz") else file.open("rb") as content:
        line = content.readline(1000).decode("latin-1").replace('"', "")
    if "PRCP_ATTRIBUTES" in line and "DEWP" in line:
        return "gsod"
    return "ghcn" if _GHCN_LINE.match(line) else None


def _files_of(path: str | Path, form: str) -> tuple[list[Path], str]:
    """Files of one service, and which it is."""
    form = recognise(path) if form == "auto" else form
    path = Path(path)
    candidates = [path] if path.is_file() else sorted(file for file in path.rglob("*") if file.is_file())
    files = [file for file in candidates if _kind(file) == form]
    if not files:
        fault = f"no file of {SERVICES[form]}"
        raise InputError([Problem(str(path), "", fault, "correct climate.weather_format, or the path")])
    return files, form


def _list_beside(path: Path) -> pd.DataFrame:
    """Station list of GHCN-Daily that lies with its files."""
    folder = path if path.is_dir() else path.parent
    lists = sorted(folder.rglob(f"{_STATION_LIST}*.txt"))
    if not lists:
        fault = f"no {_STATION_LIST}.txt, which says where the stations are"
        raise InputError([Problem(str(path), "", fault, "put it next to the files, or give inputs.stations")])
    return read_station_list(lists[0])


def _unlisted(places: pd.DataFrame, listed: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Stations with files that the station list does not have."""
    unknown = sorted(set(places["station"]) - set(listed["station"]))
    if not unknown:
        return []
    fault = f"station {', '.join(unknown[:SHOWN])} is not in {_STATION_LIST}.txt"
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
