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
    before, path = 0.0, np.empty(trees.root[tree + 1] - trees.root[tree], dtype=np.int32)
    for k in range(rows.size):
        row = rows[k]
        steps = _walk(X, row, trees, tree, path)
        before += (y[row] - trees.cut[path[steps]]) ** 2
        for group in range(groups.shape[0]):
            leaf = _swapped_leaf(X, row, shuffled[group, k], groups, group, trees, path, steps)
            rise[group] += (y[row] - trees.cut[leaf]) ** 2
    return (rise - before) / rows.size


@njit(cache=True, nogil=True)
def _walk(X: np.ndarray, row: int, trees: Trees, tree: int, path: np.ndarray) -> int:
    """Write the nodes that a row passes; give the number of steps down to its leaf."""
    node, steps = trees.root[tree], 0
    while trees.feature[node] >= 0:
        path[steps] = node
        steps += 1
        node = trees.left[node] if X[row, trees.feature[node]] <= trees.cut[node] else trees.right[node]
    path[steps] = node
    return steps


@njit(cache=True, nogil=True)
def _swapped_leaf(
    X: np.ndarray,
    row: int,
    other: int,
    groups: np.ndarray,
    group: int,
    trees: Trees,
    path: np.ndarray,
    steps: int,
) -> int:
    """Leaf that a row ends in when the columns of a group are another row's.

    It follows the path of the row down to the first node where the other row's value goes the other way.
    """
    step = 0
    while step < steps:
        node = path[step]
        f = trees.feature[node]
        if groups[group, f] and (X[other, f] <= trees.cut[node]) != (path[step + 1] == trees.left[node]):
            break
        step += 1
    node = path[step]
    while trees.feature[node] >= 0:
        f = trees.feature[node]
        x = X[other, f] if groups[group, f] else X[row, f]
        node = trees.left[node] if x <= trees.cut[node] else trees.right[node]
    return node
