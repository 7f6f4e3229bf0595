"""Tables of settings for land degradation: indicators of the survey, and their pairwise judgements."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nppdrivers.degradation import check_consistency
from nppdrivers.degradation.indicators import LINE_METHODS, METHODS
from nppdrivers.inputs.hazards.survey import SURVEY_ATTRIBUTES, SURVEY_SHAPES
from nppdrivers.inputs.problems import InputError, Problem, unreadable
from nppdrivers.inputs.text_files import first_line, separator

_COLUMNS = ("indicator", "layers", "method", "attribute", "minimum", "maximum", "direction", "reach_m")
_ROUNDED = 0.0051  # a judgement of two digits departs from 1 / a by this at most
_SPREADSHEET_DATE = re.compile(r"\d{1,2}-[A-Za-z]{3}|[A-Za-z]{3}-\d{1,2}|\d+月\d+日|\d{4}[-/]\d+[-/]\d+.*")


def read_indicators(path: str | Path) -> pd.DataFrame:
    """Read the table of indicators; see `degradation.survey_indicators` for its columns.

    Raises
    ------
    InputError
        With every problem: columns that are missing, names twice, unknown layers, methods and attributes,
        bounds and reaches that are no numbers or in the wrong order.
    """
    table = _read(path, {"indicator": str, "layers": str, "method": str, "attribute": str})
    absent = [name for name in _COLUMNS if name not in table]
    if absent:
        fault, remedy = f"no column {', '.join(absent)}", f"the columns are {', '.join(_COLUMNS)}"
        raise InputError([Problem(str(path), "", fault, remedy)])
    problems = []
    for name, number in Counter(table["indicator"].fillna("")).items():
        if number > 1 or not name:
            fault = f"{name}: more than once" if name else "an indicator without a name"
            problems.append(Problem(str(path), "column indicator", fault, "give each a name of its own"))
    for row in table.to_dict("records"):
        for fault, remedy in _row_faults(row):
            problems.append(Problem(str(path), f"indicator {row['indicator']}", fault, remedy))
    if problems:
        raise InputError(problems)
    return table


def read_judgements(path: str | Path, names: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Read the pairwise comparison matrix of the indicators.

    Judgements may be fractions such as 1/3. One of a pair may be empty or rounded, as 0.33 with 3: it is
    taken as 1 / a of the other.

    Parameters
    ----------
    path : path of the table, its first column and its header name the indicators
    names : sequence of str
        The indicators.

    Returns
    -------
    judgements : (n, n) DataFrame
        In the order of `names`.
    assumed : list of str
        Which judgements were taken as 1 / a.

    Raises
    ------
    InputError
        With every problem: other names, cells that are no judgements, pairs that do not agree, judgements
        that contradict each other.
    """
    raw = _read(path, str)
    raw = raw.set_index(raw.columns[0]).rename(index=str.strip, columns=str.strip)
    problems = list(_name_problems(raw, names, str(path)))
    if problems:
        raise InputError(problems)
    values, problems = _numbers(raw.loc[list(names), list(names)], str(path))
    assumed: list[str] = []
    for one, other in combinations(names, 2):
        problems += _pair_problems(values, one, other, assumed, str(path))
    for name in names:
        if np.isnan(values.loc[name, name]):
            values.loc[name, name] = 1.0
        elif values.loc[name, name] != 1:
            fault = f"{name} against itself is {values.loc[name, name]:g}"
            problems.append(Problem(str(path), f"row {name}", fault, "write 1 there"))
    if not problems:
        try:
            check_consistency(values)
        except ValueError as error:
            remedy = "correct these judgements until the ratio is below the limit"
            problems.append(Problem(str(path), "", str(error), remedy))
    if problems:
        raise InputError(problems)
    return values, assumed


def _read(path: str | Path, types: Any) -> pd.DataFrame:
    try:
        mark = separator(first_line(Path(path)))
        return pd.read_csv(path, dtype=types, encoding="utf-8-sig", skipinitialspace=True, sep=mark)
    except (OSError, UnicodeDecodeError, ValueError) as error:
        raise InputError([unreadable(path, error)]) from error


