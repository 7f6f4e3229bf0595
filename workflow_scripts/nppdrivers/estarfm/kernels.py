"""Compiled loops of ESTARFM: one block of targets, all its dates, in one pass over the similar pixels.

How the work is laid out, and why:

* Of all terms only one weighted mean and one window mean depend on the date to predict, so similar pixels,
  weights and conversion coefficients are made once for any number of dates.
* Targets are computed in *batches* of `ROWS` by `LANES`: the lanes (see `lanes`) are neighbours in a row, for
  which each value of a window is one vector, read from the planes as they are. The weights of the batch are
  kept, and the rows share the planes that are summed with them: reading takes longer than the arithmetic.
* Every target adds the columns of each row of its window, then the rows, in order, wherever its block begins:
  results do not depend on blocks, tiles, threads or the number of vector units.
"""

import numpy as np
from numba import njit

from nppdrivers.estarfm.lanes import LANES, Lanes, Mask, load, spread, store, where
from nppdrivers.estarfm.settings import Settings
from nppdrivers.estarfm.tuples import Block, Buffers, Float32s, Float64s, Like, Place, Rows, Sums

# All functions are forced into `predict_block`, so that lanes stay in registers. They stand in one file, for
# compiled code is renewed when that of `predict_block` changes, and no other.
FEW_CANDIDATES = 5
ROWS = 3  # of a batch. With three planes, whose sums are made together, they just fit into 16 registers
MIN_COARSE_CHANGE = 0.02  # of the scale, between the base dates
MAX_SLOPE = 5.0
ZERO, QUARTER, ONE = np.float32(0.0), np.float32(0.25), np.float32(1.0)
TINY_DISTANCE = np.float32(1e-7)
TINY_CHANGE = 1e-10


@njit(cache=True, nogil=True, forceinline=True)
def _alike(fine_m: Float32s, fine_n: Float32s, at: int, like: Like) -> Mask:
    """Where both fine images are like the targets."""
    value_m, value_n = load(fine_m, at), load(fine_n, at)
    on_m = (value_m >= like.low_m) & (value_m <= like.high_m)
    return on_m & (value_n >= like.low_n) & (value_n <= like.high_n)


@njit(cache=True, nogil=True, forceinline=True)
def _weigh_alike(block: Block, distance: Float32s, place: Place, like: Like, weight: Float32s) -> None:
    """Weigh by 1 / ((1 - R) d + 1e-7) what is like the targets in the first band."""
    planes, bands, (row, column), window = block.planes, block.layout.unlikeness // 2, place, len(weight)
    zero, one, tiny = spread(ZERO), spread(ONE), spread(TINY_DISTANCE)
    for y in range(window):
        fine_m, fine_n, unlikeness = planes[0, row + y], planes[bands, row + y], planes[2 * bands, row + y]
        far, out = distance[y], weight[y]
        for x in range(window):
            inverse = one / (load(unlikeness, column + x) * spread(far[x]) + tiny)
            store(out, x * LANES, where(_alike(fine_m, fine_n, column + x, like), inverse, zero))


@njit(cache=True, nogil=True, forceinline=True)
def _keep_alike(block: Block, band: int, place: Place, like: Like, weight: Float32s) -> None:
    """Keep the weights of what is like the targets in a further band too."""
    planes, bands, (row, column), window = block.planes, block.layout.unlikeness // 2, place, len(weight)
    zero, one = spread(ZERO), spread(ONE)
    for y in range(window):
        fine_m, fine_n, kept = planes[band, row + y], planes[bands + band, row + y], weight[y]
        for x in range(window):
            mark = where(_alike(fine_m, fine_n, column + x, like), one, zero)
            # A product: a choice between what is there and 0 would be stored by slow masked instructions.
            store(kept, x * LANES, load(kept, x * LANES) * mark)


@njit(cache=True, nogil=True, forceinline=True)
def _add_to(total: Float32s, values: Lanes) -> None:
    """Add to a total of all lanes."""
    store(total, 0, load(total, 0) + values)


