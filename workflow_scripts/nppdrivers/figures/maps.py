"""Single maps with a legend column: colours of a product or of classes, histogram, statistics, layers."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import cycle

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.image import AxesImage

from nppdrivers.figures.canvas import INK, SERIES_COLOURS, SOFT_INK, place, sheet, styled
from nppdrivers.figures.frame import (
    Column,
    Vector,
    aspect,
    colour_bar,
    draw_graticule,
    draw_image,
    draw_lines,
    draw_points,
)
from nppdrivers.figures.labels import labelled, wrapped
from nppdrivers.grid import Grid
from nppdrivers.quantities import Quantity, quantity

MAP_WIDTH, COLUMN_WIDTH, HIGHEST, LOWEST = 4.3, 1.75, 8.5, 4.75  # [inch]
LEFT, BOTTOM, GAP, EDGE = 0.3, 0.3, 0.2, 0.12  # margins, and room next to the map [inch]
OUTLINE = {"colors": INK, "linewidths": 1.0}
RIVER = {"colors": "#2b7bba", "linewidths": 1.1}
MANY_POINTS = 30  # more are drawn as small dots
FEW_SYMBOLS = (("^", 22, SERIES_COLOURS[1]), ("s", 18, SERIES_COLOURS[3]), ("D", 15, SERIES_COLOURS[5]))
MANY_SYMBOLS = (("o", 9, "white"), ("o", 9, SERIES_COLOURS[5]))


def map_sheet(grid: Grid) -> tuple[Figure, Axes, Column]:
    """Sheet with one map and a legend column at its right; degrees, scale bar and north arrow are set."""
    height = min(MAP_WIDTH * aspect(grid), HIGHEST)
    width = height / aspect(grid)
    room = max(height, LOWEST)
    figure = sheet(LEFT + width + GAP + COLUMN_WIDTH + EDGE, BOTTOM + room + EDGE)
    axes = place(figure, LEFT, BOTTOM + room - height, width, height)
    column = Column(figure, LEFT + width + GAP, BOTTOM, COLUMN_WIDTH, room)
    column.foot(grid, width)
    axes.set(xlim=grid.bounds[::2], ylim=grid.bounds[1::2])
    draw_graticule(axes, grid)
    return figure, axes, column


def show_continuous(
    axes: Axes, values: np.ndarray, grid: Grid, kind: Quantity, limits: tuple[float, float] | None
) -> AxesImage:
    """Draw a continuous product in its own colours; without limits, the 1st to 99th percentile."""
    low, high = limits if limits is not None else spread(values)
    return draw_image(axes, np.ma.masked_invalid(values), grid, cmap=kind.colours, vmin=low, vmax=high)


def spread(*maps: np.ndarray, share: float = 1.0) -> tuple[float, float]:
    """Limits, common to all maps, beyond which this share [%] of the finite values lies at either end."""
    finite = np.concatenate([values[np.isfinite(values)] for values in maps])
    if finite.size == 0:
        return 0.0, 1.0
    low, high = np.percentile(finite, [share, 100 - share])
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def statistics(values: np.ndarray) -> dict[str, float]:
    """Minimum, maximum, mean, standard deviation (n - 1) and coefficient of variation [%]; NaN left out."""
    finite = values[np.isfinite(values)].astype(float)
    if finite.size < 2:
        raise ValueError(f"statistics need at least two values, got {finite.size}; is the map empty?")
    mean, deviation = finite.mean(), finite.std(ddof=1)
    cv = 100 * deviation / mean if mean else np.nan
    return {"Min": finite.min(), "Max": finite.max(), "Mean": mean, "SD": deviation, "CV [%]": cv}


@styled
def map_continuous(
    values: np.ndarray,
    grid: Grid,
    name: str | Quantity,
    *,
    title: str = "",
    limits: tuple[float, float] | None = None,
    outline: Vector | None = None,
    river: Vector | None = None,
    with_statistics: bool = False,
) -> Figure:
    """Map of one continuous product, with colour bar and histogram and, when asked, statistics.

    Parameters
    ----------
    values
        Map (H, W) [unit of the product]; NaN is left blank.
    grid
        Grid of the map.
    name
        Quantity, by its name in the register or itself: gives unit, long name and colours.
    title
        Heading of the legend; the long name of the product when empty.
    limits
        Values at the ends of the colours [unit]; the 1st to 99th percentile when absent.
    outline, river
        Polygons and lines to draw over it, with their coordinate system.
    with_statistics
        Whether to print minimum, maximum, mean, standard deviation, coefficient of variation.

    Raises
    ------
    ValueError
        When statistics are asked of fewer than two values, or a map does not fit the grid.
    """
    kind = name if isinstance(name, Quantity) else quantity(name)
    figure, axes, column = map_sheet(grid)
    image = show_continuous(axes, values, grid, kind, limits)
    column.heading(wrapped(title or kind.long_name))
    bar_with_histogram(column, image, values, kind)
    if with_statistics:
        _print_statistics(column, values, kind)
    draw_layers(axes, column, grid, river=river, outline=outline)
    return figure


def mean_npp(
    npp: np.ndarray,
    grid: Grid,
    *,
    part_of_year: str = "",
    outline: Vector | None = None,
    river: Vector | None = None,
) -> Figure:
    """Map of mean annual NPP [gC m-2 yr-1] with its statistics; layers as in `map_continuous`.

    Of a part of the year, as `Period.part_of_year` names its months, heading and unit say that it is no year.
    """
    kind = quantity("npp")
    if part_of_year:
        unit = f"gC m-2 in {part_of_year.count(',') + 1} months"
        kind = replace(kind, unit=unit, long_name=f"Mean NPP of {part_of_year} alone, no whole year")
    return map_continuous(npp, grid, kind, with_statistics=True, outline=outline, river=river)


def bar_with_histogram(column: Column, image: AxesImage, values: np.ndarray, kind: Quantity) -> None:
    """Upright colour bar with a histogram of the area; its ends count all values beyond them."""
    low, high = image.get_clim()
    column.gap(0.05)
    left, bottom, width, height = column.room(1.6)
    bar = colour_bar(column.figure, image, (left + 0.55, bottom, 0.13, height), "", kind.unit)
    bar.yaxis.set_ticks_position("left")
    bar.yaxis.set_label_position("left")
    histogram = place(column.figure, left + 0.7, bottom, width - 0.75, height)
    finite = values[np.isfinite(values)]
    counts, edges = np.histogram(np.clip(finite, low, high), bins=34, range=(low, high))
    middles = (edges[:-1] + edges[1:]) / 2
    histogram.barh(middles, counts, height=edges[1] - edges[0], color=image.cmap(image.norm(middles)))
    histogram.set(ylim=(low, high), xlim=(0, max(counts.max(), 1) * 1.05))
    histogram.set_axis_off()
    beyond = 100 * np.mean((finite < low) | (finite > high)) if finite.size else 0.0
    column.gap(0.08)
    if beyond >= 0.05:
        column.text(
            [f"{beyond:.1f} % of cells lie beyond", "the ends of the colours"], size=5.8, color=SOFT_INK
        )
    column.gap(0.1)


def _print_statistics(column: Column, values: np.ndarray, kind: Quantity) -> None:
    """Statistics with one number of decimals throughout."""
    numbers = statistics(values)
    places = max(0, 3 - int(np.floor(np.log10(max(abs(numbers["Max"]), 1e-6)))))
    column.heading(labelled("Statistics", kind.unit))
    rows = [(key, f"{value:,.{min(places, 6)}f}".replace("-", "−")) for key, value in numbers.items()]
    column.pairs([*rows, ("Cells", f"{np.isfinite(values).sum():,}")])


def draw_layers(
    axes: Axes,
    column: Column,
    grid: Grid,
    *,
    river: Vector | None = None,
    outline: Vector | None = None,
    points: Mapping[str, Vector] | None = None,
) -> None:
    """Lines and points over the map, and a legend entry for each layer that there is."""
    for label, layer, style in (("Study area", outline, OUTLINE), ("River", river, RIVER)):
        if layer is not None and len(layer):
            draw_lines(axes, layer, grid, **style)
            column.line(label, color=style["colors"], linewidth=1.2)
    few, many = cycle(FEW_SYMBOLS), cycle(MANY_SYMBOLS)
    for label, layer in (points or {}).items():
        marker, size, colour = next(many if len(layer) > MANY_POINTS else few)
        style = {"marker": marker, "facecolor": colour, "edgecolor": INK, "linewidth": 0.5}
        seen = draw_points(axes, layer, grid, s=size, zorder=5, **style)
        number = f"{seen}" if seen == len(layer) else f"{seen} of {len(layer)}"
        column.marker(f"{label[:1].upper()}{label[1:]} ({number})", s=max(size, 14), **style)


def class_colours(codes: np.ndarray, classes: pd.DataFrame) -> np.ndarray:
    """Colours (H, W, 4) uint8 of class codes; a code that the table lacks is transparent."""
    palette = np.zeros((256, 4), np.uint8)
    palette[classes["code"]] = [np.round(255 * np.array(to_rgba(colour))) for colour in classes["colour"]]
    return palette[codes]


def class_shares(codes: np.ndarray, classes: pd.DataFrame) -> pd.DataFrame:
    """Classes that occur, with their ``share`` [%] of the cells of all classes; adds up to 100."""
    counts = np.bincount(codes.ravel(), minlength=256)[classes["code"]].astype(float)
    return classes.assign(share=100 * counts / max(counts.sum(), 1.0))[counts > 0]


def class_legend(column: Column, codes: np.ndarray, classes: pd.DataFrame) -> None:
    """Colour, name and share of the area [%] of each class that occurs."""
    for row in class_shares(codes, classes).to_dict("records"):
        column.swatch(str(row["class"]).capitalize(), f"{row['share']:.1f}", facecolor=row["colour"])
    column.gap()
