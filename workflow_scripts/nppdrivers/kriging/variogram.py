"""Variogram models and their fit by weighted least squares or by restricted maximum likelihood.

Sources: Cressie (1993), Statistics for Spatial Data, sections 2.4 and 2.6; Pebesma (2004), Multivariable
geostatistics in S: the gstat package, Computers & Geosciences 30, 683-691 (binning, weights); Stein (1999),
Interpolation of Spatial Data, 2.7 (Matern); Patterson and Thompson (1971), Biometrika 58, 545-554 (REML).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.linalg import eigh
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import cdist, pdist

MODELS = ("spherical", "exponential", "gaussian", "matern15", "matern25")
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


def fit_variogram(
    xy: np.ndarray,
    values: np.ndarray,
    model: str,
    *,
    drift: np.ndarray | None = None,
    method: str = "wls",
    counts: np.ndarray | None = None,
) -> Variogram:
    """Fit a variogram model to samples.

    Parameters
    ----------
    xy : (n, 2)
        Coordinates in a projected system.
    values : (n,)
        NaN are left out.
    model : str
        One of MODELS.
    drift : (n, k), optional
        Covariates of the trend, without the constant.
    method : {"wls", "reml"}
        Weighted least squares on the empirical variogram, weights pairs / distance^2; or restricted maximum
        likelihood.
    counts : (n,), optional
        How many samples at one place each value averages; its nugget is divided by it (reml only).

    Returns
    -------
    Variogram

    Raises
    ------
    ValueError
        For unusable samples, see `clean_samples`, and for values without any variance about the trend.

    Examples
    --------
    >>> import numpy as np
    >>> from nppdrivers import kriging
    >>> xy = np.random.default_rng(1).uniform(0, 1000, (60, 2))
    >>> values = 10 + np.sin(xy[:, 0] / 200) + np.cos(xy[:, 1] / 200)
    >>> variogram = kriging.fit_variogram(xy, values, "spherical")
    >>> print(f"sill {variogram.sill:.1f}, range {variogram.range / 1000:.1f} km")
    sill 1.3, range 1.1 km
    """
    if model not in MODELS:
        raise ValueError(f"variogram model {model!r} is unknown: use one of {', '.join(MODELS)}")
    if method not in ("wls", "reml"):
        raise ValueError(f"method must be 'wls' or 'reml', not {method!r}")
    xy, z, trend, counts = clean_samples(xy, values, drift, counts)
    residuals = z - trend @ np.linalg.lstsq(trend, z, rcond=None)[0]
    if np.linalg.norm(residuals) <= 1e-12 * np.linalg.norm(z):
        raise ValueError("the values have no variance about their trend: a constant needs no kriging")
    if method == "wls":
        return _fit_wls(empirical_variogram(xy, residuals), model, range_bounds(xy))
    return _fit_reml(xy, z, trend, counts, model)


def _search_log_range(
    score: Callable[[float], tuple[float, float, float]],
    bounds: tuple[float, float],
    points: int,
    tolerance: float,
) -> float:
    """Minimise score(log range)[0] within bounds: a grid, then Brent's method about its best point."""
    grid = np.linspace(np.log(bounds[0]), np.log(bounds[1]), points)
    scores = [score(x)[0] for x in grid]
    best = int(np.argmin(scores))
    refined = minimize_scalar(
        lambda x: score(x)[0],
        bounds=(grid[max(best - 1, 0)], grid[min(best + 1, points - 1)]),
        method="bounded",
        options={"xatol": tolerance},
    )
    return float(refined.x) if refined.fun < scores[best] else float(grid[best])


