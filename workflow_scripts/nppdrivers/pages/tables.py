"""Tables of pages: numbers with four digits, units in small type, every text as text."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from nppdrivers.pages.templates import macro

SHORT = 24  # characters: a column of such texts, as dates or units, keeps each on one line


class Column(NamedTuple):
    """Heading of a column, its unit, and the class of its cells: number, short or none."""

    words: str
    unit: str
    kind: str


class Row(NamedTuple):
    """Cells of a row as they are written, and the number of the place that it is about."""

    cells: list[str]
    place: int | None


def table(rows: pd.DataFrame, *, has_places: bool = False) -> Markup:
    """HTML table: numbers with four digits and set right, short texts unbroken, units in small type.

    Parameters
    ----------
    rows : DataFrame
        What stands in square brackets at the end of the name of a column is its unit.
    has_places : bool
        Whether each row is about the place of its position, which the map shows.
    """
    columns = [_column(str(name), rows[name]) for name in rows]
    written = [
        Row([_cell(value) for value in row], number if has_places else None)
        for number, row in enumerate(rows.itertuples(index=False, name=None))
    ]
    return macro("tables.html", "table", columns, written)


def status_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, good: str) -> Markup:
    """HTML table, shown whole, whose second column is a status; the good status has a colour of its own."""
    return macro("tables.html", "status_table", list(columns), [list(row) for row in rows], good)


def _column(name: str, values: pd.Series) -> Column:
    """Heading of a column, and how its cells are set."""
    words, bracket, unit = name.removesuffix("]").rpartition("[") if name.endswith("]") else (name, "", "")
    if pd.api.types.is_numeric_dtype(values):
        kind = "number"
    else:
        kind = "short" if values.astype(str).str.len().max() <= SHORT else ""
    return Column(words.rstrip().replace("_", " "), unit if bracket else "", kind)


def _cell(value: object) -> str:
    """Value as it is written; what is missing is a dash."""
    if value is None or value is pd.NA or (isinstance(value, float) and not np.isfinite(value)):
        return "–"
    return four_digits(float(value)) if isinstance(value, float | np.floating) else str(value)


def four_digits(value: float) -> str:
    """Write a number with four significant digits; whole parts are not rounded, tiny ones get an exponent."""
    if value == 0 or 1e-4 <= abs(value) < 1e15:
        rounded = float(f"{abs(value):.4g}")  # 99.999 has as many decimals as 100
        places = 0 if value == 0 else max(0, 3 - int(np.floor(np.log10(rounded))))
        text = f"{value:.{places}f}"
    else:
        text = f"{value:.3e}"
    return text.replace("-", "−")
