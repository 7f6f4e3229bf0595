"""Figures within a page: WebP, as wide as the page has room for."""

import base64
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

from nppdrivers.figures.canvas import DPI

WIDEST, NARROWEST = 1500, 500  # [pixels]
QUALITY, EFFORT = 84, 2
USUAL_SHARE = 0.24  # bytes of a figure 1400 pixels wide per byte of its PNG, to begin with
PIXELS_PER_INCH = 130  # of a printed figure on the page: makes its type as large as the text


class Embedded(NamedTuple):
    """A figure as text, and its width and height on the page [CSS pixels]."""

    content: str
    width: int
    height: int


def embedded(paths: Sequence[Path], most: int) -> list[Embedded]:
    """Figures as wide as fits.

    Parameters
    ----------
    paths : sequence of path
        PNG files of the figures.
    most : int
        Bytes that all of them may take as text.

    Raises
    ------
    ValueError
        When they do not fit at the smallest width.
    """
    if not paths:
        return []
    usual = USUAL_SHARE * sum(path.stat().st_size for path in paths) * 4 / 3
    width = min(WIDEST, int(1400 * np.sqrt(max(most, 1) / usual)))
    while width >= NARROWEST:
        figures = [_small(path, width) for path in paths]
        size = sum(len(figure.content) for figure in figures)
        if size <= most:
            return figures
        width = int(0.95 * width * np.sqrt(most / size))
    raise ValueError(
        f"{len(paths)} figures do not fit into {max(most, 0) / 1e6:.1f} MB even {NARROWEST} pixels wide; "
        "leave some out of the page (config/contents.csv)"
    )


def _small(path: Path, width: int) -> Embedded:
    """A figure at most this wide; type has one size on all figures of the page."""
    with Image.open(path) as source:
        image = source.convert("RGB")
    scale = PIXELS_PER_INCH / DPI
    shown = round(image.width * scale), round(image.height * scale)
    if image.width > width:
        image = image.resize((width, round(image.height * width / image.width)), Image.Resampling.LANCZOS)
    target = BytesIO()
    image.save(target, "WEBP", quality=QUALITY, method=EFFORT)
    return Embedded(base64.b64encode(target.getvalue()).decode(), *shown)
