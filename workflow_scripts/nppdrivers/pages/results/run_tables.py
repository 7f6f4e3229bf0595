"""Tables of a run as the page shows them: headings with units and meanings, cells in words.

In English the heading of a column is its name; run_tables.csv has headings and meanings in other languages,
by the English meaning of the column. ``{}`` in a heading is what differs between the names of such columns.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from nppdrivers.categories import in_words
from nppdrivers.export.columns import BY_ROW, Column, column_of
from nppdrivers.figures.charts import CHOICES, LEVELS
from nppdrivers.pages.tables import Heading, heading
from nppdrivers.pages.words import speaker
from nppdrivers.registers import register

# Names that users gave: they stay as they are, also 007 and NA
NAMES = ("station", "name", "sample", "plot", "place", "site")
# Where names are those of classes: in tables of this stage, and in rows of these kinds
STAGE_OF_CLASSES = "attribution/"
KINDS_OF_CLASSES = ("area", "land cover", "land use")
JOINED = "left_out"  # categories, joined by _
# Words of the figures for the values of settings
WORDS = {"choice": CHOICES, "instead_of": LEVELS, "taken": LEVELS}


def run_table(path: Path, name: str, language: str) -> tuple[pd.DataFrame, Mapping[str, Heading]]:
    """Read a table of a run, cells in the language of the page, and the headings of its columns.

    Parameters
    ----------
    path : path
        CSV file.
    name : str
        Of the table in the register of columns: its path below the results, without ending.
    language : {"en", "zh"}
    """
    rows = pd.read_csv(path, dtype=dict.fromkeys(NAMES, str), keep_default_na=False, na_values=[""])
    columns = {str(column): column_of(name, str(column)) for column in rows}
    headings = {column: _heading(column, about, language) for column, about in columns.items()}
    return _in_words(rows, name, columns, speaker(language)), headings


def _heading(name: str, column: Column, language: str) -> Heading:
    """Heading of a column; in another language than English its name shows when it is pointed at."""
    plain = heading(name, "" if column.unit in ("1", BY_ROW) else column.unit, column.words)
    if language == "en" or column.words not in _headings():
        return plain
    row, say = _headings()[column.words], speaker(language)
    words = row[f"heading_{language}"].format(*map(say, column.parts))
    meaning = say("{} ({})").format(row[f"meaning_{language}"] or words, name)
    return Heading(words, plain.unit, meaning)


@cache
def _headings() -> dict[str, dict[str, str]]:
    """Rows of run_tables.csv by the English meaning of the column."""
    return {row["en"]: row for row in register(__file__)}


def _in_words(
    rows: pd.DataFrame, table: str, columns: Mapping[str, Column], say: Callable[[str], str]
) -> pd.DataFrame:
    """Rows with their texts in the language of the page; names of places stay as they are."""
    spoken = rows.copy()
    for name, about in columns.items():
        if about.type not in ("text", "boolean"):
            continue
        texts = rows[name].map(str, na_action="ignore")
        if name == JOINED:
            texts = texts.str.replace("_", " + ")
        elif name in WORDS:
            texts = texts.replace(WORDS[name])
        if name == "name" and table.startswith(STAGE_OF_CLASSES):
            texts = texts.map(in_words, na_action="ignore")
        elif name in NAMES:
            is_class = rows["kind"].isin(KINDS_OF_CLASSES) if "kind" in rows else pd.Series(False, rows.index)
            spoken[name] = texts.map(say, na_action="ignore").where(is_class, texts)
            continue
        spoken[name] = texts.map(say, na_action="ignore")
    return spoken
