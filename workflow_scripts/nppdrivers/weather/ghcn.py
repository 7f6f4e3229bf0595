"""Files of the Global Historical Climatology Network (GHCN-Daily): .dly, CSV, and the list of stations."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.inputs.problems import InputError, Problem, lines_of, unreadable
from nppdrivers.weather.ghcn_access import is_access_file, read_access
from nppdrivers.weather.table import Wanted, observations

# Element to (variable, unit of the file in the unit of the variable)
ELEMENTS = {
    "TAVG": ("temperature", 0.1),
    "TMAX": ("temperature", 0.1),
    "TMIN": ("temperature", 0.1),
    "PRCP": ("precipitation", 0.1),
    "TSUN": ("sunshine", 1 / 60),
    "RHAV": ("relative_humidity", 1.0),
    "AWND": ("wind_speed", 0.1),
}
_MISSING = -9999
_DAY = np.dtype([("value", "S5"), ("measured", "S1"), ("quality", "S1"), ("source", "S1")])
# A line of a .dly file: one station, month and element
_LINE = np.dtype([("station", "S11"), ("year", "S4"), ("month", "S2"), ("element", "S4"), ("days", _DAY, 31)])
_SHORTEST = _LINE.itemsize - 3  # editors strip the blanks of the last flags
_CSV_COLUMNS = ["station", "date", "element", "value", "measured", "quality"]
_ROWS_AT_ONCE = 2_000_000  # a year of all stations of the world has some forty million
_LIST_FIELDS = {
    "station": (0, 11),
    "latitude": (12, 20),
    "longitude": (21, 30),
    "elevation_m": (31, 37),
    "name": (41, 71),
}


def read_ghcn(
    files: Iterable[Path], wanted: Wanted, problems: list[Problem]
) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Read .dly files, and CSV files by station or by year.

    A value that failed a check of quality has none. Temperature is TAVG where it is there, else the mean of
    TMAX and TMIN of the day.

    Parameters
    ----------
    files : paths
    wanted : Wanted
    problems : list
        What is wrong in a file is added to it.

    Yields
    ------
    (Path, DataFrame)
        Rows of `table.observations`, without coordinates.
    """
    elements = [key for key, (variable, _) in ELEMENTS.items() if variable in wanted.variables]
    for path in files:
        read = _read_dly if path.suffix.lower() == ".dly" else _read_csv
        if read is _read_csv and is_access_file(path):
            read = read_access
        try:
            days = read(path, elements, wanted)
        except InputError as error:
            problems += error.problems
            continue
        yield path, pd.concat([_variable(days, variable) for variable in wanted.variables], ignore_index=True)


def read_station_list(path: str | Path) -> pd.DataFrame:
    """Read ghcnd-stations.txt: station, name, longitude, latitude [deg], elevation_m [m], NaN where unknown.

    Raises
    ------
    InputError
        When it cannot be read, or a place is not on Earth.
    """
    try:
        table = pd.read_fwf(
            path,
            colspecs=list(_LIST_FIELDS.values()),
            names=list(_LIST_FIELDS),
            dtype={"station": str, "name": str},
            encoding="latin-1",
        )
        table = table.astype({name: float for name in ("latitude", "longitude", "elevation_m")})
    except (OSError, ValueError) as error:
        raise InputError([unreadable(path, error)]) from error
    wrong = ~(table["latitude"].between(-90, 90) & table["longitude"].between(-180, 180))
    if wrong.any():
        row = table[wrong].iloc[0]
        fault = f"{row['station']} at latitude {row['latitude']:g}, longitude {row['longitude']:g}"
        remedy = "latitude stands in columns 13 to 20, longitude in 22 to 30: give the list as downloaded"
        raise InputError([Problem(str(path), lines_of(table.index[wrong] - 1), fault, remedy)])
    table["elevation_m"] = table["elevation_m"].mask(table["elevation_m"] < -900)
    return table[["station", "name", "longitude", "latitude", "elevation_m"]]


