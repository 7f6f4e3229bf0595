"""Own codings of published fusion methods that predict from one base pair, for `peers_images.py`.

Each takes the fine and the coarse image of a base date and the coarse image of the date wanted, all on the
fine grid, (height, width), NaN where missing, and the width of a coarse pixel in cells; each returns the fine
image of the date, NaN where the base image is. Coarse pixels are squares of cells from the upper left on.
"""

import numpy as np
from numba import njit
from scipy.interpolate import RBFInterpolator

SIMILAR = 20  # similar pixels of a target, as in both papers' programs
CLASSES = 4
PUREST = 100  # coarse pixels of a class from which its change is estimated
LOCAL = 2  # coarse pixels on each side of one, in Fit-FC's local regression
MOST_CHANGE = (0.1, 0.9)  # quantiles of coarse change outside of which a coarse pixel is no pure one


def base_and_change(fine: np.ndarray, coarse: np.ndarray, coarse_p: np.ndarray, size: int) -> np.ndarray:
    """Fine image of the base date plus the coarse change."""
    return fine + (coarse_p - coarse)


def fit_fc(fine: np.ndarray, coarse: np.ndarray, coarse_p: np.ndarray, size: int) -> np.ndarray:
    """Fit-FC (Wang & Atkinson 2018, doi:10.1016/j.rse.2017.10.046).

    Local regression of the coarse images, applied to the fine one; filtered over similar pixels, and so are
    the residuals, interpolated from the coarse pixels.
    """
    first, last = block_means(coarse, size), block_means(coarse_p, size)
    slope, offset = local_regression(first, last)
    residual = smooth_from_blocks(last - slope * first - offset, fine.shape, size)
    predicted = from_blocks(slope, fine.shape, size) * fine + from_blocks(offset, fine.shape, size)
    values = np.where(np.isfinite(predicted + residual), predicted + residual, np.nan)
    return mean_of_similar(fine, values, np.zeros(fine.shape, np.int64), window_of(size), SIMILAR)


def fsdaf(fine: np.ndarray, coarse: np.ndarray, coarse_p: np.ndarray, size: int) -> np.ndarray:
    """FSDAF (Zhu et al. 2016, doi:10.1016/j.rse.2015.11.016).

    Change of each class by unmixing; its residual in a coarse pixel is spread by how far a thin-plate spline
    of the coarse image departs, where land is homogeneous, and evenly elsewhere; mean of similar pixels.
    """
    classes = classes_of(fine)
    shares = np.stack(
        [block_means(np.where(classes < 0, np.nan, classes == k), size) for k in range(CLASSES)]
    )
    change = block_means(coarse_p - coarse, size)
    by_class = np.append(class_changes(shares, change), np.nan)[classes]
    residual = from_blocks(change - block_means(by_class, size), fine.shape, size)
    spatial = smooth_from_blocks(block_means(coarse_p, size), fine.shape, size)
    alike = homogeneity(classes, size)
    leading = (spatial - fine - by_class) * alike + residual * (1 - alike)
    leading = np.where(leading * residual > 0, leading, 0.0)
    total = from_blocks(block_means(leading, size), fine.shape, size)
    spread = np.where(np.abs(total) > 1e-9, residual * leading / np.where(total == 0, 1, total), residual)
    own_change = by_class + np.clip(spread, -np.abs(change).max(initial=0, where=np.isfinite(change)) * 2, 2)
    return fine + mean_of_similar(fine, own_change, classes, window_of(size), SIMILAR)


