"""Correlation of two maps in a moving window."""

import numpy as np
from numba import njit

# A window is redone about a pivot when its variance is below this share of its squared mean: there the
# rounding of the mean (about 5e-15 of it) would show in r above 1e-12, or hide that the window is constant.
REDO_BELOW = 1e-15
PATCH = 128  # side of the patches worked on in turn [cells]


def local_correlation(
    x: np.ndarray, y: np.ndarray, *, window: int = 11, min_pairs: int = 3
) -> tuple[np.ndarray, np.ndarray]:
    """Pearson correlation of two maps in a square window around every cell.

    ``r = sum (x - mx)(y - my) / sqrt(sum (x - mx)^2 sum (y - my)^2)`` over the pairs of the window, clipped at
    the borders of the map, that are finite in both maps. All sums are centred: column by column of the
    window first, then over its columns (Chan's update), so an offset of the data costs no digits. A value
    depends on the contents of its window alone: a part of the map with a halo of ``window // 2`` cells gives
    the same bytes as the whole.

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
        For maps that are not two-dimensional or differ in shape, an even or too small window, ``min_pairs < 2``.

    References
    ----------
    Chan, Golub & LeVeque (1983), The American Statistician 37:242, eq. 2.1.
    """
    x, y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if x.ndim != 2 or x.shape != y.shape:
        raise ValueError(f"x and y must be two maps of one shape, not {x.shape} and {y.shape}")
    if window < 3 or window % 2 == 0:
        raise ValueError(f"window must be an odd number of cells from 3 on, not {window}")
    if min_pairs < 2:
        raise ValueError(f"min_pairs must be at least 2, not {min_pairs}")
    r, n = np.empty(x.shape), np.empty(x.shape, dtype=np.int32)
    _correlate_map(x, y, window // 2, min_pairs, r, n)
    return r, n


@njit(nogil=True)
def _correlate_map(x, y, half, min_pairs, r, n):
    """Fill r and n patch by patch: a patch with its halo stays in the processor's cache."""
    rows, columns = x.shape
    padded = (PATCH + 2 * half, PATCH + 2 * half)
    px, py, valid = np.empty(padded), np.empty(padded), np.empty(padded)
    along = np.empty((6, PATCH + 2 * half))  # n, mean x, mean y, Sxx, Syy, Sxy of each column of the window
    total = np.empty((6, PATCH))  # the same of the whole window
    for top in range(0, rows, PATCH):
        height = min(PATCH, rows - top)
        for left in range(0, columns, PATCH):
            width = min(PATCH, columns - left)
            _cut_patch(x, y, top - half, left - half, height + 2 * half, width + 2 * half, px, py, valid)
            for row in range(height):
                _column_moments(px, py, valid, row, 2 * half + 1, width + 2 * half, along)
                _window_moments(along, 2 * half + 1, width, total)
                _finish_row(px, py, valid, row, half, min_pairs, total, r[top + row], n[top + row], left, width)


@njit(nogil=True)
def _cut_patch(x, y, top, left, height, width, px, py, valid):
    """Copy a patch; missing pairs and cells beyond the map become zeros that count nothing."""
    for row in range(height):
        for column in range(width):
            i, j = top + row, left + column
            good = 0 <= i < x.shape[0] and 0 <= j < x.shape[1]
            good = good and np.isfinite(x[i, j]) and np.isfinite(y[i, j])
            px[row, column] = x[i, j] if good else 0.0
            py[row, column] = y[i, j] if good else 0.0
            valid[row, column] = 1.0 if good else 0.0


@njit(nogil=True)
def _column_moments(px, py, valid, top, window, width, along):
    """Count, means and centred sums of products of every column segment ``top : top + window``."""
    n, mx, my, sxx, syy, sxy = along
    for j in range(width):
        n[j] = mx[j] = my[j] = sxx[j] = syy[j] = sxy[j] = 0.0
    for k in range(top, top + window):
        for j in range(width):
            n[j] += valid[k, j]
            mx[j] += px[k, j]
            my[j] += py[k, j]
    for j in range(width):
        pairs = max(n[j], 1.0)
        mx[j] /= pairs
        my[j] /= pairs
    for k in range(top, top + window):
        for j in range(width):
            dx = valid[k, j] * (px[k, j] - mx[j])
            dy = valid[k, j] * (py[k, j] - my[j])
            sxx[j] += dx * dx
            syy[j] += dy * dy
            sxy[j] += dx * dy


@njit(nogil=True)
def _window_moments(along, window, width, total):
    """Join the column segments of every window: ``S = sum_j S_j + n_j (m_j - m)^2``."""
    cn, cx, cy, cxx, cyy, cxy = along
    n, mx, my, sxx, syy, sxy = total
    for j in range(width):
        n[j] = mx[j] = my[j] = sxx[j] = syy[j] = sxy[j] = 0.0
    for k in range(window):
        for j in range(width):
            n[j] += cn[j + k]
            mx[j] += cn[j + k] * cx[j + k]
            my[j] += cn[j + k] * cy[j + k]
    for j in range(width):
        pairs = max(n[j], 1.0)
        mx[j] /= pairs
        my[j] /= pairs
    for k in range(window):
        for j in range(width):
            dx, dy, pairs = cx[j + k] - mx[j], cy[j + k] - my[j], cn[j + k]
            sxx[j] += cxx[j + k] + pairs * dx * dx
            syy[j] += cyy[j + k] + pairs * dy * dy
            sxy[j] += cxy[j + k] + pairs * dx * dy


@njit(nogil=True)
def _finish_row(px, py, valid, row, half, min_pairs, total, r, n, left, width):
    """Turn the sums of one row of windows into r and n."""
    pairs, mx, my, sxx, syy, sxy = total
    for j in range(width):
        n[left + j] = int(pairs[j])
        if pairs[j] < min_pairs:
            r[left + j] = np.nan
            continue
        flat_x = sxx[j] <= REDO_BELOW * pairs[j] * mx[j] * mx[j]
        flat_y = syy[j] <= REDO_BELOW * pairs[j] * my[j] * my[j]
        if flat_x or flat_y:
            r[left + j] = _about_a_pivot(px, py, valid, row, j, 2 * half + 1)
        else:
            r[left + j] = min(1.0, max(-1.0, sxy[j] / (np.sqrt(sxx[j]) * np.sqrt(syy[j]))))


@njit(nogil=True)
def _about_a_pivot(px, py, valid, top, left, window):
    """Correlation of one window from differences to its first pair: exactly zero sums where constant."""
    n = pivot_x = pivot_y = sum_x = sum_y = 0.0
    for i in range(top, top + window):
        for j in range(left, left + window):
            if valid[i, j] == 1.0:
                if n == 0.0:
                    pivot_x, pivot_y = px[i, j], py[i, j]
                n += 1.0
                sum_x += px[i, j] - pivot_x
                sum_y += py[i, j] - pivot_y
    sxx = syy = sxy = 0.0
    for i in range(top, top + window):
        for j in range(left, left + window):
            if valid[i, j] == 1.0:
                dx = (px[i, j] - pivot_x) - sum_x / n
                dy = (py[i, j] - pivot_y) - sum_y / n
                sxx += dx * dx
                syy += dy * dy
                sxy += dx * dy
    if sxx == 0.0 or syy == 0.0:
        return np.nan
    return min(1.0, max(-1.0, sxy / (np.sqrt(sxx) * np.sqrt(syy))))
