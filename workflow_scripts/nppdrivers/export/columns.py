"""The register of the columns of all tables: type, unit and meaning, in `columns.csv`.

A table is named by its path below the results, without ending. Words in braces stand for names that differ
between tables or columns; a unit in braces is that of the quantity of this name. A row without a table is for
every table that has the column and no row of its own for it.
"""

import re
from functools import cache
from typing import NamedTuple

from nppdrivers.quantities import quantity
from nppdrivers.registers import register

TYPES = ("text", "integer", "number", "boolean", "date", "month")
BY_ROW = "by row"


class Column(NamedTuple):
    """What a column holds.

    Attributes
    ----------
    type : one of TYPES
    unit : str
        As in UDUNITS; ``by row`` where it differs between the rows, empty where there is none.
    words : str
        Meaning.
    parts : tuple of str
        What the words in braces of the register's column stand for in the name of this one.
    """

    type: str
    unit: str
    words: str
    parts: tuple[str, ...] = ()


class _Row(NamedTuple):
    """A row of the register, with the expressions that its table and column match."""

    table: re.Pattern[str]
    column: re.Pattern[str]
    rank: tuple[bool, bool, int, int]
    entry: Column


def column_of(table: str, name: str) -> Column:
    """Entry of a column; of several rows that fit, the one that names column and table most exactly.

    Raises
    ------
    ValueError
        Where no row fits.
    """
    row = _row_for(table, name)
    in_name = _named(row.column, name)
    entry = row.entry._replace(parts=tuple(in_name.values()))
    if entry.unit.startswith("{"):
        named = _named(row.table, table) | in_name
        return entry._replace(unit=quantity(named[entry.unit.strip("{}")]).unit)
    return entry


def _row_for(table: str, name: str) -> _Row:
    """Row of a column; ValueError where there is none."""
    found = [row for row in _register() if row.table.fullmatch(table) and row.column.fullmatch(name)]
    if not found:
        raise ValueError(
            f"{table}.csv: column {name!r} is not registered; add a row to nppdrivers/export/columns.csv"
        )
    return max(found, key=lambda row: row.rank)


@cache
def _register() -> list[_Row]:
    """All rows, ready to be matched."""
    return [
        _Row(
            _pattern(row["table"] or "{table}"),
            _pattern(row["column"]),
            ("{" not in row["column"], bool(row["table"]), _literal(row["table"]), _literal(row["column"])),
            Column(row["type"], row["unit"], row["words"]),
        )
        for row in register(__file__)
    ]


def _pattern(form: str) -> re.Pattern[str]:
    """Expression of a name with words in braces, each a group."""
    parts = re.split(r"\{(\w+)\}", form)
    return re.compile(
        "".join(f"(?P<{part}>.+)" if i % 2 else re.escape(part) for i, part in enumerate(parts))
    )


def _literal(form: str) -> int:
    """Number of characters outside braces."""
    return len(re.sub(r"\{\w+\}", "", form))


def _named(pattern: re.Pattern[str], name: str) -> dict[str, str]:
    """Words of a pattern and what they stand for in a name."""
    match = pattern.fullmatch(name)
    return match.groupdict() if match else {}
