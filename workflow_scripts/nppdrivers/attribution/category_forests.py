"""Forests on the drivers of some categories: one for every subset of the categories that there are."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from nppdrivers.contribution import Subset
from nppdrivers.forest import Forest, default_mtry

NOTHING = "none"


class CategoryForests:
    """The subsets of the categories of drivers, and the settings of a forest on each.

    Files label a subset by what is left out, joined by _: `without_climate_soil`, `without_none` for all.

    Parameters
    ----------
    category_drivers
        Names of the drivers of each category; a category without drivers is ignored.
    trees
        Trees of a forest.
    mtry
        Drivers tried at a split: ``default`` is ``max(p // 3, 1)`` of the p drivers that the forest has,
        ``fixed`` that number of all drivers (or the forest's drivers, where they are fewer).

    Attributes
    ----------
    categories : tuple of str
        Those with drivers.
    everything : frozenset of str
        The subset of all categories.
    subsets : list of frozenset of str
        All subsets of the categories but the empty one, by size.
    drivers : list of str
        Drivers of all categories, in their order.

    Raises
    ------
    ValueError
        For names whose labels are not distinct, such as a, b and a_b.
    """

    def __init__(
        self, category_drivers: Mapping[str, Sequence[str]], trees: int = 500, mtry: str = "default"
    ) -> None:
        self._category = {driver: name for name, drivers in category_drivers.items() for driver in drivers}
        self.categories = tuple(name for name, drivers in category_drivers.items() if drivers)
        self.drivers = list(self._category)
        self.trees, self.mtry = trees, mtry
        self.everything: Subset = frozenset(self.categories)
        sizes = range(1, len(self.categories) + 1)
        self.subsets: list[Subset] = [
            frozenset(part) for size in sizes for part in combinations(self.categories, size)
        ]
        self._subset = {self.label(subset): subset for subset in self.subsets}
        if len(self._subset) < len(self.subsets):
            raise ValueError(
                f"two subsets of the categories {self.categories} have one label; rename a category"
            )

    def label(self, subset: Subset) -> str:
        """Label of a subset in file names and tables: the categories left out."""
        return "_".join(name for name in self.categories if name not in subset) or NOTHING

    def subset(self, label: str) -> Subset:
        """Subset of that label; KeyError if unknown."""
        return self._subset[label]

    def columns(self, subset: Subset) -> list[int]:
        """Positions of the drivers of a subset among all drivers."""
        return [number for number, driver in enumerate(self.drivers) if self._category[driver] in subset]

    def tried(self, subset: Subset) -> int:
        """Drivers tried at a split of a forest on a subset."""
        own = len(self.columns(subset))
        return min(default_mtry(len(self.drivers) if self.mtry == "fixed" else own), own)

    def read(self, points: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Drivers (n, p) and NPP (n,) [gC m-2 yr-1] of a table of points, as `grow` takes them."""
        return points[self.drivers].to_numpy("float64"), points["NPP"].to_numpy("float64")

    def grow(self, subset: Subset, X: np.ndarray, y: np.ndarray, seed: int) -> Forest:
        """Fit a forest on the drivers of a subset.

        Parameters
        ----------
        subset
            Names of categories.
        X
            All drivers (n, p), in the order of `drivers` [any units], without NaN.
        y
            Response (n,) [any unit], without NaN.
        seed
            Seed of the forest.

        Returns
        -------
        Forest
            On the columns of the subset alone.

        Raises
        ------
        ValueError
            For NaN in the drivers or the response.
        """
        return Forest(self.trees, self.tried(subset), seed=seed).fit(X[:, self.columns(subset)], y)

    def left_out_in_turn(self, predictions: Mapping[Subset, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Prediction of all categories (...), and those without each category in turn (G, ...)."""
        without = [predictions[self.everything - {name}] for name in self.categories]
        return predictions[self.everything], np.stack(without)
