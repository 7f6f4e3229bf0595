"""Light use efficiency fitted to measured NPP, and what it errs by at a site that it was not fitted to.

NPP = eps_max x Y with a light yield Y that does not depend on eps_max: a class's efficiency is fitted by one
factor on the NPP that its published efficiency gives.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

LEAST_SITES = 3  # with measured NPP, below which nothing is fitted


class Fit(NamedTuple):
    """Factor on simulated NPP with its 95 % interval [1], and errors at the n sites [unit of the NPP].

    rmse_before is that of the NPP as simulated, rmse_after that of each site with the factor of the others.
    """

    factor: float
    low: float
    high: float
    n: int
    rmse_before: float
    rmse_after: float


def left_out_factors(measured: ArrayLike, simulated: ArrayLike) -> np.ndarray:
    """Factor on simulated NPP from all sites but one.

    f_i = (sum m - m_i) / (sum s - s_i)

    Parameters
    ----------
    measured, simulated : (n,) arrays
        NPP of each site, in one unit; sums of one site's months may stand for it.

    Returns
    -------
    (n,) array
        [1]; NaN everywhere with a NaN among the sites.
    """
    m, s = np.asarray(measured, dtype=np.float64), np.asarray(simulated, dtype=np.float64)
    return (m.sum() - m) / (s.sum() - s)


def fit_factor(measured: ArrayLike, simulated: ArrayLike) -> Fit:
    """Fit one factor on simulated NPP to the NPP measured at sites.

    f = sum m / sum s, least squares for errors whose variance grows with NPP; its 95 % interval is
    f +- t(0.975, n - 1) sqrt(sum((m - f s)^2 / s) / (n - 1) / sum s).

    Parameters
    ----------
    measured, simulated : (n,) arrays
        NPP of each site [gC m-2 yr-1], without NaN; simulated above 0.

    Returns
    -------
    Fit

    Raises
    ------
    ValueError
        With fewer than `LEAST_SITES` sites.

    References
    ----------
    Cochran 1977, Sampling Techniques, 3rd ed., chapter 6: the ratio estimator.

    Examples
    --------
    >>> from nppdrivers.npp.efficiency import fit_factor
    >>> fit = fit_factor([310.0, 420.0, 560.0], [250.0, 360.0, 450.0])
    >>> print(f"{fit.factor:.2f} ({fit.low:.2f} to {fit.high:.2f})")
    1.22 (1.11 to 1.33)
    """
    m, s = np.asarray(measured, dtype=np.float64), np.asarray(simulated, dtype=np.float64)
    if (n := m.size) < LEAST_SITES:
        raise ValueError(f"{n} sites with measured NPP are too few to fit to: give {LEAST_SITES} or more")
    factor = m.sum() / s.sum()
    variance = np.sum((m - factor * s) ** 2 / s) / (n - 1) / s.sum()
    reach = stats.t.ppf(0.975, n - 1) * np.sqrt(variance)
    after = left_out_factors(m, s) * s
    return Fit(factor, factor - reach, factor + reach, n, _rmse(m, s), _rmse(m, after))


def _rmse(measured: np.ndarray, simulated: np.ndarray) -> float:
    """Root mean square difference."""
    return float(np.sqrt(np.mean((measured - simulated) ** 2)))
