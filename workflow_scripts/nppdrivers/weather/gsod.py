"""CSV files of the Global Surface Summary of the Day (GSOD)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.evapotranspiration import saturation_vapour_pressure
from nppdrivers.inputs.problems import InputError, Problem, lines_of, unreadable
from nppdrivers.weather.table import PART_OF_THE_DAY, Wanted, observations

# Column to the number that stands for a missing value
MISSING = {"TEMP": 9999.9, "DEWP": 9999.9, "WDSP": 999.9, "PRCP": 99.99}
VARIABLES = ("temperature", "precipitation", "relative_humidity", "wind_speed")
_PLACE = ["LATITUDE", "LONGITUDE", "ELEVATION"]
_MM, _METRES_PER_SECOND = 25.4, 1852 / 3600  # of an inch, of a knot
# PRCP_ATTRIBUTES: D (4 x 6 h), F (2 x 12 h) and G (24 h) are days. A, B, C and E are amounts of 6, 12, 18 and
# 12 h; H is a zero on a day with rain in the hourly observations; I is a day without any report.
_NOTHING_REPORTED, _PART_OF_THE_DAY = "I", ["A", "B", "C", "E", "H"]


def read_gsod(
    files: Iterable[Path], wanted: Wanted, problems: list[Problem]
) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Read the files of stations and years, in the order of time.

    Humidity is that of mean temperature and mean dew point. Precipitation has no value where a zero stands
    for "nothing reported", and where the amount is that of part of the day.

    Parameters
    ----------
    files : paths
    wanted : Wanted
    problems : list
        What is wrong in a file is added to it.

    Yields
    ------
    (Path, DataFrame)
        Rows of `table.observations`.
    """
    read = []
    for path in files:
        try:
            table = _read_file(path)
        except InputError as error:
            problems += error.problems
            continue
        if wanted.stations is not None:
            table = table[table["STATION"].isin(wanted.stations)]
        table = table[wanted.within(table["DATE"])]
        if len(table):
            read.append((table["DATE"].min(), path, table))
    for _, path, table in sorted(read, key=lambda one: one[0]):
        parts = [_variable(table, variable) for variable in VARIABLES if variable in wanted.variables]
        yield path, pd.concat(parts, ignore_index=True)


def _read_file(path: Path) -> pd.DataFrame:
    """Days, places and values of a file as they are written, NaN where missing."""
    columns = ["STATION", "DATE", *_PLACE, *MISSING, "PRCP_ATTRIBUTES"]
    try:
        raw = pd.read_csv(path, usecols=columns, dtype={"STATION": str, "PRCP_ATTRIBUTES": str})
    except (OSError, ValueError) as error:
        raise InputError([unreadable(path, error)]) from error
    texts = [name for name in (*_PLACE, *MISSING) if not pd.api.types.is_numeric_dtype(raw[name])]
    if texts:
        rows = raw.index[pd.to_numeric(raw[texts[0]], errors="coerce").isna() & raw[texts[0]].notna()]
        fault = f"not a number: {raw.loc[rows[0], texts[0]]!r}"
        remedy = "download the file again"
        raise InputError([Problem(str(path), f"column {texts[0]}, {lines_of(rows)}", fault, remedy)])
    dates = pd.to_datetime(raw["DATE"], format="%Y-%m-%d", errors="coerce")
    if dates.isna().any():
        fault, rows = f"{raw.loc[dates.isna(), 'DATE'].iloc[0]} is not a date", raw.index[dates.isna()]
        raise InputError([Problem(str(path), lines_of(rows), fault, "write dates as YYYY-MM-DD")])
    outside = ~(raw["LATITUDE"].between(-90, 90) & raw["LONGITUDE"].between(-180, 180))
    if (outside & raw["LATITUDE"].notna()).any():
        rows = raw.index[outside]
        fault = f"latitude {raw.loc[rows[0], 'LATITUDE']:g}, longitude {raw.loc[rows[0], 'LONGITUDE']:g}"
        raise InputError([Problem(str(path), lines_of(rows), fault, "are longitude and latitude swapped?")])
    values = {name: raw[name].mask(raw[name] >= missing) for name, missing in MISSING.items()}
    nowhere = (raw["LATITUDE"] == 0) & (raw["LONGITUDE"] == 0)
    values |= {name: raw[name].mask(nowhere) for name in ("LATITUDE", "LONGITUDE")}
    return raw.assign(DATE=dates, PRCP_ATTRIBUTES=raw["PRCP_ATTRIBUTES"].fillna("").str.strip(), **values)


def _variable(table: pd.DataFrame, variable: str) -> pd.DataFrame:
    """Observations of one variable."""
    values, flags = _quantity(table, variable)
    flags = np.where(np.isnan(values) & (flags == ""), "missing", flags)
    height = table["ELEVATION"].mask(table["ELEVATION"] < -900)
    return observations(
        variable,
        values,
        flags,
        station=table["STATION"].to_numpy(),
        date=table["DATE"].to_numpy(),
        longitude=table["LONGITUDE"].to_numpy(),
        latitude=table["LATITUDE"].to_numpy(),
        elevation_m=height.to_numpy(),
    )


def _quantity(table: pd.DataFrame, variable: str) -> tuple[np.ndarray, np.ndarray]:
    """Values in the unit of the variable, and flags."""
    none = np.full(len(table), "", object)
    if variable == "precipitation":
        source = table["PRCP_ATTRIBUTES"].to_numpy()
        inches = table["PRCP"].to_numpy()
        flags = np.where((source == _NOTHING_REPORTED) & ~(inches > 0), "not reported", none)
        partial = np.isin(source.astype(str), _PART_OF_THE_DAY) & ~np.isnan(inches)
        return inches * _MM, np.where(partial, PART_OF_THE_DAY, flags)
    if variable == "wind_speed":
        return table["WDSP"].to_numpy() * _METRES_PER_SECOND, none
    air, dew = (_celsius(table[name].to_numpy()) for name in ("TEMP", "DEWP"))
    if variable == "temperature":
        return air, none
    humidity = 100 * saturation_vapour_pressure(dew) / saturation_vapour_pressure(air)
    return np.minimum(humidity, 100), none


def _celsius(fahrenheit: np.ndarray) -> np.ndarray:
    """Degrees Celsius of degrees Fahrenheit."""
    return (fahrenheit - 32) / 1.8
