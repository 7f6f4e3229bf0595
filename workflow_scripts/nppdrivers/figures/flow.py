"""Flow charts: boxes and arrows from a list, the two schemes of the method, the graph of the rules."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, pairwise
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from nppdrivers.figures.canvas import INK, SOFT_INK, place, sheet, styled
from nppdrivers.figures.labels import wrapped
from nppdrivers.figures.layering import Edge, Item, ordered_rows, positions, without_shortcuts
from nppdrivers.quantities import short_name

KIND_COLOURS = {
    "input": "#dceaf7",
    "step": "#f4f4f4",
    "result": "#dff0e3",
    "climate": "#cfe3f3",
    "soil": "#f8dccb",
    "mining": "#d3ece2",
}
STAGE_COLOURS = (
    *("#d3e4f5", "#d5ecd9", "#fde6c2", "#f6d0bf", "#ddd3ec", "#c9ebee", "#f0ecb8"),
    *("#efcfe0", "#dcdcdc", "#c3d69b", "#e3cfb4", "#b9cfe0", "#f4b6b6", "#cfd8dc"),
)
LAYER_HEIGHT, NARROWEST = 0.48, 4.0  # [inch]
STEEPEST = 0.4  # sideways shift of an edge within a layer [inch]


class Node(NamedTuple):
    """Box of a flow chart: its text, the place of its middle [inch], and its kind (see KIND_COLOURS)."""

    name: str
    x: float
    y: float
    kind: str = "step"


@styled
def flow_chart(nodes: Sequence[Node], edges: Iterable[Edge], *, title: str = "") -> Figure:
    """Flow chart of boxes at given places; arrows end at the edges of the boxes.

    Parameters
    ----------
    nodes
        Boxes; line breaks in a name are kept, the name is unique.
    edges
        Pairs of names (from, to).
    title
        Heading.

    Raises
    ------
    ValueError
        When an edge names a box that is not there.
    """
    sizes = {node.name: _box_size(node.name) for node in nodes}
    unknown = sorted({name for edge in edges for name in edge} - set(sizes))
    if unknown:
        raise ValueError(f"edges name boxes that are not in the chart: {', '.join(unknown)}")
    right = max(node.x + sizes[node.name][0] / 2 for node in nodes) + 0.12
    top = max(node.y + sizes[node.name][1] / 2 for node in nodes) + (0.35 if title else 0.12)
    figure = sheet(right, top)
    axes = place(figure, 0, 0, right, top, xlim=(0, right), ylim=(0, top))
    axes.set_axis_off()
    axes.text(0.12, top - 0.1, title, va="top", weight="bold", size=8)
    at = {node.name: (node.x, node.y) for node in nodes}
    for start, end in edges:
        _arrow(axes, _ports(at[start], sizes[start], at[end], sizes[end]))
    for node in nodes:
        _box(
            axes,
            node.name,
            node.x,
            node.y,
            sizes[node.name],
            KIND_COLOURS.get(node.kind, KIND_COLOURS["step"]),
        )
    return figure


def _box_size(name: str) -> tuple[float, float]:
    """Width and height [inch] of a box around the text."""
    lines = name.split("\n")
    return 0.058 * max(len(line) for line in lines) + 0.16, 0.125 * len(lines) + 0.12


def _box(axes: Axes, name: str, x: float, y: float, size: tuple[float, float], colour: str) -> None:
    width, height = size
    style = "round,pad=0,rounding_size=0.05"
    corner = (x - width / 2, y - height / 2)
    axes.add_patch(
        FancyBboxPatch(corner, width, height, style, facecolor=colour, edgecolor=INK, linewidth=0.6)
    )
    axes.text(x, y, name, ha="center", va="center", size=6.5, linespacing=1.2)


def _ports(
    start: tuple[float, float],
    start_size: tuple[float, float],
    end: tuple[float, float],
    end_size: tuple[float, float],
) -> list[tuple[float, float]]:
    """Where an arrow leaves one box and enters the other: straight where they face each other."""
    (x0, y0), (x1, y1) = start, end
    sideways, down = np.sign(x1 - x0), np.sign(y1 - y0)
    if abs(y1 - y0) < (start_size[1] + end_size[1]) / 2:
        return [(x0 + sideways * start_size[0] / 2, y0), (x1 - sideways * end_size[0] / 2, y0)]
    reach0, reach1 = 0.36 * start_size[0], 0.36 * end_size[0]
    low, high = max(x0 - reach0, x1 - reach1), min(x0 + reach0, x1 + reach1)
    if low <= high:
        x_from = x_to = (low + high) / 2
    else:
        # the nearest places, so that arrows to or from one box stand in the order of their other ends
        x_from = x0 + np.clip(x1 - x0, -reach0, reach0)
        x_to = x1 + np.clip(x0 - x1, -reach1, reach1)
    return [(x_from, y0 + down * start_size[1] / 2), (x_to, y1 - down * end_size[1] / 2)]


def _arrow(axes: Axes, way: Sequence[tuple[float, float]]) -> None:
    """Arrow along a way: upright at both ends, bending smoothly through the places between."""
    stops = np.array(way)
    if len(stops) == 2 and np.isclose(stops[0], stops[1]).any():
        path = Path(stops)
    else:
        slope = np.zeros(len(stops))
        # a steeper slant would cut the boxes next to a bend
        slope[1:-1] = np.clip((stops[2:, 0] - stops[:-2, 0]) / 2, -STEEPEST, STEEPEST)
        vertices = [stops[0]]
        for (before, after), (lean0, lean1) in zip(pairwise(stops), pairwise(slope), strict=True):
            third = (after[1] - before[1]) * (1 / 2 if len(stops) == 2 else 2 / 5)
            vertices += [before + np.array([lean0 / 3, third]), after - np.array([lean1 / 3, third]), after]
        path = Path(vertices, [Path.MOVETO, *[Path.CURVE4] * (len(vertices) - 1)])
    axes.add_patch(
        FancyArrowPatch(
            path=path,
            arrowstyle="-|>,head_length=2.4,head_width=1.3",
            color=SOFT_INK,
            linewidth=0.7,
            shrinkA=0,
            shrinkB=0,
            joinstyle="miter",
        )
    )


def npp_scheme() -> Figure:
    """Scheme of the simulation of NPP: from images and stations to monthly and annual NPP."""
    nodes = [
        Node("Coarse images, such\nas MODIS: NDVI", 0.85, 4.15, "input"),
        Node("Fine images, such as\nLandsat: clear cells", 2.55, 4.15, "input"),
        Node("Land cover", 4.3, 4.15, "input"),
        Node("Stations, elevation", 6.3, 4.15, "input"),
        Node("One grid, quality masks, NDVI", 1.7, 3.4),
        Node("Thin-plate splines,\nmonth by month", 6.3, 3.4),
        Node("ESTARFM fusion\nbetween two base pairs", 1.7, 2.7),
        Node("NDVI on the fine grid,\nevery 8 or 16 days", 1.7, 1.95, "result"),
        Node("Temperature, precipitation,\nsolar radiation by month", 6.3, 2.3, "result"),
        Node("Monthly NDVI", 1.7, 1.25, "result"),
        Node("CASA light-use efficiency model", 4.3, 1.25),
        Node("NPP by month, by year, mean of the years", 4.3, 0.55, "result"),
        Node("NDVI limits and largest\nlight-use efficiency by class", 4.3, 2.7),
    ]
    edges = [
        (0, 4), (1, 4), (4, 6), (6, 7), (7, 9), (9, 10), (3, 5), (5, 8), (8, 10), (2, 12), (12, 10), (10, 11),
    ]  # fmt: skip
    return flow_chart(nodes, _named(nodes, edges), title="Simulation of net primary productivity (NPP)")


def attribution_scheme(drivers: Mapping[str, Sequence[str]]) -> Figure:
    """Scheme of the attribution: drivers, sampled points, forests, contributions, dominant category.

    Parameters
    ----------
    drivers
        Drivers of each category that the run has, such as ``{"climate": ["MAT", "MAP"], "mining": ["LD"]}``.
    """
    first, *others = (0.95 + 1.7 * column for column in range(len(drivers) + 1))
    middle, right = (first + others[-1]) / 2, (others[0] + others[-1]) / 2
    sources = [
        Node(f"{name.capitalize()}:\n{wrapped(', '.join(map(short_name, own)), 24)}", x, 4.6, name)
        for (name, own), x in zip(drivers.items(), (first, *others), strict=False)
    ]
    sources.append(Node("NPP\nmean of the years", others[-1], 4.6, "input"))
    points = Node("Random points in the study area: NPP and all drivers", middle, 3.75)
    correlation = Node("Pearson r,\nlocal correlation", middle + 3, 3.75, "result")
    whole = Node("Forest of\nall drivers", first, 2.95)
    reduced = [
        Node(f"Forest without\n{left_out}", x, 2.95) for left_out, x in zip(drivers, others, strict=True)
    ]
    importance = Node("Importance of each driver,\nsums per category", first, 2.1, "result")
    actual = Node("Actual contribution of a category:\nall drivers − all without it", right, 2.1)
    relative = Node("Relative contribution: its size\nin % of the sum over categories", right, 1.35)
    dominant = Node("Dominant category: above the\nthreshold, else the two largest", right, 0.6, "result")
    colours = Node("Three-colour map", right + 2.2, 1.35, "result")
    arrows = [
        *((source, points) for source in sources),
        *((points, box) for box in (correlation, whole, *reduced)),
        (whole, importance),
        *((forest, actual) for forest in (whole, *reduced)),
        *pairwise((actual, relative, dominant)),
        (relative, colours),
    ]
    nodes = [*sources, points, correlation, whole, *reduced, importance, actual, relative, dominant, colours]
    edges = [(start.name, end.name) for start, end in arrows]
    return flow_chart(nodes, edges, title="Attribution of NPP to its drivers")


def _named(nodes: Sequence[Node], edges: Iterable[tuple[int, int]]) -> list[Edge]:
    return [(nodes[start].name, nodes[end].name) for start, end in edges]


@styled
def rule_graph(edges: Iterable[Edge], *, stages: Mapping[str, str] | None = None) -> Figure:
    """Graph of the rules in layers, inputs at the top; an edge that a longer path implies is left out.

    Parameters
    ----------
    edges
        Pairs (from, to) of rule names: the second reads what the first wrote.
    stages
        Stage of each rule, which colours its box; without it all boxes are alike.

    Raises
    ------
    ValueError
        When there is no edge, or the edges go round in a circle.
    """
    edges, stages = without_shortcuts(edges), stages or {}
    if not edges:
        raise ValueError("the rule graph has no edge; give at least one pair (from, to)")
    rows, ways = ordered_rows(edges)
    x = positions(rows, ways, _item_width, 0.1)
    width = max(NARROWEST, max(x[item] + _item_width(item) / 2 for row in rows for item in row) + 0.24)
    names = [item for row in rows for item in row if isinstance(item, str)]
    present = dict.fromkeys(stages[name] for name in names if name in stages)
    legend = _legend_places(present, width - 1.5)  # the note stands at the right
    foot = 0.1 + 0.18 * (1 + max((line for _, line in legend.values()), default=0))
    height = LAYER_HEIGHT * len(rows) + foot
    figure = sheet(width, height)
    axes = place(figure, 0, 0, width, height, xlim=(-0.12, width - 0.12), ylim=(0, height))
    axes.set_axis_off()
    y = {item: height - 0.2 - LAYER_HEIGHT * depth for depth, row in enumerate(rows) for item in row}
    for way in ways:
        stops = [(x[item], y[item]) for item in way]
        (x0, y0), (x1, y1) = stops[0], stops[-1]
        _arrow(axes, [(x0, y0 - 0.11), *stops[1:-1], (x1, y1 + 0.11)])
    shade = dict(zip(legend, cycle(STAGE_COLOURS), strict=False))
    for name in names:
        colour = shade.get(stages.get(name, ""), KIND_COLOURS["step"])
        _box(axes, name, x[name], y[name], (_item_width(name), 0.22), colour)
    for stage, (left, line) in legend.items():
        bottom = foot - 0.13 - 0.18 * line
        style: dict[str, Any] = {"facecolor": shade[stage], "edgecolor": INK, "linewidth": 0.4}
        axes.add_patch(Rectangle((left, bottom), 0.17, 0.1, **style))
        axes.text(left + 0.22, bottom + 0.05, stage, va="center", size=6.2)
    return figure


def _legend_places(stages: Iterable[str], width: float) -> dict[str, tuple[float, int]]:
    """Left edge [inch] and line of the entry of each stage; lines are broken at this width [inch]."""
    places: dict[str, tuple[float, int]] = {}
    left, line = 0.0, 0
    for stage in stages:
        room = 0.4 + 0.058 * len(stage)
        if left > 0 and left + room > width:
            left, line = 0.0, line + 1
        places[stage] = (left, line)
        left += room
    return places


def _item_width(item: Item) -> float:
    """Room of a rule's box, or of an edge on its way through a layer [inch]."""
    return _box_size(item)[0] if isinstance(item, str) else 0.06
