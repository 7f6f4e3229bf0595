"""Order of a layered graph."""

import numpy as np
import pytest

from nppdrivers.figures.layering import crossings, layers, links, ordered_rows, positions, without_shortcuts

EDGES = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("a", "e"), ("e", "d"), ("f", "d"), ("b", "g")]


def test_layering_respects_the_edges():
    """Every edge goes down, and a source stands just above the node that it feeds."""
    depth = layers(EDGES)
    assert all(depth[start] < depth[end] for start, end in EDGES)
    assert depth["f"] == depth["d"] - 1


def test_circles_are_refused():
    """A circle of rules is an error that names its members."""
    with pytest.raises(ValueError, match="b, c"):
        layers([("a", "b"), ("b", "c"), ("c", "b")])


def test_shortcuts_go_and_what_depends_on_what_stays():
    """The reduction drops the edge that a longer path implies, and no dependence is lost."""
    kept = without_shortcuts(EDGES)
    assert set(EDGES) - set(kept) == {("a", "d")}
    assert closure(kept) == closure(EDGES)


def closure(edges):
    """All pairs (from, to) joined by a path, by brute force."""
    pairs = set(edges)
    while True:
        more = {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs
        if not more:
            return pairs
        pairs |= more


def test_ordering_removes_crossings():
    """Pairs given in a crossed order are drawn without a crossing."""
    edges = [("r", "a"), ("r", "b"), ("r", "c"), ("a", "z"), ("b", "y"), ("c", "x")]
    rows, ways = ordered_rows(edges)
    assert crossings(rows, links(ways)[1]) == 0
    assert crossings([["a", "b"], ["x", "y"]], {"a": ["y"], "b": ["x"]}) == 1


def test_boxes_of_a_layer_do_not_overlap():
    """Boxes keep their order and at least the gap between them, for a graph of 40 rules."""
    rng = np.random.default_rng(3)
    edges = [(f"rule_{rng.integers(0, end)}", f"rule_{end}") for end in range(1, 40) for _ in range(2)]
    rows, ways = ordered_rows(without_shortcuts(edges))
    x = positions(rows, ways, lambda item: 1.0 if isinstance(item, str) else 0.1, 0.2)
    for row in rows:
        widths = [1.0 if isinstance(item, str) else 0.1 for item in row]
        gaps = np.diff([x[item] for item in row]) - (np.array(widths[:-1]) + widths[1:]) / 2
        assert (gaps >= 0.2 - 1e-9).all()
