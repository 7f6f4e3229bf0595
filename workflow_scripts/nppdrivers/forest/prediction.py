"""Quick prediction of a forest for many rows, as many as a map has cells."""

from typing import NamedTuple, Self

import numpy as np
from numba import njit

from nppdrivers.forest.kernels import Trees

RUN = 256  # alike rows that go down a tree together
CHUNK = 64  # runs that use a tree while it is in the processor's cache
BINS = 4096  # of the table that finds the code of a value
SAMPLE = 32  # rows that show which column varies most


class CodedTrees(NamedTuple):
    """Trees on codes: the code of a value is the number of its column's cuts below it.

    Codes are ordered as the values are but are small, so that a few instructions compare a whole run of rows,
    and the difference of two codes is the number of cuts between them.
    """

    trees: Trees
    cut: np.ndarray  # code of the cut of every node
    edges: np.ndarray  # sorted cuts, column after column
    first_edge: np.ndarray  # of every column, and the end
    bins: np.ndarray  # (columns, BINS + 1): number of a column's edges in the bins before each
    origin: np.ndarray  # a value's bin is (value - origin) * scale
    scale: np.ndarray

    @classmethod
    def of(cls, trees: Trees, columns: int) -> Self:
        """Code the cuts of trees that split so many columns."""
        edges = [np.unique(trees.cut[trees.feature == f]) for f in range(columns)]
        largest = max(np.diff(trees.root).max(), *(e.size for e in edges))
        cut = np.zeros(trees.feature.size, dtype=np.int16 if largest < 2**15 else np.int32)
        bins = np.zeros((columns, BINS + 1), dtype=np.int32)
        origin, scale = np.zeros(columns), np.zeros(columns)
        for f, e in enumerate(edges):
            splits = trees.feature == f
            cut[splits] = np.searchsorted(e, trees.cut[splits])
            if e.size > 1:
                origin[f], scale[f] = e[0], (BINS - 1) / (e[-1] - e[0])
            numbers = np.clip((e - origin[f]) * scale[f], 0, BINS - 1).astype(int)
            bins[f] = np.searchsorted(numbers, np.arange(BINS + 1))
        first_edge = np.concatenate([[0], np.cumsum([e.size for e in edges])])
        return cls(trees, cut, np.concatenate(edges), first_edge, bins, origin, scale)


def predict_rows(X: np.ndarray, coded: CodedTrees) -> np.ndarray:
    """Mean of the trees for every row.

    The rows are sorted into runs of alike ones. A run goes down a tree as one while its range of the split
    column lies on one side of the cut, then as a shrinking set of rows. Every row's sum runs over the trees
    in order, so its value does not depend on the other rows.

    Parameters
    ----------
    X
        Complete rows (n, p).
    coded
        The trees.

    Returns
    -------
    (n,) float64
        Prediction [unit of the response].
    """
    prediction = np.empty(len(X))
    if len(X):
        codes = _encode(X, coded)
        order = _alike_together(codes)
        prediction[order] = _predict(codes, order, coded)
    return prediction


@njit(cache=True, nogil=True)
def _encode(X: np.ndarray, coded: CodedTrees) -> np.ndarray:
    """Code the rows. Bins sort as values do, so only the edges of a value's own bin are searched."""
    codes = np.zeros((X.shape[1], X.shape[0]), dtype=coded.cut.dtype)
    for f in range(X.shape[1]):
        edges = coded.edges[coded.first_edge[f] : coded.first_edge[f + 1]]
        for row in range(X.shape[0]):
            number = int(min(max((X[row, f] - coded.origin[f]) * coded.scale[f], 0.0), BINS - 1.0))
            first, stop = coded.bins[f, number], coded.bins[f, number + 1]
            while first < stop:
                middle = (first + stop) // 2
                if edges[middle] < X[row, f]:
                    first = middle + 1
                else:
                    stop = middle
            codes[f, row] = first
    return codes


