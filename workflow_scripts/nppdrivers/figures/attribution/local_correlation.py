"""Local correlation of NPP with each driver."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nppdrivers.correlation.significance import INSIGNIFICANT, LEGEND, NEGATIVE, POSITIVE, UNDEFINED
from nppdrivers.figures.canvas import INK, place, styled
from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.figures.frame import Vector, colour_bar, disc, draw_image, draw_lines
from nppdrivers.figures.labels import panel_title, wrapped
from nppdrivers.figures.maps import class_colours
from nppdrivers.figures.panels import BOTTOM, LEFT, THIN_OUTLINE, PanelSheet
from nppdrivers.grid import Grid
from nppdrivers.quantities import short_name

COLOURS = "RdBu"
LEFT_OF_DISC = 18  # letters of a title that fit at the left of the disc
CLASSES = (
    coloured_classes("correlation_class", LEGEND)
    .set_index("code")
    .loc[[POSITIVE, NEGATIVE, INSIGNIFICANT, UNDEFINED]]
    .reset_index()
)
CLASSES["class"] = ["significant +", "significant −", "insignificant", "undefined"]


@styled
def local_correlation_panels(
    r: Mapping[str, np.ndarray],
    classes: Mapping[str, np.ndarray],
    grid: Grid,
    overall: pd.DataFrame,
    *,
    inside: np.ndarray,
    outline: Vector | None = None,
) -> Figure:
    """Local correlation of NPP with each driver, the overall r in a coloured disc, and the area shares.

    Significant cells show r; insignificant and undefined cells have colours of their own. The bar under a
    panel gives the share of the study area [%] of each class.

    Parameters
    ----------
    r
        Local correlation (H, W) [-1 to 1] by driver, in the order of the panels.
    classes
        Codes (H, W), uint8, by driver, as `nppdrivers.significance.classify` gives them.
    grid
        Grid of the maps.
    overall
        Columns ``r`` and ``p``, indexed by driver: Pearson correlation at the sampled points. Two stars stand
        for p < 0.01, one for p < 0.05.
    inside
        True in the study area (H, W): separates undefined cells from those outside.
    outline
        Study area.

    Raises
    ------
    ValueError
        When a driver has no overall correlation.
    """
    missing = [driver for driver in r if driver not in overall.index]
    if missing:
        raise ValueError(f"no overall correlation of {', '.join(missing)}; give one row for each driver")
    drawn = PanelSheet(len(r), grid, 4, foot=0.5, strip=0.55, head=0.36)
    for position, driver in enumerate(r):
        axes, codes = drawn.panels[position], classes[driver]
        ground = class_colours(codes, CLASSES)
        ground[~inside] = 0
        draw_image(axes, ground, grid)
        significant = inside & np.isin(codes, [POSITIVE, NEGATIVE])
        shown = np.ma.masked_where(~significant, r[driver])
        image = draw_image(axes, shown, grid, cmap=COLOURS, norm=BoundaryNorm(np.linspace(-1, 1, 9), 256))
        draw_lines(axes, outline, grid, **THIN_OUTLINE)
        drawn.frame(position, panel_title(position, wrapped(short_name(driver), LEFT_OF_DISC)))
        _overall_disc(drawn, position, *overall.loc[driver, ["r", "p"]].astype(float))
        drawn.share_bar(position, area_shares(codes, inside), CLASSES["colour"])
    box = (LEFT, BOTTOM + 0.33, min(2.1, drawn.strip_width - 3.8), 0.1)
    colour_bar(drawn.figure, image, box, "Local r where significant", "1")
    _class_legend(drawn, box[2] + 0.3)
    drawn.scale()
    return drawn.figure


def area_shares(codes: np.ndarray, inside: np.ndarray) -> np.ndarray:
    """Share of the study area [%] of each class, in the order of `CLASSES`; adds up to 100."""
    counts = np.bincount(codes[inside], minlength=256)[CLASSES["code"]]
    return 100 * counts / max(counts.sum(), 1)


def _overall_disc(drawn: PanelSheet, position: int, r: float, p: float) -> None:
    """Disc with the overall r at the upper right of a panel, stars for its significance."""
    left, bottom = drawn.corner[position]
    size = 0.38
    corner = (left + drawn.width - size + 0.02, bottom + drawn.height - 0.08)
    axes = place(drawn.figure, *corner, size, size, xlim=(0, size), ylim=(0, size))
    axes.set_axis_off()
    stars = "**" if p < 0.01 else "*" if p < 0.05 else ""
    text = f"{r:.2f}{stars}".replace("-", "−") if np.isfinite(r) else "–"
    disc(axes, size / 2, size / 2, size / 2 - 0.01, r, text, COLOURS)


def _class_legend(drawn: PanelSheet, left: float) -> None:
    drawn.strip.text(left, 0.43, "Bars: share of the study area [%]", va="center", size=6.2)
    for position, kind in enumerate(CLASSES.itertuples()):
        x, y = left + 1.05 * (position // 2), 0.21 - 0.17 * (position % 2)
        drawn.strip.add_patch(
            Rectangle((x, y), 0.17, 0.09, facecolor=kind.colour, edgecolor=INK, linewidth=0.3)
        )
        drawn.strip.text(x + 0.22, y + 0.045, kind[2], va="center", size=6.2)