def _row_faults(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """What is wrong with one indicator, and what to do."""
    layers, method = str(row["layers"]).split("+"), row["method"]
    unknown = [name for name in layers if name not in SURVEY_ATTRIBUTES]
    if unknown:
        yield f"unknown layer {', '.join(unknown)}", f"the survey has {', '.join(SURVEY_ATTRIBUTES)}"
    if method not in METHODS:
        yield f"method {method} is unknown", f"take one of {', '.join(METHODS)}"
    elif not unknown:
        yield from _method_faults(row, layers, str(method))
    limits = pd.to_numeric(pd.Series([row["minimum"], row["maximum"]]), errors="coerce")
    if limits.isna().any() or limits[0] > limits[1]:
        yield f"minimum {row['minimum']} and maximum {row['maximum']}", "give two numbers, the smaller first"
    if row["direction"] not in ("positive", "negative"):
        yield f"direction {row['direction']} is unknown", "take positive or negative"
    reach = pd.to_numeric(row["reach_m"], errors="coerce")
    if not reach >= 0:
        yield f"reach_m is {row['reach_m']}", "give a distance in metres, 0 for none"


def _method_faults(row: dict[str, Any], layers: Sequence[str], method: str) -> Iterator[tuple[str, str]]:
    """Shapes and attributes that a method needs."""
    shape = "line" if method in LINE_METHODS else "polygon"
    if other := [name for name in layers if SURVEY_SHAPES[name] != shape]:
        yield f"method {method} needs {shape}s, {', '.join(other)} has none", "take another method or layer"
        return
    if method not in ("attribute", "line_attribute"):
        return
    wanted = [name.strip() for name in str(row["attribute"]).split("/")]
    known = set.intersection(*(set(SURVEY_ATTRIBUTES[name]) for name in layers))
    if unknown := [name for name in wanted if name not in known]:
        yield f"unknown attribute {', '.join(unknown)}", f"{'+'.join(layers)} has {', '.join(sorted(known))}"


def _name_problems(raw: pd.DataFrame, names: Sequence[str], path: str) -> Iterator[Problem]:
    """Rows and columns that are not the indicators, or there twice."""
    for kind, found in {"row": list(raw.index), "column": list(raw.columns)}.items():
        absent = [name for name in names if name not in found]
        extra = [str(name) for name in found if name not in names]
        again = [str(name) for name, number in Counter(found).items() if number > 1]
        if absent or extra:
            words = [f"no {kind} {', '.join(absent)}"] if absent else []
            words += [f"unknown {kind} {', '.join(extra)}"] if extra else []
            remedy = f"name each {kind} as an indicator of the other table: {', '.join(names)}"
            yield Problem(path, "", "; ".join(words), remedy)
        if again:
            yield Problem(path, "", f"{kind} {', '.join(again)} more than once", "keep one of each")


def _numbers(cells: pd.DataFrame, path: str) -> tuple[pd.DataFrame, list[Problem]]:
    """Judgements as numbers, NaN for an empty cell, and the cells that are none."""
    values, problems = pd.DataFrame(np.nan, index=cells.index, columns=cells.columns), []
    for row, column in ((row, column) for row in cells.index for column in cells.columns):
        text = cells.loc[row, column]
        if not isinstance(text, str):
            continue
        try:
            value = float(Fraction(text.strip()))
        except (ValueError, ZeroDivisionError):
            value = np.nan
        if value > 0:
            values.loc[row, column] = value
            continue
        remedy = "write a number above 0, or a fraction such as 1/3"
        if _SPREADSHEET_DATE.fullmatch(text.strip()):
            remedy += "; a spreadsheet made a date of the fraction: format the cells as text"
        problems.append(Problem(path, f"row {row}, column {column}", f"{text} is no judgement", remedy))
    return values, problems


def _pair_problems(
    values: pd.DataFrame, one: str, other: str, assumed: list[str], path: str
) -> list[Problem]:
    """Complete a pair of judgements of which one is empty or rounded; refuse those that do not agree."""
    a, b = values.loc[one, other], values.loc[other, one]
    place = f"{one} against {other}"
    if np.isnan(a) and np.isnan(b):
        return [Problem(path, place, "no judgement", "fill in one of the two cells")]
    first = not np.isnan(a) and (np.isnan(b) or a >= b)  # the larger of the two is the exact one
    given, derived = (one, other) if first else (other, one)
    exact, found = values.loc[given, derived], values.loc[derived, given]
    if abs(found - 1 / exact) > _ROUNDED:
        fault = f"{exact:g}, and {found:g} the other way round"
        return [Problem(path, f"{given} against {derived}", fault, f"write 1/{exact:g} for the second")]
    values.loc[derived, given] = 1 / exact
    if np.isnan(found) or abs(found - 1 / exact) > 1e-6:
        written = "the empty cell" if np.isnan(found) else f"{found:g}"
        assumed.append(f"{derived} against {given}: {written} is taken as 1/{exact:g}")
    return []
