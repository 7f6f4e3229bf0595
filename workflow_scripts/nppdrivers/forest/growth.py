"""Growth of one regression tree, compiled."""

from typing import NamedTuple

import numpy as np
from numba import njit

from nppdrivers.forest.kernels import Trees

ONE = np.uint64(1)
# Splitmix64 (Steele, Lea & Flood 2014): 64 random bits from a counter that grows by a fixed step
STEP, FIRST, SECOND = (np.uint64(k) for k in (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB))


class Bag(NamedTuple):
    """The rows that a tree is grown on."""

    columns: np.ndarray  # (p, n) values of the drivers
    rows: np.ndarray  # (p, m + 1) `_drawn_in_order`: a node has the same part of every column's order
    times: np.ndarray  # (n,) how often a row is drawn
    weighted: np.ndarray  # (n,) times the response, less the mean of all drawn


def sorted_rows(X: np.ndarray) -> np.ndarray:
    """Row numbers of every column (p, n) in the order of its values: once for all trees of a forest."""
    return np.argsort(X, axis=0, kind="stable").T.astype(np.int32)


@njit(cache=True, nogil=True)
def grow_tree(
    columns: np.ndarray,
    order: np.ndarray,
    y: np.ndarray,
    drawn: np.ndarray,
    mtry: int,
    node_size: int,
    seed: int,
) -> Trees:
    """Grow one tree on the drawn rows, which may repeat.

    A node of more than ``node_size`` drawn rows is split where ``d^2 / (n_left n_right)`` is largest, with d
    the sum of y to the left of the cut less what its rows would have at the mean of the node: the split that
    lowers the squared error most. Of ``mtry`` columns drawn for the node all cuts are tried; where all of
    these are constant, further columns are drawn until one is not. Cuts lie in the middle between the two
    values that they divide, and a value on a cut goes left.

    ``columns`` (p, n) are the values and ``order`` the `sorted_rows`. The rows of a node are the same part
    of every column's order, so no node sorts: a split divides these parts and keeps their order.
    """
    times = np.zeros(y.size)
    for row in drawn:
        times[row] += 1.0
    centre = y[drawn].mean()
    rows, weighted = _drawn_in_order(order, times), times * (y - centre)
    bag, distinct = Bag(columns, rows, times, weighted), rows.shape[1] - 1
    most = 2 * distinct - 1
    feature, cut = np.full(most, -1, dtype=np.int32), np.empty(most)
    left, right = np.full(most, -1, dtype=np.int32), np.full(most, -1, dtype=np.int32)
    start, stop = np.zeros(most, dtype=np.int32), np.zeros(most, dtype=np.int32)
    number, total = np.zeros(most), np.zeros(most)  # of drawn rows in a node, and the sum of their y
    stop[0], number[0], total[0] = distinct, drawn.size, weighted.sum()
    state, shuffled = np.full(1, np.uint64(seed)), np.arange(columns.shape[0])
    is_left, scratch = np.empty(y.size, dtype=np.uint8), np.empty(distinct, dtype=np.int32)
    nodes, node = 1, 0
    while node < nodes:
        first, last = start[node], stop[node]
        f, k, n_left, sum_left = -1, 0, 0.0, 0.0
        if number[node] > node_size and _differs(y, rows[0, first:last]):
            f, k, n_left, sum_left = _best_cut(
                bag, first, last, number[node], total[node], mtry, shuffled, state
            )
        if f < 0:
            cut[node] = centre + total[node] / number[node]
            node += 1
            continue
        feature[node], left[node], right[node] = f, nodes, nodes + 1
        cut[node] = _middle(columns[f, rows[f, k - 1]], columns[f, rows[f, k]])
        start[nodes], stop[nodes], number[nodes], total[nodes] = first, k, n_left, sum_left
        start[nodes + 1], stop[nodes + 1] = k, last
        number[nodes + 1], total[nodes + 1] = number[node] - n_left, total[node] - sum_left
        if max(number[nodes], number[nodes + 1]) > node_size:
            _divide(rows, f, first, k, last, is_left, scratch)
        nodes += 2
        node += 1
    return Trees(
        feature[:nodes].copy(),
        cut[:nodes].copy(),
        left[:nodes].copy(),
        right[:nodes].copy(),
        np.array([0, nodes]),
    )


