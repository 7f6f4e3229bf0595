"""Serial correlation: how much it widens the variance of Kendall's S."""

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
    r, n = _rank_correlations(values, years, slope)
    return _factor(np.where(np.abs(r) > ndtri(1 - level / 2) / np.sqrt(n), r, 0.0), n)


def first_order_factor(values: np.ndarray, years: np.ndarray, slope: np.ndarray) -> np.ndarray:
    """Factor of the variance of S where each year keeps a share of the year before it, and no other memory.

    The sum of `variance_factor` over all lags with ``r_k = r^k`` and ``r = (n r_1 + 2) / (n - 4)``, from 0 to
    1: the autocorrelation r_1 of a series of which mean and trend were taken off is too small by about
    ``(2 + 4 r) / n``.

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
    r, n = _rank_correlations(values, years, slope)
    n = np.where(n > 4, n, np.nan)
    first = np.clip((n * r[0] + 2) / (n - 4), 0.0, 1.0)
    return _factor(first ** np.arange(1, len(r) + 1)[:, None], n)


def _factor(r: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Factor by the autocorrelations (lags, cells) of series of n years, from lag 1."""
    left = np.maximum(n - np.arange(1, len(r) + 1)[:, None], 0)
    return 1 + 2 * (left * (left - 1) * (left - 2) * r).sum(axis=0) / (n * (n - 1) * (n - 2))


def _rank_correlations(
    values: np.ndarray, years: np.ndarray, slope: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Autocorrelations (lags in years, cells) of the ranks of each series less its trend, years with a value.

    Both NaN with fewer than 4 years or without a slope; 0 where all ranks are equal.
    """
    values = np.ascontiguousarray(np.asarray(values, dtype=np.float64).T)
    steps = np.asarray(years, dtype=np.int64) - int(years[0]) + 1
    r, n = np.full((steps[-1] - 1, len(values)), np.nan), np.full(len(values), np.nan)
    _correlate(values, steps, np.asarray(slope, dtype=np.float64), r, n)
    return r, n


@njit(cache=True, nogil=True)
def _correlate(
    values: np.ndarray, steps: np.ndarray, slope: np.ndarray, r: np.ndarray, n: np.ndarray
) -> None:
    """Fill the autocorrelations and the number of years of every cell (n, T)."""
    ranks = np.zeros(steps[-1])
    residual, place = np.empty(steps.size), np.empty(steps.size, dtype=np.int64)
    for cell in range(values.shape[0]):
        known = 0
        for k in range(steps.size):
            if np.isfinite(values[cell, k]):
                residual[known] = values[cell, k] - steps[k] * slope[cell]
                place[known] = steps[k] - 1
                known += 1
        if known < 4 or not np.isfinite(slope[cell]):
            continue
        n[cell] = known
        ranks[:] = 0.0
        for i in range(known):
            rank = -known / 2.0  # so that their mean is 0
            for j in range(known):
                rank += (residual[j] < residual[i]) + 0.5 * (residual[j] == residual[i])
            ranks[place[i]] = rank
        power = _product(ranks, 0)
        for lag in range(1, ranks.size):
            r[lag - 1, cell] = _product(ranks, lag) / power if power > 0.0 else 0.0


@njit(cache=True, nogil=True)
def _product(ranks: np.ndarray, lag: int) -> float:
    """Sum of products at a lag."""
    total = 0.0
    for k in range(lag, ranks.size):
        total += ranks[k] * ranks[k - lag]
    return total
