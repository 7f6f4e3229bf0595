"""Weather stations: daily or monthly tables to one tidy monthly table."""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pandera.pandas as pa

from nppdrivers.evapotranspiration import extraterrestrial_radiation
from nppdrivers.inputs.problems import SHOWN, InputError, Problem, lines_of
from nppdrivers.inputs.quantities import WEATHER, Quantity
from nppdrivers.inputs.tables import (
    check_table,
    place_columns,
    range_problems,
    read_csv,
    read_points,
    unit_problem,
)

# Variables that add up over a month; the others are averaged
SUMS = ("precipitation", "sunshine", "solar_radiation")
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
_ELEVATION_RANGE_M = (-430, 8850)
# Share of the radiation above the atmosphere that reaches the ground: 0.25 under overcast skies, 0.75 under
# clear ones (FAO-56, equation 35)
CLEARNESS = (0.25, 0.85)
_SPELLINGS = {
    "°C": "degC",
    "℃": "degC",
    "C": "degC",
    "mm month-1": "mm",
    "mm/month": "mm",
    "hours": "h",
    "m/s": "m s-1",
    "MJ/m2": "MJ m-2",
    "MJ m-2 month-1": "MJ m-2",
}


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
            "elevation_m": pa.Column(
                float, pa.Check.in_range(*_ELEVATION_RANGE_M), nullable=True, required=False
            ),
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
        `date` is a day (YYYY-MM-DD) or a month (YYYY-MM); variables and units are those of
        `quantities.WEATHER`. Rows with an empty value, and rows that are not there, are missing.
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
        problems += _unit_problems(table, path)
        problems += value_problems(table.dropna(subset="value"), stations, path)
    if problems:
        raise InputError(problems)
    return table.dropna(subset="value")[["station", "month", "day", "variable", "value"]]


def monthly(weather: pd.DataFrame, stations: pd.DataFrame, *, completeness: float = 0.9) -> pd.DataFrame:
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
    length = table["month"].map(_days_in_month)
    total = table["variable"].isin(SUMS) & ~came_monthly
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
            "elevation_m": pa.Column(float, nullable=True, required=False),
            **{name: pa.Column(float, nullable=True) for name in variables},
        }
    )
    problems = check_table(table, schema, path)
    if not variables:
        said = f"no column of {', '.join(WEATHER)}"
        problems.append(Problem(str(path), "", said, "map the names of the file to these names"))
    if problems:
        raise InputError(problems)
    if "year" in table:
        table["month"] = table["year"].astype(int).astype(str) + "-" + table["month"].str.zfill(2)
    table["elevation_m"] = table.get("elevation_m", np.nan)
    places = table.drop_duplicates("station")[["station", "longitude", "latitude", "elevation_m"]]
    tidy = table.melt(["station", "month"], variables, "variable", "value", ignore_index=False)
    repeated = table.index[table.duplicated(["station", "month"], keep=False)]
    if len(repeated):
        said = "several rows of one station and month"
        problems.append(Problem(str(path), lines_of(repeated), said, "keep one"))
    tidy = tidy.assign(day=0).dropna(subset="value")
    problems += value_problems(tidy, places, path)
    if problems:
        raise InputError(problems)
    return monthly(tidy, places)


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values(["variable", "month", "station"], ignore_index=True)[_MONTHLY_COLUMNS]


@cache
def _days_in_month(month: str) -> int:
    return pd.Period(month, "M").days_in_month


def _with_month_and_day(table: pd.DataFrame, path: str | Path) -> tuple[pd.DataFrame, list[Problem]]:
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
    said = f"{table.loc[unreal[0], 'date']} is not a day of the calendar"
    return table.drop(index=unreal), [Problem(str(path), lines_of(unreal), said, "correct the date")]


