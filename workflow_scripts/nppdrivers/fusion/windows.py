"""Windows around cells: their means, and how wide they are."""

import numpy as np
from numba import njit
from numpy.typing import NDArray


def window_sum(values: NDArray, size: int) -> NDArray[np.float64]:
    """Sum over a window of `size` cells a side, odd, clipped at the border.

    Every cell is added in one order, so that a part of a scene with its margin gives the bytes of the scene.
    """
    return _window_sum(np.ascontiguousarray(values, np.float64), size // 2)


@njit(cache=True, nogil=True)
def _window_sum(values: NDArray[np.float64], half: int) -> NDArray[np.float64]:
    """Sum down the columns, then along the row."""
    height, width = values.shape
    total = np.zeros((height, width))
    down = np.zeros(width + 2 * half)
    for y in range(height):
        down[half : half + width] = 0.0
        for row in range(max(0, y - half), min(height, y + half + 1)):
            _add(down[half : half + width], values[row])
        for shift in range(2 * half + 1):
            _add(total[y], down[shift : shift + width])
    return total


@njit(cache=True, nogil=True)
def _add(total: NDArray[np.float64], part: NDArray[np.float64]) -> None:
    """Add a row to another; apart and short, the loop is made into vector instructions."""
    for x in range(total.size):
        total[x] += part[x]


def window_mean(image: NDArray, size: int) -> NDArray[np.float64]:
    """Mean in a window of `size` cells a side, clipped at the border, NaN left out; NaN if empty."""
    present = np.isfinite(image)
    total, number = window_sum(np.where(present, image, 0.0), size), window_sum(present, size)
    return np.where(number > 0, total / np.maximum(number, 1.0), np.nan)


def square_means(image: NDArray, size: int) -> NDArray[np.float64]:
    """Mean of each square of `size` cells a side, cut at the lower and right edge; NaN left out.

    Parameters
    ----------
    image : any unit, (height, width)
    size : side of the squares, which begin at the upper left [cells]

    Returns
    -------
    array, (ceil(height / size), ceil(width / size))
        [same unit]. NaN where less than half of a square is known.
    """
    known = np.isfinite(image)
    starts = [np.arange(0, side, size) for side in image.shape]
    total, number, cells = (
        np.add.reduceat(np.add.reduceat(values, starts[0], axis=0), starts[1], axis=1)
        for values in (np.where(known, image, 0.0), known.astype(np.float64), np.ones(image.shape))
    )
    return np.where(2 * number >= cells, total / np.maximum(number, 1.0), np.nan)


def coarse_cell(pixel_m: float, cell_size_m: float) -> int:
    """Window about one coarse pixel wide [cells], odd: 9 for pixels of 232 m and cells of 30 m."""
    return 2 * round(pixel_m / cell_size_m / 2) + 1


def coarse_window(pixel_m: float, cell_size_m: float) -> int:
    """Window about two coarse pixels wide [cells], odd: 17 for pixels of 232 m and cells of 30 m."""
    return 2 * max(1, round(pixel_m / cell_size_m)) + 1
