"""Tables of a run for people and other programs: sensible digits, and a Data Package that describes them."""

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from nppdrivers.acquire.manifest import sha256
from nppdrivers.export.columns import BY_ROW, Column, column_of

DIGITS = 5
# a metre is the fifth decimal of a degree
DECIMALS_OF_DEGREES = 6
# types of Table Schema
_SCHEMA_TYPES: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean", "trueValues": ["True"], "falseValues": ["False"]},
    "date": {"type": "date"},
    "month": {"type": "yearmonth"},
}


class Table(NamedTuple):
    """Name of a table (its path below the results without ending), its caption, and where it is now."""

    name: str
    caption: str
    path: Path


def rounded(value: float, unit: str = "") -> str:
    """Number with five significant digits, all of those before the point; degrees with six decimals."""
    if not math.isfinite(value):
        return {math.inf: "INF", -math.inf: "-INF"}.get(value, "")
    if unit == "deg":
        return f"{value:.{DECIMALS_OF_DEGREES}f}".rstrip("0").rstrip(".")
    if abs(value) >= 10**DIGITS - 0.5:
        return f"{value:.0f}"
    return f"{value + 0.0:.{DIGITS}g}"


def readable(text: str, column: Column) -> str:
    """A field as it is written for people; text, dates and empty fields stay as they are.

    Raises
    ------
    ValueError
        For a field that is no number where the register says number or integer.
    """
    if not text or column.type not in ("integer", "number"):
        return text
    value = float(text)
    if column.type == "integer" and value == int(value):
        return str(int(value))
    return rounded(value, column.unit)


def write_table(table: Table, target: Path, *, excel: bool = False) -> dict[str, Any]:
    """Write a readable copy of a table.

    Parameters
    ----------
    table : Table
        With full precision.
    target : Path
        UTF-8; numbers have five significant digits.
    excel : bool
        Begin the file with a byte order mark, without which Excel does not take it for UTF-8.

    Returns
    -------
    dict
        Schema of the columns as in Table Schema, with the unit of each.

    Raises
    ------
    ValueError
        For a column that is not registered, or a field that is not what the register says.
    """
    with table.path.open(encoding="utf-8", newline="") as source:
        header, *rows = list(csv.reader(source)) or [[]]
    columns = [column_of(table.name, name) for name in header]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for line, row in enumerate(rows, start=2):
        writer.writerow(_readable_row(row, header, columns, f"{table.path}, line {line}"))
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text.getvalue(), encoding="utf-8-sig" if excel else "utf-8", newline="")
    return {
        "fields": [_field(name, column) for name, column in zip(header, columns, strict=True)],
        "missingValues": [""],
    }


def resource(table: Table, target: Path, folder: Path, schema: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a written table as a resource of a Data Package in the folder."""
    return {
        "name": table.name.lower().replace("/", "-"),
        "path": target.relative_to(folder).as_posix(),
        "title": table.name,
        "description": table.caption,
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": target.stat().st_size,
        "hash": f"sha256:{sha256(target)}",
        "schema": schema,
    }


def data_package(
    title: str, resources: Iterable[Mapping[str, Any]], licence: str, sources: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """Describe the tables as a Data Package; `licence` as in SPDX, empty where none is given."""
    package: dict[str, Any] = {
        "profile": "tabular-data-package",
        "name": "tables",
        "title": title,
        "resources": list(resources),
    }
    if licence:
        package["licenses"] = [{"name": licence}]
    if sources:
        package["sources"] = list(sources)
    return package


def _readable_row(
    row: Sequence[str], header: Sequence[str], columns: Sequence[Column], place: str
) -> list[str]:
    """Fields of a row as written for people."""
    fields = []
    for text, name, column in zip(row, header, columns, strict=True):
        try:
            fields.append(readable(text, column))
        except ValueError as wrong:
            raise ValueError(
                f"{place}, column {name}: {text!r} is no {column.type}; correct the type of the column in "
                "nppdrivers/export/columns.csv"
            ) from wrong
    return fields


def _field(name: str, column: Column) -> dict[str, Any]:
    """Column as a field of Table Schema."""
    words = f"{column.words} (its unit differs between the rows)" if column.unit == BY_ROW else column.words
    unit = {"unit": column.unit} if column.unit not in ("", BY_ROW) else {}
    return {"name": name, **_SCHEMA_TYPES[column.type], "description": words, **unit}
