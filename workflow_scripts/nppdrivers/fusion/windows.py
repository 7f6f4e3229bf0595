"""Windows around cells and rows: their means, and how wide they are."""

import numpy as np
from numpy.typing import NDArray


def window_sum(values: NDArray, size: int) -> NDArray[np.float64]:
    """Sum over a window of `size` cells a side, odd, clipped at the border.

    Every cell is added in one order, so that a part of a scene with its margin gives the bytes of the scene.
    """
    total = np.asarray(values, np.float64)
    for axis in (0, 1):
        margins = [(size // 2, size // 2) if axis == i else (0, 0) for i in (0, 1)]
        total = _moving_sum(np.moveaxis(np.pad(total, margins), axis, 0), size)
        total = np.moveaxis(total, 0, axis)
    return total


def _moving_sum(values: NDArray, size: int) -> NDArray[np.float64]:
    """Sum of each `size` successive rows, from sums of 1, 2, 4, ... rows: every row is added in one order."""
    length = len(values) - size + 1
    total, start, width = np.zeros_like(values[:length]), 0, 1
    while width <= size:
        if size & width:
            total += values[start : start + length]
            start += width
        values = values[:-width] + values[width:]
        width *= 2
    return total


def window_mean(image: NDArray, size: int) -> NDArray[np.float64]:
    """Mean in a window of `size` cells a side, clipped at the border, NaN left out; NaN if empty."""
    present = np.isfinite(image)
    total, number = window_sum(np.where(present, image, 0.0), size), window_sum(present, size)
    return np.where(number > 0, total / np.maximum(number, 1.0), np.nan)


def coarse_cell(pixel_m: float, cell_size_m: float) -> int:
    """Window about one coarse pixel wide [cells], odd: 9 for pixels of 232 m and cells of 30 m."""
    return 2 * round(pixel_m / cell_size_m / 2) + 1


def coarse_window(pixel_m: float, cell_size_m: float) -> int:
    """Window about two coarse pixels wide [cells], odd: 17 for pixels of 232 m and cells of 30 m."""
    return 2 * max(1, round(pixel_m / cell_size_m)) + 1


def widened(rows: slice, margin: int, height: int) -> slice:
    """Rows with a margin on both sides, as far as the scene reaches."""
    return slice(max(0, rows.start - margin), min(height, rows.stop + margin))


def within(rows: slice, around: slice) -> slice:
    """Place of rows within the rows around them."""
    return slice(rows.start - around.start, rows.stop - around.start)
