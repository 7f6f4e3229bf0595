"""Classes of local correlations counted on maps of whole numbers, for many maps of one kind.

Sums of whole numbers are exact, so a window can slide: every cell costs the same whatever the window, and a
constant window is found constant.
"""

import numpy as np
from numba import njit

N, X, Y, XX, YY, XY = range(6)  # rows of the arrays of sums


def whole_numbers(values: np.ndarray, window: int) -> np.ndarray:
    """Map on a scale of whole numbers whose sums of products over a window are exact.

    ``round(2 m (v - low) / (high - low)) - m`` with ``m = 2^25.5 / window``: the sums of `count_classes` stay
    below 2^53.

    Parameters
    ----------
    values
        Map (H, W) [any unit].
    window
        Side of the window [cells].

    Returns
    -------
    (H, W) float32
        Whole numbers from -m to m, exact in this type, all equal where all values are; NaN where a value is
        not finite.
    """
    known = np.isfinite(values)
    low, high = (values[known].min(), values[known].max()) if known.any() else (0, 0)
    largest = np.floor(2**25.5 / window)
    scale = 2 * largest / (float(high) - float(low)) if high > low else 0.0
    whole = np.full(values.shape, np.nan, np.float32)
    whole[known] = np.round((values[known].astype(np.float64) - float(low)) * scale) - largest
    return whole


def count_classes(
    x: np.ndarray, y: np.ndarray, window: int, critical: np.ndarray, min_pairs: int
) -> np.ndarray:
    """Count the cells with a value in both maps whose local correlation is of each class.

    Parameters
    ----------
    x, y
        Maps (H, W) of `whole_numbers` for this window.
    window
        Side of the window, odd [cells].
    critical
        Smallest significant correlation by number of pairs (window^2 + 1,).
    min_pairs
        Cells with fewer pairs in their window are undefined.

    Returns
    -------
    (4,) int64
        Cells that are undefined, significant positive, significant negative, insignificant: what `classify`
        gives of `local_correlation`.
    """
    return _count(x, y, window // 2, critical**2, min_pairs)


@njit(cache=True, nogil=True)
def _count(x: np.ndarray, y: np.ndarray, half: int, critical: np.ndarray, min_pairs: int) -> np.ndarray:
    """Slide the window down row by row."""
    height, width = x.shape
    columns = np.zeros((6, width + 2 * half + 1))  # sums of the columns of windows, none before and after
    windows, steps = np.empty((6, width)), np.empty(width)
    counts = np.zeros(4, dtype=np.int64)
    inner = columns[:, half + 1 : half + 1 + width]
    for row in range(min(half, height)):
        _add_row(inner, x[row], y[row], 1.0)
    for row in range(height):
        if row + half < height:
            _add_row(inner, x[row + half], y[row + half], 1.0)
        if row > half:
            _add_row(inner, x[row - half - 1], y[row - half - 1], -1.0)
        for part in range(6):
            _slide(columns[part], 2 * half + 1, steps, windows[part])
        _count_row(windows, x[row], y[row], critical, min_pairs, counts)
    return counts


@njit(cache=True, nogil=True)
def _add_row(columns: np.ndarray, x: np.ndarray, y: np.ndarray, sign: float) -> None:
    """Add the pairs of a row, or take them away."""
    for j in range(x.size):
        pair = np.isfinite(x[j]) & np.isfinite(y[j])
        a, b = np.float64(x[j]) if pair else 0.0, np.float64(y[j]) if pair else 0.0
        columns[N, j] += sign if pair else 0.0
        columns[X, j] += sign * a
        columns[Y, j] += sign * b
        columns[XX, j] += sign * (a * a)
        columns[YY, j] += sign * (b * b)
        columns[XY, j] += sign * (a * b)


@njit(cache=True, nogil=True)
def _slide(columns: np.ndarray, window: int, steps: np.ndarray, sums: np.ndarray) -> None:
    """Sums of windows along a row; columns has an empty one before the first window."""
    for j in range(sums.size):
        steps[j] = columns[j + window] - columns[j]
    total = 0.0
    for j in range(window):
        total += columns[j]
    for j in range(sums.size):
        total += steps[j]
        sums[j] = total


@njit(cache=True, nogil=True)
def _count_row(
    windows: np.ndarray,
    x: np.ndarray,
    y: np.ndarray,
    critical: np.ndarray,
    min_pairs: int,
    counts: np.ndarray,
) -> None:
    """Count the classes of a row: sums about the cell's own pair are zero in a constant window."""
    for j in range(x.size):
        a, b, n = np.float64(x[j]), np.float64(y[j]), windows[N, j]
        if not (np.isfinite(a) and np.isfinite(b)):
            continue
        sx, sy = windows[X, j] - n * a, windows[Y, j] - n * b
        vxx = windows[XX, j] - a * (2 * windows[X, j] - n * a) - sx * sx / n
        vyy = windows[YY, j] - b * (2 * windows[Y, j] - n * b) - sy * sy / n
        if n < min_pairs or vxx <= 0.0 or vyy <= 0.0:
            counts[0] += 1
            continue
        vxy = windows[XY, j] - a * windows[Y, j] - b * windows[X, j] + n * a * b - sx * sy / n
        if vxy * vxy < critical[int(n)] * vxx * vyy:
            counts[3] += 1
        else:
            counts[1 if vxy > 0.0 else 2] += 1
