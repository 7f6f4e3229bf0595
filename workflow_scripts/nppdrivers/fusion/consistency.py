"""Fused against coarse images at the coarse scale: the residual, and its removal.

The usual difference between the sensors is known from the base dates, where both saw the land, and is kept.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from nppdrivers.fusion.base_images import Pair
from nppdrivers.fusion.windows import window_mean, window_sum


def difference_sums(images: Sequence[Pair]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Sum of fine less coarse over all images, and the number of images that have both, (height, width)."""
    total = number = np.zeros(images[0][0].shape)
    for fine, coarse in images:
        difference = np.asarray(fine, np.float64) - coarse
        total = total + np.where(np.isfinite(difference), difference, 0.0)
        number = number + np.isfinite(difference)
    return total, number


def local_bias(images: Sequence[Pair], size: int, scene_mean: float | None = None) -> NDArray[np.float64]:
    """Mean of fine less coarse over a window and all images; over the scene where the window has none.

    Parameters
    ----------
    images : (fine, coarse) images of the base dates [any unit], each (height, width), NaN where not clear
    size : side of the window [cells], odd
    scene_mean : mean over the whole scene [same unit]; needed when the images are a part of it

    Returns
    -------
    array, (height, width)
        Bias of the fine sensor against the coarse one [unit of the images]; 0 where no image has any cell.
    """
    total, number = difference_sums(images)
    if scene_mean is None:
        scene_mean = total.sum() / max(number.sum(), 1.0)
    near_total, near_number = window_sum(total, size), window_sum(number, size)
    return np.where(near_number > 0, near_total / np.maximum(near_number, 1.0), scene_mean)


def coarse_residual(
    fused: NDArray, coarse_p: NDArray, images: Sequence[Pair], size: int, scene_mean: float | None = None
) -> NDArray[np.float64]:
    """What fused images have too much at the coarse scale.

    r_p = mean_window (F_p - C_p) - mean_window,k (F_k - C_k), k the base dates.

    Parameters
    ----------
    fused, coarse_p : fused and coarse images [any unit], (dates, height, width)
    images : (fine, coarse) images of the base dates [same unit]
    size : side of the window [cells], odd (see `windows.coarse_window`)
    scene_mean : see `local_bias`

    Returns
    -------
    array, (dates, height, width)
        Residual [same unit]; NaN where the window has no fused value.
    """
    bias = local_bias(images, size, scene_mean)
    return np.stack([window_mean(f - c, size) - bias for f, c in zip(fused, coarse_p, strict=True)])


def make_consistent(
    fused: NDArray, residual: NDArray, *, valid_range: tuple[float, float] = (-1.0, 1.0)
) -> NDArray[np.float32]:
    """Fused images less their residual at the coarse scale, kept in the valid range; NaN stays."""
    return np.clip(fused - np.nan_to_num(residual), *valid_range).astype(np.float32)
