"""Fused against coarse images at the coarse scale: the residual, and its removal.

What the sensors always differ by is told from the base dates, where both saw the land, and kept.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

Pair = tuple[NDArray, NDArray]

COARSE_CELL_M = 231.66  # of the 250 m composites


def window_mean(image: NDArray, size: int) -> NDArray[np.float64]:
    """Mean in a window of `size` cells a side, clipped at the border, NaN left out; NaN if empty."""
    present = np.isfinite(image)
    total, share = (
        ndimage.uniform_filter(values, size, mode="constant", output=np.float64)
        for values in (np.where(present, image, 0.0), present.astype(np.float64))
    )
    some = share * size**2 > 0.5  # counts less the rounding of a running mean
    return np.where(some, total / np.where(some, share, 1.0), np.nan)


def local_bias(images: Sequence[Pair], size: int) -> NDArray[np.float64]:
    """Mean of fine less coarse over a window and all images; over the scene where the window has none.

    Parameters
    ----------
    images : (fine, coarse) images of the base dates [any unit], each (height, width), NaN where not clear
    size : side of the window [cells], odd

    Returns
    -------
    array, (height, width)
        Bias of the fine sensor against the coarse one [unit of the images]; 0 where no image has any cell.
    """
    total, number = 0.0, 0.0
    for fine, coarse in images:
        difference = np.asarray(fine, np.float64) - coarse
        total = total + np.where(np.isfinite(difference), difference, 0.0)
        number = number + np.isfinite(difference)
    near_total, near_number = (
        ndimage.uniform_filter(values, size, mode="constant", output=np.float64) for values in (total, number)
    )
    scene = total.sum() / max(number.sum(), 1.0)
    near = near_number * size**2 > 0.5  # counts less the rounding of a running mean
    return np.where(near, near_total / np.where(near, near_number, 1.0), scene)


def coarse_window(cell_size_m: float) -> int:
    """Window about two composite pixels wide [cells], odd: 17 for cells of 30 m."""
    return 2 * max(1, round(COARSE_CELL_M / cell_size_m)) + 1


def coarse_residual(
    fused: NDArray, coarse_p: NDArray, images: Sequence[Pair], size: int
) -> NDArray[np.float64]:
    """What fused images have too much at the coarse scale.

    r_p = mean_window (F_p - C_p) - mean_window,k (F_k - C_k), k the base dates.

    Parameters
    ----------
    fused, coarse_p : fused and coarse images [any unit], (dates, height, width)
    images : (fine, coarse) images of the base dates [same unit]
    size : side of the window [cells], odd (see `coarse_window`)

    Returns
    -------
    array, (dates, height, width)
        Residual [same unit]; NaN where the window holds no fused value.
    """
    bias = local_bias(images, size)
    return np.stack([window_mean(f - c, size) - bias for f, c in zip(fused, coarse_p, strict=True)])


def make_consistent(
    fused: NDArray, residual: NDArray, *, valid_range: tuple[float, float] = (-1.0, 1.0)
) -> NDArray[np.float32]:
    """Fused images less their residual at the coarse scale, kept in the valid range; NaN stays."""
    return np.clip(fused - np.nan_to_num(residual), *valid_range).astype(np.float32)
