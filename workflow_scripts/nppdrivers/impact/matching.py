"""Controls: cells of other land that resemble those of a place in every respect that is measured."""

import numpy as np
from scipy.spatial import cKDTree

NEIGHBOURS = 40  # tried for a cell where some controls may not be used


class Pool:
    """Cells that may be controls, by class.

    Parameters
    ----------
    covariates : (m, K) array
        Of each control [any units]; every column counts by its standard deviation over the pool.
    classes : (m,) integer array
        A cell is matched within its class alone.
    weights : (K,) array, optional
        How much each covariate counts, relative to the others; all alike by default.

    Raises
    ------
    ValueError
        Without controls, and for covariates with NaN.
    """

    def __init__(
        self, covariates: np.ndarray, classes: np.ndarray, weights: np.ndarray | None = None
    ) -> None:
        covariates = np.asarray(covariates, dtype=np.float64)
        if not len(covariates) or not np.isfinite(covariates).all():
            raise ValueError("a pool needs at least one control, and covariates without NaN")
        spread = covariates.std(axis=0)
        self.scale = np.where(spread > 0, spread, 1.0)
        counted = np.ones(covariates.shape[1]) if weights is None else np.asarray(weights, dtype=np.float64)
        self._factor = np.sqrt(counted / counted.sum()) / self.scale
        self._trees = {}
        for code in np.unique(classes):
            members = np.flatnonzero(classes == code)
            self._trees[int(code)] = (members, cKDTree(covariates[members] * self._factor))

    def match(
        self,
        covariates: np.ndarray,
        classes: np.ndarray,
        *,
        caliper: float,
        usable: np.ndarray | None = None,
    ) -> np.ndarray:
        """Nearest control of each cell.

        distance = root of the weighted mean over the covariates of ``((x - control) / sd)^2``; a control may
        serve several cells.

        Parameters
        ----------
        covariates : (n, K) array
            As of the pool.
        classes : (n,) integer array
        caliper : float
            Largest distance [standard deviations].
        usable : (m,) bool array, optional
            Controls that may be taken; all by default.

        Returns
        -------
        (n,) int64 array
            Position in the pool; -1 for a cell without a control within the caliper.

        References
        ----------
        Rosenbaum & Rubin (1985), Am. Stat. 39:33 (nearest neighbours within calipers).
        """
        found = np.full(len(classes), -1)
        for code, (members, tree) in self._trees.items():
            here = np.flatnonzero(classes == code)
            if not here.size:
                continue
            k = 1 if usable is None else min(NEIGHBOURS, len(members))
            scaled = covariates[here] * self._factor
            distance, near = tree.query(scaled, k=np.arange(1, k + 1), distance_upper_bound=caliper)
            good = np.isfinite(distance)
            near = members[np.where(good, near, 0)]
            if usable is not None:
                good &= usable[near]
            first = good.argmax(axis=1)
            chosen = near[np.arange(len(here)), first]
            found[here] = np.where(good.any(axis=1), chosen, -1)
        return found


def slopes_within_classes(values: np.ndarray, covariates: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """How values change with covariates among controls, to allow for what matching left different.

    Least squares of the values on the covariates, both as differences from the means of their class. The gap
    of a cell is corrected by ``(x - control) slopes``.

    Parameters
    ----------
    values : (m, T) array
        Of each control by year [any unit]; without NaN.
    covariates : (m, K) array
        As of the pool.
    classes : (m,) integer array

    Returns
    -------
    (K, T) float64
        [unit of the values per unit of the covariate]; the shortest solution where covariates repeat each
        other.

    References
    ----------
    Abadie & Imbens (2011), J. Bus. Econ. Stat. 29:1 (bias-corrected matching).
    """
    x, y = (within_classes(np.asarray(each, np.float64), classes) for each in (covariates, values))
    scale = np.maximum(np.abs(x).max(axis=0, initial=0), np.finfo(float).tiny)
    return np.linalg.lstsq(x / scale, y, rcond=None)[0] / scale[:, None]


def within_classes(values: np.ndarray, classes: np.ndarray) -> np.ndarray:
    """Values (m, K) less the mean of their class (m,)."""
    _, code = np.unique(classes, return_inverse=True)
    sums = np.stack([np.bincount(code, column) for column in values.T], axis=1)
    return values - (sums / np.bincount(code)[:, None])[code]


def mean_differences(treated: np.ndarray, controls: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Standardised difference of the means of each covariate.

    ``(mean of the treated - mean of the controls) / sd``; below 0.1 in size counts as balanced.

    Parameters
    ----------
    treated, controls : (n, K) arrays
        Of cells and their controls.
    scale : (K,) array
        Standard deviations, from before the matching (`Pool.scale`).

    Returns
    -------
    (K,) float64
        [standard deviations]; NaN without cells.

    References
    ----------
    Austin (2009), Stat. Med. 28:3083.
    """
    if not len(treated):
        return np.full(len(scale), np.nan)
    return (treated.mean(axis=0) - controls.mean(axis=0)) / scale
