"""Constants of a base pair: thresholds of similarity and means, from all its pixels, block by block."""

from collections.abc import Iterable

import numpy as np
from numba import njit
from numpy.typing import NDArray

from nppdrivers.estarfm.settings import SceneStatistics
from nppdrivers.estarfm.tuples import Float64s

Base = tuple[NDArray, NDArray, NDArray, NDArray]  # fine_m, coarse_m, fine_n, coarse_n
_ROWS_AT_A_TIME = 256


def check_base(images: tuple[NDArray, ...]) -> None:
    """Refuse base images of unequal shape, or without an axis of bands."""
    names = ("fine_m", "coarse_m", "fine_n", "coarse_n")
    for name, image in zip(names, images, strict=True):
        if np.ndim(image) != 3:
            raise ValueError(f"{name} has {np.ndim(image)} axes; it must be (bands, height, width)")
        if image.shape != images[0].shape:
            raise ValueError(
                f"{name} has shape {image.shape}, fine_m {images[0].shape}; resample all to the fine grid"
            )


def scene_statistics(
    fine_m: NDArray, coarse_m: NDArray, fine_n: NDArray, coarse_n: NDArray
) -> SceneStatistics:
    """Standard deviations (ddof 1) and means over the pixels that all four images have in all bands.

    Parameters
    ----------
    fine_m, coarse_m, fine_n, coarse_n : base images of dates m and n [any unit], (bands, height, width)

    Returns
    -------
    SceneStatistics
        To be given to `predict` for each tile, so that tiles and whole scene agree bit for bit.

    Raises
    ------
    ValueError
        If shapes differ, or no pixel is present in all four images.

    Notes
    -----
    NaN and infinite values are missing.
    """
    check_base((fine_m, coarse_m, fine_n, coarse_n))
    height = fine_m.shape[1]
    rows = [slice(row, row + _ROWS_AT_A_TIME) for row in range(0, height, _ROWS_AT_A_TIME)]
    return block_statistics(
        (fine_m[:, strip], coarse_m[:, strip], fine_n[:, strip], coarse_n[:, strip]) for strip in rows
    )


def block_statistics(blocks: Iterable[Base]) -> SceneStatistics:
    """Statistics as those of `scene_statistics`, of a scene that is read block by block.

    Parameters
    ----------
    blocks : (fine_m, coarse_m, fine_n, coarse_n) of the scene's parts [any unit], each (bands, height, width)

    Returns
    -------
    SceneStatistics
        Equal to those of the whole scene but for rounding: give the same ones to all tiles.

    Raises
    ------
    ValueError
        If no pixel is present in all four images.

    References
    ----------
    Chan, Golub and LeVeque (1983), The American Statistician 37, 242-247, for merging sums of squares.
    """
    moments = Moments()
    for images in blocks:
        moments.add(images)
    return moments.statistics()


class Moments:
    """What `block_statistics` gathers, for callers that go through the blocks once for several base pairs."""

    def __init__(self) -> None:
        self._count = 0
        self._mean = self._squares = np.zeros(())  # of the right shape once a block was added

    def add(self, images: Base) -> None:
        """Add a block: fine_m, coarse_m, fine_n, coarse_n, each (bands, height, width)."""
        part = np.stack([np.asarray(image) for image in images])
        shape = part.shape[:2]
        more, *found = _moments(np.ascontiguousarray(part.reshape(shape[0] * shape[1], -1)))
        mean_here, squares_here = (values.reshape(shape) for values in found)
        if more == 0:
            return
        step, share = mean_here - self._mean, more / (self._count + more)
        self._squares = self._squares + (squares_here + step**2 * self._count * share)
        self._mean = self._mean + step * share
        self._count += more

    def statistics(self) -> SceneStatistics:
        """Statistics of all blocks added; ValueError if no pixel was present in all four images."""
        if self._count == 0:
            raise ValueError(
                "fine_m, coarse_m, fine_n and coarse_n have no pixel in common: each is missing (NaN) "
                "in at least one of them; choose another base pair"
            )
        sigma = np.sqrt(self._squares[[0, 2]] / max(self._count - 1, 1))
        return SceneStatistics(sigma=sigma, centre=(self._mean[:2] + self._mean[2:]) / 2)


@njit(cache=True, nogil=True)
def _moments(layers: NDArray) -> tuple[int, Float64s, Float64s]:
    """Number of pixels that all layers (layers, pixels) have; their mean and squared distances from it."""
    complete = np.ones(layers.shape[1], np.bool_)
    for layer in layers:
        complete &= np.isfinite(layer)
    count = complete.sum()
    mean, squares = np.zeros(len(layers)), np.zeros(len(layers))
    for i in range(len(layers)):
        total = square = 0.0
        for x in range(complete.size):
            total += np.float64(layers[i, x]) if complete[x] else 0.0
        mean[i] = total / max(count, 1)
        for x in range(complete.size):
            square += (np.float64(layers[i, x]) - mean[i]) ** 2 if complete[x] else 0.0
        squares[i] = square
    return count, mean, squares
