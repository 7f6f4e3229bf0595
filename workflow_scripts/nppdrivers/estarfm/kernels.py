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

from nppdrivers.estarfm.settings import RUN_MULTIPLE, Settings
from nppdrivers.estarfm.tuples import Block, Buffers, Float32s, Float64s, Like, Moments, Pair, Sums

# Sums may be reordered into vector lanes, alike for each target; NaN and infinity keep their meaning. All
# functions are forced into `predict_block`: else they would exist twice, compiled alone and within their
# caller, with sums in another order, and a run would take the one or the other by whether it finds a cache.
# They stand in one file because compiled code is renewed when that of `predict_block` changes, and no other.
VECTOR = {"reassoc", "contract", "nsz"}
FEW_CANDIDATES = 5
BATCH = 8  # targets whose sums of coarse planes are made together
MIN_COARSE_CHANGE = 0.02  # of the scale, between the base dates
MAX_SLOPE = 5.0
ZERO, QUARTER, ONE, INFINITE = np.float32(0.0), np.float32(0.25), np.float32(1.0), np.float32(np.inf)
TINY_DISTANCE = np.float32(1e-7)
TINY_CHANGE = 1e-10


@njit(cache=True, nogil=True, fastmath=VECTOR, error_model="numpy", forceinline=True)
def _mark_similar(before: Float32s, fine: Pair, like: Like, similar: Float32s) -> None:
    """Mark by 1 the pixels that are marked in `before` and in both fine images like the target."""
    (fine_m, fine_n), (low_m, high_m, low_n, high_n) = fine, like
    for i in range(similar.size):
        alike = (fine_m[i] >= low_m) & (fine_m[i] <= high_m) & (fine_n[i] >= low_n) & (fine_n[i] <= high_n)
        similar[i] = ONE if alike & (before[i] > ZERO) else ZERO


@njit(cache=True, nogil=True, fastmath=VECTOR, error_model="numpy", forceinline=True)
def _weigh_similar(
    before: Float32s,
    fine: Pair,
    coarse: Pair,
    unlikeness: Float32s,
    distance: Float32s,
    like: Like,
    weight: Float32s,
) -> Moments:
    """Mark as `_mark_similar`, weigh by 1 / ((1 - R) d + 1e-7), and sum what the regression needs.

    One loop for all: the sums are made in the time that the division takes, of values loaded once.
    """
    (fine_m, fine_n), (coarse_m, coarse_n) = fine, coarse
    low_m, high_m, low_n, high_n = like
    centre = QUARTER * (low_m + high_m + low_n + high_n)  # of the values of both dates
    number = weights = sum_m = sum_n = sum_f = cc = fc = ff = ZERO
    for i in range(weight.size):
        alike = (fine_m[i] >= low_m) & (fine_m[i] <= high_m) & (fine_n[i] >= low_n) & (fine_n[i] <= high_n)
        mark = ONE if alike & (before[i] > ZERO) else ZERO
        inverse = mark / (unlikeness[i] * distance[i] + TINY_DISTANCE)
        weight[i] = inverse
        number += mark
        weights += inverse
        c_m, c_n = mark * coarse_m[i], mark * coarse_n[i]
        f_m = fine_m[i] - centre if mark > ZERO else ZERO  # may be NaN elsewhere
        f_n = fine_n[i] - centre if mark > ZERO else ZERO
        sum_m += c_m
        sum_n += c_n
        sum_f += f_m + f_n
        cc += c_m * c_m + c_n * c_n
        fc += f_m * c_m + f_n * c_n
        ff += f_m * f_m + f_n * f_n
    return Moments(number, weights, sum_m, sum_n, sum_f, cc, fc, ff)


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


@njit(cache=True, nogil=True, forceinline=True)
def _sum_planes(
    weights: Float32s,
    strips: Float32s,
    first: int,
    start: int,
    window: int,
    ready: NDArray[np.bool_],
    out: Float32s,
) -> None:
    """Weighted sums (targets, planes) of the strips from plane `first` on for a batch of targets.

    Target after target for each three planes, which then stay in the nearest cache: reading the strips takes
    longer than the arithmetic.
    """
    count = out.shape[1]
    for k in range(0, count, 3):
        j = min(k, count - 3)  # the last group may overlap the one before: the same sums, written again
        i = first + j
        for t in range(ready.size):
            if ready[t]:
                begin = start + t * window
                end = begin + weights.shape[1]
                x, y, z = strips[i, begin:end], strips[i + 1, begin:end], strips[i + 2, begin:end]
                out[t, j], out[t, j + 1], out[t, j + 2] = _weighted_sums(weights[t], x, y, z)


