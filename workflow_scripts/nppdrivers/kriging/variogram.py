"""Variogram models, the empirical variogram, and what samples must be like.

Sources: Cressie (1993), Statistics for Spatial Data, section 2.4; Pebesma (2004), Multivariable geostatistics
in S: the gstat package, Computers & Geosciences 30, 683-691 (binning); Stein (1999), Interpolation of Spatial
Data, 2.7 (Matern).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.distance import pdist

MODELS = ("spherical", "exponential", "gaussian", "matern15", "matern25")
# Distance at which 95 % of the rise to the sill is reached (spherical: all of it), in ranges
PRACTICAL_RANGE = dict(zip(MODELS, (1.0, 3.0, 1.731, 4.744, 5.918), strict=True))
GAUSSIAN_NUGGET = 1e-6  # least share of the sill: without a nugget its matrices are singular to rounding
BINS = 15
CUTOFF_SHARE = 1.0 / 3.0  # of the diagonal of the bounding box


@dataclass(frozen=True)
class Variogram:
    """gamma(h) = nugget + psill (1 - rho(h / range)) for h > 0.

    Parameters
    ----------
    model : str
        One of MODELS: rho(u) is 1 - 1.5 u + 0.5 u^3 up to u = 1 (spherical), exp(-u), exp(-u^2) (gaussian),
        (1 + u) exp(-u) (matern15), (1 + u + u^2 / 3) exp(-u) (matern25).
    nugget, psill : float [unit of the values, squared]
    range : float [unit of the coordinates]
        The a of u = h / a; not the practical range.

    Examples
    --------
    >>> import numpy as np
    >>> from nppdrivers import kriging
    >>> variogram = kriging.Variogram("spherical", nugget=0.2, psill=0.8, range=100.0)
    >>> variogram(np.array([0, 50, 100, 200])).round(2)
    array([0.  , 0.75, 1.  , 1.  ])
    """

    model: str
    nugget: float
    psill: float
    range: float

    def __post_init__(self) -> None:
        if self.model not in MODELS:
            raise ValueError(f"variogram model {self.model!r} is unknown: use one of {', '.join(MODELS)}")
        if not (self.nugget >= 0.0 and self.psill >= 0.0 and self.range > 0.0):
            raise ValueError(f"{self}: nugget and psill must not be negative, the range must be positive")

    @property
    def sill(self) -> float:
        """Nugget plus partial sill."""
        return self.nugget + self.psill

    def __call__(self, distance: ArrayLike) -> np.ndarray:
        """Semivariance at distances, 0 at distance 0."""
        distance = np.asarray(distance, dtype=float)
        gamma = self.nugget + self.psill * (1.0 - correlation(self.model, distance, self.range))
        return np.where(distance == 0.0, 0.0, gamma)


def correlation(model: str, distance: ArrayLike, scale: float) -> np.ndarray:
    """Correlation rho(distance / scale) of a model, see `Variogram`."""
    u = np.asarray(distance, dtype=float) / scale
    if model == "spherical":
        u = np.minimum(u, 1.0)
        return 1.0 + u * (0.5 * u * u - 1.5)
    if model == "gaussian":
        return np.exp(-u * u)
    decay = np.exp(-u)
    if model == "exponential":
        return decay
    if model == "matern15":
        return (1.0 + u) * decay
    return (1.0 + u + u * u / 3.0) * decay


def trend_matrix(n: int, drift: np.ndarray | None) -> np.ndarray:
    """Constant and the standardised drift covariates (n, k), (n, 1 + k)."""
    if drift is None:
        return np.ones((n, 1))
    drift = np.asarray(drift, dtype=float).reshape(n, -1)
    spread = drift.std(axis=0)
    if np.any(spread <= 1e-12 * np.abs(drift.mean(axis=0))):
        raise ValueError("a drift covariate is the same at all samples: drop it")
    return np.column_stack([np.ones(n), (drift - drift.mean(axis=0)) / spread])


def empirical_variogram(
    xy: np.ndarray,
    values: np.ndarray,
    *,
    drift: np.ndarray | None = None,
    cutoff: float | None = None,
    bins: int = BINS,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Average half squared differences of pairs in bins of distance (Matheron's estimator).

    Parameters
    ----------
    xy : (n, 2)
    values : (n,)
        NaN are left out. With a drift, the residuals of its least-squares fit take their place.
    drift : (n, k), optional
    cutoff : float, optional [unit of the coordinates]
        Largest distance; by default a third of the diagonal of the bounding box.
    bins : int
        Number of equal bins up to the cutoff; those without pairs are left out.

    Returns
    -------
    distance, semivariance, pairs : (bins,) each
        Mean distance, mean half squared difference, number of pairs. Pairs at distance 0 are not counted.
    """
    xy, values, trend, _ = clean_samples(xy, values, drift)
    residuals = values - trend @ np.linalg.lstsq(trend, values, rcond=None)[0]
    if cutoff is None:
        cutoff = CUTOFF_SHARE * float(np.hypot(*np.ptp(xy, axis=0)))
    distance = pdist(xy)
    half_squares = 0.5 * pdist(residuals[:, None], "sqeuclidean")
    used = (distance > 0.0) & (distance <= cutoff)
    # The bins are open below and closed above, as gstat's.
    index = np.minimum(np.ceil(distance[used] / (cutoff / bins)).astype(int), bins) - 1
    pairs = np.bincount(index, minlength=bins)
    filled = pairs > 0
    means = [
        np.bincount(index, x[used], minlength=bins)[filled] / pairs[filled] for x in (distance, half_squares)
    ]
    return means[0], means[1], pairs[filled]


