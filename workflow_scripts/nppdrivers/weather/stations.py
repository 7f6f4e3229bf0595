"""Weather stations: daily or monthly tables to one tidy monthly table."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from nppdrivers.inputs.problems import InputError, Problem, lines_of
from nppdrivers.inputs.tables import check_table, place_columns, read_csv, read_points
from nppdrivers.quantities import WEATHER, quantity
from nppdrivers.weather.dates import iso_dates, with_dates
from nppdrivers.weather.series_checks import series_problems
from nppdrivers.weather.service_files import foreign_files
from nppdrivers.weather.table import COMPLETENESS, month_length
from nppdrivers.weather.value_checks import stated_unit_problems, value_problems

# Variables that add up over a month; the others are averaged
_SUMS = [name for name, entry in WEATHER.items() if entry.is_monthly_sum]
_MONTHLY_COLUMNS = [
    "station",
    "longitude",
    "latitude",
    "elevation_m",
    "month",
    "variable",
    "value",
    "n_days",
]


def read_stations(path: str | Path, columns: Mapping[str, str] | None = None) -> pd.DataFrame:
    """Read the stations: station, name, longitude, latitude [deg], elevation_m [m].

    Parameters
    ----------
    path : path of a CSV file or point layer
    columns : mapping, optional
        Name here to name in the file, where they differ.

    Returns
    -------
    DataFrame
        One row a station; `name` repeats `station` and elevation is NaN where the file has none.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    table = read_points(path, ("station", "name"), columns)
    schema = pa.DataFrameSchema(
        {
            "station": pa.Column(str, unique=True),
            **place_columns(),
            "elevation_m": _elevation_column(),
        },
        unique=["longitude", "latitude"],
    )
    problems = check_table(table, schema, path)
    if problems:
        raise InputError(problems)
    table = table.assign(
        name=table.get("name", table["station"]), elevation_m=table.get("elevation_m", np.nan)
    )
    return table[["station", "name", "longitude", "latitude", "elevation_m"]]


def read_weather(
    path: str | Path, stations: pd.DataFrame, columns: Mapping[str, str] | None = None
) -> pd.DataFrame:
    """Read the tidy weather table: station, date, variable, value, unit.

    Parameters
    ----------
    path : path of a CSV file
        `date` is a day (YYYY-MM-DD) or a month (YYYY-MM), as `dates.with_dates` reads them; variables and
        units are those of `quantities.WEATHER`. Rows with an empty value, and rows that are not there, are
        missing.
    stations : DataFrame
        From `read_stations`.
    columns : mapping, optional
        Name here to name in the file, where they differ.

    Returns
    -------
    DataFrame
        station, month ("YYYY-MM"), day (1 to 31, 0 for a monthly value), variable, value; no missing value.

    Raises
    ------
    InputError
        With every problem of the file: dates, unknown variables, units and stations, values twice, values
        that are impossible or look like another unit.
    """
    table = read_csv(path, ("station", "date", "variable", "unit"), columns)
    if (
        {"variable", "value"}.isdisjoint(table)
        and (foreign := foreign_files([Path(path)]))
        and not (set(WEATHER) & set(table))
    ):
        raise InputError(foreign)
    table = _long_form(with_dates(table))
    schema = pa.DataFrameSchema(
        {
            "station": pa.Column(str, pa.Check.isin(list(stations["station"]))),
            "date": pa.Column(str, pa.Check.str_matches(r"^\d{4}-\d{2}(-\d{2})?$")),
            "variable": pa.Column(str, pa.Check.isin(list(WEATHER))),
            "value": pa.Column(float, nullable=True),
            "unit": pa.Column(str, required=False),
        },
        unique=["station", "date", "variable"],
    )
    problems = check_table(table, schema, path)
    if not problems:
        table, problems = _with_month_and_day(table, path)
        problems += stated_unit_problems(table, path)
        values = table.dropna(subset="value")
        problems += series_problems(values, path) or value_problems(values, stations, path)
    if problems:
        raise InputError(problems)
    return table.dropna(subset="value")[["station", "month", "day", "variable", "value"]]


