"""How the drivers depend on each other, what each explains, and where they leave the range of the sample."""

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree
from scipy.spatial.distance import pdist


def variance_inflation(drivers: pd.DataFrame) -> pd.DataFrame:
    """Correlation matrix of the drivers, with the variance inflation factor of each.

    ``VIF_j = 1 / (1 - R2 of driver j on all others)``, the diagonal of the inverse correlation matrix.

    Parameters
    ----------
    drivers
        One column a driver; rows with NaN are left out.

    Returns
    -------
    DataFrame
        Indexed by driver: a column of correlations for every driver, and vif [1 and above] (infinite where a
        driver follows from the others); NaN for a constant driver.
    """
    table = drivers.dropna()
    correlation = table.corr()
    varying = correlation.index[table.std() > 0]
    values = correlation.loc[varying, varying].to_numpy()
    vif = np.full(len(varying), np.inf)
    if np.linalg.matrix_rank(values, hermitian=True) == len(varying):
        vif = np.diag(np.linalg.inv(values))
    else:
        for j in range(len(varying)):
            others = np.delete(np.arange(len(varying)), j)
            fitted = np.linalg.lstsq(values[np.ix_(others, others)], values[others, j], rcond=None)[0]
            unexplained = 1 - fitted @ values[others, j]
            vif[j] = 1 / unexplained if unexplained > 1e-10 else np.inf
    return correlation.assign(vif=pd.Series(vif, index=varying))


def strata(values: np.ndarray, classes: int = 6) -> np.ndarray:
    """Divide a driver into classes of about equal numbers of points.

    Parameters
    ----------
    values
        Driver at the points (n,), without NaN.
    classes
        Number of classes; there are fewer where many values are equal.

    Returns
    -------
    (n,) int array
        Class of every point.
    """
    inner = np.quantile(values, np.arange(1, classes) / classes)
    return np.unique(np.searchsorted(np.unique(inner), values, side="left"), return_inverse=True)[1]


def explained_share(response: np.ndarray, classes: np.ndarray) -> float:
    """Share of the variance of the response between classes: ``q = 1 - SSW / SST``.

    Parameters
    ----------
    response
        Values at the points (n,), without NaN.
    classes
        Class of every point (n,).

    Returns
    -------
    float
        [0 to 1]; NaN for a constant response.

    References
    ----------
    Wang et al. (2010), International Journal of Geographical Information Science 24:107, eq. 1.
    """
    _, number = np.unique(classes, return_inverse=True)
    means = np.bincount(number, response) / np.bincount(number)
    total = ((response - response.mean()) ** 2).sum()
    return float(1 - ((response - means[number]) ** 2).sum() / total) if total > 0 else np.nan


def geographical_detector(drivers: pd.DataFrame, response: np.ndarray, classes: int = 6) -> pd.DataFrame:
    """Explained share q of every pair of drivers together, of each alone, and how the two interact.

    Parameters
    ----------
    drivers
        Drivers at the points, one column each, without NaN.
    response
        Response at the points (n,), without NaN.
    classes
        Classes that a driver is divided into.

    Returns
    -------
    DataFrame
        One row a pair: first, second, q_first, q_second, q_both, interaction ("weaken, nonlinear", "weaken,
        univariate", "enhance, bivariate" or "enhance, nonlinear"). Many classes of few points raise q_both by
        chance.

    References
    ----------
    Wang et al. (2010), International Journal of Geographical Information Science 24:107, table 1.
    """
    cut = {name: strata(drivers[name].to_numpy(dtype=float), classes) for name in drivers.columns}
    q = {name: explained_share(response, classed) for name, classed in cut.items()}
    rows = []
    for i, first in enumerate(cut):
        for second in list(cut)[i + 1 :]:
            both = explained_share(response, cut[first] * classes + cut[second])
            rows.append((first, second, q[first], q[second], both, _interaction(q[first], q[second], both)))
    return pd.DataFrame(rows, columns=["first", "second", "q_first", "q_second", "q_both", "interaction"])


def _interaction(first: float, second: float, both: float) -> str:
    if both > first + second:
        return "enhance, nonlinear"
    if both > max(first, second):
        return "enhance, bivariate"
    return "weaken, univariate" if both > min(first, second) else "weaken, nonlinear"


class DriverSpace:
    """The space of the drivers, in which cells are compared with the sample.

    The drivers are standardised by the sample and multiplied by their weights.

    Parameters
    ----------
    sample
        Drivers at the points (n, p), without NaN.
    weights
        Importance of the drivers (p,) [any unit, not negative].
    fold
        Cross-validation fold of every point (n,).

    Attributes
    ----------
    threshold : float
        Upper whisker (third quartile + 1.5 interquartile ranges, at most the maximum) of the dissimilarity of
        the points themselves, each against the other folds [mean distances]. The area of applicability is
        where the dissimilarity does not exceed it.

    References
    ----------
    Meyer & Pebesma (2021), Methods in Ecology and Evolution 12:1620.
    """

    def __init__(self, sample: np.ndarray, weights: np.ndarray, fold: np.ndarray) -> None:
        self._mean, spread = sample.mean(axis=0), sample.std(axis=0, ddof=1)
        self._scale = np.divide(weights, spread, out=np.zeros(len(spread)), where=spread > 0)
        points = (sample - self._mean) * self._scale
        self._typical, self._tree = pdist(points).mean(), cKDTree(points)
        distance = np.empty(len(points))
        for number in np.unique(fold):
            inside = fold == number
            distance[inside] = cKDTree(points[~inside]).query(points[inside])[0] / self._typical
        low, high = np.quantile(distance, [0.25, 0.75])
        self.threshold = float(min(distance.max(), high + 1.5 * (high - low)))

    def dissimilarity(self, cells: np.ndarray) -> np.ndarray:
        """Distance of each cell to the nearest point, over the mean distance between the points.

        Parameters
        ----------
        cells
            Drivers of the cells (m, p).

        Returns
        -------
        (m,) float64
            [mean distances]; NaN for a cell with a missing driver.
        """
        targets = (cells - self._mean) * self._scale
        known = np.isfinite(targets).all(axis=1)
        index = np.full(len(cells), np.nan)
        index[known] = self._tree.query(targets[known])[0] / self._typical
        return index
