"""Size of an effect with its interval: by blocks of land, and by what fake places show without any cause."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

LEAST_FAKES = 19  # below, the share of fakes says nothing at the level of 5 %


@dataclass(frozen=True)
class Estimate:
    """An effect: value with interval [unit of the values], p by fakes [0 to 1; NaN with too few].

    `se` is the standard error by blocks of land, NaN with one block.
    """

    value: float
    low: float
    high: float
    p: float
    se: float


class Fakes(NamedTuple):
    """What fake places show: mean gap by year (F, T), the covariance of its years (F, T, T), and the place's.

    The covariances are those of `mean_covariance`; their ratios alone matter.
    """

    gaps: np.ndarray
    covariances: np.ndarray
    own: np.ndarray


def contrast(years: np.ndarray, before: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Weights that turn a series into its mean after minus its mean before.

    Parameters
    ----------
    years : (T,) array
    before, after : (T,) bool arrays
        Years of either side; `before` may be empty: then the mean after alone.

    Returns
    -------
    (T,) float64

    Raises
    ------
    ValueError
        Without a year after.
    """
    if not after.any():
        raise ValueError(f"no year after the event among {years[0]} to {years[-1]}")
    return after / after.sum() - before / max(before.sum(), 1)


def estimate(
    gaps: np.ndarray, weights: np.ndarray, blocks: np.ndarray, fakes: Fakes, *, confidence: float = 0.9
) -> Estimate:
    """Effect of an event on a place: the change of the gap between its cells and their controls.

    value = mean over the cells of ``w . gap``. Half the width of the interval is the root of the sum of two
    squares: Student's quantile times the standard error by blocks of land, for what differs within the place;
    and the quantile of the sizes of the same change at fake places, each in units of its own standard error
    ``sqrt(w' C w)``, times that of the place, for errors that all of it shares.
    ``p = (1 + number of fakes with at least this size in these units) / (1 + fakes)``.

    Parameters
    ----------
    gaps : (n, T) array
        Value of each cell minus that of its control, by year [any unit]; without NaN.
    weights : (T,) array
        Of the years, as from `contrast`.
    blocks : (n,) integer array
        Block of land of each cell.
    fakes : Fakes
        There may be none.
    confidence : float
        Of the interval [0 to 1].

    Returns
    -------
    Estimate
        NaN without cells; an interval without end with one block and too few fakes.

    References
    ----------
    Stewart-Oaten et al. (1986), Ecology 67:929 (before, after, control, impact). Abadie et al. (2010), JASA
    105:493 (placebos in space). Ferman & Pinto (2019), Rev. Econ. Stat. 101:452 (placebos of another
    variance). Liang & Zeger (1986), Biometrika 73:13 (errors by groups).
    """
    if not len(gaps):
        return Estimate(np.nan, np.nan, np.nan, np.nan, np.nan)
    changes = gaps @ weights
    value = float(changes.mean())
    se, half, p = np.nan, np.inf, np.nan
    _, block = np.unique(blocks, return_inverse=True)
    number = int(block.max()) + 1
    if number > 1:
        sums = np.bincount(block, changes - value)
        se = float(np.sqrt((sums**2).sum() * number / (number - 1)) / len(changes))
        half = float(stdtrit(number - 1, 0.5 + confidence / 2)) * se
    if len(fakes.gaps) >= LEAST_FAKES:
        wider = _errors(fakes.own[None], weights) / _errors(fakes.covariances, weights)
        sizes = np.abs(fakes.gaps @ weights) * wider
        spread = _upper_quantile(sizes, confidence)
        half = float(np.hypot(half, spread)) if number > 1 else spread
        p = float((1 + (sizes >= abs(value)).sum()) / (1 + len(sizes)))
    return Estimate(value, value - half, value + half, p, se)


def _errors(covariances: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Standard error of the weighted sum of the years, by their covariances (F, T, T)."""
    variance = np.einsum("t,ftu,u->f", weights, covariances, weights)
    return np.sqrt(np.maximum(variance, np.finfo(float).tiny))


def _upper_quantile(sizes: np.ndarray, confidence: float) -> float:
    """Size that a further fake stays below with this confidence; of too few, the largest."""
    rank = int(np.ceil((len(sizes) + 1) * confidence))
    return float(np.sort(sizes)[min(rank, len(sizes)) - 1])


def recovered_year(years: np.ndarray, high: np.ndarray, since: int) -> int | None:
    """First year after an event from which on the gap to the controls could be none.

    Parameters
    ----------
    years : (T,) integer array
        Rising.
    high : (T,) array
        Upper end of the interval of the gap of each year [any unit].
    since : int
        Year of the event.

    Returns
    -------
    int or None
        None while the last year still lies below its controls, or without a year after the event.
    """
    below = np.flatnonzero(~(high >= 0))
    later = years[(years > since) & (years > (years[below[-1]] if below.size else since))]
    return int(later[0]) if later.size else None