@njit(cache=True, nogil=True, forceinline=True)
def _sum_similar(block: Block, band: int, place: Place, weight: Float32s, moments: Float32s) -> None:
    """Add up the first four moments of the similar pixels: weights, number, coarse images of m and n."""
    planes, bands, (row, column), window = block.planes, block.layout.unlikeness // 2, place, len(weight)
    first, zero, one = block.layout.coarse + band, spread(ZERO), spread(ONE)
    for y in range(window):
        coarse_m, coarse_n, weights = planes[first, row + y], planes[first + bands, row + y], weight[y]
        total = number = sum_m = sum_n = zero
        for x in range(window):
            inverse = load(weights, x * LANES)
            similar = inverse > zero
            total += inverse
            number += where(similar, one, zero)
            sum_m += where(similar, load(coarse_m, column + x), zero)
            sum_n += where(similar, load(coarse_n, column + x), zero)
        _add_to(moments[0], total)
        _add_to(moments[1], number)
        _add_to(moments[2], sum_m)
        _add_to(moments[3], sum_n)


@njit(cache=True, nogil=True, forceinline=True)
def _sum_products(
    block: Block, band: int, place: Place, like: Like, weight: Float32s, moments: Float32s
) -> None:
    """Add up the last four: fine values, coarse^2, fine coarse, fine^2 of both dates.

    Fine values are less the middle of what is like the target. Dates have sums of their own until the end of
    a row, since an addition must wait for the one before.
    """
    planes, bands, (row, column), window = block.planes, block.layout.unlikeness // 2, place, len(weight)
    first, zero = block.layout.coarse + band, spread(ZERO)
    centre = spread(QUARTER) * (like.low_m + like.high_m + like.low_n + like.high_n)
    for y in range(window):
        fine_m, fine_n, weights = planes[band, row + y], planes[bands + band, row + y], weight[y]
        coarse_m, coarse_n = planes[first, row + y], planes[first + bands, row + y]
        sum_f = cc = fc_m = fc_n = ff_m = ff_n = zero
        for x in range(window):
            similar = load(weights, x * LANES) > zero
            f_m = where(similar, load(fine_m, column + x) - centre, zero)  # may be NaN elsewhere
            f_n = where(similar, load(fine_n, column + x) - centre, zero)
            c_m, c_n = load(coarse_m, column + x), load(coarse_n, column + x)
            sum_f += f_m + f_n
            cc += where(similar, c_m * c_m + c_n * c_n, zero)
            fc_m += f_m * c_m
            fc_n += f_n * c_n
            ff_m += f_m * f_m
            ff_n += f_n * f_n
        _add_to(moments[4], sum_f)
        _add_to(moments[5], cc)
        _add_to(moments[6], fc_m + fc_n)
        _add_to(moments[7], ff_m + ff_n)


@njit(cache=True, nogil=True, forceinline=True)
def _add_products(sums: Rows, weights: Rows, value: Lanes) -> Rows:
    """Add the product of one value and each row's weight to each row's sum."""
    return sums[0] + weights[0] * value, sums[1] + weights[1] * value, sums[2] + weights[2] * value


@njit(cache=True, nogil=True, forceinline=True)
def _add_to_rows(total: Float32s, values: Rows) -> None:
    """Add to each row's total of all lanes."""
    _add_to(total[0], values[0])
    _add_to(total[1], values[1])
    _add_to(total[2], values[2])


