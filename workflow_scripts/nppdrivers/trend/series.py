"""Theil-Sen slope with its interval and the Mann-Kendall test of many short series at once."""

from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np
from numba import njit
from scipy.special import ndtri

from nppdrivers.trend.null_distribution import cumulative_shares, exact_test

BINS = 64  # of the slopes about their mean, the last ones open; a rank is sought within its bin


@dataclass(frozen=True)
class Trends:
    """Trend of each cell; every attribute (n,).

    Attributes
    ----------
    years : int16
        Years with a value.
    slope, low, high : float64
        Theil-Sen slope and its interval [unit of the values per year].
    s, variance : float64
        Kendall's S, and its variance without trend [1].
    p : float64
        Two-sided p-value of the Mann-Kendall test [0 to 1].
    rising : float64
        Confidence that the trend is upwards: ``P(S' < s) + P(S' = s) / 2`` without trend [0 to 1].
    """

    years: np.ndarray
    slope: np.ndarray
    low: np.ndarray
    high: np.ndarray
    s: np.ndarray
    variance: np.ndarray
    p: np.ndarray
    rising: np.ndarray


def fit_trends(
    values: np.ndarray,
    years: np.ndarray,
    *,
    confidence: float = 0.95,
    exact_up_to: int = 10,
    least_years: int = 3,
    factor: np.ndarray | None = None,
) -> Trends:
    """Slope, interval and test of each series.

    slope = median of ``(y_j - y_i) / (t_j - t_i)`` over the pairs i < j; interval = the slopes of ranks
    ``(N -/+ z sqrt(V)) / 2``; ``S = sum sign(y_j - y_i)``;
    ``V = (n (n-1) (2n+5) - sum t (t-1) (2t+5)) / 18`` over the groups of t equal values. The p-value is exact
    up to `exact_up_to` years, also with ties; beyond, and with a `factor` of V, it is
    ``2 (1 - Phi((abs(S) - 1) / sqrt(V)))``.

    Parameters
    ----------
    values : (T, n) array
        Annual values [any unit].
    years : (T,) array
        Year of each, rising; gaps count by their length.
    confidence : float
        Of the interval of the slope [0.5 to 1].
    exact_up_to : int
        Longest series with an exact test [years]; 0: never.
    least_years : int
        Fewest years with a value for a trend.
    factor : (n,) array, optional
        Of the variance of S, for serial correlation (`first_order_factor`); above 0.

    Returns
    -------
    Trends
        NaN for series with fewer years. Missing years (NaN) are left out of their series alone.

    Raises
    ------
    ValueError
        For shapes that do not fit, years that do not rise, a confidence or a factor outside its range.

    References
    ----------
    Sen (1968), JASA 63:1379, eq. 2.6. Mann (1945), Econometrica 13:245. Kendall (1975), ch. 4 and 5.
    """
    values, years = np.asarray(values, dtype=np.float64), np.asarray(years, dtype=np.float64)
    if values.ndim != 2 or years.shape != values.shape[:1]:
        raise ValueError(f"values (years, cells) and years must fit, not {values.shape} and {years.shape}")
    if (np.diff(years) <= 0).any():
        raise ValueError("the years must rise: sort them, each once")
    if not 0.5 <= confidence < 1:
        raise ValueError(f"confidence {confidence}: give a share from 0.5 to below 1")
    if factor is None:
        factor = np.ones(values.shape[1])
    elif np.shape(factor) != values.shape[1:] or not np.greater(factor, 0).all():
        raise ValueError(f"factor: give one above 0 for each of the {values.shape[1]} series")
    else:
        exact_up_to = 0
    z = float(ndtri(0.5 + confidence / 2))
    shares = _shares_by_length(min(exact_up_to, len(years)))
    found = np.full((7, values.shape[1]), np.nan)
    counts = np.zeros(values.shape[1], dtype=np.int16)
    series, factor = np.ascontiguousarray(values.T), np.asarray(factor, dtype=np.float64)
    _fit_all(series, years, factor, z, shares, least_years, found, counts)
    return Trends(counts, *found)


