"""Prediction of a forest for many rows of which neighbours are alike, as the cells of a map are."""

from typing import NamedTuple

import numpy as np
from numba import njit

from nppdrivers.forest_kernels import Trees

RUN = 64  # neighbouring rows that go down a tree together
CHUNK = 64  # runs that use a tree while it is in the processor's cache
BINS = 4096  # of the table that finds the code of a value


class CodedTrees(NamedTuple):
    """Trees on codes: the code of a value is the number of its column's cuts below it.

    Codes compare as the values do, and are small: a vector instruction compares 16 or more at once.
    """

    trees: Trees
    cut: np.ndarray  # code of the cut of every node
    edges: np.ndarray  # sorted cuts, column after column
    first_edge: np.ndarray  # of every column, and the end
    bins: np.ndarray  # (columns, BINS + 1): edges in the bins before each
    origin: np.ndarray
    scale: np.ndarray


def code_trees(trees: Trees, columns: int) -> CodedTrees:
    edges = [np.unique(trees.cut[trees.feature == f]) for f in range(columns)]
    largest = max(*(e.size for e in edges), np.diff(trees.root).max())
    cut = np.zeros(trees.feature.size, dtype=np.int16 if largest < 2**15 else np.int32)
    bins = np.zeros((columns, BINS + 1), dtype=np.int32)
    origin, scale = np.zeros(columns), np.zeros(columns)
    for f, e in enumerate(edges):
        splits = trees.feature == f
        cut[splits] = np.searchsorted(e, trees.cut[splits])
        if e.size:
            origin[f] = e[0]
            scale[f] = (BINS - 1) / (e[-1] - e[0]) if e[-1] > e[0] else 0.0
        number = np.clip((e - origin[f]) * scale[f], 0, BINS - 1).astype(int)
        bins[f] = np.searchsorted(number, np.arange(BINS + 1))
    first = np.concatenate([[0], np.cumsum([e.size for e in edges])])
    return CodedTrees(trees, cut, np.concatenate(edges), first, bins, origin, scale)


@njit(nogil=True)
def predict_rows(X, coded):
    codes = _encode(X, coded)
    total = np.zeros(codes.shape[1])
    runs = codes.shape[1] // RUN
    low, high = _bound_runs(codes, X.shape[0])
    masks = np.empty((64, RUN), dtype=codes.dtype)
    words = masks.view(np.uint64)
    nodes = np.empty(64, dtype=np.uint32)
    leaf = np.empty(RUN, dtype=codes.dtype)
    trees = coded.trees
    for first in range(0, runs, CHUNK):
        for tree in range(trees.root.size - 1):
            root = trees.root[tree]
            for run in range(first, min(runs, first + CHUNK)):
                start = run * RUN
                node = _common_node(low[run], high[run], trees, coded.cut, root)
                if trees.feature[node] < 0:
                    value = trees.cut[node]
                    for i in range(RUN):
                        total[start + i] += value
                else:
                    masks[0] = -1
                    leaf[:] = 0
                    _part_run(codes, start, trees, coded.cut, root, node, masks, words, nodes, leaf)
                    for i in range(RUN):
                        total[start + i] += trees.cut[root + leaf[i]]
    return total[: X.shape[0]] / (trees.root.size - 1)


@njit(nogil=True)
def _common_node(low, high, trees, cut, root):
    node = np.uint64(root)
    while trees.feature[node] >= 0:
        f = np.uint64(trees.feature[node])
        if high[f] <= cut[node]:
            node = np.uint64(trees.left[node])
        elif low[f] > cut[node]:
            node = np.uint64(trees.right[node])
        else:
            break
    return node


@njit(nogil=True)
def _part_run(codes, start, trees, cut, root, node, masks, words, nodes, leaf):
    one = np.uint64(1)
    depth = np.uint64(0)
    while True:
        while trees.feature[node] >= 0:
            left, right = _left_rows(codes, np.uint64(trees.feature[node]), np.uint64(start), cut[node], masks, depth)
            lc=trees.left[node]
            rc=trees.right[node]
            if (left != 0) & (right != 0):
                nodes[depth] = rc
                node = np.uint64(lc)
                for k in range(words.shape[1]):
                    words[depth, k] ^= words[depth + one, k]
                depth += one
            else:
                node = np.uint64(rc if left == 0 else lc)
        number = np.int32(node - np.uint64(root))
        for i in range(RUN):
            leaf[i] |= masks[depth, i] & number
        if depth == 0:
            break
        depth -= one
        node = np.uint64(nodes[depth])


@njit(nogil=True)
def _left_rows(codes, f, start, cut, masks, depth):
    l = np.int16(0)
    r = np.int16(0)
    for i in range(np.uint64(RUN)):
        m = masks[depth, i]
        v = m if codes[f, start + i] <= cut else np.int16(0)
        masks[depth + np.uint64(1), i] = v
        l = np.int16(l | v)
        r = np.int16(r | (m ^ v))
    return l, r


@njit(nogil=True)
def _bound_runs(codes, rows):
    columns, padded = codes.shape
    low = np.empty((padded // RUN, columns), dtype=codes.dtype)
    high = np.empty_like(low)
    for run in range(low.shape[0]):
        for f in range(columns):
            low[run, f] = codes[f, run * RUN : (run + 1) * RUN].min()
            high[run, f] = codes[f, run * RUN : (run + 1) * RUN].max()
    return low, high


@njit(nogil=True)
def _encode(X, coded):
    rows = X.shape[0]
    codes = np.zeros((X.shape[1], -(-rows // RUN) * RUN), dtype=coded.cut.dtype)
    for f in range(X.shape[1]):
        edges = coded.edges[coded.first_edge[f] : coded.first_edge[f + 1]]
        for row in range(rows):
            x = X[row, f]
            b = int(min(max((x - coded.origin[f]) * coded.scale[f], 0.0), BINS - 1.0))
            first, stop = coded.bins[f, b], coded.bins[f, b + 1]
            while first < stop:
                middle = (first + stop) // 2
                if edges[middle] < x:
                    first = middle + 1
                else:
                    stop = middle
            codes[f, row] = first
        codes[f, rows:] = codes[f, rows - 1]
    return codes
