"""Parts that all pages share: the template, sections, notes and tables of one self-contained HTML file."""

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template

import numpy as np
import pandas as pd

SHORT = 24  # characters: a column of such texts, as dates or units, keeps each on one line


def fill_template(title: str, notes: Iterable[str], sections: Mapping[str, Iterable[str]]) -> str:
    """Write a whole page: heading, notes, navigation, and each section from its blocks of HTML."""
    template = Template((files("nppdrivers") / "pages" / "parts.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(title),
        notes=_notes(notes),
        navigation="\n".join(f'<li><a href="#{_anchor(name)}">{escape(name)}</a></li>' for name in sections),
        sections="\n".join(_section(name, blocks) for name, blocks in sections.items()),
    )


def _section(name: str, blocks: Iterable[str]) -> str:
    content = "\n".join(blocks)
    return f'<section id="{_anchor(name)}">\n<h2>{escape(name)}</h2>\n{content}\n</section>'


def _anchor(name: str) -> str:
    return re.sub(r"\W+", "-", name.lower()).strip("-")


def _notes(notes: Iterable[str]) -> str:
    items = "".join(f"<li>{escape(note)}</li>" for note in notes if note)
    return f'<ul class="notes">{items}</ul>' if items else ""


def table(rows: pd.DataFrame) -> str:
    """HTML table: numbers with four digits and set right, short texts unbroken, units in small type."""
    kinds = [_kind(rows[name]) for name in rows]
    head = "".join(f"<th {kind}>{_heading(str(name))}</th>" for name, kind in zip(rows, kinds, strict=True))
    lines = (
        "".join(f"<td {kind}>{_cell(value)}</td>" for value, kind in zip(row, kinds, strict=True))
        for row in rows.itertuples(index=False)
    )
    body = "\n".join(f"<tr>{row}</tr>" for row in lines)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _kind(column: pd.Series) -> str:
    """Class attribute of the cells of a column."""
    if pd.api.types.is_numeric_dtype(column):
        return 'class="number"'
    longest = column.astype(str).str.len().max()
    return 'class="short"' if longest <= SHORT else ""


def status_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, good: str) -> str:
    """HTML table, shown whole, whose second column is a status; the good status has a colour of its own."""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    lines = []
    for name, status, *others in rows:
        kind = "done" if status == good else "left"
        rest = "".join(f"<td>{escape(other).replace(chr(10), '<br>')}</td>" for other in others)
        lines.append(f'<tr><td>{escape(name)}</td><td class="{kind}">{escape(status)}</td>{rest}</tr>')
    body = "\n".join(lines)
    table = f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"
    return f'<div class="scroll whole">{table}</div>'


def _heading(name: str) -> str:
    """Column name; what stands in square brackets at its end is its unit."""
    words, bracket, unit = name.rpartition("[") if name.endswith("]") else (name, "", "")
    small = f" <small>{escape(bracket + unit)}</small>" if unit else ""
    return escape(words.rstrip().replace("_", " ")) + small


def _cell(value: object) -> str:
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return "–"
    if isinstance(value, float | np.floating):
        return _four_digits(float(value))
    return escape(str(value))


def _four_digits(value: float) -> str:
    """Write a number with four significant digits; whole parts are not rounded, tiny ones get an exponent."""
    if value == 0 or 1e-4 <= abs(value) < 1e15:
        places = 0 if value == 0 else max(0, 3 - int(np.floor(np.log10(abs(value)))))
        text = f"{value:.{places}f}"
    else:
        text = f"{value:.3e}"
    return text.replace("-", "−")