@njit(cache=True, nogil=True, forceinline=True)
def _slope(moments: Moments, scale: float, critical: Float64s) -> float:
    """Conversion coefficient V of the similar pixels, by least squares pooled over both dates.

    1 where that is not accepted, 0 where the pixels are too few.
    """
    number, sum_f = moments.number, float(moments.fine)
    if number <= FEW_CANDIDATES:
        return 0.0
    pairs, sum_c = 2.0 * number, float(moments.coarse_m) + float(moments.coarse_n)
    sxx = moments.cc - sum_c * sum_c / pairs
    sxy = moments.fc - sum_c * sum_f / pairs
    change = abs(float(moments.coarse_m) - float(moments.coarse_n))
    if change < MIN_COARSE_CHANGE * scale * number or sxx <= 0.0 or sxy <= 0.0:
        return 1.0
    slope = float(sxy / sxx)
    residual = moments.ff - sum_f * sum_f / pairs - slope * sxy
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
def _bounds(value: np.float32, limit: float) -> tuple[np.float32, np.float32]:
    """Least and largest float32 that differ from the value by less than the limit."""
    low, high = np.float32(value - limit), np.float32(value + limit)
    if float(value) - float(low) >= limit:
        low = np.nextafter(low, INFINITE)
    if float(high) - float(value) >= limit:
        high = np.nextafter(high, -INFINITE)
    return low, high


@njit(cache=True, nogil=True, forceinline=True)
def _like(fine: Pair, middle: int, limits: Float64s) -> Like:
    """Bounds of what is like the target, the middle of the run, on dates m and n."""
    value_m, value_n = fine[0][middle], fine[1][middle]
    low_m, high_m = _bounds(value_m, limits[0])
    low_n, high_n = _bounds(value_n, limits[1])
    return Like(low_m, high_m, low_n, high_n)


@njit(cache=True, nogil=True, forceinline=True)
def _both_dates(strips: Float32s, plane: int, bands: int, start: int, size: int) -> Pair:
    """Run of a plane of date m, and of that of date n, which lies `bands` planes further."""
    return strips[plane, start : start + size], strips[plane + bands, start : start + size]


@njit(cache=True, nogil=True, forceinline=True)
def _similar_pixels(
    block: Block,
    settings: Settings,
    strips: Float32s,
    start: int,
    marks: Float32s,
    weight: Float32s,
    slopes: Float64s,
) -> np.float32:
    """Fill weights and slopes from the pixels like the target in all bands on both dates; sum of the weights.

    The target is always like itself, also where nothing varies and the limits are 0.
    """
    layout, limits, size = block.layout, settings.limits, weight.size
    bands, middle = limits.shape[1], (settings.window * settings.window) // 2
    unlikeness = strips[layout.unlikeness, start : start + size]
    before, total = settings.inside, ZERO
    for b in range(bands - 1):
        fine = _both_dates(strips, b, bands, start, size)
        # Two buffers in turn: a loop that read and wrote the same one would not be vectorised.
        _mark_similar(before, fine, _like(fine, middle, limits[:, b]), marks[b % 2])
        before = marks[b % 2]
    for b in range(bands - 1, -1, -1):
        fine = _both_dates(strips, b, bands, start, size)
        coarse = _both_dates(strips, layout.coarse + b, bands, start, size)
        like = _like(fine, middle, limits[:, b])
        last = b == bands - 1
        out = weight if last else marks[2]
        moments = _weigh_similar(before, fine, coarse, unlikeness, settings.distance, like, out)
        slopes[b] = _slope(moments, settings.scale, settings.critical)
        if last:  # its weights are those of the pixels that are similar in all bands
            before, total = weight, moments.weights
    if total == ZERO:
        weight[middle] = total = ONE
    return total


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
    coarse, bounds = block.layout.coarse, settings.bounds
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
            value = share * fine_m + (1.0 - share) * fine_n
            if not bounds[0] <= value <= bounds[1]:
                fine_m = _similar_mean(weight, weights, strips[m, start:stop])
                fine_n = _similar_mean(weight, weights, strips[n, start:stop])
                value = share * fine_m + (1.0 - share) * fine_n
            out[p, b] = value


@njit(cache=True, nogil=True, forceinline=True)
def _predict_batch(
    block: Block, settings: Settings, row: int, column: int, buffers: Buffers, out: Float32s
) -> None:
    """Predict up to `BATCH` targets of a column, from a row on: similar pixels, sums, then all dates."""
    layout, strips, window, ready = block.layout, buffers.strips, settings.window, buffers.ready
    start, middle = column + row * window, (window * window) // 2
    weight, weights, slopes = buffers.weight, buffers.weights, buffers.slopes
    ready[:] = False
    for t in range(min(BATCH, out.shape[0] - row)):
        at = start + t * window
        if block.targets[row + t, column] and strips[layout.mask, at + middle] > 0.0:
            ready[t] = True
            weights[t] = _similar_pixels(block, settings, strips, at, buffers.marks, weight[t], slopes[t])
    _sum_planes(weight, strips, layout.coarse, start, window, ready, buffers.sums)
    for t in range(BATCH):
        if ready[t]:
            total = block.totals[column, row + t]
            sums = Sums(weight[t], weights[t], buffers.sums[t], total, slopes[t])
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
        np.empty((BATCH, planes.shape[0] - block.layout.coarse), np.float32),
        np.empty((BATCH, bands)),
        np.empty(BATCH, np.bool_),
    )
    for column in range(columns):
        _advance_strips(planes, column, window, buffers.strips)
        for row in range(0, rows, BATCH):
            _predict_batch(block, settings, row, column, buffers, out)