def window_of(size: int) -> int:
    """Half a window in which similar pixels are looked for: about one and a half coarse pixels [cells]."""
    return max(3, (3 * size) // 2)


def block_means(image: np.ndarray, size: int) -> np.ndarray:
    """Mean of each coarse pixel; those at the lower and right edge may be cut."""
    height, width = (-(-side // size) * size for side in image.shape)
    padded = np.full((height, width), np.nan)
    padded[: image.shape[0], : image.shape[1]] = image
    cells = padded.reshape(height // size, size, width // size, size)
    known = np.isfinite(cells)
    number = known.sum(axis=(1, 3))
    return np.where(number, np.where(known, cells, 0).sum(axis=(1, 3)) / np.maximum(number, 1), np.nan)


def from_blocks(blocks: np.ndarray, shape: tuple[int, ...], size: int) -> np.ndarray:
    """Each cell has the value of its coarse pixel."""
    return np.repeat(np.repeat(blocks, size, axis=0), size, axis=1)[: shape[0], : shape[1]]


def smooth_from_blocks(blocks: np.ndarray, shape: tuple[int, ...], size: int) -> np.ndarray:
    """Thin-plate spline through the centres of the coarse pixels."""
    known = np.isfinite(blocks)
    centres = (np.argwhere(known) + 0.5) * size
    if len(centres) < 4:
        return from_blocks(blocks, shape, size)
    spline = RBFInterpolator(centres, blocks[known], neighbors=min(len(centres), 40))
    return spline(np.argwhere(np.ones(shape, bool)) + 0.5).reshape(shape)


def local_regression(first: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Slope and offset of `last` on `first` in the window around each coarse pixel."""
    slope, offset = np.ones(first.shape), np.zeros(first.shape)
    known = np.isfinite(first) & np.isfinite(last)
    for y, x in np.argwhere(known):
        near = np.s_[max(0, y - LOCAL) : y + LOCAL + 1, max(0, x - LOCAL) : x + LOCAL + 1]
        a, b = first[near][known[near]], last[near][known[near]]
        spread = np.mean((a - a.mean()) ** 2)
        if len(a) > 2 and spread > 1e-8:
            slope[y, x] = np.mean((a - a.mean()) * (b - b.mean())) / spread
        offset[y, x] = b.mean() - slope[y, x] * a.mean()
    return slope, np.where(known, offset, np.nan)


def classes_of(fine: np.ndarray) -> np.ndarray:
    """Classes of the base image by k-means from its quantiles on; -1 where it is missing."""
    values = fine[np.isfinite(fine)]
    centres = np.quantile(values, (np.arange(CLASSES) + 0.5) / CLASSES)
    for _ in range(50):
        edges = (centres[1:] + centres[:-1]) / 2
        number = np.searchsorted(edges, values)
        sizes = np.bincount(number, minlength=CLASSES)
        means = np.bincount(number, values, CLASSES) / np.maximum(sizes, 1)
        centres = np.where(sizes, means, centres)
    return np.where(np.isfinite(fine), np.searchsorted((centres[1:] + centres[:-1]) / 2, fine), -1)


def class_changes(shares: np.ndarray, change: np.ndarray) -> np.ndarray:
    """Change of each class by least squares over the purest coarse pixels of every class."""
    known = np.isfinite(change) & np.isfinite(shares).all(axis=0)
    low, high = np.quantile(change[known], MOST_CHANGE)
    usual = known & (change >= low) & (change <= high)
    parts, changes = shares[:, usual].T, change[usual]
    chosen = np.unique(np.argsort(-parts, axis=0, kind="stable")[:PUREST])
    return np.linalg.lstsq(parts[chosen], changes[chosen], rcond=None)[0]


def homogeneity(classes: np.ndarray, size: int) -> np.ndarray:
    """Share of the cells around each one, in a window of a coarse pixel, that have its class."""
    return _share_alike(classes, max(1, size // 2))


@njit(cache=True)
def _share_alike(classes: np.ndarray, half: int) -> np.ndarray:
    """Loops of `homogeneity`."""
    height, width = classes.shape
    result = np.zeros((height, width))
    for y in range(height):
        for x in range(width):
            alike = number = 0
            for row in range(max(0, y - half), min(height, y + half + 1)):
                for column in range(max(0, x - half), min(width, x + half + 1)):
                    number += 1
                    alike += classes[row, column] == classes[y, x]
            result[y, x] = alike / number
    return result


@njit(cache=True)
def mean_of_similar(
    fine: np.ndarray, values: np.ndarray, classes: np.ndarray, half: int, most: int
) -> np.ndarray:
    """Mean of `values` over the pixels of a target's class most similar in `fine`, the nearer the heavier."""
    height, width = fine.shape
    result = np.full((height, width), np.nan)
    difference, weight, value = np.empty(most), np.empty(most), np.empty(most)
    for y in range(height):
        for x in range(width):
            if np.isnan(fine[y, x]):
                continue
            number = 0
            for row in range(max(0, y - half), min(height, y + half + 1)):
                for column in range(max(0, x - half), min(width, x + half + 1)):
                    if np.isnan(values[row, column]) or classes[row, column] != classes[y, x]:
                        continue
                    apart = abs(fine[row, column] - fine[y, x])
                    if number == most and not apart < difference[most - 1]:
                        continue
                    i = min(number, most - 1)  # kept in order of the difference
                    while i > 0 and difference[i - 1] > apart:
                        difference[i], weight[i], value[i] = difference[i - 1], weight[i - 1], value[i - 1]
                        i -= 1
                    distance = np.sqrt((row - y) ** 2 + (column - x) ** 2)
                    difference[i], weight[i] = apart, 1.0 / (1.0 + distance / half)
                    value[i] = values[row, column]
                    number = min(number + 1, most)
            if number:
                result[y, x] = np.sum(weight[:number] * value[:number]) / np.sum(weight[:number])
    return result
