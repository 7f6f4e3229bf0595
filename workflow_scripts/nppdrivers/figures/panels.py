"""Several maps on one sheet: climate, soil, monthly NDVI, actual and relative contributions."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from nppdrivers.figures.canvas import CATEGORY_NAMES, INK, PAGE_WIDTH, ink_on, place, sheet, styled
from nppdrivers.figures.frame import (
    Vector,
    aspect,
    colour_bar,
    draw_graticule,
    draw_lines,
    draw_north,
    draw_points,
    draw_scale_bar,
)
from nppdrivers.figures.labels import MONTHS, panel_title
from nppdrivers.figures.maps import MANY_POINTS, OUTLINE, show_continuous, spread
from nppdrivers.grid import Grid
from nppdrivers.quantities import quantity, short_name

LEFT, RIGHT, BOTTOM, GAP = 0.3, 0.12, 0.2, 0.14  # margins, and room between panels [inch]
NARROWEST, WIDEST = 1.0, 2.9  # panel [inch]
NUMBER_WIDTH = 0.15  # of a number in a bar [inch]
NARROWEST_SHEET, HIGHEST_SHEET = 5.6, 9.5  # room for the strip, and a printed page [inch]
THIN_OUTLINE = OUTLINE | {"linewidths": 0.6}


class PanelSheet:
    """Sheet of equal map panels with a strip along the bottom for legend, scale bar and north arrow.

    Attributes
    ----------
    figure : Figure
    panels : list of Axes
        Map axes in reading order.
    corner : list of tuple
        Lower left corner of each panel [inch].
    width, height : float
        Size of a panel [inch].
    strip : Axes
        Strip at the bottom, on which one unit is one inch.
    strip_width : float
        Width of the strip [inch].
    """

    def __init__(
        self,
        count: int,
        grid: Grid,
        columns: int,
        *,
        foot: float,
        strip: float,
        head: float = 0.24,
    ) -> None:
        columns = min(columns, count)
        rows = -(-count // columns)
        high = (HIGHEST_SHEET - BOTTOM - strip) / rows - head - foot
        wide = (PAGE_WIDTH - LEFT - RIGHT + GAP) / columns - GAP
        self.width = max(NARROWEST, min(WIDEST, wide, high / aspect(grid)))
        self.height = self.width * aspect(grid)
        sheet_width = max(NARROWEST_SHEET, LEFT + columns * (self.width + GAP) - GAP + RIGHT)
        sheet_height = BOTTOM + strip + rows * (head + self.height + foot)
        self.figure = sheet(sheet_width, sheet_height)
        self.strip_width = sheet_width - LEFT - RIGHT
        limits = {"xlim": (0, self.strip_width), "ylim": (0, strip)}
        self.strip = place(self.figure, LEFT, BOTTOM, self.strip_width, strip, **limits)
        self.strip.set_axis_off()
        self._columns, self._grid = columns, grid
        self.corner: list[tuple[float, float]] = []
        for position in range(count):
            row, column = divmod(position, columns)
            below = (rows - 1 - row) * (head + self.height + foot)
            self.corner.append((LEFT + column * (self.width + GAP), BOTTOM + strip + below + foot))
        self.panels: list[Axes] = [place(self.figure, *at, self.width, self.height) for at in self.corner]

    def frame(self, position: int, title: str) -> None:
        """Title at the left over a panel, degrees along its edges (latitudes in the first column only)."""
        axes = self.panels[position]
        axes.set_title(title, loc="left", pad=3)
        draw_graticule(axes, self._grid, latitudes=position % self._columns == 0)

    def share_bar(self, position: int, shares: Iterable[float], colours: Iterable[str]) -> None:
        """Stacked bar of shares [%] under a panel; parts too narrow for a number carry none."""
        left, bottom = self.corner[position]
        axes = place(self.figure, left, bottom - 0.32, self.width, 0.12, xlim=(0, 100), ylim=(0, 1))
        axes.set_axis_off()
        start = 0.0
        for share, colour in zip(shares, colours, strict=True):
            axes.add_patch(
                Rectangle((start, 0), share, 1, facecolor=colour, edgecolor="white", linewidth=0.3)
            )
            if share / 100 * self.width >= NUMBER_WIDTH:
                text, ink = f"{share:.0f}", ink_on(colour)
                axes.text(start + share / 2, 0.46, text, ha="center", va="center", size=5.5, color=ink)
            start += share

    def scale(self) -> None:
        """Scale bar and north arrow at the right end of the strip."""
        draw_scale_bar(self.strip, self._grid, self.width, self.strip_width - 1.4, 0.05, 1.0)
        draw_north(self.strip, self._grid, self.strip_width - 0.12, 0.02, 0.3)


@styled
def panels_one_scale(
    maps: Mapping[str, np.ndarray],
    grid: Grid,
    name: str,
    *,
    columns: int = 4,
    limits: tuple[float, float] | None = None,
    symmetric: bool = False,
    outline: Vector | None = None,
) -> Figure:
    """Draw maps of one product with the same colours and limits throughout, and one colour bar.

    Parameters
    ----------
    maps
        Map (H, W) [unit of the product] by title; NaN is left blank.
    grid
        Grid of the maps.
    name
        Quantity in the register.
    columns
        Panels in a row.
    limits
        Values at the ends of the colours; the 1st to 99th percentile of all maps together when absent.
    symmetric
        Whether zero lies in the middle of the colours.
    outline
        Study area.
    """
    kind = quantity(name)
    low, high = limits if limits is not None else spread(*maps.values())
    if symmetric:
        high = max(abs(low), abs(high))
        low = -high
    drawn = PanelSheet(len(maps), grid, columns, foot=0.2, strip=0.5)
    for position, (title, values) in enumerate(maps.items()):
        image = show_continuous(drawn.panels[position], values, grid, kind, (low, high))
        draw_lines(drawn.panels[position], outline, grid, **THIN_OUTLINE)
        drawn.frame(position, title)
    room = min(3.4, drawn.strip_width - 1.8)
    colour_bar(drawn.figure, image, (LEFT, BOTTOM + 0.3, room, 0.1), kind.long_name, kind.unit)
    drawn.scale()
    return drawn.figure


@styled
def panels_own_scales(
    maps: Mapping[str, np.ndarray],
    grid: Grid,
    *,
    columns: int = 4,
    points: Vector | None = None,
    points_name: str = "",
    titles: Mapping[str, str] | None = None,
    errors: Mapping[str, float] | None = None,
    outline: Vector | None = None,
) -> Figure:
    """Draw maps of different products, each with its own colour bar, and points on all of them.

    Parameters
    ----------
    maps
        Map (H, W) by the name of its product in the register; NaN is left blank.
    grid
        Grid of the maps.
    columns
        Panels in a row.
    points
        Points that the maps were made from.
    points_name
        What they are, for the legend.
    titles
        Title by name of the product, where it is not its short name; then colour bars have their unit only.
    errors
        Standard error by name of the product, for those that vary less than it: their title says so, and
        their colours reach this error to both sides of the mean, so that no unknown pattern is drawn.
    outline
        Study area.
    """
    head = 0.36 if any("\n" in title for title in (titles or {}).values()) else 0.24
    drawn = PanelSheet(len(maps), grid, columns, foot=0.62, strip=0.4, head=head)
    many = points is not None and len(points) > MANY_POINTS
    style: dict[str, Any] = {"marker": "o", "s": 5} if many else {"marker": "^", "s": 20}
    style |= {"edgecolor": INK, "facecolor": "white", "linewidth": 0.5}
    for position, (name, values) in enumerate(maps.items()):
        axes, kind = drawn.panels[position], quantity(name)
        error, title = (errors or {}).get(name), (titles or {}).get(name) or short_name(name)
        limits = None
        if error is not None:
            middle = float(np.nanmean(values))
            limits, title = (middle - error, middle + error), f"{title} varies less than its error"
        image = show_continuous(axes, values, grid, kind, limits)
        draw_lines(axes, outline, grid, **THIN_OUTLINE)
        drawn.frame(position, panel_title(position, title))
        left, bottom = drawn.corner[position]
        box = (left + 0.05, bottom - 0.3, drawn.width - 0.1, 0.07)
        fits = len(kind.label) < 19 * drawn.width  # letters of this size to an inch
        bar_name = kind.long_name if fits and not titles else ""
        colour_bar(drawn.figure, image, box, bar_name, kind.unit)
        seen = draw_points(axes, points, grid, zorder=5, **style)
    if points is not None:
        drawn.strip.scatter([0.06], [0.08], **style)
        drawn.strip.text(
            0.16, 0.08, f"{points_name} in view ({seen} of {len(points)})", va="center", size=6.5
        )
    drawn.scale()
    return drawn.figure


def climate_surfaces(
    maps: Mapping[str, np.ndarray],
    grid: Grid,
    *,
    titles: Mapping[str, str] | None = None,
    errors: Mapping[str, float] | None = None,
    stations: Vector | None = None,
    outline: Vector | None = None,
) -> Figure:
    """Mean annual climate (MAT MAP MAE MAS), two by two, with the stations in view; as panels_own_scales."""
    return panels_own_scales(
        maps,
        grid,
        titles=titles,
        errors=errors,
        columns=2,
        points=stations,
        points_name="Stations",
        outline=outline,
    )


def soil_maps(
    maps: Mapping[str, np.ndarray],
    grid: Grid,
    *,
    titles: Mapping[str, str] | None = None,
    samples: Vector | None = None,
    outline: Vector | None = None,
) -> Figure:
    """Soil properties, such as SOC or pH, with the samples they were made from."""
    return panels_own_scales(
        maps, grid, columns=4, points=samples, points_name="Soil samples", titles=titles, outline=outline
    )


def monthly_ndvi(
    maps: Sequence[np.ndarray],
    grid: Grid,
    *,
    unobserved: np.ndarray | None = None,
    outline: Vector | None = None,
) -> Figure:
    """Twelve monthly NDVI maps, January to December, in one scale.

    unobserved : (12, H, W) bool; cells that rest on no observation of the month are left blank, and the title
    gives their share.
    """
    if len(maps) != 12:
        raise ValueError(f"twelve monthly maps are needed, January to December; got {len(maps)}")
    if unobserved is None:
        unobserved = np.zeros((12, *grid.shape), bool)
    titled = {}
    for month, values, bare in zip(MONTHS, maps, unobserved, strict=True):
        share = 100 * np.mean(bare[np.isfinite(values)]) if np.isfinite(values).any() else 0.0
        title = f"{month}: {share:.0f} % unobserved" if share >= 0.5 else month
        titled[title] = np.where(bare, np.float32(np.nan), values)
    return panels_one_scale(titled, grid, "ndvi", outline=outline)


def actual_contributions(
    maps: Mapping[str, np.ndarray], grid: Grid, *, outline: Vector | None = None
) -> Figure:
    """Actual contribution of each category (keys C, S, M) [gC m-2 yr-1], zero at the middle colour."""
    titled = _by_category_name(maps)
    return panels_one_scale(titled, grid, "actual_contribution", columns=3, symmetric=True, outline=outline)


def relative_contributions(
    maps: Mapping[str, np.ndarray], grid: Grid, *, outline: Vector | None = None
) -> Figure:
    """Relative contribution of each category (keys C, S, M) [%], 0 to 100."""
    titled = _by_category_name(maps)
    return panels_one_scale(
        titled, grid, "relative_contribution", columns=3, limits=(0, 100), outline=outline
    )


def shapley_values(maps: Mapping[str, np.ndarray], grid: Grid, *, outline: Vector | None = None) -> Figure:
    """Shapley value of each category (keys C, S, M) [gC m-2 yr-1], zero at the middle colour."""
    titled = _by_category_name(maps)
    return panels_one_scale(titled, grid, "shapley", columns=3, symmetric=True, outline=outline)


def _by_category_name(maps: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Maps by letter and name of their category, in the order C, S, M."""
    present = [key for key in CATEGORY_NAMES if key in maps]
    return {panel_title(i, CATEGORY_NAMES[key]): maps[key] for i, key in enumerate(present)}
