"""Images that the loops of ESTARFM sum, for one block of targets with its margins.

A block's images are float32 *planes*: fine images of both base dates (2 bands), 1 - R (1), a mask of complete
base pixels (1), coarse images of dates m, n and all dates to predict ((2 + dates) bands), less the scene
mean, which cancels, and, for each date with gaps, its mask and the coarse base images under it (1 + 2 bands).
What is missing or outside the scene is 0, or NaN in fine images.
"""

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nppdrivers.estarfm.tuples import Float32s, Float64s, Layout

INFINITE = np.float32(np.inf)


def plane_layout(bands: int, dates: int) -> Layout:
    """Where the planes of each kind begin."""
    coarse = 2 * bands + 2
    return Layout(2 * bands, coarse - 1, coarse, coarse + (2 + dates) * bands)


def block_planes(
    base: Float32s,
    coarse_p: Float32s,
    shape: tuple[int, int],
    offset: tuple[int, int],
    centre: Float64s,
) -> tuple[Float32s, NDArray[np.int64]]:
    """All planes, and for each date the first of its gap planes (0: it has no gap).

    Parameters
    ----------
    base : F_m, C_m, F_n, C_n of the block and its margins inside the scene, (4, bands, height, width)
    coarse_p : coarse images of the dates to predict, (dates, bands, height, width)
    shape : rows and columns of the planes, margins outside the scene included
    offset : rows and columns of the planes before the scene begins
    centre : scene means of fine and coarse images, (2, bands)
    """
    dates, bands = coarse_p.shape[:2]
    valid = np.all(np.isfinite(base), axis=(0, 1))
    present = np.all(np.isfinite(coarse_p), axis=1)
    has_gaps = np.any(valid & ~present, axis=(1, 2))
    layout = plane_layout(bands, dates)
    group = 1 + 2 * bands
    gap_planes = np.where(has_gaps, layout.gaps + (np.cumsum(has_gaps) - 1) * group, 0)
    planes = np.zeros((layout.gaps + has_gaps.sum() * group, *shape), np.float32)
    planes[: 2 * bands] = np.nan
    _fill_base(base, valid, centre, layout, offset, planes)
    _fill_dates(coarse_p, valid, present, centre, layout, gap_planes, offset, planes)
    return planes, gap_planes


@njit(cache=True, nogil=True, error_model="numpy")
def _unlikeness(pixel: Float64s) -> float:
    """1 - R of a pixel; R: Pearson's correlation, or for one band 1 less half the normalised differences.

    That of one band has no lower limit: where fine and coarse value have different signs and nearly cancel,
    as over water, the pixel counts little, and not at all where they cancel.
    """
    bands = pixel.shape[1]
    if bands == 1:
        f_m, c_m, f_n, c_n = pixel[0, 0], pixel[1, 0], pixel[2, 0], pixel[3, 0]
        unlikeness = 0.5 * (abs((f_m - c_m) / (f_m + c_m)) + abs((f_n - c_n) / (f_n + c_n)))
    else:
        mean_f = (pixel[0].sum() + pixel[2].sum()) / (2 * bands)
        mean_c = (pixel[1].sum() + pixel[3].sum()) / (2 * bands)
        sff = scc = sfc = 0.0
        for k in (0, 2):
            for b in range(bands):
                f, c = pixel[k, b] - mean_f, pixel[k + 1, b] - mean_c
                sff += f * f
                scc += c * c
                sfc += f * c
        unlikeness = 1.0 - sfc / np.sqrt(sff * scc)
    return 0.5 if np.isnan(unlikeness) else max(0.0, unlikeness)


