"""Daily files of the China Meteorological Administration, SURF_CLI_CHN_MUL_DAY (V3.0)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.inputs.problems import SHOWN, InputError, Problem, lines_of, unreadable
from nppdrivers.weather.table import Wanted, observations

FILE_NAME = re.compile(
    r"SURF_CLI_CHN_MUL_DAY\w*-([A-Z]{3})-\d{5}(?:-0cm)?-(\d{4})(\d{2})\.txt$", re.IGNORECASE
)


@dataclass(frozen=True)
class Element:
    """Layout of the files of one element: how many values, which of them is the day's, in which unit."""

    variable: str
    values: int
    used: int
    unit: float


ELEMENTS = {
    "TEM": Element("temperature", values=3, used=0, unit=0.1),  # mean, maximum, minimum
    "PRE": Element("precipitation", values=3, used=2, unit=0.1),  # 20 to 8, 8 to 20, 20 to 20 o'clock
    "SSD": Element("sunshine", values=1, used=0, unit=0.1),
    "RHU": Element("relative_humidity", values=2, used=0, unit=1.0),  # mean, minimum
    "WIN": Element(
        "wind_speed", values=5, used=0, unit=0.1
    ),  # mean, then maximum and extreme with directions
}
_PLACE_AND_DAY = ["station", "latitude", "longitude", "altitude", "year", "month", "day"]
_TRACE = 32700
_MISSING = (32766, 32744)
_NO_VALUE = 30000  # of all elements but precipitation such values are codes
_PHENOMENA = {30: "snow", 31: "rain and snow", 32: "fog, dew or frost"}
_QUALITY = {1: "suspect", 2: "failed check", 8: "missing"}  # 0 good, 9 not checked
_ESTIMATED_HEIGHT = 100_000  # added to heights that were estimated
_BEYOND_INSTRUMENT = 1000  # added to the upper limit of an anemometer that was exceeded
_CHINA = (73, 136, 3, 54)  # west, east, south, north


def read_cma(
    files: Iterable[Path], wanted: Wanted, problems: list[Problem]
) -> Iterator[tuple[Path, pd.DataFrame]]:
    """Read the files of the elements and months that are wanted, in the order of time.

    The day ends at 20 o'clock Beijing time. Values marked suspect or wrong have none; precipitation of a
    phenomenon (snow, dew, ...) is its amount, a trace is 0.

    Parameters
    ----------
    files : paths
        Others than FILE_NAME describes are passed over.
    wanted : Wanted
        All stations of a file are read.
    problems : list
        What is wrong in a file is added to it; the lines that are wrong are left out.

    Yields
    ------
    (Path, DataFrame)
        Rows of `table.observations`.
    """
    found = {
        (f"{name[2]}-{name[3]}", name[1].upper()): path
        for path in files
        if (name := FILE_NAME.search(path.name))
    }
    needed = [key for key, element in ELEMENTS.items() if element.variable in wanted.variables]
    for month in wanted.period.months:
        for key in needed:
            path = found.get((month, key))
            if path is None:
                continue
            try:
                yield path, _read_file(path, ELEMENTS[key], month, problems)
            except InputError as error:
                problems += error.problems
    for key in needed:
        absent = [month for month in wanted.period.months if (month, key) not in found]
        if absent and found:
            more = f" and {len(absent) - SHOWN} more" if len(absent) > SHOWN else ""
            fault = f"no file of {', '.join(absent[:SHOWN])}{more}"
            remedy = f"add it, or take {ELEMENTS[key].variable} out of climate.variables"
            problems.append(Problem(str(next(iter(found.values())).parent), f"element {key}", fault, remedy))


def _read_file(path: Path, element: Element, month: str, problems: list[Problem]) -> pd.DataFrame:
    """Observations of one file, without the lines that are wrong."""
    raw, wrong_lines = _without_wrong_lines(_read_columns(path, element), month, path)
    problems += wrong_lines
    values, flags = _decoded(raw["value"].to_numpy(), raw["quality"].to_numpy(), element)
    height = raw["altitude"].to_numpy()
    return observations(
        element.variable,
        values * element.unit,
        flags,
        station=raw["station"].to_numpy(),
        date=raw["date"].to_numpy(),
        longitude=_degrees(raw["longitude"].to_numpy()),
        latitude=_degrees(raw["latitude"].to_numpy()),
        elevation_m=np.where(height < 0.8 * _ESTIMATED_HEIGHT, height, height - _ESTIMATED_HEIGHT) / 10,
    )


