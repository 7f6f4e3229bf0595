"""Cells that noise could explain, and the probability of a class."""

import numpy as np
import pytest

from nppdrivers.certainty import (
    INDISTINCT,
    Replicates,
    class_probability,
    distinguishable,
    exceeds_noise,
    mark_indistinct,
    resample_blocks,
)
from nppdrivers.contribution import dominant_category, relative_contribution
from nppdrivers.forest import Forest

CATEGORIES = {"C": [0, 1], "S": [2, 3], "M": [4]}


def contributions(X, y, rows, seed):
    """Prediction at 300 places with all columns, less that without each category."""
    places = np.random.default_rng(99).standard_normal((300, 5))
    predictions = []
    for left_out in (None, *CATEGORIES):
        columns = [c for name, group in CATEGORIES.items() if name != left_out for c in group]
        forest = Forest(trees=40, seed=seed).fit(X[rows][:, columns], y[rows])
        predictions.append(forest.predict(places[:, columns]))
    return predictions[0] - np.array(predictions[1:])


@pytest.mark.parametrize("planted", [True, False])
def test_noise_is_told_from_a_planted_driver(planted):
    """Without any driver at least 80 % of the places are indistinct; with a strong one most are distinct."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((300, 5))
    y = rng.standard_normal(300) + (6 * np.sign(X[:, 4]) if planted else 0)
    actual = contributions(X, y, np.arange(300), 0)
    replicates = np.array([contributions(X, y, rng.integers(0, 300, 300), seed) for seed in range(12)])
    distinct = distinguishable(actual, replicates)
    codes, legend = dominant_category(relative_contribution(0.0, actual))
    marked, legend = mark_indistinct(codes, legend, distinct)
    assert legend[10] == INDISTINCT and (marked[distinct] == codes[distinct]).all()
    assert (marked == 10).mean() < 0.2 if planted else (marked == 10).mean() > 0.8


def test_blocks_are_drawn_whole():
    """All points of a block are drawn as often as each other, and about as many points as there are."""
    rng = np.random.default_rng(2)
    xy = rng.uniform(500, 1500, (400, 2))
    block = np.unique(np.floor((xy - xy.min(axis=0)) / 200), axis=0, return_inverse=True)[1].ravel()
    sizes = []
    for _ in range(30):
        times = np.bincount(resample_blocks(xy, 200, rng), minlength=400)
        assert all(np.ptp(times[block == k]) == 0 for k in range(block.max() + 1))
        sizes.append(times.sum())
    assert 350 < np.mean(sizes) < 450 and np.std(sizes) > 0


def test_distinguishable_by_hand():
    """One category beyond z standard deviations suffices; on the limit it does not; NaN is never distinct."""
    replicates = np.array([[[-1.0] * 4], [[1.0] * 4]]) + np.zeros((2, 2, 4))
    z = 2.241403  # normal quantile of 0.05 / 4
    actual = np.array([[0, z * np.sqrt(2) + 1e-4, 0, 9], [0, 0, -z * np.sqrt(2) + 1e-4, np.nan]])
    assert distinguishable(actual, replicates).tolist() == [False, True, False, False]
    with pytest.raises(ValueError, match="2 or more"):
        distinguishable(actual, replicates[:1])


def test_undefined_cells_stay_undefined():
    """A cell without a class is not put into the class of indistinct ones."""
    marked, _ = mark_indistinct(np.array([0, 1, 4]), {1: "C", 4: "CS"}, np.array([False, False, True]))
    assert marked.tolist() == [0, 5, 4]


def test_class_probability_is_the_share_that_agrees():
    """The probability counts the replicates with the class of the map, NaN where the map has none."""
    probability = class_probability(
        np.array([1, 2, 0]), np.array([[1, 1, 0], [1, 2, 0], [3, 0, 1], [1, 2, 1]])
    )
    np.testing.assert_array_equal(probability, [0.75, 0.5, np.nan])


def test_replicates_gathered_one_by_one():
    """Noise and probabilities gathered one at a time are those of all replicates at once."""
    rng = np.random.default_rng(4)
    actual = rng.normal(0, 20, (3, 200))
    actual[1, 7] = np.nan
    replicates = actual + rng.normal(0, 10, (15, 3, 200))
    gathered = Replicates(actual)
    for one in replicates:
        gathered.add(one)
    np.testing.assert_allclose(gathered.spread, replicates.std(axis=0, ddof=1), rtol=1e-12)
    distinct = exceeds_noise(actual, gathered.spread)
    assert 0.05 < distinct.mean() < 0.95
    np.testing.assert_array_equal(distinct, distinguishable(actual, replicates))

    codes, legend = dominant_category(relative_contribution(0.0, actual))
    replicate_codes = np.array([dominant_category(relative_contribution(0.0, one))[0] for one in replicates])
    np.testing.assert_array_equal(gathered.probability[0], class_probability(codes, replicate_codes))
    first = np.array(["-", *(name[0] for name in legend.values())])
    leading = (first[replicate_codes] == first[codes]).mean(axis=0)
    np.testing.assert_array_equal(gathered.probability[1], np.where(codes == 0, np.nan, leading))