def _read_dly(path: Path, elements: list[str], wanted: Wanted) -> pd.DataFrame:
    """Days of these elements that have a value: station, date, element, value, measured, quality."""
    try:
        lines = pd.read_csv(
            path,
            header=None,
            names=["line"],
            sep="\x01",  # no separator: the whole line
            quoting=csv.QUOTE_NONE,
            dtype=str,
            na_filter=False,
            skip_blank_lines=False,
            encoding="latin-1",
        )["line"]
    except (OSError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError([unreadable(path, error)]) from error
    short = (lines.str.len() < _SHORTEST) & (lines != "")
    if short.any():
        fault = f"{lines[short].str.len().iloc[0]} characters in place of {_LINE.itemsize}"
        remedy = "lines are cut off: download the file again"
        raise InputError([Problem(str(path), lines_of(lines.index[short] - 1), fault, remedy)])
    try:
        records = lines[lines != ""].to_numpy(object).astype(f"S{_LINE.itemsize}").view(_LINE)
        months = np.char.add(np.char.add(records["year"], b"-"), records["month"]).astype("U7")
        months = months.astype("datetime64[M]")
        used = np.isin(records["element"].astype(str), elements) & wanted.within(months)
        records, months = records[used], months[used]
        values = np.ascontiguousarray(records["days"]["value"]).astype(int)
    except ValueError as error:
        raise InputError([unreadable(path, f"not the columns of a .dly file: {error}")]) from error
    days = months[:, None].astype("datetime64[D]") + np.arange(31)
    there = (values != _MISSING) & (days.astype("datetime64[M]") == months[:, None])
    row = np.nonzero(there)[0]
    return pd.DataFrame(
        {
            "station": pd.Categorical(records["station"].astype(str)[row]),
            "date": days[there].astype("datetime64[s]"),
            "element": records["element"].astype(str)[row],
            "value": values[there].astype(float),
            "measured": records["days"]["measured"][there].astype(str),
            "quality": records["days"]["quality"][there].astype(str),
        }
    )


def _read_csv(path: Path, elements: list[str], wanted: Wanted) -> pd.DataFrame:
    """As `_read_dly`; of a file of all stations only those that are wanted are kept."""
    parts = []
    try:
        has_header = int(pd.read_csv(path, header=None, nrows=1, dtype=str).iloc[0, 0] == "ID")
        for chunk in pd.read_csv(
            path,
            header=None,
            skiprows=has_header,
            usecols=range(len(_CSV_COLUMNS)),
            names=_CSV_COLUMNS,
            dtype=dict.fromkeys(["station", "date", "element", "measured", "quality"], str),
            keep_default_na=False,
            chunksize=_ROWS_AT_ONCE,
        ):
            chunk = chunk[chunk["element"].isin(elements) & (chunk["value"] != _MISSING)]
            if wanted.stations is not None:
                chunk = chunk[chunk["station"].isin(wanted.stations)]
            dates = pd.to_datetime(chunk["date"], format="%Y%m%d", errors="coerce")
            if dates.isna().any():
                rows = chunk.index[dates.isna()]
                fault, remedy = f"{chunk.loc[rows[0], 'date']} is not a day", "write days as YYYYMMDD"
                raise InputError([Problem(str(path), lines_of(rows - 1 + has_header), fault, remedy)])
            parts.append(chunk.assign(date=dates)[wanted.within(dates)])
    except InputError:
        raise
    except (EOFError, zlib.error) as error:
        fault = f"the file is cut off or damaged ({error})"
        raise InputError([Problem(str(path), "", fault, "download it again")]) from error
    except (OSError, ValueError) as error:
        raise InputError([unreadable(path, error)]) from error
    table = pd.concat(parts)
    return table.astype({"station": "category", "value": float})


def _variable(days: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Observations of one variable, those of no value among them."""
    factor = {key: unit for key, (name, unit) in ELEMENTS.items() if name == variable}
    own = days[days["element"].isin(list(factor))]
    own = own.assign(
        value=own["value"] * own["element"].map(factor).astype(float),
        flag=np.select(
            [~own["quality"].isin(["", " "]), own["measured"] == "T"], ["failed check", "trace"], default=""
        ),
    )
    if variable == "temperature":
        own = _mean_temperature(own)
    return observations(
        variable,
        own["value"].to_numpy(),
        own["flag"].to_numpy(),
        station=own["station"].array,
        date=own["date"].to_numpy(),
    )


def _mean_temperature(days: pd.DataFrame) -> pd.DataFrame:
    """Mean temperature of the days: measured, else the mean of the extremes; last the days without."""
    good = days[days["flag"] != "failed check"]
    keys = ["station", "date"]
    high, low = (good[good["element"] == name].set_index(keys)["value"] for name in ("TMAX", "TMIN"))
    middle = ((high + low) / 2).dropna().reset_index().assign(flag="mean of extremes")
    failed = days[days["flag"] == "failed check"]
    return pd.concat([good[good["element"] == "TAVG"], middle, failed]).drop_duplicates(keys)
