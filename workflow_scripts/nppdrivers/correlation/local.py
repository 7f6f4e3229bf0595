"""Correlation of two maps in a moving window."""

import numpy as np
from numba import njit

PATCH = 128  # side of the patches worked on in turn: with their halo they stay in the processor's cache
# Rows of the arrays of sums: pivots, number of pairs, sums about the pivots.
PIVOT_X, PIVOT_Y, N, SX, SY, SXX, SYY, SXY = range(8)


def local_correlation(
    x: np.ndarray, y: np.ndarray, *, window: int = 11, min_pairs: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Pearson correlation of two maps in a square window around every cell.

    ``r = Sxy / sqrt(Sxx Syy)``, ``Sxy = sum (x - px)(y - py) - sum (x - px) sum (y - py) / n`` over the pairs
    of the window, clipped at the borders of the map, that are finite in both maps. The pivot (px, py) is a
    pair of the window itself, so it lies within sqrt(n) standard deviations of the mean: an offset of the
    data costs no digits, and a constant window gives sums of exactly zero. A value depends on the contents
    of its window alone: a part of the map with a halo of ``window // 2`` cells gives the same bytes as the
    whole.

    Parameters
    ----------
    x, y
        Maps of equal shape (H, W) [any unit].
    window
        Side of the window, odd [cells].
    min_pairs
        Fewer pairs leave r undefined.

    Returns
    -------
    r : (H, W) float64
        Correlation [-1 to 1]; NaN where the pairs are too few or one map is constant in the window. A missing
        cell leaves out its pair and nothing else: r at that cell comes from its neighbours.
    n : (H, W) int32
        Number of pairs, also where r is undefined.

    Raises
    ------
    ValueError
        For maps that are not two-dimensional or differ in shape, an even or too small window,
        ``min_pairs < 2``.

    References
    ----------
    Chan, Golub & LeVeque (1983), The American Statistician 37:242 (sums about a shift and their error).

    Examples
    --------
    Of a map and its mirror image; at the border fewer cells lie in the window:

    >>> import numpy as np
    >>> from nppdrivers import correlation
    >>> x = np.arange(9.0).reshape(3, 3)
    >>> r, n = correlation.local_correlation(x, -x, window=3)
    >>> r.round(6)
    array([[-1., -1., -1.],
           [-1., -1., -1.],
           [-1., -1., -1.]])
    >>> n
    array([[4, 6, 4],
           [6, 9, 6],
           [4, 6, 4]], dtype=int32)
    """
    x, y = np.asarray(x), np.asarray(y)
    kept = np.float32 if x.dtype == y.dtype == np.float32 else np.float64  # the sums are float64 in any case
    x, y = np.ascontiguousarray(x, dtype=kept), np.ascontiguousarray(y, dtype=kept)
    if x.ndim != 2 or x.shape != y.shape:
        raise ValueError(f"x and y must be two maps of one shape, not {x.shape} and {y.shape}")
    if window < 3 or window % 2 == 0:
        raise ValueError(f"window must be an odd number of cells from 3 on, not {window}")
    if min_pairs < 2:
        raise ValueError(f"min_pairs must be at least 2, not {min_pairs}")
    r, n = np.empty(x.shape), np.empty(x.shape, dtype=np.int32)
    _correlate_map(x, y, window // 2, min_pairs, r, n)
    return r, n


@njit(cache=True, nogil=True)
def _correlate_map(
    x: np.ndarray, y: np.ndarray, half: int, min_pairs: int, r: np.ndarray, n: np.ndarray
) -> None:
    """Fill r and n patch by patch."""
    for top in range(0, x.shape[0], PATCH):
        height = min(PATCH, x.shape[0] - top)
        for left in range(0, x.shape[1], PATCH):
            width = min(PATCH, x.shape[1] - left)
            reach = width + 2 * half
            patch = _cut_patch(x, y, top - half, left - half, height + 2 * half, reach)
            columns, windows, scratch = np.empty((8, reach)), np.empty((8, width)), np.empty((4, reach))
            for row in range(height):
                _column_sums(patch, row, 2 * half + 1, columns, scratch[0], scratch[1])
                _window_sums(columns, 2 * half + 1, windows, scratch[0], scratch[1], scratch[2], scratch[3])
                stop = left + width
                _finish(windows, min_pairs, r[top + row, left:stop], n[top + row, left:stop])


@njit(cache=True, nogil=True)
def _cut_patch(x: np.ndarray, y: np.ndarray, top: int, left: int, height: int, width: int) -> np.ndarray:
    """Copy x, y and 1 where both are finite; missing pairs and cells beyond the map are zeros."""
    patch = np.zeros((3, height, width))
    for row in range(max(0, -top), min(height, x.shape[0] - top)):
        for column in range(max(0, -left), min(width, x.shape[1] - left)):
            i, j = top + row, left + column
            if np.isfinite(x[i, j]) and np.isfinite(y[i, j]):
                patch[0, row, column] = x[i, j]
                patch[1, row, column] = y[i, j]
                patch[2, row, column] = 1.0
    return patch


@njit(cache=True, nogil=True)
def _column_sums(
    patch: np.ndarray, top: int, window: int, columns: np.ndarray, dx: np.ndarray, dy: np.ndarray
) -> None:
    """Sum over the column segments ``top : top + window``."""
    columns[:] = 0.0
    for k in range(top, top + window):
        _take_first(columns[PIVOT_X], columns[N], patch[0, k])
        _take_first(columns[PIVOT_Y], columns[N], patch[1, k])
        _add(columns[N], patch[2, k])
    for k in range(top, top + window):
        _masked_difference(dx, patch[0, k], columns[PIVOT_X], patch[2, k])
        _masked_difference(dy, patch[1, k], columns[PIVOT_Y], patch[2, k])
        _add_moments(columns[SX], columns[SXX], dx)
        _add_moments(columns[SY], columns[SYY], dy)
        _add_product(columns[SXY], dx, dy)


@njit(cache=True, nogil=True)
def _window_sums(
    columns: np.ndarray,
    window: int,
    windows: np.ndarray,
    dx: np.ndarray,
    dy: np.ndarray,
    fx: np.ndarray,
    fy: np.ndarray,
) -> None:
    """Join ``window`` neighbouring column segments about the first one's pivots.

    With d the step from a segment's pivot to the window's, ``f = s + n d`` is its sum about the new pivot and
    ``sxy + dx fy + dy sx`` its sum of products.
    """
    width = windows.shape[1]
    windows[:] = 0.0
    for k in range(window):
        _take_first(windows[PIVOT_X], windows[N], columns[PIVOT_X, k : k + width])
        _take_first(windows[PIVOT_Y], windows[N], columns[PIVOT_Y, k : k + width])
        _add(windows[N], columns[N, k : k + width])
    for k in range(window):
        n, sx, sy = columns[N, k : k + width], columns[SX, k : k + width], columns[SY, k : k + width]
        _shifted_sum(dx, fx, columns[PIVOT_X, k : k + width], windows[PIVOT_X], sx, n)
        _shifted_sum(dy, fy, columns[PIVOT_Y, k : k + width], windows[PIVOT_Y], sy, n)
        _add(windows[SX], fx)
        _add(windows[SY], fy)
        _add_shifted_products(windows[SXX], columns[SXX, k : k + width], dx, fx, dx, sx)
        _add_shifted_products(windows[SYY], columns[SYY, k : k + width], dy, fy, dy, sy)
        _add_shifted_products(windows[SXY], columns[SXY, k : k + width], dx, fy, dy, sx)


# The loops below are kept apart and short so that the compiler turns each into vector instructions.


@njit(cache=True, nogil=True)
def _take_first(pivot: np.ndarray, count: np.ndarray, value: np.ndarray) -> None:
    for j in range(pivot.size):
        pivot[j] = value[j] if count[j] == 0.0 else pivot[j]


@njit(cache=True, nogil=True)
def _add(total: np.ndarray, part: np.ndarray) -> None:
    for j in range(total.size):
        total[j] += part[j]


@njit(cache=True, nogil=True)
def _add_moments(total: np.ndarray, squares: np.ndarray, part: np.ndarray) -> None:
    for j in range(total.size):
        total[j] += part[j]
        squares[j] += part[j] * part[j]


@njit(cache=True, nogil=True)
def _add_product(total: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
    for j in range(total.size):
        total[j] += a[j] * b[j]


@njit(cache=True, nogil=True)
def _masked_difference(
    difference: np.ndarray, value: np.ndarray, pivot: np.ndarray, valid: np.ndarray
) -> None:
    for j in range(difference.size):
        difference[j] = valid[j] * (value[j] - pivot[j])


@njit(cache=True, nogil=True)
def _shifted_sum(
    step: np.ndarray,
    moved: np.ndarray,
    pivot: np.ndarray,
    new_pivot: np.ndarray,
    s: np.ndarray,
    n: np.ndarray,
) -> None:
    for j in range(new_pivot.size):
        step[j] = pivot[j] - new_pivot[j]
        moved[j] = s[j] + n[j] * step[j]


@njit(cache=True, nogil=True)
def _add_shifted_products(
    total: np.ndarray,
    products: np.ndarray,
    dx: np.ndarray,
    fy: np.ndarray,
    dy: np.ndarray,
    sx: np.ndarray,
) -> None:
    for j in range(total.size):
        total[j] += products[j] + dx[j] * fy[j] + dy[j] * sx[j]


@njit(cache=True, nogil=True)
def _finish(windows: np.ndarray, min_pairs: int, r: np.ndarray, n: np.ndarray) -> None:
    """Turn the sums of a row of windows into r and n."""
    for j in range(r.size):
        pairs, sx, sy = windows[N, j], windows[SX, j], windows[SY, j]
        n[j] = int(pairs)
        r[j] = np.nan
        if pairs >= min_pairs:
            vxx = windows[SXX, j] - sx * sx / pairs
            vyy = windows[SYY, j] - sy * sy / pairs
            if vxx > 0.0 and vyy > 0.0:
                vxy = windows[SXY, j] - sx * sy / pairs
                r[j] = min(1.0, max(-1.0, vxy / (np.sqrt(vxx) * np.sqrt(vyy))))
