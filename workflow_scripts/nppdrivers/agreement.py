"""How predictions agree with observations, and whether their errors are as large as stated."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

NORMAL_95 = 1.6448536269514722  # 95 % quantile of N(0, 1)


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
