"""Cells that noise could explain, and the probability of a class."""

import numpy as np
import pytest

from nppdrivers.attribution.certainty import (
    Replicates,
    exceeds_noise,
    in_no_drawn_block,
    mark_indistinct,
    resample_blocks,
)
from nppdrivers.contribution import INDISTINCT, dominant_category, relative_contribution
from nppdrivers.forest import Forest

CATEGORIES = {"C": [0, 1], "S": [2, 3], "M": [4]}


def contributions(X, y, rows, seed):
    """Prediction at 300 places with all columns, minus that without each category."""
    places = np.random.default_rng(99).standard_normal((300, 5))
    predictions = []
    for left_out in (None, *CATEGORIES):
        columns = [c for name, group in CATEGORIES.items() if name != left_out for c in group]
        forest = Forest(trees=40, seed=seed).fit(X[rows][:, columns], y[rows])
        predictions.append(forest.predict(places[:, columns]))
    return predictions[0] - np.array(predictions[1:])


@pytest.mark.parametrize("planted", [True, False])
def test_noise_is_distinguished_from_a_planted_driver(planted):
    """Without any driver at least 80 % of the places are indistinct; with a strong one most are distinct."""
    rng = np.random.default_rng(1)
    X = rng.standard_normal((300, 5))
    y = rng.standard_normal(300) + (6 * np.sign(X[:, 4]) if planted else 0)
    actual = np.mean([contributions(X, y, np.arange(300), seed) for seed in range(3)], axis=0)
    gathered = Replicates(actual)
    for seed in range(12):
        gathered.add(contributions(X, y, rng.integers(0, 300, 300), seed), np.full(300, True))
    distinct = exceeds_noise(actual, gathered.noise)
    codes, legend = dominant_category(relative_contribution(0.0, actual))
    marked, legend = mark_indistinct(codes, legend, distinct)
    assert legend[10] == INDISTINCT and (marked[distinct] == codes[distinct]).all()
    assert (marked == 10).mean() < 0.25 if planted else (marked == 10).mean() > 0.8


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


def test_places_in_blocks_that_were_not_drawn():
    """A place has been seen when a drawn point shares its block, and not when its block holds no point."""
    xy = np.array([[0.0, 0], [90, 90], [150, 20], [20, 150]])
    places = np.array([[50.0, 50], [150, 50], [50, 199], [150, 150], [-1, 0]])
    assert in_no_drawn_block(places, xy, np.array([1, 2, 2]), 100).tolist() == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_noise_exceeded_by_hand():
    """One category beyond z times the noise suffices; on the limit it does not; NaN is never distinct."""
    z = 2.241403  # normal quantile of 0.05 / 4
    actual = np.array([[0, 2 * z + 1e-4, 0, 9, 9], [0, 0, -2 * z + 1e-4, np.nan, 9]])
    noise = np.full((2, 5), 2.0)
    noise[0, 4] = np.nan
    assert exceeds_noise(actual, noise).tolist() == [False, True, False, False, False]


def test_undefined_cells_stay_undefined():
    """A cell without a class is not put into the class of indistinct ones."""
    marked, _ = mark_indistinct(np.array([0, 1, 4]), {1: "C", 4: "CS"}, np.array([False, False, True]))
    assert marked.tolist() == [0, 5, 4]


def test_replicates_gathered_one_by_one():
    """Noise and probabilities gathered one at a time are those of each cell's own replicates at once."""
    rng = np.random.default_rng(4)
    actual = rng.normal(0, 20, (3, 200))
    actual[1, 7] = np.nan
    replicates = actual + rng.normal(0, 10, (15, 3, 200))
    unseen = rng.random((15, 200)) < 0.4
    unseen[:, 5] = False
    gathered = Replicates(actual)
    for one, where in zip(replicates, unseen, strict=True):
        gathered.add(one[:, where], where)
    assert np.isnan(gathered.noise[:, 5]).all() and np.isnan(gathered.probability[:, [5, 7]]).all()

    codes, legend = dominant_category(relative_contribution(0.0, actual))
    replicate_codes = np.array([dominant_category(relative_contribution(0.0, one))[0] for one in replicates])
    first = np.array(["-", *(name[0] for name in legend.values())])
    for cell in set(range(200)) - {5, 7}:
        own = unseen[:, cell]
        departure = replicates[own, :, cell] - actual[:, cell]
        np.testing.assert_allclose(gathered.noise[:, cell], np.sqrt((departure**2).mean(axis=0)))
        same = replicate_codes[own, cell] == codes[cell]
        leading = first[replicate_codes[own, cell]] == first[codes[cell]]
        np.testing.assert_allclose(gathered.probability[:, cell], [same.mean(), leading.mean()])
