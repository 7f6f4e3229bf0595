"""Compiled loops of ESTARFM: one block of targets, all its dates, in one pass over the similar pixels.

How the work is laid out, and why:

* Of all terms only one weighted mean and one window mean depend on the date to predict, so similar pixels,
  weights and conversion coefficients are made once for any number of dates.
* For each column of targets the window's columns of every plane (see `planes`) form a *strip* of rows
  of `window` values, so that the window of any target is one contiguous run of the strip, and every sum one
  long vector loop. The strip of the next column begins one value further in the same buffer: only its last
  column is new.
* Every target runs the same loops over runs of the same length in the same order, wherever its block begins:
  results do not depend on blocks, tiles or threads.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nppdrivers.estarfm.planes import PRODUCTS
from nppdrivers.estarfm.settings import RUN_MULTIPLE, Settings
from nppdrivers.estarfm.tuples import Block, Buffers, Float32s, Float64s, Near, Sums

# Sums may be reordered into vector lanes, alike for each target; NaN and infinity keep their meaning. All
# functions are forced into `predict_block`: else they would exist twice, compiled alone and within their
# caller, with sums in another order, and a run would take the one or the other by whether it finds a cache.
# They stand in one file because compiled code is renewed when that of `predict_block` changes, and no other.
VECTOR = {"reassoc", "contract", "nsz"}
FEW_CANDIDATES = 5
BATCH = 8  # targets whose sums of coarse planes are made together
MIN_COARSE_CHANGE = 0.02  # of the scale, between the base dates
MAX_SLOPE = 5.0
ZERO, TWO, INFINITE = np.float32(0.0), np.float32(2.0), np.float32(np.inf)
ROUNDING = np.float32(2.0**-22)  # bound of the error of a float32 difference, relative to its terms
TINY_DISTANCE = np.float32(1e-7)
TINY_CHANGE = 1e-10


@njit(cache=True, nogil=True, fastmath=VECTOR, error_model="numpy", forceinline=True)
def _mark_similar(
    before: Float32s, fine_m: Float32s, fine_n: Float32s, near: Near, similar: Float32s
) -> np.float32:
    """Keep the marks of `before` where both fine images are within their limits of the target's values.

    Returns how many pixels are within twice the doubt, a bound of the rounding error, of a limit.
    """
    value_m, value_n, limit_m, limit_n, doubt_m, doubt_n = near
    doubtful = ZERO
    for i in range(similar.size):
        change_m, change_n = abs(fine_m[i] - value_m), abs(fine_n[i] - value_n)
        mark = before[i] if (change_m < limit_m) & (change_n < limit_n) else ZERO
        sure = before[i] if (change_m < limit_m - doubt_m) & (change_n < limit_n - doubt_n) else ZERO
        similar[i] = mark
        doubtful += mark - sure
    return doubtful


@njit(cache=True, nogil=True, fastmath=VECTOR, error_model="numpy", forceinline=True)
def _weigh_similar(
    before: Float32s,
    fine_m: Float32s,
    fine_n: Float32s,
    near: Near,
    unlikeness: Float32s,
    distance: Float32s,
    weight: Float32s,
) -> tuple[np.float32, np.float32, np.float32]:
    """Mark as `_mark_similar` and weigh by 1 / ((1 - R) d + 1e-7); returns number, sum of weights, doubtful.

    One loop for both, because the comparisons are made in the time that the division takes.
    """
    value_m, value_n, limit_m, limit_n, doubt_m, doubt_n = near
    number = total = doubtful = ZERO
    for i in range(weight.size):
        change_m, change_n = abs(fine_m[i] - value_m), abs(fine_n[i] - value_n)
        mark = before[i] if (change_m < limit_m) & (change_n < limit_n) else ZERO
        sure = before[i] if (change_m < limit_m - doubt_m) & (change_n < limit_n - doubt_n) else ZERO
        inverse = mark / (unlikeness[i] * distance[i] + TINY_DISTANCE)
        weight[i] = inverse
        number += mark
        total += inverse
        doubtful += mark - sure
    return number, total, doubtful


@njit(cache=True, nogil=True, fastmath=VECTOR, error_model="numpy", forceinline=True)
def _weighted_sums(
    weight: Float32s, x: Float32s, y: Float32s, z: Float32s
) -> tuple[np.float32, np.float32, np.float32]:
    """Sum weight * x, weight * y and weight * z: each weight is loaded once for three images."""
    sum_x = sum_y = sum_z = ZERO
    for i in range(weight.size):
        sum_x += weight[i] * x[i]
        sum_y += weight[i] * y[i]
        sum_z += weight[i] * z[i]
    return sum_x, sum_y, sum_z


@njit(cache=True, nogil=True, fastmath=VECTOR, error_model="numpy", forceinline=True)
def _plain_sums(
    weight: Float32s, x: Float32s, y: Float32s, z: Float32s
) -> tuple[np.float32, np.float32, np.float32]:
    """Sum x, y and z over the similar pixels, those with a weight."""
    sum_x = sum_y = sum_z = ZERO
    for i in range(weight.size):
        if weight[i] > ZERO:
            sum_x += x[i]
            sum_y += y[i]
            sum_z += z[i]
    return sum_x, sum_y, sum_z


@njit(cache=True, nogil=True, forceinline=True)
def _sum_planes(
    weights: Float32s,
    weighted: bool,
    strips: Float32s,
    first: int,
    start: int,
    window: int,
    ready: NDArray[np.bool_],
    out: Float32s,
) -> None:
    """Sums (targets, planes), weighted or plain, of the strips from plane `first` on for a batch of targets.

    Target after target for each three planes, which then stay in the nearest cache: reading the strips takes
    longer than the arithmetic.
    """
    count = out.shape[1]
    for k in range(0, count, 3):
        j = min(k, count - 3)  # the last group may overlap the one before: the same sums, written again
        i = first + j
        for t in range(ready.size):
            if not ready[t]:
                continue
            begin = start + t * window
            end = begin + weights.shape[1]
            x, y, z = strips[i, begin:end], strips[i + 1, begin:end], strips[i + 2, begin:end]
            sums = _weighted_sums(weights[t], x, y, z) if weighted else _plain_sums(weights[t], x, y, z)
            out[t, j], out[t, j + 1], out[t, j + 2] = sums


@njit(cache=True, nogil=True, forceinline=True)
def _slope(number: np.float32, sums: Float32s, scale: float, critical: Float64s) -> float:
    """Conversion coefficient V of `number` similar pixels from the sums of their products (see PRODUCTS).

    Least squares pooled over both dates; 1 where that is not accepted, 0 where the pixels are too few.
    """
    if number <= FEW_CANDIDATES:
        return 0.0
    pairs = 2.0 * number
    sum_c, sum_f = float(sums[0]), float(sums[1])
    sxx = sums[3] - sum_c * sum_c / pairs
    sxy = sums[4] - sum_c * sum_f / pairs
    if abs(sums[2]) < MIN_COARSE_CHANGE * scale * number or sxx <= 0.0 or sxy <= 0.0:
        return 1.0
    slope = sxy / sxx
    residual = sums[5] - sum_f * sum_f / pairs - slope * sxy
    # The F test written without a division, so that a perfect fit (residual 0) passes.
    if slope > MAX_SLOPE or slope * sxy * (pairs - 2.0) < critical[int(number)] * residual:
        return 1.0
    return slope


@njit(cache=True, nogil=True, forceinline=True)
def _advance_strips(planes: Float32s, column: int, window: int, strips: Float32s) -> None:
    """Make the strips those of a target column: write what is new, one value a row (all for column 0)."""
    first = 0 if column == 0 else window - 1
    for k in range(planes.shape[0]):
        for y in range(planes.shape[1]):
            for x in range(first, window):
                strips[k, column + y * window + x] = planes[k, y, column + x]


@njit(cache=True, nogil=True, forceinline=True)
def _mark_exactly(
    fine: Float64s, row: int, column: int, window: int, limits: Float64s, similar: Float32s
) -> None:
    """Mark similar pixels by the float64 images `fine` for the window that begins at a row and a column."""
    half = window // 2
    similar[:] = 0.0
    for y in range(window):
        for x in range(window):
            close = True
            for k in range(2):
                for b in range(limits.shape[1]):
                    value = fine[k, b, row + half, column + half]
                    close = close and abs(fine[k, b, row + y, column + x] - value) < limits[k, b]
            if close:
                similar[y * window + x] = 1.0


@njit(cache=True, nogil=True, forceinline=True)
def _similar_pixels(
    block: Block,
    settings: Settings,
    strips: Float32s,
    start: int,
    place: tuple[int, int],
    marks: Float32s,
    weight: Float32s,
) -> tuple[np.float32, np.float32]:
    """Fill the weights of the pixels like the target in all bands on both dates; returns number and sum.

    Float32 decides unless a pixel is as close to a limit as rounding may move it; then float64 decides. The
    target is always like itself, also where nothing varies and the limits are 0.
    """
    window, limits, distance = settings.window, settings.limits, settings.distance
    bands = limits.shape[1]
    middle, stop = (window * window) // 2, start + weight.size
    before, doubtful = settings.inside, ZERO
    for b in range(bands):
        m, n = strips[b, start:stop], strips[bands + b, start:stop]
        value_m, value_n = m[middle], n[middle]
        # A value near a limit is no farther from 0 than the target and the limit together.
        doubt_m = ROUNDING * np.float32(abs(value_m) + limits[0, b])
        doubt_n = ROUNDING * np.float32(abs(value_n) + limits[1, b])
        limit_m, limit_n = np.float32(limits[0, b]) + doubt_m, np.float32(limits[1, b]) + doubt_n
        near = Near(value_m, value_n, limit_m, limit_n, TWO * doubt_m, TWO * doubt_n)
        if b < bands - 1:
            # Two buffers in turn: a loop that read and wrote the same one would not be vectorised.
            doubtful += _mark_similar(before, m, n, near, marks[b % 2])
            before = marks[b % 2]
        else:
            r = strips[block.layout.unlikeness, start:stop]
            number, total, more = _weigh_similar(before, m, n, near, r, distance, weight)
            doubtful += more
    if doubtful > ZERO:
        _mark_exactly(block.fine, place[0], place[1], window, limits, marks[2])
        sure = Near(value_m, value_n, INFINITE, INFINITE, ZERO, ZERO)
        number, total, _ = _weigh_similar(marks[2], m, n, sure, r, distance, weight)
    if number == ZERO:
        weight[middle] = 1.0
        return np.float32(1.0), np.float32(1.0)
    return number, total


@njit(cache=True, nogil=True, forceinline=True)
def _similar_mean(weight: Float32s, weights: np.float32, fine: Float32s) -> np.floating:
    """Weighted mean of a fine plane over the similar pixels (fine values elsewhere may be NaN)."""
    total = 0.0
    for i in range(weight.size):
        if weight[i] > 0.0:
            total += weight[i] * fine[i]
    return total / weights


@njit(cache=True, nogil=True, forceinline=True)
def _step(slope: float, change: float, reach: float) -> float:
    """Fine change for a coarse one: slope times what is within reach, the rest as it is."""
    within = min(max(change, -reach), reach)
    return slope * within + (change - within) if reach < np.inf else slope * change


@njit(cache=True, nogil=True, forceinline=True)
def _predict_dates(
    block: Block, settings: Settings, strips: Float32s, start: int, sums: Sums, out: Float32s
) -> None:
    """Predict all dates and bands (`out`) of one target from coarse sums over similar pixels and window.

    `sums.weighted` are those of the coarse planes; `sums.total` of the mask (the number of pixels) and the
    same planes. Where a date has gaps in the window, the base images are summed over the pixels it has. A
    slope of 0 stands for too few similar pixels: the change is then that of the window.
    """
    dates, bands = out.shape
    coarse, centre, bounds = block.layout.coarse, settings.centre, settings.bounds
    weight, weights, weighted, total, slopes = sums
    middle, stop = (settings.window * settings.window) // 2, start + weight.size
    for p in range(dates):
        gap = block.gap_planes[p]
        if gap > 0 and strips[gap, start + middle] == 0.0:
            continue
        pixels, sum_weights, base = total[0], weights, 0
        if gap > 0 and total[1 + gap - coarse] < pixels:
            base = gap + 1 - coarse
            pixels, sum_weights = total[base], weighted[base - 1]
        for b in range(bands):
            i, m, n = (2 + p) * bands + b, b, bands + b
            step_m = change_m = (total[1 + i] - total[1 + base + m]) / pixels
            step_n = change_n = (total[1 + i] - total[1 + base + n]) / pixels
            if slopes[b] > 0.0:
                reach = abs(weighted[base + n] - weighted[base + m]) / sum_weights
                reach = np.inf if settings.extrapolate else reach
                step_m = _step(slopes[b], (weighted[i] - weighted[base + m]) / sum_weights, reach)
                step_n = _step(slopes[b], (weighted[i] - weighted[base + n]) / sum_weights, reach)
            # Each base date counts by the inverse of the window's mean coarse change since it.
            far_m, far_n = abs(change_m) + TINY_CHANGE, abs(change_n) + TINY_CHANGE
            share = far_n / (far_m + far_n)
            fine_m, fine_n = strips[m, start + middle] + step_m, strips[n, start + middle] + step_n
            value = centre[0, b] + share * fine_m + (1.0 - share) * fine_n
            if not bounds[0] <= value <= bounds[1]:
                fine_m = _similar_mean(weight, weights, strips[m, start:stop])
                fine_n = _similar_mean(weight, weights, strips[n, start:stop])
                value = centre[0, b] + share * fine_m + (1.0 - share) * fine_n
            out[p, b] = value


@njit(cache=True, nogil=True, forceinline=True)
def _predict_batch(
    block: Block, settings: Settings, row: int, column: int, buffers: Buffers, out: Float32s
) -> None:
    """Predict up to `BATCH` targets of a column, from a row on: similar pixels, sums, then all dates."""
    layout, strips, window, ready = block.layout, buffers.strips, settings.window, buffers.ready
    start, middle = column + row * window, (window * window) // 2
    ready[:] = False
    for t in range(min(BATCH, out.shape[0] - row)):
        at = start + t * window
        if block.targets[row + t, column] and strips[layout.mask, at + middle] > 0.0:
            ready[t] = True
            place = row + t, column
            buffers.number[t], buffers.weights[t] = _similar_pixels(
                block, settings, strips, at, place, buffers.marks, buffers.weight[t]
            )
    _sum_planes(buffers.weight, False, strips, layout.products, start, window, ready, buffers.moments)
    _sum_planes(buffers.weight, True, strips, layout.coarse, start, window, ready, buffers.sums)
    slopes = buffers.slopes
    for t in range(BATCH):
        if not ready[t]:
            continue
        for b in range(slopes.size):
            products = buffers.moments[t, PRODUCTS * b :]
            slopes[b] = _slope(buffers.number[t], products, settings.scale, settings.critical)
        total = block.totals[column, row + t]
        sums = Sums(buffers.weight[t], buffers.weights[t], buffers.sums[t], total, slopes)
        _predict_dates(block, settings, strips, start + t * window, sums, out[row + t, column])


@njit(cache=True, nogil=True)
def predict_block(block: Block, settings: Settings, out: Float32s) -> None:
    """Predict the targets of one block into `out`, (rows, columns, dates, bands)."""
    rows, columns, _, bands = out.shape
    planes, window, run = block.planes, settings.window, settings.inside.size
    buffers = Buffers(
        np.zeros((planes.shape[0], (planes.shape[1] + BATCH) * window + columns + RUN_MULTIPLE), np.float32),
        np.empty((3, run), np.float32),
        np.empty((BATCH, run), np.float32),
        np.empty(BATCH, np.float32),
        np.empty(BATCH, np.float32),
        np.empty((BATCH, planes.shape[0] - block.layout.coarse), np.float32),
        np.empty((BATCH, PRODUCTS * bands), np.float32),
        np.empty(bands),
        np.empty(BATCH, np.bool_),
    )
    for column in range(columns):
        _advance_strips(planes, column, window, buffers.strips)
        for row in range(0, rows, BATCH):
            _predict_batch(block, settings, row, column, buffers, out)