def _unit_problems(table: pd.DataFrame, path: str | Path) -> list[Problem]:
    if "unit" not in table:
        return []
    problems = []
    for (variable, unit), rows in table.groupby(["variable", "unit"]):
        expected = WEATHER[variable].unit
        if _SPELLINGS.get(unit, unit) != expected:
            place = f"variable {variable}, {lines_of(rows.index)}"
            said = f"unit is {unit}"
            problems.append(Problem(str(path), place, said, f"convert the values to {expected}"))
    return problems


def value_problems(
    table: pd.DataFrame,
    stations: pd.DataFrame,
    path: str | Path,
    named: Callable[[pd.Index], str] = lines_of,
) -> list[Problem]:
    """Impossible values and likely unit mistakes; of sums, the daily mean is judged.

    Parameters
    ----------
    table, stations : DataFrame
        Columns as `read_weather` and `read_stations` give, without missing values.
    path : path
        What the values were read from.
    named : callable
        Says which places of it rows of the table come from.
    """
    problems = []
    for variable, rows in table.groupby("variable", observed=True):
        came_monthly = rows["day"] == 0
        per_day = rows["value"]
        if variable in SUMS:
            per_day = per_day / rows["month"].map(_days_in_month).astype(int).where(came_monthly, 1)
        mistaken, stations_told = _unit_mistakes(per_day, rows, path)
        problems += mistaken
        others = per_day[~rows["station"].isin(stations_told)]
        problems += range_problems(others, WEATHER[variable], path, f"variable {variable}", named)
        if variable == "solar_radiation" and not mistaken:
            problems += _radiation_problems(rows, per_day, stations, path)
    return problems


def _unit_mistakes(
    per_day: pd.Series, rows: pd.DataFrame, path: str | Path
) -> tuple[list[Problem], list[str]]:
    """Likely unit mistakes of one variable, station by station, told together where they agree."""
    variable = rows["variable"].iloc[0]
    quantity, is_sum = WEATHER[variable], variable in SUMS
    told: dict[tuple[str, ...], list[str]] = {}
    for station, values in per_day.groupby(rows["station"], observed=True):
        units = quantity.likely_units(values.to_numpy(), _centre(values, quantity, is_sum))
        if (rows.loc[values.index, "day"] > 0).all():
            units = [unit for unit in units if "monthly table" not in unit]
        if units:
            told.setdefault(tuple(units), []).append(station)
    problems = []
    for units, stations in told.items():
        more = f" and {len(stations) - SHOWN} more" if len(stations) > SHOWN else ""
        place = f"variable {variable}, station {', '.join(stations[:SHOWN])}{more}"
        values = rows.loc[rows["station"].isin(stations), "value"]
        problems.append(unit_problem(values, quantity, units, path, place))
    return problems, [station for stations in told.values() for station in stations]


def _centre(values: pd.Series, quantity: Quantity, is_sum: bool) -> float:
    """Mean of a sum, median of the others; single impossible values do not count."""
    possible = values.between(quantity.low, quantity.high)
    if possible.mean() > 0.98:
        values = values[possible]
    return float(values.mean() if is_sum else values.median())


def _radiation_problems(
    rows: pd.DataFrame, per_day: pd.Series, stations: pd.DataFrame, path: str | Path
) -> list[Problem]:
    """Compare with the radiation above the atmosphere: the one test for W m-2 in place of MJ m-2 a month."""
    latitude = rows["station"].map(stations.set_index("station")["latitude"])
    day = pd.to_datetime(rows["month"] + "-15").dt.day_of_year - 15 + rows["day"].where(rows["day"] > 0, 15)
    above = extraterrestrial_radiation(day.to_numpy(float), latitude.to_numpy(float))
    sunny = above > 1
    clearness = float((per_day[sunny] / above[sunny]).median()) if sunny.any() else np.nan
    if np.isnan(clearness) or CLEARNESS[0] <= clearness <= CLEARNESS[1]:
        return []
    said = f"median of {100 * clearness:.0f} % of the radiation above the atmosphere; 30 to 70 % is usual"
    remedy = "radiation is in MJ m-2 a day or a month (W m-2 x 0.0864 = MJ m-2 a day)"
    return [Problem(str(path), "variable solar_radiation", said, remedy)]
