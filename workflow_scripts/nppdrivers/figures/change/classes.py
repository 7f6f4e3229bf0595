"""Maps of classes side by side: trends, and what helped NPP."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nppdrivers.figures.canvas import INK, styled
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
    """Maps of classes side by side, with the share of each class [%] in a bar under its map.

    Parameters
    ----------
    maps
        Codes (H, W), uint8, by title; 0 is left blank.
    classes
        As `coloured_classes` gives them.
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
        present = class_shares(codes, classes)
        drawn.share_bar(position, present["share"], present["colour"])
    for number, row in enumerate(classes.to_dict("records")):
        x, y = 1.25 * (number // 3), 0.46 - 0.16 * (number % 3)
        drawn.strip.add_patch(
            Rectangle((x, y), 0.17, 0.09, facecolor=row["colour"], edgecolor=INK, linewidth=0.3)
        )
        drawn.strip.text(x + 0.22, y + 0.045, row["class"], va="center", size=6.2)
    drawn.strip.text(0, 0.0, "Bars: share of the cells [%]", va="center", size=6.2)
    drawn.scale()
    return drawn.figure
