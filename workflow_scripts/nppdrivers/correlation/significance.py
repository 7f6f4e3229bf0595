"""Significance of correlations: classes of local ones, tests of those at points."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from scipy import special

UNDEFINED, POSITIVE, NEGATIVE, INSIGNIFICANT = range(4)
LEGEND = {
    UNDEFINED: "undefined",
    POSITIVE: "significant positive",
    NEGATIVE: "significant negative",
    INSIGNIFICANT: "insignificant",
}


def critical_correlation(n_max: int, alpha: float = 0.05) -> np.ndarray:
    """Smallest correlation that is significant, for every number of pairs.

    ``r_c = t / sqrt(n - 2 + t^2)`` with t the two-sided Student quantile of n - 2 degrees of freedom.

    Parameters
    ----------
    n_max
        Largest number of pairs.
    alpha
        Two-sided level [0 to 1].

    Returns
    -------
    (n_max + 1,) float64
        Critical correlation by number of pairs [0 to 1]; infinite below 3: nothing is significant there.
    """
    n = np.arange(3, n_max + 1)
    t = special.stdtrit(n - 2, 1 - alpha / 2)
    critical = np.full(n_max + 1, np.inf)
    critical[3:] = t / np.sqrt(n - 2 + t**2)
    return critical


def least_pairs(window: int) -> int:
    """Fewest pairs for a window to get a class: ten, or a quarter of its cells.

    Parameters
    ----------
    window
        Side of the window [cells].

    Returns
    -------
    int
        ``max(10, ceil(window^2 / 4))``.
    """
    return max(10, -(-(window**2) // 4))


def classify(
    r: np.ndarray, n: np.ndarray, alpha: float = 0.05, min_n: int = 10
) -> tuple[np.ndarray, dict[int, str]]:
    """Significance class of every local correlation.

    A two-sided t test with n - 2 degrees of freedom, done by comparing abs(r) with the critical correlation
    of n pairs, without computing p-values.

    Parameters
    ----------
    r
        Correlations [-1 to 1]; NaN where undefined.
    n
        Numbers of pairs, shaped like r.
    alpha
        Two-sided level [0 to 1].
    min_n
        Fewer pairs make a cell undefined.

    Returns
    -------
    codes : uint8, shaped like r
        0 undefined, 1 significant positive, 2 significant negative, 3 insignificant. Undefined (a constant
        window, too few pairs) is never counted as insignificant.
    legend : dict
        Name of every code.
    """
    r, n = np.asarray(r), np.asarray(n)
    significant = np.abs(r) >= critical_correlation(int(n.max(initial=0)), alpha)[n]
    codes = np.full(r.shape, INSIGNIFICANT, np.uint8)
    codes[significant & (r > 0)] = POSITIVE
    codes[significant & ~(r > 0)] = NEGATIVE
    codes[np.isnan(r) | (n < min_n)] = UNDEFINED
    return codes, dict(LEGEND)


def class_shares(
    codes: np.ndarray, legend: dict[int, str], inside: np.ndarray | None = None, undefined: int = 0
) -> pd.DataFrame:
    """Share of the area in every class, over the defined cells and over all.

    Parameters
    ----------
    codes
        Class codes, any shape.
    legend
        Name of every code; codes not in it are refused.
    inside
        True in the study area, shaped like codes; everywhere by default.
    undefined
        The code of cells without a class.

    Returns
    -------
    DataFrame
        One row a code of the legend: code, name, cells, share_of_defined [%] (NaN for the undefined code, or
        where no cell is defined), share_of_all [%].

    Raises
    ------
    ValueError
        For a code that the legend does not name.
    """
    codes = np.asarray(codes)[... if inside is None else np.asarray(inside, dtype=bool)].ravel()
    stray = set(np.unique(codes).tolist()) - set(legend)
    if stray:
        raise ValueError(f"codes {sorted(stray)} are not in the legend {legend}")
    return shares_of_counts([int((codes == code).sum()) for code in legend], legend, undefined)


def shares_of_counts(cells: Sequence[int], legend: Mapping[int, str], undefined: int = 0) -> pd.DataFrame:
    """Share of the area in every class, from the cells in each.

    Parameters
    ----------
    cells
        Number of cells of every code, in the order of the legend.
    legend
        Name of every code.
    undefined
        The code of cells without a class.

    Returns
    -------
    DataFrame
        As of `class_shares`.
    """
    table = pd.DataFrame({"code": list(legend), "name": list(legend.values()), "cells": cells})
    defined = table["code"] != undefined
    total, everything = table.loc[defined, "cells"].sum(), table["cells"].sum()
    table["share_of_defined"] = (table["cells"] / max(total, 1) * 100).where(defined & (total > 0))
    table["share_of_all"] = table["cells"] / everything * 100 if everything else np.nan
    return table


def effective_sample_size(xy: np.ndarray, x: np.ndarray, y: np.ndarray, classes: int = 20) -> float:
    """Count the independent points that are as informative about a correlation as autocorrelated ones.

    ``ESS = 1 + 1 / var r``, ``var r = sum_k n_k cx(k) cy(k) / (n^2 sx^2 sy^2)`` over distance classes k, with
    n_k the ordered pairs of points in a class (class 0: each point with itself) and c(k) the autocovariance.

    Parameters
    ----------
    xy
        Coordinates (n, 2) [m].
    x, y
        Values at the points (n,), without NaN.
    classes
        Distance classes of equal width up to the largest distance.

    Returns
    -------
    float
        Between 1 and n: the estimate is cut at n, its value without autocorrelation. NaN for a constant.

    References
    ----------
    Clifford, Richardson & Hemon (1989), Biometrics 45:123, eq. 2.3. Dutilleul (1993), Biometrics 49:305.
    """
    n = len(x)
    zx, zy = x - np.mean(x), y - np.mean(y)
    if not (zx.any() and zy.any()):
        return np.nan
    i, j = np.triu_indices(n, 1)
    distance = np.hypot(*(xy[i] - xy[j]).T)
    k = np.minimum((distance / distance.max() * classes).astype(int), classes - 1)
    pairs = np.maximum(np.bincount(k, minlength=classes), 1)
    products_x = np.bincount(k, zx[i] * zx[j], minlength=classes)
    products_y = np.bincount(k, zy[i] * zy[j], minlength=classes)
    var_x, var_y = np.mean(zx**2), np.mean(zy**2)
    var_r = 1 / n + 2 * (products_x * products_y / pairs).sum() / (n**2 * var_x * var_y)
    return float(min(1 + 1 / var_r, n)) if var_r > 0 else float(n)


def pearson_table(points_xy: np.ndarray, drivers: pd.DataFrame, response: np.ndarray) -> pd.DataFrame:
    """Pearson correlation of every driver with the response at points, with a naive and an honest p.

    Parameters
    ----------
    points_xy
        Coordinates (n, 2) [m].
    drivers
        Values of the drivers at the points, one column each.
    response
        Values of the response at the points (n,).

    Returns
    -------
    DataFrame
        One row a driver: driver, n (complete pairs), r, p (as if all points were independent), ess
        (effective sample size), p_ess (two-sided t with ess - 2 degrees of freedom). NaN for a constant
        driver or fewer than 4 pairs; p_ess is NaN for ess <= 2. A point that lacks one driver is left out
        for that driver only.

    References
    ----------
    Dutilleul (1993), Biometrics 49:305.
    """
    points_xy, response = np.asarray(points_xy, dtype=float), np.asarray(response, dtype=float)
    rows = []
    for name in drivers.columns:
        x = drivers[name].to_numpy(dtype=float)
        good = np.isfinite(x) & np.isfinite(response)
        rows.append((name, *_correlate_points(points_xy[good], x[good], response[good])))
    return pd.DataFrame(rows, columns=["driver", "n", "r", "p", "ess", "p_ess"])


def _correlate_points(xy: np.ndarray, x: np.ndarray, y: np.ndarray) -> tuple[int, float, float, float, float]:
    if len(x) < 4 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return len(x), np.nan, np.nan, np.nan, np.nan
    r = float(np.clip(np.corrcoef(x, y)[0, 1], -1, 1))
    ess = effective_sample_size(xy, x, y)
    return len(x), r, _two_sided(r, len(x)), ess, _two_sided(r, ess)


def _two_sided(r: float, n: float) -> float:
    """Probability of so large a correlation of n independent pairs by chance; NaN for n of 2 or less."""
    if n <= 2:
        return np.nan
    t = abs(r) * np.sqrt((n - 2) / max(1 - r**2, np.finfo(float).tiny))
    return float(2 * special.stdtr(n - 2, -t))
