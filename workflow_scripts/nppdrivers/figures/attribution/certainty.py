"""Dominant category by either method, where noise could explain it, and how many replicates agree."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nppdrivers.contribution import INDISTINCT
from nppdrivers.figures.attribution.contributions import dominant_shares
from nppdrivers.figures.canvas import INK, styled
from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.figures.frame import Vector, colour_bar, draw_image, draw_lines
from nppdrivers.figures.labels import panel_title
from nppdrivers.figures.maps import class_colours, show_continuous
from nppdrivers.figures.panels import BOTTOM, LEFT, THIN_OUTLINE, PanelSheet
from nppdrivers.grid import Grid
from nppdrivers.quantities import quantity


class DominantMaps(NamedTuple):
    """Maps of one method.

    Attributes
    ----------
    plain, marked
        Codes (H, W), uint8: without and with the class of cells that noise could explain; 0 undefined.
    agreement
        Share of the replicates with the same leading category (H, W) [0 to 1].
    """

    plain: np.ndarray
    marked: np.ndarray
    agreement: np.ndarray


@styled
def dominant_certainty(
    methods: Mapping[str, DominantMaps],
    legend: Mapping[int, str],
    grid: Grid,
    *,
    outline: Vector | None = None,
) -> Figure:
    """Three maps a method: dominant category plain, with cells that noise could explain, and agreement.

    The bar under a map of classes gives the share of each class [%].

    Parameters
    ----------
    methods
        Maps by the name of the method, one row of panels each.
    legend
        Name of each code but 0: single letters and pairs of categories, and that of cells which noise could
        explain.
    grid
        Grid of the maps.
    outline
        Study area.
    """
    classes = coloured_classes("dominant_category", legend)
    drawn = PanelSheet(3 * len(methods), grid, 3, foot=0.42, strip=0.72)
    kind = quantity("class_probability")
    for row, (method, maps) in enumerate(methods.items()):
        titles = (method, "Beyond noise", "Agreement of the replicates")
        for column, (title, values) in enumerate(zip(titles, maps, strict=True)):
            position = 3 * row + column
            axes = drawn.panels[position]
            if column < 2:
                draw_image(axes, class_colours(values, classes), grid)
                drawn.share_bar(position, dominant_shares(values, classes["code"]), classes["colour"])
            else:
                image = show_continuous(axes, values, grid, kind, (0, 1))
            draw_lines(axes, outline, grid, **THIN_OUTLINE)
            drawn.frame(position, panel_title(position, title))
    _legend(drawn, classes)
    box = (LEFT + 3.6, BOTTOM + 0.42, 1.5, 0.1)
    colour_bar(drawn.figure, image, box, "Share of replicates that agree", "1")
    drawn.scale()
    return drawn.figure


def _legend(drawn: PanelSheet, classes: pd.DataFrame) -> None:
    """Swatches of the classes in rows of five, and what the letters stand for."""
    for number, kind in enumerate(classes.itertuples()):
        x, y = 0.36 * (number % 5), 0.55 - 0.16 * (number // 5)
        if kind[2] == INDISTINCT:
            x, y = 0.0, 0.55 - 0.16 * (1 + (len(classes) - 2) // 5)
        drawn.strip.add_patch(
            Rectangle((x, y), 0.15, 0.09, facecolor=kind.colour, edgecolor=INK, linewidth=0.3)
        )
        drawn.strip.text(x + 0.19, y + 0.045, kind[2], va="center", size=6.2)
    lines = [
        "C climate, S soil, M mining; the first",
        "letter of a pair has the larger part.",
        "Bars: share [%]",
    ]
    for number, line in enumerate(lines):
        drawn.strip.text(1.95, 0.595 - 0.13 * number, line, va="center", size=5.6)
