"""Polygons with the years in which they were opened, closed and reclaimed."""

import re
from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers.inputs.problems import InputError, Problem
from nppdrivers.inputs.vectors import read_named

EVENTS = ("opened", "closed", "reclaimed")  # columns of years, in the order in which they happen
FIRST_YEAR, LAST_YEAR = 1000, 2100  # beyond lie codes for "not yet", such as 2999 and 9999
_TIME = r"[T ]\d[\d:.]*(?:Z|[+-]\d\d(?::?\d\d)?)?"  # with a time zone or without
# 2012, 2012.0, 2012-05, 2012/5/1, 2012-05-01T00:00, also with the Chinese signs of year, month and day
_YEAR = re.compile(rf"(\d{{4}})(?:\.0*|年|[-/年](\d{{1,2}})月?(?:[-/月]\d{{1,2}}日?(?:{_TIME})?)?)?")
_NOTHING = re.compile(r"0*(\.0*)?")


def columns_of_years(layer: gpd.GeoDataFrame) -> dict[str, str]:
    """Columns of a layer that hold years of events, by event; their capitals do not matter."""
    known = {str(column).lower(): column for column in layer.columns}
    return {event: known[event] for event in EVENTS if event in known}


def read_events(path: str | Path, columns: Mapping[str, str] | None = None) -> gpd.GeoDataFrame:
    """Read named polygons with the year of each event, float64 with NaN where it did not happen.

    Parameters
    ----------
    path : path of the layer
    columns : mapping, optional
        Our names of columns (name, opened, closed, reclaimed) to those of the file.

    Returns
    -------
    GeoDataFrame
        name, opened, closed, reclaimed, geometry; in the coordinate system of the file.

    Raises
    ------
    InputError
        Without any column of years or any year in them, for what is not a year, and for events out of order.
    """
    layer = read_named(path, columns)
    given = columns_of_years(layer)
    if not given:
        remedy = (
            f"add a column {', '.join(EVENTS[:-1])} or {EVENTS[-1]}, map yours in columns.mines or "
            "columns.zones, or take this input out of change.events"
        )
        raise InputError([Problem(str(path), "", "no column of years", remedy)])
    problems, years = [], {}
    for event in EVENTS:
        years[event] = np.full(len(layer), np.nan)
        for row, value in enumerate(layer[given[event]] if event in given else []):
            try:
                years[event][row] = year_of(value)
            except ValueError as error:
                place = f"{layer['name'].iloc[row]}, column {event}"
                remedy = "write 2012 or 2012-05-01, or leave it empty where it did not happen"
                problems.append(Problem(str(path), place, str(error), remedy))
    table = gpd.GeoDataFrame({"name": layer["name"], **years}, geometry=layer.geometry.array)
    if not problems and table[list(EVENTS)].isna().all(axis=None):
        remedy = "fill in the years, or take this input out of change.events"
        problems.append(Problem(str(path), f"column {', '.join(given)}", "no polygon has a year", remedy))
    if problems := problems + _disorder(table, path):
        raise InputError(problems)
    return table


def year_of(value: object) -> float:
    """Year that a value of a table states, also as a date from the year on; NaN for nothing and for 0.

    Shapefiles fill gaps with 0.

    Raises
    ------
    ValueError
        For what is neither a year nor such a date, and for years before 1000 or after 2100.
    """
    if value is None or pd.isna(value):
        return np.nan
    text = value.isoformat() if isinstance(value, date) else str(value).strip()
    if _NOTHING.fullmatch(text):
        return np.nan
    found = _YEAR.fullmatch(text)
    if not found or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR or not 1 <= int(found[2] or 1) <= 12:
        raise ValueError(f"{text!r} is not a year")
    return float(found[1])


def _disorder(table: gpd.GeoDataFrame, path: str | Path) -> list[Problem]:
    """Polygons with an event that happened in or before the year of one that must come before it."""
    problems = []
    for row in table.to_dict("records"):
        dated = [(event, row[event]) for event in EVENTS if np.isfinite(row[event])]
        for (first, one), (second, other) in pairwise(dated):
            if other < one or (other == one and first == "opened"):
                fault = f"{second} in {other:.0f}, {first} in {one:.0f}"
                problems.append(Problem(str(path), str(row["name"]), fault, "correct the years"))
    return problems
