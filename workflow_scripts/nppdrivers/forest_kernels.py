"""Compiled walks down regression trees."""

from typing import NamedTuple

import numpy as np
from numba import njit

TILE = 1024  # rows that start down a tree together


class Trees(NamedTuple):
    """Regression trees laid one after another in flat arrays, children numbered over all trees."""

    feature: np.ndarray  # column that a node splits; -1 at a leaf
    cut: np.ndarray  # threshold of a split (up to it: left), value of a leaf
    left: np.ndarray
    right: np.ndarray
    root: np.ndarray  # first node of every tree, then the number of all nodes


@njit(cache=True, nogil=True)
def move_cuts(ranks, values, rows, feature, cut, left, right):
    """Move the cuts of one tree, grown on ranks, to the middle of the gap between the values they part.

    Afterwards ``cut = (largest value to the left + smallest to the right) / 2`` among the rows of the node.
    """
    low, high = np.full(feature.size, -np.inf), np.full(feature.size, np.inf)
    for row in rows:
        node = 0
        while feature[node] >= 0:
            f = feature[node]
            if ranks[row, f] <= cut[node]:
                low[node] = max(low[node], values[row, f])
                node = left[node]
            else:
                high[node] = min(high[node], values[row, f])
                node = right[node]
    for node in range(feature.size):
        if feature[node] >= 0:
            middle = low[node] + (high[node] - low[node]) / 2
            cut[node] = middle if middle < high[node] else low[node]


@njit(cache=True, nogil=True)
def leaf_value(own, other, swapped, trees, tree):
    """Value of the leaf that a row ends in when its swapped columns are another row's."""
    node = trees.root[tree]
    while trees.feature[node] >= 0:
        f = trees.feature[node]
        x = other[f] if swapped[f] else own[f]
        node = trees.left[node] if x <= trees.cut[node] else trees.right[node]
    return trees.cut[node]


@njit(cache=True, nogil=True)
def out_of_bag_sums(X, in_bag, trees):
    """Sum and number of the predictions of every row by the trees that have not seen it."""
    total, count = np.zeros(X.shape[0]), np.zeros(X.shape[0])
    as_is = np.zeros(X.shape[1], dtype=np.bool_)
    for tree in range(in_bag.shape[0]):
        for row in range(X.shape[0]):
            if not in_bag[tree, row]:
                total[row] += leaf_value(X[row], X[row], as_is, trees, tree)
                count[row] += 1
    return total, count


@njit(cache=True, nogil=True)
def error_increase(X, y, rows, shuffled, groups, trees, tree):
    """Rise of the mean squared error of one tree on its out-of-bag rows, by permuted group of columns.

    ``shuffled`` (groups, rows) holds the row that lends its columns; ``groups`` (groups, columns) which.
    """
    as_is = np.zeros(X.shape[1], dtype=np.bool_)
    rise = np.zeros(groups.shape[0])
    before = 0.0
    for row in rows:
        before += (y[row] - leaf_value(X[row], X[row], as_is, trees, tree)) ** 2
    for group in range(groups.shape[0]):
        after = 0.0
        for k in range(rows.size):
            value = leaf_value(X[rows[k]], X[shuffled[group, k]], groups[group], trees, tree)
            after += (y[rows[k]] - value) ** 2
        rise[group] = (after - before) / rows.size
    return rise


@njit(cache=True, nogil=True)
def predict_rows(X, trees, prediction):
    """Mean of the trees for every row, best when neighbouring rows are alike.

    A tile of rows goes down a tree as one while the range of the split column over the tile lies on one side
    of the cut; where it does not, the tile parts into halves that go on from the same node.
    """
    levels = int(np.log2(TILE))
    low, high = np.empty((2 * TILE, X.shape[1])), np.empty((2 * TILE, X.shape[1]))
    nodes, parts = np.empty(levels + 2, dtype=np.int64), np.empty(levels + 2, dtype=np.int64)
    for first in range(0, X.shape[0], TILE):
        rows = min(TILE, X.shape[0] - first)
        _bound_parts(X, first, rows, low, high)
        total = np.zeros(2 * TILE)
        for tree in range(trees.root.size - 1):
            _send_tile_down(low, high, trees, trees.root[tree], nodes, parts, total)
        for part in range(2, 2 * TILE):
            total[part] += total[part // 2]
        for row in range(rows):
            prediction[first + row] = total[TILE + row] / (trees.root.size - 1)


@njit(cache=True, nogil=True)
def _bound_parts(X, first, rows, low, high):
    """Range of every column over each part of a tile: part 1 is the tile, 2k and 2k + 1 the halves of k."""
    for row in range(TILE):
        source = first + min(row, rows - 1)
        for f in range(X.shape[1]):
            low[TILE + row, f] = high[TILE + row, f] = X[source, f]
    for part in range(TILE - 1, 0, -1):
        for f in range(X.shape[1]):
            low[part, f] = min(low[2 * part, f], low[2 * part + 1, f])
            high[part, f] = max(high[2 * part, f], high[2 * part + 1, f])


@njit(cache=True, nogil=True)
def _send_tile_down(low, high, trees, root, nodes, parts, total):
    """Add the values of one tree to the parts of the tile that end in its leaves."""
    nodes[0], parts[0] = root, 1
    waiting = 1
    while waiting > 0:
        waiting -= 1
        node, part = nodes[waiting], parts[waiting]
        while trees.feature[node] >= 0:
            f, cut = trees.feature[node], trees.cut[node]
            if high[part, f] <= cut:
                node = trees.left[node]
            elif low[part, f] > cut:
                node = trees.right[node]
            else:
                nodes[waiting], parts[waiting] = node, 2 * part + 1
                waiting += 1
                part = 2 * part
        total[part] += trees.cut[node]
