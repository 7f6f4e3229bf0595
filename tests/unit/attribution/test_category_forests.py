"""Subsets of the categories, their names and their forests."""

import numpy as np
import pytest

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.forest import Forest

DRIVERS = {"climate": ["MAT", "MAP"], "soil": ["SOC", "TN", "pH"], "mining": ["LD"]}


@pytest.mark.parametrize("without", [[], ["soil"], ["mining"]])
def test_labels_lead_back_to_the_subset(without):
    """Every subset but the empty one has a label of its own; a category without drivers is passed over."""
    plan = CategoryForests({name: [] if name in without else drivers for name, drivers in DRIVERS.items()})
    labels = [plan.label(subset) for subset in plan.subsets]
    assert len(set(labels)) == len(labels) == 2 ** (3 - len(without)) - 1
    assert [plan.subset(label) for label in labels] == plan.subsets
    assert plan.label(plan.everything) == "none"


def test_names_of_several_words():
    """A category may have _ in its name; names whose labels would be mistaken for another are refused."""
    plan = CategoryForests({"climate": ["MAT"], "land_use": ["LU"], "mining": ["LD"]})
    assert plan.subset("land_use") == {"climate", "mining"}
    assert plan.subset("climate_land_use") == {"mining"}
    with pytest.raises(ValueError, match="one label"):
        CategoryForests({"land": ["a"], "use": ["b"], "land_use": ["c"]})


def test_forest_sees_the_drivers_of_its_subset_alone():
    """The forest of a subset is the forest on those columns, with the number of drivers to try as asked."""
    rng = np.random.default_rng(1)
    X, y = rng.standard_normal((60, 6)), rng.standard_normal(60)
    for subset, columns in ({"climate", "mining"}, [0, 1, 5]), ({"mining"}, [5]):
        plan = CategoryForests(DRIVERS, trees=5)
        assert plan.columns(frozenset(subset)) == columns
        own = Forest(5, seed=3).fit(X[:, columns], y)
        assert np.array_equal(
            plan.grow(frozenset(subset), X, y, 3).predict(X[:, columns]), own.predict(X[:, columns])
        )
        fixed = CategoryForests(DRIVERS, trees=5, mtry="fixed").grow(frozenset(subset), X, y, 3)
        assert (own.mtry_, fixed.mtry_) == (1, min(2, len(columns)))


def test_categories_left_out_in_turn():
    """The predictions come in the order of the categories: all, then without the first, the second, ..."""
    plan = CategoryForests(DRIVERS)
    predictions = {subset: np.array([len(plan.columns(subset))]) for subset in plan.subsets}
    everything, without = plan.left_out_in_turn(predictions)
    assert everything.tolist() == [6] and without.tolist() == [[4], [3], [5]]
