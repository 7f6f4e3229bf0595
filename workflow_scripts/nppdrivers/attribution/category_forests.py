"""Forests on the drivers of some categories: one for every subset of the categories that there are."""

from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from nppdrivers.forest import Forest

NOTHING = "none"


class CategoryForests:
    """The subsets of the categories of drivers, and how a forest on each is grown.

    A subset is a frozenset of category names; a file names it by what is left out: `without_climate_soil`,
    and `without_none` for all categories.

    Parameters
    ----------
    category_drivers
        Names of the drivers of each category; a category without drivers is passed over.
    trees
        Trees of a forest.
    mtry
        Drivers tried at a split: ``default`` is ``max(p // 3, 1)`` of the p drivers that the forest has,
        ``fixed`` that number of all drivers (or the forest's drivers, where they are fewer).

    Attributes
    ----------
    categories : tuple of str
    drivers : list of str
        Drivers of all categories, in their order.
    """

    def __init__(
        self, category_drivers: Mapping[str, Sequence[str]], trees: int = 500, mtry: str = "default"
    ):
        self._category = {driver: name for name, drivers in category_drivers.items() for driver in drivers}
        self.categories = tuple(name for name, drivers in category_drivers.items() if drivers)
        self.drivers = list(self._category)
        self.trees, self.mtry = trees, mtry

    @property
    def subsets(self) -> list[frozenset]:
        """All subsets of the categories but the empty one, by size."""
        sizes = range(1, len(self.categories) + 1)
        return [frozenset(part) for size in sizes for part in combinations(self.categories, size)]

    def left_out(self, subset: frozenset) -> str:
        """What a file name says of a subset: the categories left out, joined by _."""
        return "_".join(name for name in self.categories if name not in subset) or NOTHING

    def kept(self, left_out: str) -> frozenset:
        """Subset that a file name tells of."""
        return frozenset(self.categories) - set(left_out.split("_"))

    def columns(self, subset: frozenset) -> list[int]:
        """Numbers of the drivers of a subset."""
        return [number for number, driver in enumerate(self.drivers) if self._category[driver] in subset]

    def grow(self, subset: frozenset, X: np.ndarray, y: np.ndarray, seed: int) -> Forest:
        """Fit a forest on the drivers of a subset.

        Parameters
        ----------
        subset
            Names of categories.
        X
            All drivers (n, p), in the order of `drivers`.
        y
            Response (n,).
        seed
            Seed of the forest.
        """
        columns = self.columns(subset)
        tried = min(max(len(self.drivers) // 3, 1), len(columns)) if self.mtry == "fixed" else None
        return Forest(self.trees, tried, seed=seed).fit(X[:, columns], y)

    def left_out_in_turn(self, predictions: Mapping[frozenset, np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
        """Prediction of all categories (...), and those without each category in turn (G, ...)."""
        everything = frozenset(self.categories)
        without = [predictions[everything - {name}] for name in self.categories]
        return predictions[everything], np.stack(without)