@njit(cache=True, nogil=True)
def _drawn_in_order(order: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Rows drawn at least once, in every column's order (p, m + 1); the last place of each is of no use."""
    rows = np.empty((order.shape[0], int((times > 0).sum()) + 1), dtype=np.int32)
    for f in range(order.shape[0]):
        k = np.uint64(0)
        for j in range(order.shape[1]):
            row = order[f, j]
            rows[f, k] = row
            k += np.uint64(times[row] > 0)
    return rows


@njit(cache=True, nogil=True)
def _differs(y: np.ndarray, rows: np.ndarray) -> bool:
    """Whether y differs among the rows."""
    same = 0
    while same < rows.size and y[rows[same]] == y[rows[0]]:
        same += 1
    return same < rows.size


@njit(cache=True, nogil=True)
def _best_cut(
    bag: Bag,
    first: int,
    last: int,
    number: float,
    total: float,
    mtry: int,
    shuffled: np.ndarray,
    state: np.ndarray,
) -> tuple[int, int, float, float]:
    """Column of the best cut (-1 without any), place of its first row to the right, n and sum to the left."""
    best, best_f, best_k, best_n, best_sum = -1.0, -1, 0, 0.0, 0.0
    mean = total / number
    for tried in range(shuffled.size):
        if tried >= mtry and best_f >= 0:
            break
        other = tried + _below(state, shuffled.size - tried)
        shuffled[tried], shuffled[other] = shuffled[other], shuffled[tried]
        f = shuffled[tried]
        n, part = 0.0, 0.0
        after = bag.columns[f, bag.rows[f, first]]
        for k in range(first, last - 1):
            row = np.uint64(bag.rows[f, k])
            value, after = after, bag.columns[f, bag.rows[f, k + 1]]
            n += bag.times[row]
            part += bag.weighted[row]
            if value < after:
                d = part - n * mean
                gain = d * d / (n * (number - n))
                if gain > best:
                    best, best_f, best_k, best_n, best_sum = gain, f, k + 1, n, part
    return best_f, best_k, best_n, best_sum


@njit(cache=True, nogil=True)
def _below(state: np.ndarray, limit: int) -> int:
    """Draw a number from 0 to below the limit."""
    state[0] += STEP
    bits = state[0]
    bits = (bits ^ (bits >> np.uint64(30))) * FIRST
    bits = (bits ^ (bits >> np.uint64(27))) * SECOND
    bits = (bits ^ (bits >> np.uint64(31))) >> np.uint64(32)
    return int((bits * np.uint64(limit)) >> np.uint64(32))


@njit(cache=True, nogil=True)
def _middle(low: float, high: float) -> float:
    """Middle of two values; the lower one where no number lies between them."""
    middle = low + (high - low) / 2
    return middle if middle < high else low


@njit(cache=True, nogil=True)
def _divide(
    rows: np.ndarray, f: int, first: int, k: int, last: int, is_left: np.ndarray, scratch: np.ndarray
) -> None:
    """Divide the part of a node in every column's order: rows left of the cut in column f come first."""
    for j in range(first, last):
        is_left[rows[f, j]] = j < k
    start, stop = np.uint64(first), np.uint64(last)
    for column in range(rows.shape[0]):
        if column != f:
            lefts, rights = start, np.uint64(0)
            for j in range(start, stop):
                row = rows[column, j]
                left = np.uint64(is_left[np.uint64(row)])
                rows[column, lefts] = row
                scratch[rights] = row
                lefts += left
                rights += ONE - left
            for j in range(rights):
                rows[column, lefts + j] = scratch[j]
