"""The result page: every figure and table of a run in one HTML file that needs nothing else."""

import base64
import re
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from string import Template

import numpy as np
import pandas as pd
from PIL import Image

from nppdrivers.figures.canvas import DPI

Entry = tuple[str, str | Path, str]

# Width [pixels] and whether to keep all colours, tried from the best; a page shows about 970 pixels
SIZES = ((1500, True), (1200, True), (970, True), (1200, False), (900, False), (700, False))
FIGURES_LIMIT = 13 * 2**20  # of all embedded figures together, so that the page stays below 15 MB [bytes]
PIXELS_PER_INCH = 130  # of a printed figure on the page: makes its type as large as the text
ROWS_SHOWN = 200  # longer tables are cut on the page, never in their file


def index_page(
    title: str,
    figures: Sequence[Entry],
    tables: Sequence[Entry],
    notes: Iterable[str],
    stages: pd.DataFrame | Iterable[Sequence[str]],
) -> str:
    """One self-contained page of all results, sections in the order in which they first occur.

    Parameters
    ----------
    title
        Heading of the page.
    figures
        (section, path of a PNG, caption) each; embedded, scaled down to fit the size of the page.
    tables
        (section, path of a CSV, caption) each; at most `ROWS_SHOWN` rows are shown.
    notes
        Remarks under the heading, such as "virtual basin".
    stages
        (stage, status, reason) each, or a table with these three columns: what was done or left out, and why.

    Returns
    -------
    str
        The HTML; it names no outside resource and opens by a double click.

    Raises
    ------
    ValueError
        When the figures do not fit at the smallest width.
    """
    sections: dict[str, list[str]] = {}
    images = _embedded([path for _, path, _ in figures])
    for (section, path, caption), (image, width) in zip(figures, images, strict=True):
        sections.setdefault(section, []).append(_figure(image, width, path, caption))
    for section, path, caption in tables:
        sections.setdefault(section, []).append(_table_from(path, caption))
    names = ["Stages", *sections]
    template = Template((files("nppdrivers") / "page.html").read_text(encoding="utf-8"))
    return template.substitute(
        title=escape(title),
        notes=_notes(notes),
        navigation="\n".join(f'<li><a href="#{_anchor(name)}">{escape(name)}</a></li>' for name in names),
        stages=_section("Stages", [_stages(stages)]),
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


def _embedded(paths: Sequence[str | Path]) -> list[tuple[bytes, int]]:
    """Figures as small PNGs with their width on the page, at the widest size at which all of them fit."""
    for width, all_colours in SIZES:
        images = [_small_png(path, width, all_colours) for path in paths]
        if sum(len(image) for image, _ in images) * 4 / 3 <= FIGURES_LIMIT:
            return images
    raise ValueError(
        f"{len(paths)} figures do not fit into {FIGURES_LIMIT / 2**20:.0f} MB "
        f"even {SIZES[-1][0]} pixels wide; leave some out of the page"
    )


def _small_png(path: str | Path, width: int, all_colours: bool) -> tuple[bytes, int]:
    """Read an image as PNG, at most this wide, in all its colours or in 256 (a third of the bytes).

    The second value is the width on the page [CSS pixels], so that type has one size on all figures.
    """
    with Image.open(path) as source:
        image = source.convert("RGB")
    shown = round(image.width / DPI * PIXELS_PER_INCH)
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    if not all_colours:
        image = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue(), shown


def _figure(image: bytes, width: int, path: str | Path, caption: str) -> str:
    content = base64.b64encode(image).decode()
    return (
        f'<figure>\n<img width="{width}" src="data:image/png;base64,{content}" alt="{escape(caption)}">\n'
        f"{_caption(path, caption)}\n</figure>"
    )


def _caption(path: str | Path, caption: str) -> str:
    return f"<figcaption><b>{escape(caption)}</b> <code>{escape(Path(path).name)}</code></figcaption>"


def _table_from(path: str | Path, caption: str) -> str:
    table = pd.read_csv(path, keep_default_na=True)
    more = len(table) - ROWS_SHOWN
    cut = f"<figcaption>{more:,} more rows are in the file.</figcaption>" if more > 0 else ""
    body = _table(table.head(ROWS_SHOWN))
    return f'<figure>\n{_caption(path, caption)}\n<div class="scroll">{body}</div>{cut}\n</figure>'


def _table(table: pd.DataFrame) -> str:
    """HTML table: numbers with four digits and set right, the unit of a column in small type."""
    kinds = ['class="number"' if pd.api.types.is_numeric_dtype(table[name]) else "" for name in table]
    head = "".join(f"<th {kind}>{_heading(str(name))}</th>" for name, kind in zip(table, kinds, strict=True))
    rows = (
        "".join(f"<td {kind}>{_cell(value)}</td>" for value, kind in zip(row, kinds, strict=True))
        for row in table.itertuples(index=False)
    )
    body = "\n".join(f"<tr>{row}</tr>" for row in rows)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>\n</table>"


def _heading(name: str) -> str:
    """Column name; what stands in square brackets at its end is its unit."""
    words, unit = re.fullmatch(r"(.*?)\s*(\[[^\]]*\])?", name).groups()
    return escape(words.replace("_", " ")) + (f" <small>{escape(unit)}</small>" if unit else "")


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


def _stages(stages: pd.DataFrame | Iterable[Sequence[str]]) -> str:
    """Table of the stages; done and left out in colours of their own."""
    rows = stages.to_numpy().tolist() if isinstance(stages, pd.DataFrame) else stages
    lines = []
    for stage, status, reason in rows:
        kind = "done" if status == "done" else "left"
        why = "" if pd.isna(reason) else escape(str(reason))
        lines.append(
            f'<tr><td>{escape(stage)}</td><td class="{kind}">{escape(status)}</td><td>{why}</td></tr>'
        )
    head = "<thead><tr><th>Stage</th><th>Status</th><th>Reason</th></tr></thead>"
    return f'<div class="scroll"><table>{head}<tbody>{"".join(lines)}</tbody></table></div>'