def _fit_wls(
    empirical: tuple[np.ndarray, np.ndarray, np.ndarray], model: str, bounds: tuple[float, float]
) -> Variogram:
    """Profile the weighted squares over the range: for a given range, nugget and sill are linear and >= 0."""
    distance, gamma, pairs = empirical
    if len(distance) < 3:
        raise ValueError(f"{len(distance)} distance bins with pairs: too few to fit a variogram")
    weights = pairs / distance**2

    def score(log_range: float) -> tuple[float, float, float]:
        rise = 1.0 - correlation(model, distance, np.exp(log_range))
        least = GAUSSIAN_NUGGET if model == "gaussian" else 0.0
        nugget, psill = _non_negative_line(rise, gamma, weights, least)
        return float(np.sum(weights * (gamma - nugget - psill * rise) ** 2)), nugget, psill

    log_range = _search_log_range(score, bounds, points=60, tolerance=1e-7)
    _, nugget, psill = score(log_range)
    return Variogram(model, nugget, psill, float(np.exp(log_range)))


def _non_negative_line(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, least_share: float
) -> tuple[float, float]:
    """Weighted least squares y = a + b x with b >= 0 and a >= least_share (a + b); y >= 0."""
    total = weights.sum()
    mean_x, mean_y = (weights @ x) / total, (weights @ y) / total
    variance = weights @ (x - mean_x) ** 2
    b = (weights @ ((x - mean_x) * (y - mean_y))) / variance if variance > 0.0 else 0.0
    a = mean_y - b * mean_x
    if b <= 0.0:
        return float(mean_y), 0.0
    share = least_share / (1.0 - least_share)
    if a < share * b:
        b = (weights @ ((x + share) * y)) / (weights @ (x + share) ** 2)
        a = share * b
    return float(a), float(b)


# Nugget shares tried for every range: the likelihood is flat near 0 and curved near 1.
_SHARES = np.concatenate([np.logspace(-6, -1.2, 17), np.linspace(0.08, 1.0, 47)])


def _fit_reml(xy: np.ndarray, z: np.ndarray, trend: np.ndarray, counts: np.ndarray, model: str) -> Variogram:
    """Minimise -2 log restricted likelihood over range and nugget share, the sill profiled.

    With everything divided by the standard deviation 1 / sqrt(count) of the nugget, the covariance of the
    error contrasts is sill ((1 - s) L + s I), L diagonal: one decomposition a range serves every nugget
    share s.
    """
    scale = np.sqrt(counts)
    distance = cdist(xy, xy)
    p = trend.shape[1]
    contrasts = np.linalg.qr(trend * scale[:, None], mode="complete")[0][:, p:]
    scaled_contrasts = contrasts * scale[:, None]
    data = contrasts.T @ (z * scale)

    def score(log_range: float) -> tuple[float, float, float]:
        r = correlation(model, distance, np.exp(log_range))
        eigenvalues, vectors = eigh(scaled_contrasts.T @ r @ scaled_contrasts, check_finite=False)
        power = (vectors.T @ data) ** 2
        eigenvalues = np.maximum(eigenvalues, 0.0)
        best = int(np.argmin(_deviance(_SHARES, eigenvalues, power)))
        low, high = _SHARES[max(best - 1, 0)], _SHARES[min(best + 1, len(_SHARES) - 1)]
        fine = np.linspace(low, high, 65)
        deviance = _deviance(fine, eigenvalues, power)
        best = int(np.argmin(deviance))
        sill = float(np.mean(power / ((1.0 - fine[best]) * eigenvalues + fine[best])))
        return float(deviance[best]), float(fine[best]), sill

    log_range = _search_log_range(score, range_bounds(xy), points=14, tolerance=1e-3)
    _, share, sill = score(log_range)
    return Variogram(model, share * sill, (1.0 - share) * sill, float(np.exp(log_range)))


def _deviance(shares: np.ndarray, eigenvalues: np.ndarray, power: np.ndarray) -> np.ndarray:
    """Profile -2 log restricted likelihood of nugget shares, up to a constant."""
    variances = np.outer(1.0 - shares, eigenvalues) + shares[:, None]
    return len(power) * np.log((power / variances).sum(axis=1)) + np.log(variances).sum(axis=1)
