"""Fit of a variogram model by weighted least squares or by restricted maximum likelihood.

Sources: Cressie (1993), Statistics for Spatial Data, section 2.6; Pebesma (2004), Multivariable geostatistics
in S: the gstat package, Computers & Geosciences 30, 683-691 (weights); Patterson and Thompson (1971),
Biometrika 58, 545-554 (REML).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.linalg import eigh
from scipy.optimize import minimize_scalar
from scipy.spatial.distance import cdist

from nppdrivers.kriging.variogram import (
    GAUSSIAN_NUGGET,
    MODELS,
    Variogram,
    clean_samples,
    correlation,
    empirical_variogram,
    range_bounds,
)

METHODS = ("wls", "reml")
_WLS_RANGES, _REML_RANGES = 60, 14  # ranges tried before the best is refined
# Nugget shares tried for every range: the likelihood is flat near 0 and curved near 1.
_SHARES = np.concatenate([np.logspace(-6, -1.2, 17), np.linspace(0.08, 1.0, 47)])


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
    if method not in METHODS:
        raise ValueError(f"method must be 'wls' or 'reml', not {method!r}")
    xy, z, trend, counts = clean_samples(xy, values, drift, counts)
    residuals = z - trend @ np.linalg.lstsq(trend, z, rcond=None)[0]
    if np.linalg.norm(residuals) <= 1e-12 * np.linalg.norm(z):
        raise ValueError("the values have no variance about their trend: a constant needs no kriging")
    if method == "wls":
        return fit_wls(empirical_variogram(xy, residuals), model, range_bounds(xy))
    return fit_reml(xy, z[None], trend, counts, model, range_bounds(xy))[0]


def fit_wls(
    empirical: tuple[np.ndarray, np.ndarray, np.ndarray], model: str, bounds: tuple[float, float]
) -> Variogram:
    """Fit by weighted least squares, weights pairs / distance^2.

    Parameters
    ----------
    empirical
        What `empirical_variogram` returns.
    model : str
        One of MODELS.
    bounds : (low, high)
        Of the range [unit of the coordinates].

    Returns
    -------
    Variogram

    Raises
    ------
    ValueError
        For fewer than three bins of distance.
    """
    distance, gamma, pairs = empirical
    if len(distance) < 3:
        raise ValueError(f"{len(distance)} distance bins with pairs: too few to fit a variogram")
    weights = pairs / distance**2
    least = GAUSSIAN_NUGGET if model == "gaussian" else 0.0

    def lines(log_ranges: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        # For a given range, nugget and partial sill are linear.
        rise = 1.0 - correlation(model, distance, np.exp(log_ranges)[:, None])
        nugget, psill = _non_negative_lines(rise, gamma, weights, least)
        misfit = gamma - nugget[:, None] - psill[:, None] * rise
        return misfit**2 @ weights, nugget, psill

    grid = np.linspace(np.log(bounds[0]), np.log(bounds[1]), _WLS_RANGES)
    log_range = _refine(lambda x: lines(np.array([x]))[0][0], grid, lines(grid)[0], tolerance=1e-7)
    _, nugget, psill = lines(np.array([log_range]))
    return Variogram(model, float(nugget[0]), float(psill[0]), float(np.exp(log_range)))


def _non_negative_lines(
    x: np.ndarray, y: np.ndarray, weights: np.ndarray, least_share: float
) -> tuple[np.ndarray, np.ndarray]:
    """Weighted least squares y = a + b x, a row of x each, b >= 0 and a >= least_share (a + b); y >= 0."""
    total = weights.sum()
    mean_x, mean_y = x @ weights / total, float(y @ weights / total)
    departure = x - mean_x[:, None]
    variance = departure**2 @ weights
    b = np.divide(departure @ (weights * (y - mean_y)), variance, out=np.zeros(len(x)), where=variance > 0.0)
    a = mean_y - b * mean_x
    share = least_share / (1.0 - least_share)
    shifted = x + share
    through = shifted @ (weights * y) / (shifted**2 @ weights)
    low = a < share * b
    a, b = np.where(low, share * through, a), np.where(low, through, b)
    flat = ~(b > 0.0)
    return np.where(flat, mean_y, a), np.where(flat, 0.0, b)


def fit_reml(
    xy: np.ndarray,
    values: np.ndarray,
    trend: np.ndarray,
    counts: np.ndarray,
    model: str,
    bounds: tuple[float, float],
) -> list[Variogram]:
    """Fit several properties of the same samples by restricted maximum likelihood.

    -2 log restricted likelihood is minimised over range and nugget share, the sill profiled. With everything
    divided by the standard deviation 1 / sqrt(count) of the nugget, the covariance of the error contrasts is
    sill ((1 - s) L + s I), L diagonal: one decomposition a range serves every nugget share s, and all
    properties.

    Parameters
    ----------
    xy, trend, counts : (n, 2), (n, 1 + k), (n,)
        As `clean_samples` returns them.
    values : (m, n)
        A row a property, complete.
    model : str
        One of MODELS.
    bounds : (low, high)
        Of the range [unit of the coordinates].

    Returns
    -------
    list of Variogram
        One a property.
    """
    scale = np.sqrt(counts)
    distance = cdist(xy, xy)
    contrasts = np.linalg.qr(trend * scale[:, None], mode="complete")[0][:, trend.shape[1] :]
    scaled_contrasts = contrasts * scale[:, None]
    data = contrasts.T @ (values * scale).T

    def profiles(log_range: float, columns: np.ndarray) -> list[tuple[float, float, float]]:
        """Best deviance of each property at a range, with its nugget share and sill."""
        r = correlation(model, distance, np.exp(log_range))
        eigenvalues, vectors = eigh(
            scaled_contrasts.T @ r @ scaled_contrasts, driver="evd", check_finite=False
        )
        eigenvalues = np.maximum(eigenvalues, 0.0)
        return [_best_share(eigenvalues, power) for power in ((vectors.T @ columns) ** 2).T]

    grid = np.linspace(np.log(bounds[0]), np.log(bounds[1]), _REML_RANGES)
    tried = np.array([[deviance for deviance, _, _ in profiles(x, data)] for x in grid]).T
    fits = []
    for column, deviances in zip(data.T[:, :, None], tried, strict=True):

        def deviance(log_range: float, column: np.ndarray = column) -> float:
            return profiles(log_range, column)[0][0]

        best = _refine(deviance, grid, deviances, tolerance=1e-2)
        _, share, sill = profiles(best, column)[0]
        fits.append(Variogram(model, share * sill, (1.0 - share) * sill, float(np.exp(best))))
    return fits


def _best_share(eigenvalues: np.ndarray, power: np.ndarray) -> tuple[float, float, float]:
    """Least deviance over the nugget share, that share, and the sill."""
    best = int(np.argmin(_deviance(_SHARES, eigenvalues, power)))
    fine = np.linspace(_SHARES[max(best - 1, 0)], _SHARES[min(best + 1, len(_SHARES) - 1)], 65)
    deviance = _deviance(fine, eigenvalues, power)
    best = int(np.argmin(deviance))
    sill = float(np.mean(power / ((1.0 - fine[best]) * eigenvalues + fine[best])))
    return float(deviance[best]), float(fine[best]), sill


def _deviance(shares: np.ndarray, eigenvalues: np.ndarray, power: np.ndarray) -> np.ndarray:
    """Profile -2 log restricted likelihood of nugget shares, up to a constant."""
    variances = np.outer(1.0 - shares, eigenvalues) + shares[:, None]
    return len(power) * np.log((power / variances).sum(axis=1)) + np.log(variances).sum(axis=1)


def _refine(score: Callable[[float], float], grid: np.ndarray, scores: np.ndarray, tolerance: float) -> float:
    """Log range of the least score, by Brent's method about the best point of a grid."""
    best = int(np.argmin(scores))
    refined = minimize_scalar(
        score,
        bounds=(grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]),
        method="bounded",
        options={"xatol": tolerance},
    )
    return float(refined.x) if refined.fun < scores[best] else float(grid[best])
