"""The attribution asked in other ways: another response, other categories, climate without elevation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from nppdrivers.contribution import commonality, group_shapley, relative_contribution
from nppdrivers.cross_validation import cross_validated_r2
from nppdrivers.forest import Forest

PAPER = "paper: NPP, all drivers"
HELD = "NPP with climate held constant"
ELEVATION = "elevation as a category"
LEVEL = "climate without elevation"


@dataclass(frozen=True)
class Experiment:
    """What is explained by which categories of drivers.

    Attributes
    ----------
    response : (n,) array
        Values at the points, without NaN [gC m-2 yr-1].
    drivers : DataFrame
        Drivers at the points, without NaN.
    categories : mapping
        Columns of the drivers by category.
    """

    response: np.ndarray
    drivers: pd.DataFrame
    categories: Mapping[str, Sequence[str]]

    def columns(self, categories: Sequence[str]) -> pd.DataFrame:
        """Drivers of these categories."""
        return self.drivers[[name for category in categories for name in self.categories[category]]]


def without_elevation(drivers: pd.DataFrame, elevation: np.ndarray) -> tuple[pd.DataFrame, pd.Series]:
    """Take out of each driver the part that follows from elevation.

    ``x - (a + b z)`` with a and b by least squares over the points.

    Parameters
    ----------
    drivers
        Drivers at the points (n rows), without NaN.
    elevation
        Elevation at the points (n,) [m], without NaN.

    Returns
    -------
    residuals : DataFrame
        In the units of the drivers, mean 0.
    share : Series
        Share of the variance of each driver that goes with elevation, r^2 [0 to 1]; NaN for a constant.
    """
    line = np.column_stack([np.ones(len(elevation)), elevation - np.mean(elevation)])
    values = drivers.to_numpy(dtype=np.float64)
    fitted = line @ np.linalg.lstsq(line, values, rcond=None)[0]
    variance = values.var(axis=0)
    share = np.divide(fitted.var(axis=0), variance, out=np.full(len(variance), np.nan), where=variance > 0)
    return (
        pd.DataFrame(values - fitted, index=drivers.index, columns=drivers.columns),
        pd.Series(share, index=drivers.columns),
    )


def attribute(
    experiment: Experiment, *, trees: int, seed: int, fold: np.ndarray | None = None
) -> pd.DataFrame:
    """Score an experiment and share its explained variance out among the categories.

    One forest on every subset of the categories; predictions at the points are out of bag, so that no tree
    predicts a point that it knows. Shapley values and unique parts are those of the out-of-bag R2.

    Parameters
    ----------
    experiment
    trees, seed
        Of every forest.
    fold
        Fold of every point for the blocked R2; None leaves it out (NaN).

    Returns
    -------
    DataFrame
        One row a category: category, drivers (number), oob_r2, blocked_r2 (both of all drivers), r2_alone,
        unique_r2, shapley_r2, shapley_percent (of the R2 of all drivers; NaN where that is not positive),
        relative_percent (mean relative contribution at the points), permutation_percent (share of the
        importance of the categories permuted whole; NaN where none has any).
    """
    names = list(experiment.categories)
    subsets = [part for size in range(1, len(names) + 1) for part in combinations(names, size)]
    forests = {
        frozenset(part): Forest(trees, seed=seed).fit(experiment.columns(part), experiment.response)
        for part in subsets
    }
    whole = forests[frozenset(names)]
    worth = {frozenset(): 0.0} | {part: forest.oob_r2_ for part, forest in forests.items()}
    without = np.stack([forests[frozenset(names) - {name}].oob_prediction_ for name in names])
    relative = relative_contribution(whole.oob_prediction_, without)
    shapley, unique = group_shapley(worth), commonality(worth)
    table = pd.DataFrame({"category": names, "drivers": [len(experiment.categories[name]) for name in names]})
    table["oob_r2"] = whole.oob_r2_
    x = experiment.columns(names)
    table["blocked_r2"] = np.nan if fold is None else cross_validated_r2(whole, x, experiment.response, fold)
    table["r2_alone"] = [worth[frozenset([name])] for name in names]
    table["unique_r2"] = [unique[frozenset([name])] for name in names]
    table["shapley_r2"] = [shapley[name] for name in names]
    table["shapley_percent"] = table["shapley_r2"] / whole.oob_r2_ * 100 if whole.oob_r2_ > 0 else np.nan
    table["relative_percent"] = np.nanmean(relative, axis=1)
    table["permutation_percent"] = whole.permutation_importance(experiment.categories)["share"].to_numpy()
    return table
