"""Compiled walks down regression trees."""

from typing import NamedTuple

import numpy as np
from numba import njit


class Trees(NamedTuple):
    """Regression trees laid one after another in flat arrays, children numbered over all trees."""

    feature: np.ndarray  # column that a node splits; -1 at a leaf
    cut: np.ndarray  # threshold of a split (up to it: left), value of a leaf
    left: np.ndarray
    right: np.ndarray
    root: np.ndarray  # first node of every tree, then the number of all nodes


@njit(cache=True, nogil=True)
def move_cuts(
    ranks: np.ndarray,
    values: np.ndarray,
    rows: np.ndarray,
    feature: np.ndarray,
    cut: np.ndarray,
    left: np.ndarray,
    right: np.ndarray,
) -> None:
    """Move the cuts of one tree, grown on ranks, to the middle of the gap between the values they divide.

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
def leaf_value(own: np.ndarray, other: np.ndarray, swapped: np.ndarray, trees: Trees, tree: int) -> float:
    """Value of the leaf that a row ends in when its swapped columns are another row's."""
    node = trees.root[tree]
    while trees.feature[node] >= 0:
        f = trees.feature[node]
        x = other[f] if swapped[f] else own[f]
        node = trees.left[node] if x <= trees.cut[node] else trees.right[node]
    return trees.cut[node]


@njit(cache=True, nogil=True)
def out_of_bag_sums(X: np.ndarray, in_bag: np.ndarray, trees: Trees) -> tuple[np.ndarray, np.ndarray]:
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
def error_increase(
    X: np.ndarray,
    y: np.ndarray,
    rows: np.ndarray,
    shuffled: np.ndarray,
    groups: np.ndarray,
    trees: Trees,
    tree: int,
) -> np.ndarray:
    """Rise of the mean squared error of one tree on its out-of-bag rows, by permuted group of columns.

    ``shuffled`` (groups, rows) is the row whose columns are used instead, ``groups`` (groups, columns) which.
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
