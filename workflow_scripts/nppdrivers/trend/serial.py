"""Serial correlation: how much it widens the variance of Kendall's S."""

import numpy as np
from numba import njit


def first_order_factor(values: np.ndarray, years: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Factor of the variance of S where each year keeps a share of the year before it, and no other memory.

    ``1 + 2 / (n (n-1) (n-2)) sum_k (n-k) (n-k-1) (n-k-2) r^k`` over all lags k, ``r = (n r_1 + 2) / (n - 4)``
    from 0 to 1: the autocorrelation r_1 of the ranks of a series of which mean and trend were taken off is
    too small by about ``(2 + 4 r) / n``. A lag is a distance in years: pairs across a missing year count at
    their true distance.

    Parameters
    ----------
    values : (T, n) array
        Annual values [any unit]; missing years (NaN) are left out.
    years : (T,) integer array
        Year of each, rising.
    slope : (n,) array
        Trend to take off [unit of the values per year].

    Returns
    -------
    (n,) float64
        1 or more; NaN with fewer than 5 years or without a slope.

    References
    ----------
    Hamed & Rao (1998), J. Hydrology 204:182, eq. 17. van Giersbergen (2005), Econ. Lett. 89:75 (bias of r_1).
    """
    values = np.ascontiguousarray(np.asarray(values, dtype=np.float64).T)
    steps = np.asarray(years, dtype=np.int64) - int(years[0]) + 1
    first, n = np.full((2, len(values)), np.nan)
    _correlate(values, steps, np.asarray(slope, dtype=np.float64), first, n)
    share = np.clip((n * first + 2) / (n - 4), 0.0, 1.0)
    lag = np.arange(1, steps[-1])[:, None]
    left = np.maximum(n - lag, 0)
    return 1 + 2 * (left * (left - 1) * (left - 2) * share**lag).sum(axis=0) / (n * (n - 1) * (n - 2))


@njit(cache=True, nogil=True)
def _correlate(
    values: np.ndarray, steps: np.ndarray, slope: np.ndarray, first: np.ndarray, n: np.ndarray
) -> None:
    """Fill the autocorrelation of ranks from year to year, 0 where all are equal, and the years of a cell."""
    ranks = np.zeros(steps[-1])
    residual, place = np.empty(steps.size), np.empty(steps.size, dtype=np.int64)
    for cell in range(values.shape[0]):
        known = 0
        for k in range(steps.size):
            if np.isfinite(values[cell, k]):
                residual[known] = values[cell, k] - steps[k] * slope[cell]
                place[known] = steps[k] - 1
                known += 1
        if known < 5 or not np.isfinite(slope[cell]):
            continue
        n[cell] = known
        ranks[:] = 0.0
        for i in range(known):
            rank = -known / 2.0  # so that their mean is 0
            for j in range(known):
                rank += (residual[j] < residual[i]) + 0.5 * (residual[j] == residual[i])
            ranks[place[i]] = rank
        power = _product(ranks, 0)
        first[cell] = _product(ranks, 1) / power if power > 0.0 else 0.0


@njit(cache=True, nogil=True)
def _product(ranks: np.ndarray, lag: int) -> float:
    """Sum of products at a lag."""
    total = 0.0
    for k in range(lag, ranks.size):
        total += ranks[k] * ranks[k - lag]
    return total
