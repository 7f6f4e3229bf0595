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
def leaf_value(row: np.ndarray, trees: Trees, tree: int) -> float:
    """Value of the leaf that a row ends in."""
    node = trees.root[tree]
    while trees.feature[node] >= 0:
        node = trees.left[node] if row[trees.feature[node]] <= trees.cut[node] else trees.right[node]
    return trees.cut[node]


@njit(cache=True, nogil=True)
def swapped_value(own: np.ndarray, other: np.ndarray, swapped: np.ndarray, trees: Trees, tree: int) -> float:
    """Value of the leaf that a row ends in when its swapped columns are another row's."""
    node = trees.root[tree]
    while trees.feature[node] >= 0:
        f = trees.feature[node]
        x = other[f] if swapped[f] else own[f]
        node = trees.left[node] if x <= trees.cut[node] else trees.right[node]
    return trees.cut[node]


@njit(cache=True, nogil=True)
def mean_of_trees(X: np.ndarray, trees: Trees) -> np.ndarray:
    """Mean of the trees for every row, one tree after another."""
    total = np.zeros(X.shape[0])
    for tree in range(trees.root.size - 1):
        for row in range(X.shape[0]):
            total[row] += leaf_value(X[row], trees, tree)
    return total / (trees.root.size - 1)


@njit(cache=True, nogil=True)
def out_of_bag_sums(X: np.ndarray, in_bag: np.ndarray, trees: Trees) -> tuple[np.ndarray, np.ndarray]:
    """Sum and number of the predictions of every row by the trees that have not seen it."""
    total, count = np.zeros(X.shape[0]), np.zeros(X.shape[0])
    for tree in range(in_bag.shape[0]):
        for row in range(X.shape[0]):
            if not in_bag[tree, row]:
                total[row] += leaf_value(X[row], trees, tree)
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
    rise = np.zeros(groups.shape[0])
    before = 0.0
    for row in rows:
        before += (y[row] - leaf_value(X[row], trees, tree)) ** 2
    for group in range(groups.shape[0]):
        after = 0.0
        for k in range(rows.size):
            value = swapped_value(X[rows[k]], X[shuffled[group, k]], groups[group], trees, tree)
            after += (y[rows[k]] - value) ** 2
        rise[group] = (after - before) / rows.size
    return rise
