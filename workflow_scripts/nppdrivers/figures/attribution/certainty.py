"""Dominant category by either method, where noise could explain it, and how many replicates agree."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nppdrivers.categories import in_words
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
    drawn = PanelSheet(3 * len(methods), grid, 3, foot=0.42, strip=0.76)
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
    box = (LEFT + 3.65, BOTTOM + 0.5, 1.5, 0.1)
    colour_bar(drawn.figure, image, box, "Share of replicates that agree", "1")
    drawn.scale()
    return drawn.figure


def _legend(drawn: PanelSheet, classes: pd.DataFrame) -> None:
    """Swatches of the classes, a column for each leading category; below them what noise could explain."""
    leading = list(dict.fromkeys(name[0] for name in classes["class"] if name != INDISTINCT))
    lines = dict.fromkeys([*leading, INDISTINCT], 0)
    lowest = max((classes["class"].str[0] == letter).sum() for letter in leading)
    for kind in classes.itertuples():
        name = str(kind[2])
        column = 0 if name == INDISTINCT else leading.index(name[0])
        line = lowest if name == INDISTINCT else lines[name[0]]
        lines[name[0]] = line + 1
        x, y = 1.15 * column, 0.6 - 0.14 * line
        drawn.strip.add_patch(
            Rectangle((x, y), 0.15, 0.09, facecolor=kind.colour, edgecolor=INK, linewidth=0.3)
        )
        drawn.strip.text(x + 0.19, y + 0.045, in_words(name).capitalize(), va="center", size=6.2)
    drawn.strip.text(0, 0.6 - 0.14 * (lowest + 1) + 0.045, "Bars: share [%]", va="center", size=6.2)
