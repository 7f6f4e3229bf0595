"""Prediction of a forest for many rows of which neighbours are alike, as the cells of a map are."""

from typing import NamedTuple

import numpy as np
from numba import njit

from nppdrivers.forest_kernels import Trees

TILE = 1024  # rows that start down a tree together
RUN = 64  # parts of a tile of so many rows are followed row by row
BINS = 4096  # of the table that finds the code of a value


class CodedTrees(NamedTuple):
    """Trees on integer codes: the code of a value is the number of cuts of its column below it.

    Comparing codes is comparing values, and four columns of codes fit in one word. A word of codes lies within
    bounds, all lanes at once, when ``(word | TOP) - low`` and ``(high | TOP) - word`` keep every lane's top bit.
    """

    feature: np.ndarray
    cut: np.ndarray
    left: np.ndarray
    right: np.ndarray
    value: np.ndarray
    low: np.ndarray  # (nodes, words): smallest codes that reach a node
    high: np.ndarray  # (nodes, words): largest, with the top bit of every lane set
    root: np.ndarray
    leaf: np.ndarray
    edges: np.ndarray
    first_edge: np.ndarray
    bins: np.ndarray
    origin: np.ndarray
    scale: np.ndarray
    top: np.uint64


def code_trees(trees: Trees, columns: int) -> CodedTrees:
    edges = [np.unique(trees.cut[trees.feature == f]) for f in range(columns)]
    sizes = np.array([e.size for e in edges])
    lane = np.uint16 if sizes.max() < 2**15 else np.uint32
    lanes = 8 // lane().itemsize
    top = lane(1 << (8 * lane().itemsize - 1))
    words = -(-columns // lanes)
    cut = np.zeros(trees.feature.size, dtype=lane)
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
    low = np.zeros((trees.feature.size, words * lanes), dtype=lane)
    high = np.full((trees.feature.size, words * lanes), top - lane(1))
    _bound_nodes(trees, cut, low, high)
    return CodedTrees(
        np.maximum(trees.feature, 0).astype(np.uint32),
        cut,
        trees.left.astype(np.uint32),
        trees.right.astype(np.uint32),
        trees.cut,
        low.view(np.uint64),
        (high | top).view(np.uint64),
        trees.root.astype(np.uint64),
        trees.feature < 0,
        np.concatenate(edges),
        np.concatenate([[0], np.cumsum(sizes)]),
        bins,
        origin,
        scale,
        np.full(lanes, top).view(np.uint64)[0],
    )


@njit(nogil=True)
def _bound_nodes(trees, cut, low, high):
    for node in range(trees.feature.size):
        f = trees.feature[node]
        if f >= 0:
            for child in (trees.left[node], trees.right[node]):
                low[child] = low[node]
                high[child] = high[node]
            high[trees.left[node], f] = min(high[node, f], cut[node])
            low[trees.right[node], f] = max(low[node, f], cut[node] + 1)


def predict_rows(X, coded):
    words = _encode(
        X, coded.edges, coded.first_edge, coded.bins, coded.origin, coded.scale, coded.low.shape[1], coded.cut
    )
    prediction = np.zeros(len(X))
    if len(X):
        _predict(words.view(coded.cut.dtype), words, coded, prediction)
    return prediction


@njit(nogil=True)
def _encode(X, edges, first_edge, bins, origin, scale, words, cut):
    lanes = words * (8 // cut.itemsize)
    codes = np.zeros((X.shape[0], lanes), dtype=cut.dtype)
    for f in range(X.shape[1]):
        e = edges[first_edge[f] : first_edge[f + 1]]
        for row in range(X.shape[0]):
            x = X[row, f]
            b = int(min(max((x - origin[f]) * scale[f], 0.0), BINS - 1.0))
            a, z = bins[f, b], bins[f, b + 1]
            while a < z:
                m = (a + z) // 2
                if e[m] < x:
                    a = m + 1
                else:
                    z = m
            codes[row, f] = a
    return codes.view(np.uint64)


@njit(nogil=True)
def _predict(codes, words, coded, prediction):
    low = np.empty((2 * TILE // RUN, codes.shape[1]), dtype=codes.dtype)
    high = np.empty_like(low)
    nodes, parts = np.empty(32, dtype=np.uint64), np.empty(32, dtype=np.uint64)
    for first in range(0, codes.shape[0], TILE):
        end = min(first + TILE, codes.shape[0])
        _bound_parts(codes, first, end, low, high)
        for tree in range(coded.root.size - 1):
            _send_tile_down(codes, words, first, end, low, high, coded, coded.root[tree], nodes, parts, prediction)
    for row in range(prediction.size):
        prediction[row] /= coded.root.size - 1


@njit(nogil=True)
def _bound_parts(codes, first, end, low, high):
    leaves = TILE // RUN
    for part in range(leaves):
        start = min(first + part * RUN, end - 1)
        low[leaves + part] = codes[start]
        high[leaves + part] = codes[start]
        for row in range(start + 1, min(start + RUN, end)):
            for f in range(codes.shape[1]):
                low[leaves + part, f] = min(low[leaves + part, f], codes[row, f])
                high[leaves + part, f] = max(high[leaves + part, f], codes[row, f])
    for part in range(leaves - 1, 0, -1):
        for f in range(codes.shape[1]):
            low[part, f] = min(low[2 * part, f], low[2 * part + 1, f])
            high[part, f] = max(high[2 * part, f], high[2 * part + 1, f])


@njit(nogil=True)
def _send_tile_down(codes, words, first, end, low, high, coded, root, nodes, parts, prediction):
    one = np.uint64(1)
    leaves = np.uint64(TILE // RUN)
    nodes[0], parts[0] = root, one
    waiting = np.uint64(1)
    while waiting > 0:
        waiting -= one
        node, part = nodes[waiting], parts[waiting]
        while not coded.leaf[node]:
            f, cut = np.uint64(coded.feature[node]), coded.cut[node]
            if high[part, f] <= cut:
                node = np.uint64(coded.left[node])
            elif low[part, f] > cut:
                node = np.uint64(coded.right[node])
            elif part < leaves:
                part = part + part
                nodes[waiting], parts[waiting] = node, part + one
                waiting += one
            else:
                break
        size = np.uint64(TILE)
        index = part
        span = one
        while index < leaves:
            index = index + index
            span = span + span
        start = np.uint64(first) + (index - leaves) * np.uint64(RUN)
        stop = min(start + span * np.uint64(RUN), np.uint64(end))
        if coded.leaf[node]:
            v = coded.value[node]
            for row in range(start, stop):
                prediction[row] += v
        else:
            _follow(codes, words, start, stop, coded, node, prediction)


@njit(nogil=True)
def _follow(codes, words, start, stop, coded, subroot, prediction):
    row = start
    one = np.uint64(1)
    top = coded.top
    while row < stop:
        node = subroot
        while not coded.leaf[node]:
            if codes[row, np.uint64(coded.feature[node])] > coded.cut[node]:
                node = np.uint64(coded.right[node])
            else:
                node = np.uint64(coded.left[node])
        value = coded.value[node]
        prediction[row] += value
        row += one
        while row < stop:
            kept = top
            for k in range(np.uint64(words.shape[1])):
                word = words[row, k]
                kept &= ((word | top) - coded.low[node, k]) & (coded.high[node, k] - word)
            if kept != top:
                break
            prediction[row] += value
            row += one
