"""Exact distribution of Kendall's S where there is no trend, with any pattern of ties."""

from collections.abc import Sequence

import numpy as np
from numba import njit


def null_counts(n: int, ties: Sequence[int] = ()) -> np.ndarray:
    """Number of orders of n values with each number of discordant pairs.

    The generating function is the Gaussian multinomial coefficient ``[n]! / prod_i [t_i]!`` with
    ``[m]! = prod_(k<=m) (1 + q + ... + q^(k-1))``. S = pairs without ties - 2 x discordant pairs.

    Parameters
    ----------
    n : int
        Values in the series, at least 1.
    ties : sequence of int
        Size of each group of equal values; values without an equal need no entry.

    Returns
    -------
    (pairs + 1,) float64
        Count by number of discordant pairs, 0 to all pairs without ties; exact up to n = 18.

    Raises
    ------
    ValueError
        For n below 1, or groups that hold more values than there are.

    References
    ----------
    Kendall (1975), Rank Correlation Methods, ch. 5; Andrews (1976), The Theory of Partitions, theorem 3.6.

    Examples
    --------
    Of the six orders of three values, one has no discordant pair and two have one:

    >>> from nppdrivers import trend
    >>> trend.null_counts(3)
    array([1., 2., 2., 1.])
    """
    if n < 1 or sum(ties) > n or any(size < 1 for size in ties):
        raise ValueError(
            f"{n} values with groups of {list(ties)} equal ones: give groups that fit into the series"
        )
    return _counts(n, np.array(list(ties), dtype=np.int64))


@njit(cache=True, nogil=True)
def _counts(n: int, ties: np.ndarray) -> np.ndarray:
    """Coefficients: times (1 - q^k) / (1 - q) for each k of the series, divided by it for each group."""
    counts = np.zeros(n * (n - 1) // 2 + 1)
    counts[0] = 1.0
    for k in range(2, n + 1):
        _divide(counts, 1)
        _multiply(counts, k)
    pairs = counts.size
    for group in ties:
        for k in range(2, group + 1):
            _divide(counts, k)
            _multiply(counts, 1)
        pairs -= group * (group - 1) // 2
    return counts[:pairs]


@njit(cache=True, nogil=True)
def _multiply(counts: np.ndarray, k: int) -> None:
    """Multiply a polynomial by 1 - q^k."""
    for i in range(counts.size - 1, k - 1, -1):
        counts[i] -= counts[i - k]


@njit(cache=True, nogil=True)
def _divide(counts: np.ndarray, k: int) -> None:
    """Divide a polynomial by 1 - q^k, as a power series."""
    for i in range(k, counts.size):
        counts[i] += counts[i - k]


@njit(cache=True, nogil=True)
def cumulative_shares(n: int, ties: np.ndarray) -> np.ndarray:
    """Probability of at most so many discordant pairs without trend, by their number."""
    shares = _counts(n, ties)
    for i in range(1, shares.size):
        shares[i] += shares[i - 1]
    return shares / shares[-1]


@njit(cache=True, nogil=True)
def exact_test(shares: np.ndarray, pairs: int, s: float) -> tuple[float, float]:
    """P(abs(S') >= abs(s)), and P(S' < s) + P(S' = s) / 2, from the shares by discordant pairs."""
    discordant = round((pairs - abs(s)) / 2)
    below = shares[discordant - 1] if discordant > 0 else 0.0
    falling = (shares[discordant] + below) / 2
    if s == 0.0:
        return 1.0, 0.5
    return min(1.0, 2.0 * shares[discordant]), 1.0 - falling if s > 0.0 else falling


def least_p(n: int) -> float:
    """Smallest two-sided p-value that n years without ties can have: 2 / n!, all years in one order.

    Parameters
    ----------
    n : int
        Years, at least 2.

    Returns
    -------
    float
        [0 to 1]

    Examples
    --------
    >>> from nppdrivers import trend
    >>> [round(trend.least_p(n), 4) for n in (4, 5, 6)]
    [0.0833, 0.0167, 0.0028]
    """
    return 2.0 / float(null_counts(n).sum())
