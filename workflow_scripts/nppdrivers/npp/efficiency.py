"""Light use efficiency fitted to measured NPP, and what it errs by at a site that it was not fitted to.

NPP = eps_max x Y with a light yield Y that does not depend on eps_max: a class's efficiency is fitted by one
factor on the NPP that its published efficiency gives.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import stdtrit

from nppdrivers.casa.parameters import MOST_EFFICIENT

LEAST_SITES = 3  # with measured NPP, below which nothing is fitted
COLUMNS = [
    "class",
    "published",
    "sites",
    "fitted",
    "low",
    "high",
    "rmse_published",
    "rmse_left_out",
    "epsilon_max",
    "outcome",
]


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
    reach = stdtrit(n - 1, 0.975) * np.sqrt(variance)
    after = left_out_factors(m, s) * s
    return Fit(factor, factor - reach, factor + reach, n, _rmse(m, s), _rmse(m, after))


def _rmse(measured: np.ndarray, simulated: np.ndarray) -> float:
    """Root mean square difference."""
    return float(np.sqrt(np.mean((measured - simulated) ** 2)))


def fit_classes(sites: pd.DataFrame, parameters: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Fit the efficiency of each class to its sites; what errs less at a site left out is taken.

    A class with fewer than `LEAST_SITES` sites keeps its published efficiency. Sites in one cell count as
    one, with their mean.

    Parameters
    ----------
    sites : DataFrame
        One row a site: class, cell (its number), measured and simulated [gC m-2 yr-1], the latter with the
        published efficiency; rows with a NaN are left out.
    parameters : DataFrame
        One row a class: class, vegetated, epsilon_max (published) [gC MJ-1].

    Returns
    -------
    table : DataFrame
        One row a class with vegetation: class, published [gC MJ-1], sites, fitted with low and high, its 95 %
        interval [gC MJ-1], rmse_published and rmse_left_out [gC m-2 yr-1], epsilon_max (what is taken)
        [gC MJ-1], outcome. NaN where nothing is fitted.
    left_out : Series
        NPP of each site by the efficiency that the others of its class give [gC m-2 yr-1]; NaN where nothing
        is fitted.

    Raises
    ------
    ValueError
        Where no class has enough sites, or the efficiency that is taken is none that plants can have.
    """
    known = sites.dropna(subset=["class", "measured", "simulated"])
    cells = known.groupby(["class", "cell"])[["measured", "simulated"]].mean()
    left_out, rows = pd.Series(np.nan, sites.index), []
    for name, published in _published(parameters).items():
        own = cells[cells.index.get_level_values("class") == name].droplevel("class")
        row = {"class": name, "published": published, "sites": len(own)}
        if len(own) < LEAST_SITES:
            kept = f"published: fewer than {LEAST_SITES} sites"
            rows.append(row | {"epsilon_max": published, "outcome": kept})
            continue
        rows.append(row | _taken(fit_factor(own["measured"], own["simulated"]), published))
        factors = pd.Series(left_out_factors(own["measured"], own["simulated"]), own.index)
        at = known.index[known["class"] == name]
        left_out[at] = known.loc[at, "simulated"] * known.loc[at, "cell"].map(factors)
    table = pd.DataFrame(rows, columns=COLUMNS)
    _refuse_impossible(table)
    return table, left_out


def _published(parameters: pd.DataFrame) -> dict[str, float]:
    """Published efficiency of each class with vegetation."""
    grows = parameters[parameters["vegetated"].astype(bool)]
    return dict(zip(grows["class"], grows["epsilon_max"], strict=True))


def _taken(fit: Fit, published: float) -> dict[str, float | str]:
    """Columns of a class with enough sites."""
    is_better = fit.rmse_after < fit.rmse_before
    return {
        "fitted": published * fit.factor,
        "low": published * fit.low,
        "high": published * fit.high,
        "rmse_published": fit.rmse_before,
        "rmse_left_out": fit.rmse_after,
        "epsilon_max": published * fit.factor if is_better else published,
        "outcome": "fitted" if is_better else "published: it errs less at sites left out",
    }


def _refuse_impossible(table: pd.DataFrame) -> None:
    """Refuse, by ValueError, a fit to nothing, and efficiencies beyond those of plants."""
    if table["fitted"].isna().all():
        counts = ", ".join(f"{row['class']} {row['sites']}" for _, row in table.iterrows())
        raise ValueError(
            f"npp.fit_epsilon: no class has {LEAST_SITES} sites with measured NPP where NPP is simulated "
            f"({counts}); give more, or take npp.fit_epsilon out"
        )
    for _, row in table[table["epsilon_max"] > MOST_EFFICIENT].iterrows():
        raise ValueError(
            f"npp.fit_epsilon: the measured NPP of {row['class']} asks for {row['epsilon_max']:.2f} gC MJ-1, "
            f"more than the {MOST_EFFICIENT:g} of any plants; check its unit, gC or g of dry matter m-2 yr-1"
        )
