"""Files of weather services: which service a file is of, and which files of a folder are not read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from nppdrivers.inputs.problems import SHOWN, InputError, InputWarning, Problem
from nppdrivers.inputs.text_files import first_line, no_data
from nppdrivers.weather.cma import FILE_NAME
from nppdrivers.weather.ghcn_access import is_access_header

SERVICES = {
    "cma": "CMA (SURF_CLI_CHN_MUL_DAY-...-YYYYMM.TXT)",
    "ghcn": "GHCN-Daily (.dly or CSV)",
    "gsod": "GSOD (CSV)",
}
STATION_LIST = "ghcnd-stations"
_GHCN_LINE = re.compile(r"(ID,DATE,ELEMENT,|\w{2}[\w-]{9},\d{8},\w{4},)")
_DATA_SUFFIXES = (".csv", ".csv.gz", ".dly", ".txt", ".gz", ".tar", ".zip", ".xls", ".xlsx")
# Tables that people have and that are not read: what their header or their name shows, and what to do
_TIDY = "write them as a tidy table: station, date, variable, value, unit"
_FOREIGN = (
    (
        re.compile(r".*\bSTNID\b.*\bYEARMODA\b", re.I),
        "of GSODR",
        f"give the GSOD files, or {_TIDY} (degC, mm, m s-1)",
    ),
    (
        re.compile(r".*\btavg\b.*\bprcp\b.*\bwspd\b|\d{4}-\d\d-\d\d(,-?[\d.]*){9,}\s*$", re.I),
        "of Meteostat",
        f"{_TIDY}; wspd is in km/h (x 0.278) and tsun in minutes (/ 60)",
    ),
    (
        re.compile(r"STATION,NAME,.*\b(PRCP|TMAX|TAVG)\b", re.I),
        "ordered from Climate Data Online, in units of the order",
        "give the files of these stations from GHCN-Daily itself",
    ),
    (
        re.compile(r".*\bV01301\b|.*\bStation_Id_C\b", re.I),
        "of CMA with a column for each element",
        "map station, year, month, day and variables in columns.weather; values in degC, mm, h, wind at 2 m",
    ),
)
_MONTHLY_CMA = re.compile(r"SURF_CLI_CHN_MUL_MON", re.I)
# What services deliver with the data: lists of stations, descriptions
_COMPANION = re.compile(r"ghcnd-|isd-|readme|status|legend|licen[cs]e", re.IGNORECASE)


def recognise(path: str | Path) -> str:
    """Say what a file or folder contains: "tidy", "cma", "ghcn" or "gsod".

    Raises
    ------
    InputError
        For a folder with files of no service, or of several.
    """
    path = Path(path)
    if path.is_file():
        return _kind(path) or "tidy"
    if problems := foreign_files(_files(path)):
        raise InputError(problems)
    kinds = {kind: file for file in _files(path) if (kind := _kind(file))}
    if len(kinds) == 1:
        return next(iter(kinds))
    if kinds:
        fault = f"contains files of several services: {', '.join(file.name for file in kinds.values())}"
        raise InputError([Problem(str(path), "", fault, "keep those of one, or set climate.weather_format")])
    fault = "contains no file of a weather service that is known"
    remedy = f"known are {', '.join(SERVICES.values())}; or give a tidy CSV"
    raise InputError([Problem(str(path), "", fault, remedy), *unused_files(path, "")])


def foreign_files(files: Iterable[Path]) -> list[Problem]:
    """Name files in forms that people have and that are not read; one problem a form."""
    found: dict[tuple[str, str], list[Path]] = {}
    for file in files:
        if not file.name.lower().endswith(_DATA_SUFFIXES) or _COMPANION.match(file.name) or _kind(file):
            continue
        if _MONTHLY_CMA.search(file.name):
            found.setdefault(("monthly values of CMA", f"{_TIDY}, dates as YYYY-MM"), []).append(file)
            continue
        line = first_line(file).replace('"', "").replace("\ufeff", "")
        form = next(
            ((f"a table {what}", remedy) for sign, what, remedy in _FOREIGN if sign.match(line)), None
        )
        if form:
            found.setdefault(form, []).append(file)
    return [
        Problem(str(paths[0]), "", f"is {what}{f' ({len(paths)} such files)' * (len(paths) > 1)}", remedy)
        for (what, remedy), paths in found.items()
    ]


def service_files(path: str | Path, form: str) -> tuple[list[Path], str]:
    """Files of one service, and which it is."""
    form = recognise(path) if form == "auto" else form
    path = Path(path)
    candidates = [path] if path.is_file() else _files(path)
    files = [file for file in candidates if _kind(file) == form]
    if not files:
        fault = f"no file of {SERVICES[form]}"
        raise InputError([Problem(str(path), "", fault, "correct climate.weather_format, or the path")])
    return files, form


def unused_files(path: str | Path, form: str) -> list[Problem]:
    """Name the files of a folder that have the suffix of data but are not read as files of the service.

    A file whose content is no data is a problem; any other is a warning.
    """
    path = Path(path)
    if path.is_file():
        return []
    unread = [
        file
        for file in _files(path)
        if file.name.lower().endswith(_DATA_SUFFIXES)
        and _kind(file) != form
        and not _COMPANION.match(file.name)
    ]
    problems: list[Problem] = []
    foreign = []
    for file in unread:
        if content := no_data(file):
            remedy = "download it again, or take it out of the folder"
            problems.append(Problem(str(file), "", f"is {content}, not data", remedy))
        else:
            foreign.append(str(file.relative_to(path)))
    if foreign:
        more = f" and {len(foreign) - SHOWN} more" if len(foreign) > SHOWN else ""
        service = f" as {SERVICES[form]}" if form else ""
        fault = f"{len(foreign)} in the folder not read{service}: {', '.join(foreign[:SHOWN])}{more}"
        remedy = "take them out of the folder, or give them in the form of the others"
        problems.append(InputWarning(str(path), "", fault, remedy))
    return problems


def _files(folder: Path) -> list[Path]:
    """Files of a folder and of the folders in it; hidden ones are not looked at."""
    return sorted(file for file in folder.rglob("*") if file.is_file() and not file.name.startswith("."))


def _kind(file: Path) -> str | None:
    """Service that a file is of, by its name or its first line; None also for a file that cannot be read."""
    if FILE_NAME.search(file.name):
        return "cma"
    name = file.name.lower()
    if name.endswith(".dly"):
        return "ghcn"
    if not name.endswith((".csv", ".csv.gz")):
        return None
    line = first_line(file).replace('"', "")
    if "PRCP_ATTRIBUTES" in line and "DEWP" in line and "YEARMODA" not in line:  # as in GSODR
        return "gsod"
    return "ghcn" if _GHCN_LINE.match(line) or is_access_header(line) else None
