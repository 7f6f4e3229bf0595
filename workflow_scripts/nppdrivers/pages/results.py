"""The result page: every figure and table of a run in one HTML file that needs nothing else."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from io import BytesIO
from pathlib import Path

import pandas as pd
from PIL import Image

from nppdrivers.figures.canvas import DPI
from nppdrivers.pages.parts import fill_template, status_table, table

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
    stages: pd.DataFrame,
    *,
    summary: Mapping[str, Sequence[str]] | None = None,
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
        Columns ``stage``, ``status`` and ``reason``, texts: what was done or left out, and why.
    summary
        Sentences by heading, shown before all else.

    Returns
    -------
    str
        The HTML; it names no outside resource and opens by a double click.

    Raises
    ------
    ValueError
        When the figures do not fit at the smallest width.
    """
    sections: dict[str, list[str]] = {"In plain words": [_sentences(summary)]} if summary else {}
    rows = stages.itertuples(index=False)
    sections["Stages"] = [status_table(("Stage", "Status", "Reason"), rows, good="done")]
    images = _embedded([path for _, path, _ in figures])
    for (section, path, caption), (image, width) in zip(figures, images, strict=True):
        sections.setdefault(section, []).append(_figure(image, width, path, caption))
    for section, path, caption in tables:
        sections.setdefault(section, []).append(_table_from(path, caption))
    return fill_template(title, notes, sections)


def _sentences(summary: Mapping[str, Sequence[str]]) -> str:
    return "\n".join(
        f"<h3>{escape(heading)}</h3>\n<ul>"
        + "".join(f"<li>{_unbroken(text)}</li>" for text in lines)
        + "</ul>"
        for heading, lines in summary.items()
    )


def _unbroken(text: str) -> str:
    """Text as HTML in which a percent sign stays with its number."""
    return escape(text).replace(" %", "&nbsp;%")


def _embedded(paths: Sequence[str | Path]) -> list[tuple[bytes, int]]:
    """Figures with their width on the page: their own files if these fit, else the widest PNGs that do."""
    images = [(Path(path).read_bytes(), _shown_width(path)) for path in paths]
    if _fits(images):
        return images
    for width, all_colours in SIZES:
        images = [_small_png(path, width, all_colours) for path in paths]
        if _fits(images):
            return images
    raise ValueError(
        f"{len(paths)} figures do not fit into {FIGURES_LIMIT / 2**20:.0f} MB "
        f"even {SIZES[-1][0]} pixels wide; leave some out of the page"
    )


def _fits(images: Sequence[tuple[bytes, int]]) -> bool:
    """Whether images are within the limit once they are written as text."""
    return sum(len(image) for image, _ in images) * 4 / 3 <= FIGURES_LIMIT


def _shown_width(path: str | Path) -> int:
    """Width on the page [CSS pixels], so that type has one size on all figures."""
    with Image.open(path) as image:
        return round(image.width / DPI * PIXELS_PER_INCH)


def _small_png(path: str | Path, width: int, all_colours: bool) -> tuple[bytes, int]:
    """Read an image as PNG, at most this wide, in all its colours or in 256 (a third of the bytes)."""
    with Image.open(path) as source:
        image = source.convert("RGB")
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    if not all_colours:
        image = image.quantize(256, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    target = BytesIO()
    image.save(target, "PNG")
    return target.getvalue(), _shown_width(path)


def _figure(image: bytes, width: int, path: str | Path, caption: str) -> str:
    content = base64.b64encode(image).decode()
    return (
        f'<figure>\n<img width="{width}" src="data:image/png;base64,{content}" alt="{escape(caption)}">\n'
        f"{_caption(path, caption)}\n</figure>"
    )


def _caption(path: str | Path, caption: str) -> str:
    return f"<figcaption><b>{escape(caption)}</b> <code>{escape(Path(path).name)}</code></figcaption>"


def _table_from(path: str | Path, caption: str) -> str:
    rows = pd.read_csv(path, keep_default_na=True)
    more = len(rows) - ROWS_SHOWN
    cut = f"<figcaption>{more:,} more rows are in the file.</figcaption>" if more > 0 else ""
    body = table(rows.head(ROWS_SHOWN))
    return f'<figure>\n{_caption(path, caption)}\n<div class="scroll">{body}</div>{cut}\n</figure>'