def monthly(
    weather: pd.DataFrame, stations: pd.DataFrame, *, completeness: float = COMPLETENESS
) -> pd.DataFrame:
    """Bring daily values to months where enough days are there; monthly values pass as they are.

    Means (temperature, relative humidity, wind speed) are over the days that have a value. Sums
    (precipitation, sunshine, solar radiation) are the mean of those days times the days of the month: a
    missing day counts as an average one, not as nothing.

    Parameters
    ----------
    weather, stations : DataFrame
        From `read_weather` and `read_stations`.
    completeness : float
        Least share of the days of a month that must have a value [1].

    Returns
    -------
    DataFrame
        station, longitude, latitude [deg], elevation_m [m], month ("YYYY-MM"), variable, value [unit of
        `quantities.WEATHER`, a month], n_days (days with a value). An incomplete month is kept with a value
        of NaN. Sorted by variable, month and station.
    """
    keys = ["station", "month", "variable"]
    groups = weather.groupby(keys, sort=True, observed=True)["value"]
    table = groups.agg(value="mean", n_days="size").reset_index().astype(dict.fromkeys(keys, str))
    is_monthly = weather[weather["day"] == 0].drop_duplicates(keys).set_index(keys).index
    came_monthly = pd.MultiIndex.from_frame(table[keys]).isin(is_monthly)
    length = table["month"].map(month_length)
    total = table["variable"].isin(_SUMS) & ~came_monthly
    table["value"] = table["value"] * length.where(total, 1)
    table["n_days"] = table["n_days"].where(~came_monthly, length)
    table["value"] = table["value"].where(table["n_days"] >= completeness * length)
    return _tidy(table.merge(stations, on="station"))


def read_monthly_wide(path: str | Path, columns: Mapping[str, str]) -> pd.DataFrame:
    """Read a table with one row for each station and month and one column for each variable.

    Parameters
    ----------
    path : path of a CSV file
    columns : mapping
        Name here to name in the file: station, longitude, latitude, year and month, or month alone (YYYY-MM),
        perhaps elevation_m, and the variables of `quantities.WEATHER`.

    Returns
    -------
    DataFrame
        As `monthly` gives.

    Raises
    ------
    InputError
        With every problem of the file.
    """
    table = read_csv(path, ("station", "month"), columns)
    variables = [name for name in WEATHER if name in table]
    schema = pa.DataFrameSchema(
        {
            "station": pa.Column(str),
            "month": pa.Column(str),
            **place_columns(),
            "elevation_m": _elevation_column(),
            **{name: pa.Column(float, nullable=True) for name in variables},
        }
    )
    problems = check_table(table, schema, path)
    if not variables:
        fault = f"no column of {', '.join(WEATHER)}"
        problems.append(Problem(str(path), "", fault, "map the names of the file to these names"))
    if problems:
        raise InputError(problems)
    if "year" in table:
        table["month"] = table["year"].astype(int).astype(str) + "-" + table["month"].str.zfill(2)
    else:
        table["month"] = iso_dates(table["month"])
    table["elevation_m"] = table.get("elevation_m", np.nan)
    places = table.drop_duplicates("station")[["station", "longitude", "latitude", "elevation_m"]]
    tidy = table.melt(["station", "month"], variables, "variable", "value", ignore_index=False)
    repeated = table.index[table.duplicated(["station", "month"], keep=False)]
    if len(repeated):
        fault = "several rows of one station and month"
        problems.append(Problem(str(path), lines_of(repeated), fault, "keep one"))
    tidy = tidy.assign(day=0).dropna(subset="value")
    problems += series_problems(tidy, path) or value_problems(tidy, places, path)
    if problems:
        raise InputError(problems)
    return monthly(tidy, places)


def _long_form(table: pd.DataFrame) -> pd.DataFrame:
    """One row a value, of a table with a column for each variable; another table is given back."""
    variables = [name for name in WEATHER if name in table]
    if not variables or not {"variable", "value"}.isdisjoint(table) or not {"station", "date"} <= set(table):
        return table
    return table.melt(["station", "date"], variables, "variable", "value", ignore_index=False)


def _elevation_column() -> pa.Column:
    """Schema of the column elevation_m [m]: optional, NaN where unknown."""
    possible = quantity("elevation")
    check = pa.Check.in_range(possible.minimum, possible.maximum)
    return pa.Column(float, check, nullable=True, required=False)


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    """Columns and order of the monthly table."""
    return table.sort_values(["variable", "month", "station"], ignore_index=True)[_MONTHLY_COLUMNS]


def _with_month_and_day(table: pd.DataFrame, path: str | Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Month and day of each date, and a problem for dates that do not exist."""
    dates = table["date"].drop_duplicates()
    parsed = pd.to_datetime(
        dates.where(dates.str.len() > 7, dates + "-01"), format="%Y-%m-%d", errors="coerce"
    )
    unreal = table.index[table["date"].isin(dates[parsed.isna()])]
    table = table.assign(
        month=table["date"].str[:7],
        day=pd.to_numeric(table["date"].str[8:], errors="coerce").fillna(0).astype(int),
    )
    if unreal.empty:
        return table, []
    fault = f"{table.loc[unreal[0], 'date']} is not a day of the calendar"
    return table.drop(index=unreal), [Problem(str(path), lines_of(unreal), fault, "correct the date")]