@njit(cache=True, nogil=True, forceinline=True)
def _sum_planes(planes: Float32s, place: Place, weight: Float32s, sums: Float32s) -> None:
    """Weighted sums (rows, planes, lanes) of the planes for a batch, three planes at a time.

    The windows of the rows overlap: where that of a row has not begun, or has ended, its weights are 0.
    """
    zero, (row, column), count = (spread(ZERO), spread(ZERO), spread(ZERO)), place, sums.shape[1]
    for k in range(0, count, 3):
        i = min(k, count - 3)  # the last three may overlap those before: the same sums, made again
        sums[:, i : i + 3] = ZERO
        for y in range(weight.shape[1] - ROWS + 1):
            plane_x, plane_y, plane_z = planes[i, row + y], planes[i + 1, row + y], planes[i + 2, row + y]
            first, second, third = weight[0, y + 2], weight[1, y + 1], weight[2, y]
            sum_x = sum_y = sum_z = zero
            for x in range(first.size // LANES):
                at = x * LANES
                weights = load(first, at), load(second, at), load(third, at)
                sum_x = _add_products(sum_x, weights, load(plane_x, column + x))
                sum_y = _add_products(sum_y, weights, load(plane_y, column + x))
                sum_z = _add_products(sum_z, weights, load(plane_z, column + x))
            _add_to_rows(sums[:, i], sum_x)
            _add_to_rows(sums[:, i + 1], sum_y)
            _add_to_rows(sums[:, i + 2], sum_z)


@njit(cache=True, nogil=True, forceinline=True)
def _has_changed(moments: Float32s, scale: float) -> bool:
    """Whether similar pixels are not too few, and changed enough for a regression."""
    number, change = moments[1], abs(float(moments[2]) - float(moments[3]))
    return number > FEW_CANDIDATES and change >= MIN_COARSE_CHANGE * scale * number


@njit(cache=True, nogil=True, forceinline=True)
def _slope(moments: Float32s, scale: float, critical: Float64s) -> float:
    """Conversion coefficient V of the similar pixels, by least squares pooled over both dates.

    1 where that is not accepted, 0 where the pixels are too few. Moments from the fifth on, those of
    `_sum_products`, count only where the pixels have changed.
    """
    number = float(moments[1])
    if not _has_changed(moments, scale):
        return 1.0 if number > FEW_CANDIDATES else 0.0
    pairs, sum_c, sum_f = 2.0 * number, float(moments[2]) + float(moments[3]), float(moments[4])
    sxx = moments[5] - sum_c * sum_c / pairs
    sxy = moments[6] - sum_c * sum_f / pairs
    if sxx <= 0.0 or sxy <= 0.0:
        return 1.0
    slope = float(sxy / sxx)
    residual = moments[7] - sum_f * sum_f / pairs - slope * sxy
    # The F test written without a division, so that a perfect fit (residual 0) passes.
    if slope > MAX_SLOPE or slope * sxy * (pairs - 2.0) < critical[int(number)] * residual:
        return 1.0
    return slope


@njit(cache=True, nogil=True, forceinline=True)
def _like(block: Block, band: int, place: Place) -> Like:
    """Least and largest value of a band that is like each target's."""
    rows, at = block.bounds[band, :, place.row], place.column
    return Like(load(rows[0], at), load(rows[1], at), load(rows[2], at), load(rows[3], at))


@njit(cache=True, nogil=True, forceinline=True)
def _find_slopes(
    block: Block, settings: Settings, place: Place, weight: Float32s, buffers: Buffers, slopes: Float64s
) -> None:
    """Fill the slopes (lanes, bands) of targets whose weights are made, and the moments of the last band."""
    moments = buffers.moments
    for band in range(slopes.shape[1]):
        moments[:] = ZERO
        _sum_similar(block, band, place, weight, moments)
        changed = False
        for lane in range(LANES):
            changed |= _has_changed(moments[:, lane], settings.scale)
        if changed:
            _sum_products(block, band, place, _like(block, band, place), weight, moments)
        for lane in range(LANES):
            slopes[lane, band] = _slope(moments[:, lane], settings.scale, settings.critical)


@njit(cache=True, nogil=True, forceinline=True)
def _similar_pixels(block: Block, settings: Settings, place: Place, row: int, buffers: Buffers) -> None:
    """Fill weights and slopes of a row of the batch from the pixels like the targets in all bands and dates.

    A target is always like itself, also where nothing varies and the limits are 0.
    """
    middle, ready = settings.window // 2, buffers.ready[row]
    weight, weights = buffers.weight[row, ROWS - 1 : 1 - ROWS], buffers.weights[row]
    _weigh_alike(block, settings.distance, place, _like(block, 0, place), weight)
    for band in range(1, len(block.bounds)):
        _keep_alike(block, band, place, _like(block, band, place), weight)
    _find_slopes(block, settings, place, weight, buffers, buffers.slopes[row])
    weights[:] = buffers.moments[0]
    for lane in range(LANES):
        if ready[lane] and weights[lane] == ZERO:
            weight[middle, middle * LANES + lane] = weights[lane] = ONE


@njit(cache=True, nogil=True, forceinline=True)
def _similar_mean(weight: Float32s, weights: np.float32, lane: int, fine: Float32s) -> np.floating:
    """Weighted mean of a fine plane over the similar pixels (fine values elsewhere may be NaN)."""
    total = 0.0
    for y in range(len(weight)):
        for x in range(len(weight)):
            share = weight[y, x * LANES + lane]
            if share > 0.0:
                total += share * fine[y, x]
    return total / weights


@njit(cache=True, nogil=True, forceinline=True)
def _step(slope: float, change: float, reach: float) -> float:
    """Fine change for a coarse one: slope times what is within reach, the rest as it is."""
    within = min(max(change, -reach), reach)
    return slope * within + (change - within) if reach < np.inf else slope * change


@njit(cache=True, nogil=True, forceinline=True)
def _predict_dates(
    block: Block, settings: Settings, place: Place, lane: int, sums: Sums, out: Float32s
) -> None:
    """Predict all dates and bands (`out`) of one target from coarse sums over similar pixels and window.

    `sums.weighted` are those of the coarse planes; `sums.total` of the mask (the number of pixels) and the
    same planes. Where a date has gaps in the window, the base images are summed over the pixels it has. A
    slope of 0 stands for too few similar pixels: the change is then that of the window.
    """
    dates, bands = out.shape
    coarse, bounds, half = block.layout.coarse, settings.bounds, settings.window // 2
    weight, weights, weighted, total, slopes = sums
    row, column = place.row + half, place.column + lane + half
    planes = block.planes[:, row - half : row + half + 1, column - half : column + half + 1]
    for p in range(dates):
        gap = block.gap_planes[p]
        if gap > 0 and planes[gap, half, half] == 0.0:
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
            fine_m, fine_n = planes[m, half, half] + step_m, planes[n, half, half] + step_n
            value = share * fine_m + (1.0 - share) * fine_n
            if not bounds[0] <= value <= bounds[1]:
                fine_m = _similar_mean(weight, weights, lane, planes[m])
                fine_n = _similar_mean(weight, weights, lane, planes[n])
                value = share * fine_m + (1.0 - share) * fine_n
            out[p, b] = value


@njit(cache=True, nogil=True, forceinline=True)
def _predict_batch(block: Block, settings: Settings, place: Place, buffers: Buffers, out: Float32s) -> None:
    """Predict the targets of a batch, which begins at a place: similar pixels, sums, then all dates."""
    half, ready, (row, column) = settings.window // 2, buffers.ready, place
    for t in range(ROWS):
        for lane in range(LANES):
            valid = block.planes[block.layout.mask, row + t + half, column + lane + half] > ZERO
            ready[t, lane] = valid and block.targets[row + t, column + lane]
    if not ready.any():
        return
    for t in range(ROWS):
        if ready[t].any():
            _similar_pixels(block, settings, Place(row + t, column), t, buffers)
        else:
            buffers.weight[t] = ZERO
    _sum_planes(block.planes[block.layout.coarse :], place, buffers.weight, buffers.sums)
    for t in range(ROWS):
        weight = buffers.weight[t, ROWS - 1 : 1 - ROWS]
        for lane in range(LANES):
            if ready[t, lane]:
                total, weighted = block.totals[row + t, column + lane], buffers.sums[t, :, lane]
                sums = Sums(weight, buffers.weights[t, lane], weighted, total, buffers.slopes[t, lane])
                _predict_dates(
                    block, settings, Place(row + t, column), lane, sums, out[row + t, column + lane]
                )


@njit(cache=True, nogil=True)
def predict_block(block: Block, settings: Settings, out: Float32s) -> None:
    """Predict the targets of one block into `out`, (rows, columns, dates, bands), whole batches."""
    rows, columns, _, bands = out.shape
    window, coarse = settings.window, len(block.planes) - block.layout.coarse
    buffers = Buffers(
        np.zeros((ROWS, window + 2 * (ROWS - 1), window * LANES), np.float32),
        np.empty((ROWS, LANES), np.float32),
        np.empty((8, LANES), np.float32),
        np.empty((ROWS, coarse, LANES), np.float32),
        np.empty((ROWS, LANES, bands)),
        np.empty((ROWS, LANES), np.bool_),
    )
    for column in range(0, columns, LANES):
        for row in range(0, rows, ROWS):
            _predict_batch(block, settings, Place(row, column), buffers, out)