def _alike_together(codes: np.ndarray) -> np.ndarray:
    """Order the rows as in a k-d tree: halved at the column that crosses most cuts, down to runs."""
    order = np.arange(codes.shape[1])
    waiting = [order]
    while waiting:
        part = waiting.pop()
        if part.size > RUN:
            sample = codes[:, part[:: part.size // SAMPLE]].astype(np.int64)
            widest = codes[np.argmax(np.ptp(sample, axis=1))]
            half = -(-part.size // RUN) // 2 * RUN
            part[:] = part[np.argpartition(widest[part], half)]
            waiting += [part[:half], part[half:]]
    return order


@njit(cache=True, nogil=True)
def _predict(codes: np.ndarray, order: np.ndarray, coded: CodedTrees) -> np.ndarray:
    """Mean of the trees in the given order of rows."""
    trees = coded.trees
    runs = -(-order.size // RUN)
    gathered, low, high = _gather_runs(codes, order, runs)
    total = np.zeros((runs, RUN))
    # A set of rows parts at most RUN - 1 times.
    masks, nodes = np.empty((RUN + 1, RUN), dtype=codes.dtype), np.empty(RUN, dtype=np.uint64)
    leaf = np.empty(RUN, dtype=codes.dtype)
    for first in range(0, runs, CHUNK):
        for tree in range(trees.root.size - 1):
            root = trees.root[tree]
            for run in range(first, min(runs, first + CHUNK)):
                node = _common_node(low[run], high[run], trees, coded.cut, root)
                _find_leaves(gathered[run], trees, coded.cut, root, node, masks, nodes, leaf)
                for i in range(RUN):
                    total[run, i] += trees.cut[root + leaf[i]]
    return total.ravel()[: order.size] / (trees.root.size - 1)


@njit(cache=True, nogil=True)
def _gather_runs(
    codes: np.ndarray, order: np.ndarray, runs: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Codes (runs, columns, RUN) and their range in every run; the last run repeats its last row."""
    columns = codes.shape[0]
    gathered = np.empty((runs, columns, RUN), dtype=codes.dtype)
    low = np.empty((runs, columns), dtype=codes.dtype)
    high = np.empty((runs, columns), dtype=codes.dtype)
    for run in range(runs):
        for f in range(columns):
            for i in range(RUN):
                gathered[run, f, i] = codes[f, order[min(run * RUN + i, order.size - 1)]]
            low[run, f] = gathered[run, f].min()
            high[run, f] = gathered[run, f].max()
    return gathered, low, high


@njit(cache=True, nogil=True)
def _common_node(low: np.ndarray, high: np.ndarray, trees: Trees, cut: np.ndarray, root: int) -> np.uint64:
    """Last node that all rows of a run reach."""
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


@njit(cache=True, nogil=True)
def _find_leaves(
    codes: np.ndarray,
    trees: Trees,
    cut: np.ndarray,
    root: int,
    node: np.uint64,
    masks: np.ndarray,
    nodes: np.ndarray,
    leaf: np.ndarray,
) -> None:
    """Find the leaf of every row of a run, numbered from the root. masks[depth]: -1 for rows at the node."""
    depth, one = np.uint64(0), np.uint64(1)
    masks[0] = -1
    leaf[:] = 0
    while True:
        while trees.feature[node] >= 0:
            some_left, some_right = _split_rows(
                codes, np.uint64(trees.feature[node]), cut[node], masks, depth
            )
            left, right = np.uint64(trees.left[node]), np.uint64(trees.right[node])
            if (some_left != 0) & (some_right != 0):
                nodes[depth] = right
                for i in range(RUN):
                    masks[depth, i] ^= masks[depth + one, i]
                depth += one
                node = left
            else:
                node = right if some_left == 0 else left
        number = np.int32(node - np.uint64(root))
        for i in range(RUN):
            leaf[i] |= masks[depth, i] & number
        if depth == 0:
            return
        depth -= one
        node = nodes[depth]


@njit(cache=True, nogil=True)
def _split_rows(
    codes: np.ndarray, f: np.uint64, cut: int, masks: np.ndarray, depth: np.uint64
) -> tuple[int, int]:
    """Mask of the rows that go left, one row below; non-zero where some row goes left, right."""
    kind = masks.dtype.type
    some_left = some_right = kind(0)
    for i in range(np.uint64(RUN)):
        mask = masks[depth, i]
        left = mask if codes[f, i] <= cut else kind(0)
        masks[depth + np.uint64(1), i] = left
        some_left = kind(some_left | left)
        some_right = kind(some_right | (mask ^ left))
    return some_left, some_right
