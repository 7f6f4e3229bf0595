"""Alternative attributions: another response, other categories, climate without elevation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.attribution.cross_validation import cross_validated_r2
from nppdrivers.contribution import Subset, commonality, group_shapley, relative_contribution

PAPER = "paper: NPP, all drivers"
CONSTANT_CLIMATE = "NPP with climate held constant"
ELEVATION = "elevation as a category"
WITHOUT_ELEVATION = "climate without elevation"


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


def without_elevation(drivers: pd.DataFrame, elevation: np.ndarray) -> tuple[pd.DataFrame, pd.Series]:
    """Remove from each driver the part that follows from elevation.

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
        Share of the variance of each driver that elevation explains, r^2 [0 to 1]; NaN for a constant.
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
    experiment: Experiment, *, trees: int, seed: int, mtry: str = "default", fold: np.ndarray | None = None
) -> pd.DataFrame:
    """Score an experiment and divide its explained variance among the categories.

    One forest on every subset of the categories; predictions at the points are out of bag, so that no tree
    predicts a point that it was grown on. Shapley values and unique parts are those of the out-of-bag R2.

    Parameters
    ----------
    experiment
    trees, mtry, seed
        Settings of every forest, as in `category_forests.CategoryForests`.
    fold
        Fold of every point (n,) for the blocked R2; without it that score is NaN.

    Returns
    -------
    DataFrame
        One row a category: category, drivers (number), oob_r2, blocked_r2 (both of all drivers), r2_alone,
        unique_r2, shapley_r2, shapley_percent (of the R2 of all drivers; NaN where that is not positive),
        relative_percent (mean relative contribution at the points), permutation_percent (share of the
        importance of the categories permuted whole; NaN where none has any).
    """
    plan = CategoryForests(experiment.categories, trees, mtry)
    x, y = experiment.drivers[plan.drivers].to_numpy(dtype=np.float64), experiment.response
    forests = {part: plan.grow(part, x, y, seed) for part in plan.subsets}
    whole, names = forests[plan.everything], list(plan.categories)
    worth: dict[Subset, float] = {frozenset(): 0.0}
    worth |= {part: forest.oob_r2_ for part, forest in forests.items()}
    predicted = {part: forest.oob_prediction_ for part, forest in forests.items()}
    relative = relative_contribution(*plan.left_out_in_turn(predicted))
    shapley, unique = group_shapley(worth), commonality(worth)
    columns = {name: plan.columns(frozenset({name})) for name in names}
    table = pd.DataFrame({"category": names, "drivers": [len(columns[name]) for name in names]})
    table["oob_r2"] = whole.oob_r2_
    table["blocked_r2"] = np.nan if fold is None else cross_validated_r2(whole, x, y, fold)
    table["r2_alone"] = [worth[frozenset({name})] for name in names]
    table["unique_r2"] = [unique[frozenset({name})] for name in names]
    table["shapley_r2"] = [shapley[name] for name in names]
    table["shapley_percent"] = table["shapley_r2"] / whole.oob_r2_ * 100 if whole.oob_r2_ > 0 else np.nan
    table["relative_percent"] = np.nanmean(relative, axis=1)
    table["permutation_percent"] = whole.permutation_importance(columns)["share"].to_numpy()
    return table