def clean_samples(
    xy: np.ndarray, values: np.ndarray, drift: np.ndarray | None = None, counts: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Check samples and drop those with NaN values.

    Parameters
    ----------
    xy, values, drift, counts : (n, 2), (n,), (n, k), (n,)
        As in `fit_variogram`.

    Returns
    -------
    xy, values, trend, counts : (m, 2), (m,), (m, 1 + k), (m,)
        Of the samples with a value; trend as `trend_matrix` makes it.

    Raises
    ------
    ValueError
        For shapes that do not fit, coordinates or covariates that are missing, or fewer than 3 samples more
        than trend terms.
    """
    xy, values = np.asarray(xy, dtype=float), np.asarray(values, dtype=float)
    if xy.ndim != 2 or xy.shape[1] != 2 or values.shape != (len(xy),):
        raise ValueError(
            f"samples need coordinates (n, 2) and values (n,), not {xy.shape} and {values.shape}"
        )
    used = np.isfinite(values)
    counts = np.ones(len(xy)) if counts is None else np.asarray(counts, dtype=float)
    if drift is not None:
        drift = np.asarray(drift, dtype=float).reshape(len(xy), -1)[used]
        if not np.isfinite(drift).all():
            raise ValueError("drift covariates are missing at some samples: fill them or drop the samples")
    if not np.isfinite(xy[used]).all():
        raise ValueError("coordinates of some samples are missing: drop them")
    n_terms = 1 if drift is None else 1 + drift.shape[1]
    if used.sum() < n_terms + 3:
        raise ValueError(f"{used.sum()} samples with a value: too few for kriging with {n_terms} trend terms")
    return xy[used], values[used], trend_matrix(int(used.sum()), drift), counts[used]


def range_bounds(xy: np.ndarray) -> tuple[float, float]:
    """Smallest and largest range a fit may find: from within the closest samples to the largest distance."""
    distance = pdist(np.asarray(xy, dtype=float))
    positive = distance[distance > 0.0]
    if positive.size == 0:
        raise ValueError("all samples are at one place")
    return float(positive.min()) / 3.0, float(positive.max())
