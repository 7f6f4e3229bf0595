"""Tables of pages: numbers with four digits, units in small type, every text as text."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from markupsafe import Markup

from nppdrivers.pages.templates import macro

SHORT = 24  # characters: a column of such texts, as dates or units, keeps each on one line


class Heading(NamedTuple):
    """Heading of a column, its unit, and what the column means, which shows when it is pointed at."""

    words: str
    unit: str = ""
    meaning: str = ""


class Column(NamedTuple):
    """Heading of a column and the class of its cells: number, short or none."""

    heading: Heading
    kind: str


class Row(NamedTuple):
    """Cells of a row as they are written, and the number of the place that it is about."""

    cells: list[str]
    place: int | None


def table(
    rows: pd.DataFrame, *, has_places: bool = False, headings: Mapping[str, Heading] | None = None
) -> Markup:
    """HTML table: numbers with four digits and set right, short texts unbroken, units in small type.

    Parameters
    ----------
    rows : DataFrame
        What stands in square brackets at the end of the name of a column is its unit.
    has_places : bool
        Whether each row is about the place of its position, which the map shows; then the numbers of a column
        are all of one quantity and have the same decimals.
    headings : mapping of str to Heading
        By name of a column; of others the name is the heading.
    """
    known = headings or {}
    columns = [Column(known.get(str(name)) or heading(str(name)), _kind(rows[name])) for name in rows]
    shown = rows.assign(**{str(name): _aligned(rows[name]) for name in rows}) if has_places else rows
    written = [
        Row([_cell(value) for value in row], number if has_places else None)
        for number, row in enumerate(shown.itertuples(index=False, name=None))
    ]
    return macro("tables.html", "table", columns, written)


def status_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, good: str) -> Markup:
    """HTML table, shown whole, whose second column is a status; the good status has a colour of its own."""
    return macro("tables.html", "status_table", list(columns), [list(row) for row in rows], good)


def heading(name: str, unit: str = "", meaning: str = "") -> Heading:
    """Heading of a column by its name; the unit in its name goes before that given."""
    words, _, own_unit = name.removesuffix("]").rpartition("[") if name.endswith("]") else (name, "", "")
    return Heading(words.rstrip().replace("_", " "), own_unit or unit, meaning)


def _kind(values: pd.Series) -> str:
    """Class of the cells of a column."""
    if pd.api.types.is_numeric_dtype(values):
        return "number"
    return "short" if values.astype(str).str.len().max() <= SHORT else ""


def _aligned(values: pd.Series) -> pd.Series:
    """Numbers of one quantity with the decimals that its largest has in four digits; shares [%] with one."""
    if not pd.api.types.is_float_dtype(values):
        return values
    largest = f"{values.abs().max():.4g}"
    places = 1 if str(values.name).endswith("[%]") else len(largest.partition(".")[2])
    return values.map(lambda value: f"{value:.{places}f}".replace("-", "−"), na_action="ignore")


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
