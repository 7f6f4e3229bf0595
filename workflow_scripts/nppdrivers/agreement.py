"""How predictions agree with observations, errors with what is stated of them; moments of many values."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

NORMAL_95 = 1.6448536269514722  # 95 % quantile of N(0, 1)
OUTLIER_Z = 3.0  # standard errors beyond which a value that was left out is an outlier


@dataclass(frozen=True)
class Agreement:
    """How n predictions agree with observations: bias, MAE, RMSE [their unit], r and Lin's rho_c [1]."""

    n: int
    bias: float
    mae: float
    rmse: float
    r: float
    concordance: float


def agreement(predicted: ArrayLike, observed: ArrayLike) -> Agreement:
    """Compare pairs of values.

    bias = mean(p - o); rho_c = 2 s_po / (s_p^2 + s_o^2 + (mean p - mean o)^2), moments with 1 / n.

    Parameters
    ----------
    predicted, observed : arrays of one shape
        In one unit; pairs with a NaN are left out.

    Returns
    -------
    Agreement
        bias, MAE and RMSE need one pair, else NaN; r and rho_c need two and some spread in both.

    Raises
    ------
    ValueError
        For shapes that differ.

    References
    ----------
    Lin 1989, Biometrics 45:255-268.

    Examples
    --------
    >>> from nppdrivers.agreement import agreement
    >>> scores = agreement([300, 420, 500, 350], [280, 400, 510, 400])
    >>> print(f"bias {scores.bias:.0f}, RMSE {scores.rmse:.0f}, r {scores.r:.2f}")
    bias -5, RMSE 29, r 0.94
    """
    p, o = np.asarray(predicted, dtype=np.float64), np.asarray(observed, dtype=np.float64)
    if p.shape != o.shape:
        raise ValueError(f"predicted {p.shape} and observed {o.shape} must have one shape")
    both = ~(np.isnan(p) | np.isnan(o))
    p, o = p[both], o[both]
    if p.size == 0:
        return Agreement(0, *[np.nan] * 5)
    error = p - o
    scores = (error.mean(), np.abs(error).mean(), np.sqrt((error**2).mean()))
    r = concordance = np.nan
    if np.ptp(p) > 0 and np.ptp(o) > 0:
        covariance = ((p - p.mean()) * (o - o.mean())).mean()
        r = covariance / (p.std() * o.std())
        concordance = 2 * covariance / (p.var() + o.var() + error.mean() ** 2)
    return Agreement(p.size, *(float(score) for score in (*scores, r, concordance)))


def coverage_90(standardised_errors: ArrayLike) -> float:
    """Share of errors within the 90 % interval of a normal distribution, |z| <= 1.645.

    Parameters
    ----------
    standardised_errors : array
        Errors over their stated standard deviation, z [1]; without NaN.

    Returns
    -------
    float
        0 to 1, about 0.9 where the standard deviations are right; NaN without any error.
    """
    z = np.asarray(standardised_errors)
    return float(np.mean(np.abs(z) <= NORMAL_95)) if z.size else float("nan")


class Moments:
    """Number, means and covariances of k variables whose values come in parts, as those of a large map do.

    Sums of squares and products are taken about the means of a part and moved to the means of all, so that
    no digits cancel.

    Parameters
    ----------
    k : int
        Number of variables.

    Attributes
    ----------
    n : int
        Values added of each variable.
    mean : (k,) array
        [their units]; 0 before any is added.

    References
    ----------
    Chan, Golub & LeVeque 1983, The American Statistician 37:242.
    """

    def __init__(self, k: int) -> None:
        self.n, self.mean, self._about = 0, np.zeros(k), np.zeros((k, k))

    def add(self, values: np.ndarray) -> None:
        """Add values (k, n), without NaN; none is nothing."""
        values = np.asarray(values, np.float64)
        n = values.shape[1]
        if n == 0:
            return
        mean = values.mean(axis=1)
        centred, step = values - mean[:, np.newaxis], mean - self.mean
        joint = self.n + n
        self._about += centred @ centred.T + np.outer(step, step) * (self.n * n / joint)
        self.mean += step * (n / joint)
        self.n = joint

    @property
    def covariance(self) -> np.ndarray:
        """Covariances with n - 1 (k, k) [products of their units]; NaN with fewer than two values."""
        return self._about / (self.n - 1) if self.n > 1 else np.full_like(self._about, np.nan)


class AgreementInParts:
    """Agreement of pairs of values that come in parts, as those of a large map do; see `agreement`."""

    def __init__(self) -> None:
        self._moments = Moments(4)  # of prediction, observation, size of the error and its square
        self._least, self._greatest = np.full(2, np.inf), np.full(2, -np.inf)

    def add(self, predicted: ArrayLike, observed: ArrayLike) -> None:
        """Add pairs; those with a NaN are left out."""
        pairs = np.stack([np.asarray(predicted, np.float64), np.asarray(observed, np.float64)])
        pairs = pairs[:, ~np.isnan(pairs).any(axis=0)]
        self._least = np.minimum(self._least, pairs.min(axis=1, initial=np.inf))
        self._greatest = np.maximum(self._greatest, pairs.max(axis=1, initial=-np.inf))
        error = pairs[0] - pairs[1]
        self._moments.add(np.stack([*pairs, np.abs(error), error**2]))

    def result(self) -> Agreement:
        """Agreement of all pairs that were added."""
        n, (p, o, size, square) = self._moments.n, self._moments.mean
        if n == 0:
            return Agreement(0, *[np.nan] * 5)
        r = concordance = np.nan
        if (self._greatest > self._least).all():
            (var_p, covariance), (_, var_o) = self._moments.covariance[:2, :2] * ((n - 1) / n)
            r = covariance / np.sqrt(var_p * var_o)
            concordance = 2 * covariance / (var_p + var_o + (p - o) ** 2)
        return Agreement(n, *(float(score) for score in (p - o, size, np.sqrt(square), r, concordance)))
