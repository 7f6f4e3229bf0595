"""Maps of classes side by side: trends, and what helped NPP."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nppdrivers.figures.canvas import INK, place, styled
from nppdrivers.figures.frame import Vector, draw_image, draw_lines
from nppdrivers.figures.labels import panel_title
from nppdrivers.figures.maps import class_colours, class_shares
from nppdrivers.figures.panels import THIN_OUTLINE, PanelSheet
from nppdrivers.grid import Grid


@styled
def class_panels(
    maps: Mapping[str, np.ndarray],
    classes: pd.DataFrame,
    grid: Grid,
    *,
    outline: Vector | None = None,
) -> Figure:
    """Maps of classes side by side; the title of each gives the share of the last class [%].

    Parameters
    ----------
    maps
        Codes (H, W), uint8, by title; 0 is left blank.
    classes
        As `coloured_classes` gives them; the last is that of cells that show nothing.
    grid
        Grid of the maps.
    outline
        Study area.
    """
    drawn = PanelSheet(len(maps), grid, 2, foot=0.42, strip=0.62)
    for position, (title, codes) in enumerate(maps.items()):
        axes = drawn.panels[position]
        draw_image(axes, class_colours(codes, classes), grid)
        draw_lines(axes, outline, grid, **THIN_OUTLINE)
        drawn.frame(position, panel_title(position, title))
        left, bottom = drawn.corner[position]
        bar = place(drawn.figure, left, bottom - 0.32, drawn.width, 0.12, xlim=(0, 100), ylim=(0, 1))
        bar.set_axis_off()
        start = 0.0
        for row in class_shares(codes, classes).to_dict("records"):
            bar.add_patch(Rectangle((start, 0), row["share"], 1, facecolor=row["colour"], edgecolor="white"))
            if row["share"] >= 8:
                bar.text(
                    start + row["share"] / 2, 0.46, f"{row['share']:.0f}", ha="center", va="center", size=5.6
                )
            start += row["share"]
    for number, row in enumerate(classes.to_dict("records")):
        x, y = 1.25 * (number // 3), 0.46 - 0.16 * (number % 3)
        drawn.strip.add_patch(
            Rectangle((x, y), 0.17, 0.09, facecolor=row["colour"], edgecolor=INK, linewidth=0.3)
        )
        drawn.strip.text(x + 0.22, y + 0.045, row["class"], va="center", size=6.2)
    drawn.strip.text(0, 0.0, "Bars: share of the cells [%]", va="center", size=6.2)
    drawn.scale()
    return drawn.figure
