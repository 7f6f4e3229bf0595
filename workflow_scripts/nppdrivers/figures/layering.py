"""Order of a layered graph: every edge goes down, few edges cross, boxes stand near their neighbours."""

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np
from scipy.optimize import isotonic_regression

Edge = tuple[str, str]
Bend = tuple[str, str, int]  # where an edge passes a layer between its ends
Item = str | Bend
Links = dict[Item, list[Item]]

SWEEPS = 16  # passes over the layers, down and up in turn; the best order met is kept
BEND_WEIGHT = 3.0  # a bend pulls to its place more than a box does, which keeps long edges straight


def layers(edges: Iterable[Edge]) -> dict[str, int]:
    """Layer of each node: the length of the longest path that leads to it, so that every edge goes down.

    A node with more edges out than in then sinks to just above its nearest successor, which shortens edges.

    Raises
    ------
    ValueError
        When the edges go round in a circle; the names on it are given.
    """
    parents: dict[str, set[str]] = {}
    children: dict[str, set[str]] = {}
    for start, end in edges:
        for links in (parents, children):
            links.setdefault(start, set())
            links.setdefault(end, set())
        parents[end].add(start)
        children[start].add(end)
    depth: dict[str, int] = {}
    while len(depth) < len(parents):
        ready = [name for name in parents if name not in depth and parents[name] <= depth.keys()]
        if not ready:
            circle = ", ".join(sorted(parents.keys() - depth.keys()))
            raise ValueError(f"the edges go round in a circle among: {circle}")
        depth |= {name: max((depth[p] + 1 for p in parents[name]), default=0) for name in ready}
    for name in sorted(depth, key=depth.__getitem__, reverse=True):
        if len(children[name]) > len(parents[name]):
            depth[name] = min(depth[child] for child in children[name]) - 1
    return depth


def without_shortcuts(edges: Iterable[Edge]) -> list[Edge]:
    """Edges without those that a longer path implies already (the transitive reduction)."""
    edges = sorted(set(edges))
    depth = layers(edges)
    children: dict[str, set[str]] = {name: set() for name in depth}
    for start, end in edges:
        children[start].add(end)
    below: dict[str, set[str]] = {}
    for name in sorted(depth, key=depth.__getitem__, reverse=True):
        below[name] = children[name].union(*(below[child] for child in children[name]))
    return [(a, b) for a, b in edges if not any(b in below[other] for other in children[a])]


def ordered_rows(edges: Sequence[Edge]) -> tuple[list[list[Item]], list[list[Item]]]:
    """Layers from left to right with few crossings, and the way of each edge through them.

    Nodes are set to the mean place of their neighbours in the layer above, then below, in turn (Sugiyama,
    Tagawa & Toda 1981, IEEE Trans. Syst. Man Cybern. 11:109); an edge over several layers bends in each.
    """
    depth = layers(edges)
    rows: list[list[Item]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, level in depth.items():
        rows[level].append(name)
    ways: list[list[Item]] = []
    for start, end in edges:
        bends: list[Bend] = [(start, end, layer) for layer in range(depth[start] + 1, depth[end])]
        ways.append([start, *bends, end])
        for bend in bends:
            rows[bend[2]].append(bend)
    up, down = links(ways)
    best, fewest = rows, crossings(rows, down)
    for sweep in range(SWEEPS):
        rows = _swept(rows, up if sweep % 2 == 0 else down, downward=sweep % 2 == 0)
        number = crossings(rows, down)
        if number < fewest:
            best, fewest = rows, number
    return best, ways


def links(ways: Iterable[Sequence[Item]]) -> tuple[Links, Links]:
    """Neighbours of each item in the layer above and in the layer below."""
    up: Links = {}
    down: Links = {}
    for way in ways:
        for upper, lower in pairwise(way):
            down.setdefault(upper, []).append(lower)
            up.setdefault(lower, []).append(upper)
    return up, down


def _swept(rows: list[list[Item]], neighbours: Links, *, downward: bool) -> list[list[Item]]:
    """Rows sorted one after the other by the mean place of the neighbours in the row just done."""
    rows = [list(row) for row in rows]
    order = range(1, len(rows)) if downward else range(len(rows) - 2, -1, -1)
    for depth in order:
        fixed = rows[depth - 1 if downward else depth + 1]
        place = {item: (i + 0.5) / len(fixed) for i, item in enumerate(fixed)}
        row = rows[depth]
        own = {item: (i + 0.5) / len(row) for i, item in enumerate(row)}
        mean = {
            item: float(np.mean([place[n] for n in neighbours[item]])) if item in neighbours else own[item]
            for item in row
        }
        rows[depth] = sorted(row, key=mean.__getitem__)
    return rows


def crossings(rows: Sequence[Sequence[Item]], down: Links) -> int:
    """Number of pairs of edges that cross between neighbouring layers."""
    total = 0
    for upper, lower in pairwise(rows):
        place = {item: i for i, item in enumerate(lower)}
        ends = [place[n] for item in upper for n in sorted(down.get(item, []), key=place.__getitem__)]
        total += sum(later < earlier for i, earlier in enumerate(ends) for later in ends[i + 1 :])
    return total


def positions(
    rows: Sequence[Sequence[Item]], ways: Sequence[Sequence[Item]], width: Callable[[Item], float], gap: float
) -> dict[Item, float]:
    """Middle of each item along its row: near the mean of its neighbours, never overlapping.

    Parameters
    ----------
    rows, ways
        As `ordered_rows` gives them.
    width
        Width of an item [any length unit].
    gap
        Least room between two items of a row [same unit].
    """
    up, down = links(ways)
    x: dict[Item, float] = {}
    for row in rows:
        steps = np.cumsum([width(item) + gap for item in row])
        x |= {item: s - steps[-1] / 2 for item, s in zip(row, steps, strict=True)}
    for sweep in range(32):
        neighbours = (up, down) if sweep % 2 == 0 else (down, up)
        for row in rows if sweep % 2 == 0 else reversed(rows):
            x |= _spaced(row, x, neighbours[0] if sweep < 20 else None, up, down, width, gap)
    left = min(x[item] - width(item) / 2 for row in rows for item in row)
    return {item: value - left for item, value in x.items()}


def _spaced(
    row: Sequence[Item],
    x: dict[Item, float],
    one_side: Links | None,
    up: Links,
    down: Links,
    width: Callable[[Item], float],
    gap: float,
) -> dict[Item, float]:
    """Places of a row nearest to the means of its neighbours (least squares) that keep order and distance."""

    def target(item: Item) -> float:
        near = one_side.get(item, []) if one_side is not None else up.get(item, []) + down.get(item, [])
        return float(np.mean([x[n] for n in near])) if near else x[item]

    widths = np.array([width(item) for item in row])
    offset = np.concatenate([[0.0], np.cumsum((widths[:-1] + widths[1:]) / 2 + gap)])
    weights = [1.0 if isinstance(item, str) else BEND_WEIGHT for item in row]
    ideal = np.array([target(item) for item in row]) - offset
    return dict(zip(row, isotonic_regression(ideal, weights=weights).x + offset, strict=True))