def _read_columns(path: Path, element: Element) -> pd.DataFrame:
    """Station, place, day, value and quality code of each line, as they are written."""
    try:
        raw = pd.read_csv(path, sep=r"\s+", header=None, encoding="latin-1")
    except (OSError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise InputError([unreadable(path, error)]) from error
    width = 7 + 2 * element.values
    if raw.shape[1] != width:
        fault, remedy = f"{raw.shape[1]} columns in place of {width}", "download the file again"
        raise InputError([Problem(str(path), "", fault, remedy)])
    names = {7 + element.used: "value", 7 + element.values + element.used: "quality"}
    return raw.rename(columns=dict(enumerate(_PLACE_AND_DAY)) | names)[[*_PLACE_AND_DAY, "value", "quality"]]


def _without_wrong_lines(raw: pd.DataFrame, month: str, path: Path) -> tuple[pd.DataFrame, list[Problem]]:
    """Lines of whole numbers, days of the calendar and places in China; the others as problems."""
    problems = []

    def leave_out(wrong: pd.Series, fault: str, remedy: str) -> None:
        """Leave out lines, with a problem that quotes the first."""
        nonlocal raw
        if wrong.any():
            first = ", ".join(map(str, raw.loc[wrong.idxmax()].drop("date", errors="ignore")))
            # lines count from 1, without a header
            place = lines_of(raw.index[wrong] - 1)
            problems.append(Problem(str(path), place, f"{fault} ({first})", remedy))
            raw = raw[~wrong]

    numbers = raw.apply(pd.to_numeric, errors="coerce")
    remedy = "the files hold whole numbers (0.1 degC, 0.1 mm, degrees and minutes); give them as downloaded"
    leave_out(~(numbers == numbers.round()).all(axis=1), "cut off, or not whole numbers", remedy)
    raw = raw.astype(int)
    days = pd.to_datetime(raw[["year", "month", "day"]], errors="coerce")
    leave_out(days.isna(), "not a day of the calendar", "correct or remove these lines")
    raw = raw.assign(date=days.loc[raw.index])
    other = 100 * raw["year"] + raw["month"] != int(month.replace("-", ""))
    leave_out(other, "day of another month than the file is named after", "give files as downloaded")
    again = raw.duplicated(["station", "date"])
    leave_out(again, "day of a station twice", "keep one line of each day")
    west, east, south, north = _CHINA
    inside = raw["longitude"].between(100 * west, 100 * east) & raw["latitude"].between(
        100 * south, 100 * north
    )
    remedy = "the second column is latitude, the third longitude, in degrees and minutes (DDMM)"
    leave_out(~inside, "place outside China", remedy)
    minutes = raw[["longitude", "latitude"]] % 100
    leave_out(
        (minutes > 60).any(axis=1), "place with more than 60 minutes", "correct degrees and minutes (DDMM)"
    )
    return raw, problems


def _degrees(written: np.ndarray) -> np.ndarray:
    """Degrees of degrees and minutes written as one number: 3530 is 35.5."""
    whole, minutes = np.divmod(written, 100)
    return whole + minutes / 60


def _decoded(values: np.ndarray, quality: np.ndarray, element: Element) -> tuple[np.ndarray, np.ndarray]:
    """Values in the unit of the file, and their flags."""
    values, flags = values.astype(float), np.full(len(values), "", object)
    if element.variable == "precipitation":
        for thousands, phenomenon in _PHENOMENA.items():
            coded = (values // 1000 == thousands) & ~np.isin(values, [_TRACE, *_MISSING])
            flags[coded] = phenomenon
            values[coded] %= 1000
        trace = values == _TRACE
        flags[trace], values[trace] = "trace", 0.0
    elif element.variable == "wind_speed":
        beyond = (values >= _BEYOND_INSTRUMENT) & (values < 2 * _BEYOND_INSTRUMENT)
        flags[beyond] = "above the instrument"
        values[beyond] -= _BEYOND_INSTRUMENT
    for code, flag in _QUALITY.items():
        flags[quality == code] = flag
    flags[values >= _NO_VALUE] = "missing"
    return values, flags
