"""How sure contributions and dominant categories are, from replicates of the forests on resampled points."""

from collections.abc import Mapping

import numpy as np
from scipy import special

from nppdrivers.blocks import block_numbers
from nppdrivers.contribution import INDISTINCT, dominant_category, shares


def resample_blocks(xy: np.ndarray, block: float, rng: np.random.Generator) -> np.ndarray:
    """Draw the points of whole blocks of land with replacement, as many blocks as have points.

    Neighbouring points repeat each other. Drawing them one by one treats them as independent and makes
    chance relations of smooth maps look certain; blocks no smaller than the range of the variogram do not.

    Parameters
    ----------
    xy
        Coordinates (n, 2) [m].
    block
        Edge of a block [m].
    rng
        Random generator.

    Returns
    -------
    (m,) int array
        Row numbers, m about n.

    References
    ----------
    Lahiri (2003), Resampling Methods for Dependent Data, chapter 12.
    """
    numbers = block_numbers(xy, block, origin=np.min(xy, axis=0))
    _, number, size = np.unique(numbers, return_inverse=True, return_counts=True)
    members = np.split(np.argsort(number, kind="stable"), np.cumsum(size)[:-1])
    return np.concatenate([members[k] for k in rng.integers(0, size.size, size.size)])


def in_no_drawn_block(places: np.ndarray, xy: np.ndarray, drawn: np.ndarray, block: float) -> np.ndarray:
    """Find the places whose block of land `resample_blocks` has not drawn.

    Parameters
    ----------
    places
        Coordinates of cells (k, 2) [m].
    xy
        Coordinates of all points (n, 2) [m].
    drawn
        Row numbers of the drawn points.
    block
        Edge of a block [m].

    Returns
    -------
    (k,) bool
    """
    origin = np.min(xy, axis=0)
    seen = np.unique(block_numbers(xy[drawn], block, origin))
    return ~np.isin(block_numbers(places, block, origin), seen)


def exceeds_noise(actual: np.ndarray, noise: np.ndarray, level: float = 0.05) -> np.ndarray:
    """Find where some category contributes more than noise of a known size would.

    ``|ActCon_g| > z noise_g`` for at least one of the G categories, z the normal quantile of level / (2 G).

    Parameters
    ----------
    actual
        Actual contributions or Shapley values (G, ...) [gC m-2 yr-1].
    noise
        Size of the noise, shaped like them (`Replicates.noise`). Forests with other seeds on the same points
        show only a part of it, against which nearly everything is distinguishable.
    level
        Chance of a false alarm in a cell without any contribution [0 to 1].

    Returns
    -------
    (...) bool
        False where anything is NaN.
    """
    actual, noise = np.asarray(actual), np.asarray(noise)
    z = -special.ndtri(level / (2 * len(actual)))
    known = np.isfinite(actual).all(axis=0) & np.isfinite(noise).all(axis=0)
    return known & (np.abs(actual) > z * noise).any(axis=0)


def mark_indistinct(
    codes: np.ndarray, legend: Mapping[int, str], distinct: np.ndarray
) -> tuple[np.ndarray, dict[int, str]]:
    """Give cells that noise could explain a class of their own.

    Parameters
    ----------
    codes
        Dominant category, 0 where undefined.
    legend
        Name of every code.
    distinct
        Where a contribution exceeds noise, shaped like codes.

    Returns
    -------
    codes : uint8, shaped like codes
        With the next free code (10 for three categories) where not distinct; 0 stays 0.
    legend : dict
        With that code.
    """
    code = max(legend) + 1
    marked = np.where((np.asarray(codes) != 0) & ~distinct, code, codes).astype(np.uint8)
    return marked, {**legend, code: INDISTINCT}


class Replicates:
    """Running statistics of replicate contribution maps, one added at a time in little memory.

    A replicate counts in the cells whose block of land it has not seen. Forests memorise the land around
    their points, with smooth drivers as coordinates; whether a contribution is more than that shows only
    where the points around are left out.

    Parameters
    ----------
    contributions
        Contributions of the map (G, n) [gC m-2 yr-1].
    threshold
        Share above which a category dominates alone [%].
    """

    def __init__(self, contributions: np.ndarray, threshold: float = 60.0) -> None:
        self._map, self._threshold = np.asarray(contributions, dtype=np.float64), threshold
        self._codes, self._leading = self._classes(self._map)
        self._squares = np.zeros(self._map.shape)
        self._number, self._same_class, self._same_leading = np.zeros((3, *self._codes.shape), dtype=np.int32)

    def _classes(self, contributions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Dominant category, and the largest one alone; 0 where undefined."""
        relative = shares(contributions)
        codes, _ = dominant_category(relative, [str(g) for g in range(len(relative))], self._threshold)
        return codes, np.where(codes == 0, 0, 1 + np.argmax(relative, axis=0))

    def add(self, contributions: np.ndarray, unseen: np.ndarray) -> None:
        """Add contributions of a replicate (G, k) [gC m-2 yr-1] in the k cells that it has not seen (n,)."""
        codes, leading = self._classes(contributions)
        self._squares[:, unseen] += (contributions - self._map[:, unseen]) ** 2
        self._number += unseen
        self._same_class[unseen] += codes == self._codes[unseen]
        self._same_leading[unseen] += leading == self._leading[unseen]

    @property
    def noise(self) -> np.ndarray:
        """Root mean square departure of the replicates from the map (G, n) [gC m-2 yr-1]; NaN without any."""
        return np.sqrt(self._squares / self._counted)

    @property
    def probability(self) -> np.ndarray:
        """Share of replicates (2, n) [0 to 1] with the class of the map, and with its leading category."""
        agreeing = np.stack([self._same_class, self._same_leading]) / self._counted
        return np.where(self._codes == 0, np.nan, agreeing)

    @property
    def _counted(self) -> np.ndarray:
        return np.where(self._number > 0, self._number, np.nan)