def _shares_by_length(longest: int) -> np.ndarray:
    """Cumulative null distribution of the discordant pairs, a row for each number of years."""
    shares = np.ones((longest + 1, longest * (longest - 1) // 2 + 1))
    no_ties = np.empty(0, dtype=np.int64)
    for n in range(2, longest + 1):
        shares[n, : n * (n - 1) // 2 + 1] = cumulative_shares(n, no_ties)
    return shares


@njit(cache=True, nogil=True)
def _fit_all(
    values: np.ndarray,
    years: np.ndarray,
    factor: np.ndarray,
    z: float,
    shares: np.ndarray,
    least_years: int,
    found: np.ndarray,
    counts: np.ndarray,
) -> None:
    """Fill slope, low, high, S, variance, p and rising of every cell (n, T)."""
    size = years.size
    y, t, sizes = np.empty(size), np.empty(size), np.empty(size, dtype=np.int64)
    slopes = np.empty(size * (size - 1) // 2)
    bins, same_bin = np.empty(slopes.size, dtype=np.int64), np.empty(slopes.size + 1)
    ranks, picked = np.empty(4, dtype=np.int64), np.empty(4)
    for cell in range(values.shape[0]):
        n = 0
        for k in range(size):
            y[n], t[n] = values[cell, k], years[k]
            n += np.isfinite(values[cell, k])
        counts[cell] = n
        if n < max(least_years, 2):
            continue
        s, ties = _pair_slopes(y[:n], t[:n], slopes)
        groups = _tie_groups(y[:n], sizes) if ties else sizes[:0]
        pairs, variance = n * (n - 1) // 2, n * (n - 1) * (2 * n + 5) / 18.0
        for group in groups:
            variance -= group * (group - 1) * (2 * group + 5) / 18.0
        variance *= factor[cell]
        reach = z * sqrt(max(variance, 0.0))
        ranks[0] = max(round((pairs - reach) / 2.0) - 1, 0)
        ranks[1], ranks[2] = (pairs - 1) // 2, pairs // 2
        ranks[3] = min(round((pairs + reach) / 2.0), pairs - 1)
        _pick(slopes[:pairs], ranks, picked, bins, same_bin)
        if n >= shares.shape[0]:
            p, rising = _normal_test(s, variance)
        elif ties:
            p, rising = exact_test(cumulative_shares(n, groups), pairs - ties, s)
        else:
            p, rising = exact_test(shares[n], pairs, s)
        result = ((picked[1] + picked[2]) / 2.0, picked[0], picked[3], s, variance, p, rising)
        for k in range(7):
            found[k, cell] = result[k]


@njit(cache=True, nogil=True)
def _pair_slopes(y: np.ndarray, t: np.ndarray, slopes: np.ndarray) -> tuple[float, int]:
    """Write the slope of every pair of years; S and the number of tied pairs."""
    above = 0
    below = 0
    k = 0
    for i in range(y.size - 1):
        for j in range(i + 1, y.size):
            step = y[j] - y[i]
            above += step > 0.0
            below += step < 0.0
            slopes[k] = step / (t[j] - t[i])
            k += 1
    return float(above - below), k - above - below


@njit(cache=True, nogil=True)
def _tie_groups(y: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Sizes of the groups of equal values, written into an array as long as y."""
    number = 0
    for i in range(y.size):
        before = 0
        same = 1
        for j in range(y.size):
            if j != i and y[j] == y[i]:
                same += 1
                before += j < i
        if same > 1 and before == 0:
            groups[number] = same
            number += 1
    return groups[:number]


@njit(cache=True, nogil=True)
def _pick(
    values: np.ndarray, ranks: np.ndarray, picked: np.ndarray, bins: np.ndarray, same_bin: np.ndarray
) -> None:
    """Values of some rising ranks, as from sorting: only those in the bin of a rank are sorted."""
    middle, spread = _middle(values)
    scale = BINS / (2.0 * spread) if spread > 0.0 else 0.0
    counts = np.zeros(BINS, dtype=np.int64)
    for k in range(values.size):
        place = min(max((values[k] - middle) * scale + BINS / 2, 0.0), BINS - 1.0)
        bins[k] = int(place)
        counts[bins[k]] += 1
    at, before, sorted_bin = 0, 0, -1
    for k in range(ranks.size):
        while before + counts[at] <= ranks[k]:
            before += counts[at]
            at += 1
        if at != sorted_bin:
            size = 0
            for i in range(values.size):  # without a branch, which no processor could guess
                same_bin[size] = values[i]
                size += bins[i] == at
            _sort(same_bin, size)
            sorted_bin = at
        picked[k] = same_bin[ranks[k] - before]


@njit(cache=True, nogil=True, fastmath={"reassoc", "nsz"})
def _middle(values: np.ndarray) -> tuple[float, float]:
    """Mean and mean absolute deviation, their sums in any order: the bins may lie anywhere."""
    total = 0.0
    for value in values:
        total += value
    mean = total / values.size
    total = 0.0
    for value in values:
        total += abs(value - mean)
    return mean, total / values.size


@njit(cache=True, nogil=True)
def _sort(values: np.ndarray, size: int) -> None:
    """Sort the first values, of which there are few, by insertion."""
    for i in range(1, size):
        value = values[i]
        j = i
        while j > 0 and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value


@njit(cache=True, nogil=True)
def _normal_test(s: float, variance: float) -> tuple[float, float]:
    """Two-sided p-value with the correction for continuity, and P(S' < s) without."""
    if variance <= 0.0:
        return 1.0, 0.5
    p = erfc((abs(s) - 1.0) / sqrt(2.0 * variance)) if s != 0.0 else 1.0
    return p, 1.0 - 0.5 * erfc(s / sqrt(2.0 * variance))
