"""How sure a map of dominant categories is, from replicates of the forests."""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from nppdrivers.contribution import dominant_category, shares

INDISTINCT = "not distinguishable from noise"


def resample_blocks(xy: np.ndarray, block: float, rng: np.random.Generator) -> np.ndarray:
    """Draw the points of whole blocks of land with replacement, as many blocks as hold points.

    Neighbouring points repeat each other. Drawing them one by one takes them for independent and makes chance
    relations of smooth maps look sure; blocks no smaller than the range of the variogram do not.

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
    square = np.floor((xy - np.min(xy, axis=0)) / block).astype(int)
    _, number, size = np.unique(square, axis=0, return_inverse=True, return_counts=True)
    members = np.split(np.argsort(number.ravel(), kind="stable"), np.cumsum(size)[:-1])
    return np.concatenate([members[k] for k in rng.integers(0, size.size, size.size)])


def distinguishable(actual: np.ndarray, replicates: np.ndarray, level: float = 0.05) -> np.ndarray:
    """Tell where some category contributes more than noise would.

    As `exceeds_noise`, with the standard deviation over the replicates.

    Parameters
    ----------
    actual
        Actual contributions (G, ...) [gC m-2 yr-1].
    replicates
        The same from forests on resampled points (R, G, ...), R at least 2 (`resample_blocks`): they hold the
        noise of the sample as well as of the seed. Forests on the same points with other seeds hold the
        latter alone, against which nearly everything is distinguishable, chance relations too.
    level
        Chance of a false alarm in a cell without any contribution [0 to 1].

    Returns
    -------
    (...) bool
        False where anything is NaN.

    Raises
    ------
    ValueError
        For fewer than 2 replicates or shapes that do not match.
    """
    actual, replicates = np.asarray(actual), np.asarray(replicates)
    if len(replicates) < 2 or replicates.shape[1:] != actual.shape:
        raise ValueError(f"replicates must be (2 or more, *{actual.shape}), not {replicates.shape}")
    return exceeds_noise(actual, replicates.std(axis=0, ddof=1), level)


def exceeds_noise(actual: np.ndarray, spread: np.ndarray, level: float = 0.05) -> np.ndarray:
    """Tell where some category contributes more than noise of a known size would.

    ``|ActCon_g| > z sd_g`` for at least one of the G categories, z the normal quantile of level / (2 G).

    Parameters
    ----------
    actual
        Actual contributions or Shapley values (G, ...) [gC m-2 yr-1].
    spread
        Their standard deviation over replicates, shaped like them.
    level
        Chance of a false alarm in a cell without any contribution [0 to 1].

    Returns
    -------
    (...) bool
        False where anything is NaN.
    """
    actual, spread = np.asarray(actual), np.asarray(spread)
    z = stats.norm.isf(level / (2 * len(actual)))
    known = np.isfinite(actual).all(axis=0) & np.isfinite(spread).all(axis=0)
    return known & (np.abs(actual) > z * spread).any(axis=0)


def mark_indistinct(
    codes: np.ndarray, legend: Mapping[int, str], distinct: np.ndarray
) -> tuple[np.ndarray, dict[int, str]]:
    """Put cells that noise could explain into a class of their own.

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


def class_probability(codes: np.ndarray, replicate_codes: np.ndarray) -> np.ndarray:
    """Share of the replicates that agree with the class of the map.

    Parameters
    ----------
    codes
        Class of every cell, 0 where undefined.
    replicate_codes
        Classes in every replicate (R, ...).

    Returns
    -------
    (...) float64
        [0 to 1]; NaN where codes are 0. A replicate without a class counts as one that disagrees.
    """
    codes = np.asarray(codes)
    return np.where(codes == 0, np.nan, (np.asarray(replicate_codes) == codes).mean(axis=0))


class Replicates:
    """What replicates of some contributions tell of them, gathered one at a time.

    The memory is that of a few maps, however many replicates there are (Welford 1962, Technometrics 4:419).

    Parameters
    ----------
    contributions
        Contributions of the map (G, n) [gC m-2 yr-1].
    threshold
        Share above which a category dominates alone [%].

    Attributes
    ----------
    number : int
        Replicates gathered.
    """

    def __init__(self, contributions: np.ndarray, threshold: float = 60.0):
        self._shape, self._threshold, self.number = contributions.shape, threshold, 0
        self._mean, self._squares = np.zeros(self._shape), np.zeros(self._shape)
        self._codes, self._leading = self._classes(contributions)
        self._same_class = np.zeros(self._shape[1:], dtype=np.int32)
        self._same_leading = np.zeros(self._shape[1:], dtype=np.int32)

    def _classes(self, contributions: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Dominant category and the first of the categories; both 0 where undefined."""
        relative = shares(contributions)
        codes, _ = dominant_category(relative, [str(g) for g in range(len(relative))], self._threshold)
        return codes, np.where(codes == 0, 0, 1 + np.argmax(relative, axis=0))

    def add(self, contributions: np.ndarray) -> None:
        """Gather one replicate (G, n) [gC m-2 yr-1]."""
        self.number += 1
        change = contributions - self._mean
        self._mean += change / self.number
        self._squares += change * (contributions - self._mean)
        codes, leading = self._classes(contributions)
        self._same_class += codes == self._codes
        self._same_leading += leading == self._leading

    @property
    def spread(self) -> np.ndarray:
        """Standard deviation over the replicates (G, n) [gC m-2 yr-1]; NaN for fewer than 2."""
        return np.sqrt(self._squares / (self.number - 1)) if self.number > 1 else np.full(self._shape, np.nan)

    @property
    def probability(self) -> np.ndarray:
        """Share of replicates (2, n) [0 to 1] that give the class of the map, and its leading category."""
        agreeing = np.stack([self._same_class, self._same_leading]) / self.number
        return np.where(self._codes == 0, np.nan, agreeing)
