"""Map furniture: images on a grid, degrees along the edges, scale bar, north arrow, layers, legend column."""

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.image import AxesImage
from matplotlib.patches import Circle, Polygon, Rectangle
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from shapely import get_coordinates

from nppdrivers.figures.canvas import INK, SOFT_INK, place
from nppdrivers.figures.labels import labelled
from nppdrivers.grid import Grid

MAX_PIXELS = 1600  # at most so many cells are drawn along the longer side, as many as a map has printed dots
_MIDDLE_IN = 0.55  # a shorter scale bar has no room for a number at its middle
Vector: TypeAlias = gpd.GeoDataFrame


def display_grid(path: str) -> Grid:
    """Grid of a run as figures show it: rasters of a large one are read thinned, as they would not fit."""
    grid = Grid.load(path)
    return grid.every(_step(grid))


def _step(grid: Grid) -> int:
    """Cells that one drawn cell stands for, along each side."""
    return -(-max(grid.shape) // MAX_PIXELS)


def aspect(grid: Grid) -> float:
    """Height of the mapped area over its width."""
    return grid.height / grid.width


def draw_image(axes: Axes, values: np.ndarray, grid: Grid, **named: Any) -> AxesImage:
    """Show (H, W) values or (H, W, 3 or 4) colours on their grid; large grids are thinned for display."""
    if values.shape[:2] != grid.shape:
        raise ValueError(f"a map of {values.shape[:2]} cells does not fit the grid of {grid.shape}")
    step = _step(grid)
    west, south, east, north = grid.bounds
    image = axes.imshow(
        values[::step, ::step], extent=(west, east, south, north), interpolation="nearest", **named
    )
    axes.set(xlim=(west, east), ylim=(south, north))
    axes.set_aspect("auto")  # the sheet already gives the axes the shape of the grid
    axes.spines[:].set_visible(True)
    return image


def draw_graticule(axes: Axes, grid: Grid, *, longitudes: bool = True, latitudes: bool = True) -> None:
    """Ticks at round degrees along the southern and western edge; labels where asked."""
    west, _, east, north = grid.bounds
    lon = grid.lonlat(slice(grid.height - 1, grid.height))[0][0]
    rows = np.unique(np.linspace(0, grid.height - 1, 16).astype(int))
    lat = np.array([grid.lonlat(slice(row, row + 1))[1][0, 0] for row in rows])
    x = np.linspace(west, east, 2 * grid.width + 1)[1::2]
    y = north - (rows + 0.5) * grid.cell_size_m
    extent, dpi = axes.get_window_extent(), axes.figure.dpi
    for axis, inches, degrees, metres, with_labels, letters in (
        (axes.xaxis, extent.width / dpi, lon, x, longitudes, "WE"),
        (axes.yaxis, extent.height / dpi, lat[::-1], y[::-1], latitudes, "SN"),
    ):
        low, high = degrees[0], degrees[-1]
        most = int(np.clip(inches / 0.5, 1, 3))  # a label takes almost half an inch
        round_degrees = MaxNLocator(most, steps=[1, 2, 2.5, 5, 10]).tick_values(low, high)
        ticks = round_degrees[(round_degrees > low) & (round_degrees < high)]
        ticks = ticks[:: max(1, -(-len(ticks) // most))]
        axis.set_ticks(np.interp(ticks, degrees, metres))
        axis.set_ticklabels(_degree_labels(ticks, letters) if with_labels else [""] * len(ticks))
    for label in axes.get_yticklabels():
        label.set(rotation=90, va="center")


def _degree_labels(ticks: Sequence[float], letters: str) -> list[str]:
    """Degrees with just the decimals that the tick spacing needs and the letter of the hemisphere."""
    places = next((p for p in range(6) if np.allclose(np.round(ticks, p), ticks, atol=1e-7)), 6)
    return [f"{abs(t):.{places}f}°{letters[int(t > 0)]}" for t in ticks]


def draw_lines(axes: Axes, layer: Vector | None, grid: Grid, **named: Any) -> None:
    """Draw lines, or the boundaries of polygons; a missing layer is not drawn."""
    if layer is None or len(layer) == 0:
        return
    shapes = layer.geometry.to_crs(grid.crs)
    shapes = shapes.where(~shapes.geom_type.isin(["Polygon", "MultiPolygon"]), shapes.boundary)
    parts = shapes.explode(index_parts=False)
    parts = parts[parts.geom_type.isin(["LineString", "LinearRing"])]
    axes.add_collection(LineCollection([get_coordinates(part) for part in parts], **named), autolim=False)


def draw_areas(axes: Axes, layer: Vector | None, grid: Grid, **named: Any) -> None:
    """Fill or hatch polygons, holes left open; a missing layer is not drawn."""
    if layer is None or len(layer) == 0:
        return
    parts = layer.geometry.to_crs(grid.crs).explode(index_parts=False)
    rings = [[part.exterior, *part.interiors] for part in parts if part.geom_type == "Polygon"]
    paths = [
        Path.make_compound_path(*[Path(get_coordinates(ring), closed=True) for ring in part])
        for part in rings
    ]
    axes.add_collection(PathCollection(paths, **named), autolim=False)


def draw_points(axes: Axes, layer: Vector | None, grid: Grid, **named: Any) -> int:
    """Draw the points that lie in view and return their number; a missing layer is not drawn."""
    if layer is None or len(layer) == 0:
        return 0
    points = layer.geometry.to_crs(grid.crs)
    west, south, east, north = grid.bounds
    x, y = points.x.to_numpy(), points.y.to_numpy()
    seen = (x >= west) & (x <= east) & (y >= south) & (y <= north)
    axes.scatter(x[seen], y[seen], **named)
    axes.set(xlim=(west, east), ylim=(south, north))
    return int(seen.sum())


def draw_scale_bar(
    column: Axes, grid: Grid, map_width: float, left: float, bottom: float, room: float
) -> None:
    """Draw a bar of round length; all lengths in inches on the column's axes."""
    metres_per_inch = grid.cell_size_m * grid.width / map_width
    length = _round_down(0.8 * room * metres_per_inch)
    unit, scale = ("km", 1000) if length >= 1000 else ("m", 1)
    inches = length / metres_per_inch
    for part, colour in enumerate((INK, "white", INK, "white")):
        corner = (left + part * inches / 4, bottom)
        column.add_patch(Rectangle(corner, inches / 4, 0.055, facecolor=colour, edgecolor=INK, linewidth=0.5))
    for share in (0, 0.5, 1) if inches >= _MIDDLE_IN else (0, 1):
        text = f"{share * length / scale:g}" + (f" {unit}" if share == 1 else "")
        column.text(left + share * inches, bottom + 0.085, text, ha="center", va="bottom", size=6)


def _round_down(length: float) -> float:
    """Largest of 1, 2, 3, 4, 5 times a power of ten that is not longer."""
    power = 10.0 ** np.floor(np.log10(length))
    return max(factor for factor in (1, 2, 3, 4, 5) if factor * power <= length * (1 + 1e-9)) * power


def draw_north(column: Axes, grid: Grid, x: float, y: float, size: float = 0.34) -> None:
    """Arrow to true north at the middle of the grid (grid north differs by the convergence); inches."""
    east, north = _north(grid)
    along, across = np.array([east, north]), np.array([north, -east])
    tip, base = np.array([x, y]) + along * size, np.array([x, y])
    notch = base + 0.22 * size * along
    for side, colour in ((-1, INK), (1, "white")):
        corners = [tip, base + side * 0.3 * size * across, notch]
        column.add_patch(Polygon(corners, facecolor=colour, edgecolor=INK, linewidth=0.6))
    x_letter, y_letter = tip + 0.08 * along
    column.text(x_letter, y_letter, "N", ha="center", va="center", size=7.5, weight="bold")


def _north(grid: Grid) -> tuple[float, float]:
    """Unit vector (east, north) on the grid that keeps the longitude and raises the latitude."""
    row, column = max(1, grid.height // 2), max(1, grid.width // 2)
    lon = grid.lonlat(slice(row - 1, row + 1))[0][:, column - 1 : column + 1]
    across, up = lon[0, 1] - lon[0, 0], lon[0, 0] - lon[1, 0]
    length = np.hypot(across, up)
    return -up / length, across / length


class Column:
    """Legend column: entries set from the top down, scale bar and north arrow at its foot [inch]."""

    def __init__(self, figure: Figure, left: float, bottom: float, width: float, height: float) -> None:
        self.figure, self.left, self.bottom, self.width, self.height = figure, left, bottom, width, height
        self.axes = place(figure, left, bottom, width, height, xlim=(0, width), ylim=(0, height))
        self.axes.set_axis_off()
        self.y = height

    def heading(self, text: str) -> None:
        """Bold heading; line breaks are kept."""
        self.axes.text(0, self.y, text, va="top", weight="bold", size=7, linespacing=1.25)
        self.y -= 0.135 * (text.count("\n") + 1) + 0.05

    def text(self, lines: Iterable[str], size: float = 6.5, color: str = INK) -> None:
        """Plain lines."""
        for line in lines:
            self.axes.text(0, self.y, line, va="top", size=size, color=color)
            self.y -= 0.02 * size
        self.gap(0.06)

    def pairs(self, rows: Iterable[tuple[str, str]]) -> None:
        """Name at the left and value at the right of each line."""
        for name, value in rows:
            self.axes.text(0, self.y, name, va="top", size=6.5, color=SOFT_INK)
            self.axes.text(self.width, self.y, value, va="top", ha="right", size=6.5)
            self.y -= 0.14
        self.gap()

    def swatch(self, label: str, value: str = "", **named: Any) -> None:
        """Coloured or hatched box with its label, and a value at the right."""
        style: dict[str, Any] = {"edgecolor": INK, "linewidth": 0.4} | named
        self.axes.add_patch(Rectangle((0.01, self.y - 0.115), 0.19, 0.105, **style))
        self._label(label, value)

    def line(self, label: str, **named: Any) -> None:
        """Piece of line with its label."""
        self.axes.plot([0.01, 0.2], [self.y - 0.06] * 2, solid_capstyle="butt", **named)
        self._label(label)

    def marker(self, label: str, **named: Any) -> None:
        """Point symbol with its label."""
        self.axes.scatter([0.105], [self.y - 0.06], **named)
        self._label(label)

    def _label(self, label: str, value: str = "") -> None:
        self.axes.text(0.27, self.y - 0.06, label, va="center", size=6.5)
        self.axes.text(self.width, self.y - 0.06, value, va="center", ha="right", size=6.5)
        self.y -= 0.16

    def gap(self, inches: float = 0.12) -> None:
        """Empty room."""
        self.y -= inches

    def room(self, height: float) -> tuple[float, float, float, float]:
        """Take this much room for axes of their own: (left, bottom, width, height) on the sheet."""
        self.y -= height
        return self.left, self.bottom + self.y, self.width, height

    def foot(self, grid: Grid, map_width: float) -> None:
        """North arrow and scale bar at the foot."""
        draw_north(self.axes, grid, 0.14, 0.36)
        draw_scale_bar(self.axes, grid, map_width, 0.05, 0.02, self.width - 0.25)


def colour_bar(
    figure: Figure,
    image: AxesImage,
    box: tuple[float, float, float, float],
    name: str,
    unit: str,
) -> Axes:
    """Colour bar with its unit in a box (left, bottom, width, height) [inch]; horizontal when it is wide."""
    bar = place(figure, *box)
    flat = box[2] > box[3]
    scale = figure.colorbar(image, cax=bar, orientation="horizontal" if flat else "vertical")
    scale.outline.set_linewidth(0.5)
    scale.ax.tick_params(size=2, width=0.5, pad=1.5, labelsize=6)
    scale.locator = MaxNLocator(4 if max(box[2:]) < 1.6 else 6, steps=[1, 2, 2.5, 5, 10])
    scale.update_ticks()
    scale.set_label(labelled(name, unit), size=6.5, labelpad=2)
    return bar


def disc(axes: Axes, x: float, y: float, radius: float, value: float, text: str, colours: str) -> None:
    """Disc coloured by a correlation from -1 to 1, with text in it; on axes in inches."""
    fill = ScalarMappable(Normalize(-1, 1), colours).to_rgba(np.asarray(value))
    dark = np.dot(fill[:3], (0.299, 0.587, 0.114)) < 0.55
    axes.add_patch(Circle((x, y), radius, facecolor=fill, edgecolor=INK, linewidth=0.5, clip_on=False))
    axes.text(x, y, text, ha="center", va="center", size=5.4, color="white" if dark else INK)
