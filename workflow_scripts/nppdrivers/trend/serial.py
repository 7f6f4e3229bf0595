"""Serial correlation: how much it widens the variance of Kendall's S."""

from math import sqrt

import numpy as np
from numba import njit
from scipy.special import ndtri


def variance_factor(
    values: np.ndarray, years: np.ndarray, slope: np.ndarray, *, level: float = 0.05
) -> np.ndarray:
    """Factor of the variance of S by the autocorrelation of the ranks of the series without its trend.

    ``1 + 2 / (n (n-1) (n-2)) sum_k (n-k) (n-k-1) (n-k-2) r_k`` over the lags k at which r_k differs from 0 at
    this level, ``abs(r_k) > z / sqrt(n)``. A lag is a distance in years: pairs across a missing year count at
    their true distance.

    Parameters
    ----------
    values : (T, n) array
        Annual values [any unit]; missing years (NaN) are left out.
    years : (T,) integer array
        Year of each, rising.
    slope : (n,) array
        Trend to take off [unit of the values per year].
    level : float
        Two-sided level at which a lag counts [0 to 1].

    Returns
    -------
    (n,) float64
        Below 1 for a series that alternates, and at times not above 0 for a short one; NaN with fewer than 4
        years or without a slope.

    References
    ----------
    Hamed & Rao (1998), J. Hydrology 204:182, eq. 17.
    """
    values = np.ascontiguousarray(np.asarray(values, dtype=np.float64).T)
    factor = np.full(values.shape[0], np.nan)
    steps = np.asarray(years, dtype=np.int64) - int(years[0]) + 1
    _factors(values, steps, np.asarray(slope, dtype=np.float64), float(ndtri(1 - level / 2)), factor)
    return factor


@njit(cache=True, nogil=True)
def _factors(values: np.ndarray, steps: np.ndarray, slope: np.ndarray, z: float, factor: np.ndarray) -> None:
    """Fill the factor of every cell (n, T)."""
    ranks = np.zeros(steps[-1])
    residual, place = np.empty(steps.size), np.empty(steps.size, dtype=np.int64)
    for cell in range(values.shape[0]):
        n = 0
        for k in range(steps.size):
            if np.isfinite(values[cell, k]):
                residual[n] = values[cell, k] - steps[k] * slope[cell]
                place[n] = steps[k] - 1
                n += 1
        if n < 4 or not np.isfinite(slope[cell]):
            continue
        ranks[:] = 0.0
        for i in range(n):
            rank = -n / 2.0  # so that their mean is 0
            for j in range(n):
                rank += (residual[j] < residual[i]) + 0.5 * (residual[j] == residual[i])
            ranks[place[i]] = rank
        factor[cell] = _factor(ranks, n, z)


@njit(cache=True, nogil=True)
def _factor(ranks: np.ndarray, n: int, z: float) -> float:
    """Factor from ranks about their mean by year, 0 in years without a value."""
    power = _product(ranks, 0)
    if power == 0.0:
        return 1.0
    total = 0.0
    for lag in range(1, min(n, ranks.size)):
        r = _product(ranks, lag) / power
        if abs(r) > z / sqrt(n):
            total += (n - lag) * (n - lag - 1.0) * (n - lag - 2.0) * r
    return 1.0 + 2.0 * total / (n * (n - 1.0) * (n - 2.0))


@njit(cache=True, nogil=True)
def _product(ranks: np.ndarray, lag: int) -> float:
    """Sum of products at a lag."""
    total = 0.0
    for k in range(lag, ranks.size):
        total += ranks[k] * ranks[k - lag]
    return total
