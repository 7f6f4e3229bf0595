"""Kriging with an external drift: cross-validation without loops, and prediction with variance by blocks.

Sources: Cressie (1993), Statistics for Spatial Data, 3.2 and 3.4; Dubrule (1983), Cross validation of
kriging in a unique neighborhood, Math. Geol. 15, 687-699.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numba import njit
from scipy.linalg import LinAlgError, blas, cholesky, solve_triangular
from scipy.spatial.distance import cdist

from nppdrivers.kriging.variogram import MODELS, Variogram, clean_samples, correlation

BLOCK_ELEMENTS = 2**19  # covariances of one block of targets: 4 MiB
SINGULAR = 1e-13  # least share of the largest pivot in a matrix that is not singular to rounding


def merge_duplicates(
    xy: np.ndarray, values: np.ndarray, drift: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None, np.ndarray]:
    """Average the samples at one place; samples with NaN values are dropped first.

    Returns
    -------
    xy, values, drift, counts : (m, 2), (m,), (m, k) or None, (m,)
        In the order of first appearance; counts is the number of samples averaged.

    Examples
    --------
    >>> import numpy as np
    >>> from nppdrivers import kriging
    >>> xy = np.array([[0, 0], [1, 1], [0, 0]])
    >>> kriging.merge_duplicates(xy, np.array([1.0, 5.0, 3.0]))
    (array([[0., 0.],
           [1., 1.]]), array([2., 5.]), None, array([2, 1]))
    """
    xy, values = np.asarray(xy, dtype=float), np.asarray(values, dtype=float)
    used = np.isfinite(values)
    _, first, place, counts = np.unique(
        xy[used], axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    place, order = place.ravel(), np.argsort(first)

    def average(column: np.ndarray) -> np.ndarray:
        return (np.bincount(place, column) / counts)[order]

    merged = None
    if drift is not None:
        drift = np.asarray(drift, dtype=float).reshape(len(xy), -1)[used]
        merged = np.column_stack([average(column) for column in drift.T])
    return xy[used][first[order]], average(values[used]), merged, counts[order]


def _factorise(xy: np.ndarray, variogram: Variogram, counts: np.ndarray) -> np.ndarray:
    """Lower Cholesky factor of the covariance of the samples."""
    covariance = variogram.psill * correlation(variogram.model, cdist(xy, xy), variogram.range)
    covariance[np.diag_indices(len(xy))] += variogram.nugget / counts
    try:
        factor = cholesky(covariance, lower=True, check_finite=False)
    except LinAlgError:
        factor = None
    # Below 1e-7 of the largest pivot rounding errors exceed the variances of interest.
    if factor is None or np.diag(factor).min() < 1e-7 * np.diag(factor).max():
        raise ValueError(
            f"the covariance of the samples is singular for {variogram}: two samples at one place without a "
            "nugget (see merge_duplicates), or a gaussian model without a nugget"
        )
    return factor


def cross_validate(
    xy: np.ndarray,
    values: np.ndarray,
    variogram: Variogram,
    *,
    drift: np.ndarray | None = None,
    folds: np.ndarray | int | None = None,
    counts: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Predict every sample from the samples of the other folds, with the variogram as given.

    P = K^-1 - K^-1 F (F'K^-1 F)^-1 F'K^-1; for a fold f: residuals (P_ff)^-1 (P z)_f, variances
    diag (P_ff)^-1 (Dubrule 1983).

    Parameters
    ----------
    xy, values, drift : (n, 2), (n,), (n, k)
        Samples, their values (NaN = missing, left out), covariates of the trend without the constant.
    variogram : Variogram
    folds : (n,) labels or int, optional
        By default each sample is its own fold (leave-one-out); an integer deals the samples out in turn.
    counts : (n,), optional
        How many samples at one place each value averages; its nugget is divided by it.

    Returns
    -------
    residuals : (n,) [unit of values]
        Observed minus predicted; NaN where the value is missing.
    variances : (n,) [unit of values, squared]
        Of these residuals, nugget included.

    Raises
    ------
    ValueError
        For unusable samples or a singular covariance.

    Examples
    --------
    The error of each sample predicted from the others, against their spread:

    >>> import numpy as np
    >>> from nppdrivers import kriging
    >>> xy = np.random.default_rng(1).uniform(0, 1000, (60, 2))
    >>> values = 10 + np.sin(xy[:, 0] / 200) + np.cos(xy[:, 1] / 200)
    >>> variogram = kriging.fit_variogram(xy, values, "spherical")
    >>> residuals, variances = kriging.cross_validate(xy, values, variogram)
    >>> print(f"error {np.std(residuals):.1f}, spread {np.std(values):.1f}")
    error 0.1, spread 1.0
    """
    n = len(values)
    used = np.isfinite(np.asarray(values, dtype=float))
    xy, z, trend, counts = clean_samples(xy, values, drift, counts)
    p = projection(xy, variogram, trend, counts)
    if folds is None:
        labels = np.arange(len(z))
    else:
        labels = (np.arange(n) % folds if np.ndim(folds) == 0 else np.asarray(folds))[used]
    residuals, variances = np.full(n, np.nan), np.full(n, np.nan)
    residuals[used], variances[used] = fold_residuals(p, z, labels)
    return residuals, variances