@njit(cache=True, nogil=True)
def _fill_base(
    base: Float32s,
    valid: NDArray[np.bool_],
    centre: Float64s,
    layout: Layout,
    offset: tuple[int, int],
    planes: Float32s,
) -> None:
    """Fill the planes that need the base pair only; other pixels stay 0, or NaN in the fine images."""
    bands = base.shape[1]
    coarse = layout.coarse
    pixel = np.empty((4, bands))
    for y in range(valid.shape[0]):
        for x in range(valid.shape[1]):
            if not valid[y, x]:
                continue
            row, column = y + offset[0], x + offset[1]
            for k in range(4):
                for b in range(bands):
                    pixel[k, b] = base[k, b, y, x]
            planes[layout.mask, row, column] = 1.0
            planes[layout.unlikeness, row, column] = _unlikeness(pixel)
            for b in range(bands):
                planes[b, row, column] = pixel[0, b]
                planes[bands + b, row, column] = pixel[2, b]
                planes[coarse + b, row, column] = pixel[1, b] - centre[1, b]
                planes[coarse + bands + b, row, column] = pixel[3, b] - centre[1, b]


@njit(cache=True, nogil=True)
def _fill_dates(
    coarse_p: Float32s,
    valid: NDArray[np.bool_],
    present: NDArray[np.bool_],
    centre: Float64s,
    layout: Layout,
    gap_planes: NDArray[np.int64],
    offset: tuple[int, int],
    planes: Float32s,
) -> None:
    """Fill the coarse planes of the dates and, for dates with gaps, the base images under their mask."""
    dates, bands = coarse_p.shape[:2]
    coarse = layout.coarse
    for p in range(dates):
        gap = gap_planes[p]
        for y in range(valid.shape[0]):
            for x in range(valid.shape[1]):
                if not (valid[y, x] and present[p, y, x]):
                    continue
                row, column = y + offset[0], x + offset[1]
                for b in range(bands):
                    planes[coarse + (2 + p) * bands + b, row, column] = coarse_p[p, b, y, x] - centre[1, b]
                if gap > 0:
                    planes[gap, row, column] = 1.0
                    for i in range(2 * bands):
                        planes[gap + 1 + i, row, column] = planes[coarse + i, row, column]


@njit(cache=True, nogil=True)
def window_totals(planes: Float32s, window: int) -> Float64s:
    """Totals (rows, columns, planes) over the window of each target, float64, added in a fixed order."""
    count, height, width = planes.shape
    rows, columns = height - window + 1, width - window + 1
    totals = np.empty((rows, columns, count))
    down = np.empty(width)
    along = np.empty(columns)
    for r in range(rows):
        for k in range(count):  # inner loop: the totals of one target lie side by side in memory
            down[:] = 0.0
            for y in range(r, r + window):
                for x in range(width):
                    down[x] += planes[k, y, x]
            along[:] = 0.0
            for shift in range(window):
                for c in range(columns):
                    along[c] += down[shift + c]
            totals[r, :, k] = along
    return totals


@njit(cache=True, nogil=True)
def bounds_of_similar(planes: Float32s, limits: Float64s, window: int) -> Float32s:
    """Least and largest values that are like each target's, on dates m, then n: (bands, 4, rows, columns)."""
    (_, height, width), half, bands = planes.shape, window // 2, limits.shape[1]
    bounds = np.empty((bands, 4, height - 2 * half, width - 2 * half), np.float32)
    for date in range(2):
        for b in range(bands):
            for y in range(bounds.shape[2]):
                for x in range(bounds.shape[3]):
                    value = planes[date * bands + b, y + half, x + half]
                    low, high = _bounds(value, limits[date, b])
                    bounds[b, 2 * date, y, x], bounds[b, 2 * date + 1, y, x] = low, high
    return bounds


@njit(cache=True, nogil=True)
def _bounds(value: np.float32, limit: float) -> tuple[np.float32, np.float32]:
    """Least and largest float32 that differ from the value by less than the limit; NaN of NaN."""
    low, high = np.float32(value - limit), np.float32(value + limit)
    if float(value) - float(low) >= limit:
        low = np.nextafter(low, INFINITE)
    if float(high) - float(value) >= limit:
        high = np.nextafter(high, -INFINITE)
    return low, high
