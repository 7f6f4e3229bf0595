"""Maps of what was surveyed: the study area, the hazards of mining, the sampled points."""

from collections.abc import Mapping
from itertools import cycle
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import LightSource
from matplotlib.figure import Figure

from nppdrivers.figures.canvas import INK, styled
from nppdrivers.figures.frame import Vector, draw_areas, draw_image, draw_lines, draw_points
from nppdrivers.figures.labels import wrapped
from nppdrivers.figures.maps import (
    bar_with_histogram,
    class_colours,
    class_legend,
    draw_layers,
    map_sheet,
    show_continuous,
    spread,
)
from nppdrivers.grid import Grid
from nppdrivers.quantities import quantity

MINES: Mapping[str, Any] = {"edgecolor": "#3d0c45", "hatch": "//////", "linewidth": 0.9}
LEAST_DEGRADATION = 0.001  # counted as degraded: the smoothed density of cracks never quite ends
# Distinct on orange and red ground, by their dashes too
HAZARDS = (("#542788", "-"), ("#006837", "-"), ("#35978f", "--"), ("#08306b", "-."), ("#4d4d4d", "-"))


@styled
def study_area(
    land_cover: np.ndarray,
    classes: pd.DataFrame,
    grid: Grid,
    *,
    elevation: np.ndarray | None = None,
    outline: Vector | None = None,
    river: Vector | None = None,
    mines: Vector | None = None,
    points: Mapping[str, Vector] | None = None,
) -> Figure:
    """Study area: land cover over shaded relief, mines, river, soil samples, stations in view.

    Parameters
    ----------
    land_cover
        Class codes (H, W), uint8; 0 is left blank.
    classes
        Columns ``class`` (name), ``code``, ``colour`` (any matplotlib colour); further columns are ignored.
    grid
        Grid of the map.
    elevation
        Elevation (H, W) [m] for the shading; none without it.
    outline, river, mines
        Vector layers with their coordinate system.
    points
        Point layers by label (soil samples, stations, plots); those in view are counted.
    """
    figure, axes, column = map_sheet(grid)
    colours = class_colours(land_cover, classes)
    if elevation is not None:
        colours[..., :3] = np.clip(colours[..., :3] * relief(elevation, grid)[..., None], 0, 255)
    draw_image(axes, colours, grid)
    column.heading("Land cover [% of area]")
    class_legend(column, land_cover, classes)
    if mines is not None and len(mines):
        draw_areas(axes, mines, grid, facecolor="none", **MINES)
        column.swatch(f"Coal mines ({len(mines)})", facecolor="white", **MINES)
    draw_layers(axes, column, grid, river=river, outline=outline, points=points)
    return figure


def relief(elevation: np.ndarray, grid: Grid) -> np.ndarray:
    """Brightness factor of a surface [m] lit from the north-west at 45 degrees: about 1 where it is flat."""
    known = np.isfinite(elevation)
    if not known.any():
        return np.ones(elevation.shape)
    filled = np.where(known, elevation, elevation[known].mean())
    light = LightSource(azdeg=315, altdeg=45)
    shade = light.hillshade(filled, vert_exag=2, dx=grid.cell_size_m, dy=grid.cell_size_m)
    return np.where(known, np.clip(1 + 0.7 * (shade - shade[known].mean()), 0.55, 1.3), 1.0)


@styled
def land_degradation(
    degradation: np.ndarray,
    grid: Grid,
    *,
    hazards: Mapping[str, Vector] | None = None,
    outline: Vector | None = None,
    river: Vector | None = None,
) -> Figure:
    """Map of the land degradation index (0 to 1) with each hazard layer (polygons or lines) outlined.

    The histogram and the share of the area leave out cells below `LEAST_DEGRADATION`, which would drown all
    others.
    """
    kind = quantity("LD")
    figure, axes, column = map_sheet(grid)
    degraded = np.where(degradation > LEAST_DEGRADATION, degradation, np.nan)
    high = max(0.05, spread(degraded)[1]) if np.isfinite(degraded).any() else 1.0
    image = show_continuous(axes, degradation, grid, kind, (0.0, high))
    column.heading("Land degradation index\n(0 none, 1 worst)")
    bar_with_histogram(column, image, degraded, kind)
    known = max(1, int(np.isfinite(degradation).sum()))
    column.text(
        [f"{100 * np.isfinite(degraded).sum() / known:.1f} % of the area is above {LEAST_DEGRADATION:g}"]
    )
    for (label, layer), (colour, dash) in zip((hazards or {}).items(), cycle(HAZARDS), strict=False):
        draw_lines(axes, layer, grid, colors=colour, linewidths=0.8, linestyles=dash)
        column.line(f"{label.capitalize()} ({len(layer)})", color=colour, linewidth=1.3, linestyle=dash)
    draw_layers(axes, column, grid, river=river, outline=outline)
    return figure


@styled
def sampled_points(points: Vector, grid: Grid, npp: np.ndarray, *, outline: Vector | None = None) -> Figure:
    """Sampled points over mean annual NPP [gC m-2 yr-1]."""
    figure, axes, column = map_sheet(grid)
    kind = quantity("npp")
    image = show_continuous(axes, npp, grid, kind, None)
    column.heading(wrapped(kind.long_name))
    bar_with_histogram(column, image, npp, kind)
    draw_layers(axes, column, grid, outline=outline)
    seen = draw_points(axes, points, grid, s=3.2, color=INK, linewidth=0)
    column.marker(f"Sampled points ({seen:,})", s=5, color=INK)
    return figure