def projection(xy: np.ndarray, variogram: Variogram, trend: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """P = K^-1 - K^-1 F (F'K^-1 F)^-1 F'K^-1 of samples as `clean_samples` returns them (n, n)."""
    factor = _factorise(xy, variogram, counts)
    half = solve_triangular(factor, np.eye(len(xy)), lower=True, check_finite=False)
    q = np.linalg.qr(half @ trend)[0]
    half -= q @ (q.T @ half)
    return half.T @ half


def fold_residuals(p: np.ndarray, values: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Predict samples without their fold, from P.

    Parameters
    ----------
    p : (n, n)
        `projection` of the samples.
    values : (n,)
    labels : (n,)
        Folds.

    Returns
    -------
    residuals, variances : (n,) each
        (P_ff)^-1 (P z)_f, and the diagonal of (P_ff)^-1 (Dubrule 1983).

    Raises
    ------
    ValueError
        For a fold without which too few samples remain for the trend.
    """
    _, fold = np.unique(labels, return_inverse=True)
    order = np.argsort(fold, kind="stable")
    first = np.concatenate([[0], np.cumsum(np.bincount(fold))])
    e, variance, failed = _solve_folds(p, p @ values, order, first)
    if failed >= 0:
        label = labels[order[first[failed]]]
        raise ValueError(f"without fold {label} too few samples remain for the trend")
    return e, variance


@njit(cache=True, nogil=True)
def _solve_folds(
    p: np.ndarray, weighted: np.ndarray, order: np.ndarray, first: np.ndarray
) -> tuple[np.ndarray, np.ndarray, int]:
    """Residuals and variances, fold by fold, from Cholesky factors; and the first singular fold or -1."""
    e, variance = np.empty(weighted.size), np.empty(weighted.size)
    for fold in range(first.size - 1):
        rows = order[first[fold] : first[fold + 1]]
        m = rows.size
        # columns of [P_ff | (P z)_f | I] are eliminated to [L' | L^-1 (P z)_f | L^-1]
        a = np.zeros((m, 2 * m + 1))
        for i in range(m):
            for j in range(m):
                a[i, j] = p[rows[i], rows[j]]
            a[i, m] = weighted[rows[i]]
            a[i, m + 1 + i] = 1.0
        largest = 0.0
        for i in range(m):
            largest = max(largest, a[i, i])
        for i in range(m):
            if not a[i, i] > SINGULAR * largest:
                return e, variance, fold
            a[i, i:] /= np.sqrt(a[i, i])
            for j in range(i + 1, m):
                a[j, i + 1 :] -= a[i, j] * a[i, i + 1 :]
        inverse_factor = a[:, m + 1 :]
        for j in range(m):
            e[rows[j]] = (inverse_factor[:, j] * a[:, m]).sum()
            variance[rows[j]] = (inverse_factor[:, j] ** 2).sum()
    return e, variance, -1


@njit(cache=True, nogil=True)
def _fill_covariance(
    targets: np.ndarray,
    xy: np.ndarray,
    model: int,
    psill: float,
    scale: float,
    nuggets: np.ndarray,
    out: np.ndarray,
) -> None:
    """Write the covariances of targets with samples; a target at a sample's place shares its nugget."""
    for i in range(targets.shape[0]):
        for j in range(xy.shape[0]):
            squared = (targets[i, 0] - xy[j, 0]) ** 2 + (targets[i, 1] - xy[j, 1]) ** 2
            if model == 2:
                rho = np.exp(-squared / (scale * scale))
            else:
                u = np.sqrt(squared) / scale
                if model == 0:
                    v = min(u, 1.0)  # which may lose a NaN
                    rho = 1.0 + v * (0.5 * v * v - 1.5) if u == u else np.nan
                elif model == 1:
                    rho = np.exp(-u)
                elif model == 3:
                    rho = (1.0 + u) * np.exp(-u)
                else:
                    rho = (1.0 + u + u * u / 3.0) * np.exp(-u)
            out[i, j] = psill * rho
            if squared == 0.0:
                out[i, j] += nuggets[j]


def predict(
    xy: np.ndarray,
    values: np.ndarray,
    variogram: Variogram,
    targets: np.ndarray,
    *,
    drift: np.ndarray | None = None,
    target_drift: np.ndarray | None = None,
    counts: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Kriging prediction and its variance at targets, all samples in one neighbourhood.

    mean = t'b + c'K^-1 (z - F b), b = (F'K^-1 F)^-1 F'K^-1 z;
    variance = sill - c'K^-1 c + d'(F'K^-1 F)^-1 d, d = t - F'K^-1 c.

    Parameters
    ----------
    xy, values, drift, variogram, counts
        As in `cross_validate`.
    targets : (N, 2)
    target_drift : (N, k)
        Needed with drift.

    Returns
    -------
    mean : (N,) [unit of values]
        At a sample's place the sample itself. NaN where a coordinate or covariate of the target is NaN.
    variance : (N,) [unit of values, squared]
        Of a new measurement: the nugget is included.

    Raises
    ------
    ValueError
        For unusable samples, a singular covariance, or drift given at one of samples and targets only.

    Examples
    --------
    At a sample the sample itself; amid four samples their mean, and a variance:

    >>> import numpy as np
    >>> from nppdrivers import kriging
    >>> xy = np.array([[0.0, 0.0], [100, 0], [0, 100], [100, 100]])
    >>> variogram = kriging.Variogram("exponential", nugget=0.0, psill=1.0, range=200.0)
    >>> targets = np.array([[0.0, 0.0], [50, 50]])
    >>> mean, variance = kriging.predict(xy, np.array([1.0, 2, 3, 4]), variogram, targets)
    >>> mean.round(2), variance.round(2)
    (array([1. , 2.5]), array([0.  , 0.27]))
    """
    targets = np.ascontiguousarray(targets, dtype=float)
    if (drift is None) != (target_drift is None):
        raise ValueError("give the drift at the samples and at the targets, or at neither")
    trend_at = _target_trend(np.asarray(values), drift, target_drift, len(targets))
    xy, z, trend, counts = clean_samples(xy, values, drift, counts)
    factor = _factorise(xy, variogram, counts)
    nuggets = variogram.nugget / counts
    half = solve_triangular(factor, np.eye(len(z)), lower=True, check_finite=False)
    q, r = np.linalg.qr(half @ trend)
    r_inverse = solve_triangular(r, np.eye(len(r)))
    beta = r_inverse @ (q.T @ (half @ z))
    weights = half.T @ (half @ (z - trend @ beta))
    # With w = half c, |Q'w - R^-T t|^2 is the variance that the estimation of the trend adds.
    to_trend = half.T @ q
    mean, variance = np.empty(len(targets)), np.empty(len(targets))
    step = max(1, BLOCK_ELEMENTS // len(z))
    model = MODELS.index(variogram.model)
    for start in range(0, len(targets), step):
        block = slice(start, start + step)
        c = np.empty((len(targets[block]), len(z)))
        _fill_covariance(targets[block], xy, model, variogram.psill, variogram.range, nuggets, c)
        t = trend_at(block)
        mean[block] = t @ beta + c @ weights
        from_trend = c @ to_trend - t @ r_inverse
        # The transposed view is in Fortran order: half c' is formed in place of c.
        whitened = blas.dtrmm(1.0, half, c.T, lower=1, overwrite_b=1)
        explained = np.einsum("ij,ij->j", whitened, whitened)
        variance[block] = variogram.sill - explained + np.einsum("ij,ij->i", from_trend, from_trend)
    return mean, np.maximum(variance, 0.0)


def _target_trend(
    values: np.ndarray, drift: np.ndarray | None, target_drift: np.ndarray | None, n_targets: int
) -> Callable[[slice], np.ndarray]:
    """Return a function of a block that gives its trend matrix, standardised as that of the samples is."""
    if drift is None or target_drift is None:
        return lambda block: np.ones((len(range(n_targets)[block]), 1))
    used = np.isfinite(values.astype(float))
    drift = np.asarray(drift, dtype=float).reshape(len(values), -1)[used]
    covariates = np.asarray(target_drift, dtype=float).reshape(n_targets, -1)
    if covariates.shape[1] != drift.shape[1]:
        raise ValueError(
            f"{drift.shape[1]} drift covariates at the samples, {covariates.shape[1]} at the targets"
        )
    centre, spread = drift.mean(axis=0), drift.std(axis=0)

    def trend_at(block: slice) -> np.ndarray:
        standardised = (covariates[block] - centre) / spread
        return np.column_stack([np.ones(len(standardised)), standardised])

    return trend_at
