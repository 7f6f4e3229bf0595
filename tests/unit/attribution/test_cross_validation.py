"""Cross-validation of forests."""

import numpy as np
import pytest

from nppdrivers.attribution.cross_validation import block_folds, cross_validated_r2, draw_folds, random_folds
from nppdrivers.forest import Forest


def test_random_folds_are_of_equal_size():
    """Each row has one fold and folds differ by at most one row."""
    sizes = np.bincount(random_folds(103, 10, np.random.default_rng(0)))
    assert sizes.sum() == 103 and sizes.max() - sizes.min() <= 1


def test_blocks_stay_together():
    """Points of one block are in one fold, and every fold has points."""
    xy = np.random.default_rng(1).uniform(0, 10_000, (500, 2))
    folds = block_folds(xy, 2000, 10, np.random.default_rng(2))
    blocks = np.unique(np.floor((xy - xy.min(axis=0)) / 2000), axis=0, return_inverse=True)[1].ravel()
    assert all(len(np.unique(folds[blocks == block])) == 1 for block in np.unique(blocks))
    assert len(np.unique(folds)) == 10


def test_fewer_blocks_than_folds(caplog):
    """With three blocks there are three folds; a single block gives none, and a warning."""
    xy = np.array([[0, 0], [10, 0], [3000, 0], [6000, 0]], float)
    assert len(np.unique(block_folds(xy, 2000, 10, np.random.default_rng(0)))) == 3
    assert block_folds(xy, 20_000, 10, np.random.default_rng(0)) is None
    assert "one block of land of 20000 m" in caplog.text


def test_one_fold_is_refused():
    """A single fold leaves no points to fit."""
    with pytest.raises(ValueError, match="at least 2 folds, not 1"):
        block_folds(np.zeros((4, 2)), 1000, 1, np.random.default_rng(0))


def test_a_known_relation_is_found_and_noise_is_not():
    """R2 is high for a response that follows a driver, and not above about 0 for one that follows none."""
    rng = np.random.default_rng(3)
    x = rng.uniform(size=(200, 3))
    folds = random_folds(200, 5, rng)
    assert cross_validated_r2(Forest(trees=60, seed=1), x, 10 * x[:, 0], folds) > 0.8
    assert cross_validated_r2(Forest(trees=60, seed=1), x, rng.normal(size=200), folds) < 0.1


def test_space_flatters_random_folds():
    """Coordinates predict a smooth function of place in random folds, much less in blocks."""
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 10_000, (400, 2))
    y = np.sin(xy[:, 0] / 900) + np.cos(xy[:, 1] / 700)
    forest = Forest(trees=60, seed=1)
    random = cross_validated_r2(forest, xy, y, random_folds(400, 10, rng))
    blocked = cross_validated_r2(forest, xy, y, block_folds(xy, 3000, 10, rng))
    assert random > 0.6
    assert blocked < random - 0.2


def test_constant_response_has_no_score():
    """A constant response has no R2."""
    x = np.random.default_rng(5).uniform(size=(40, 2))
    assert np.isnan(
        cross_validated_r2(Forest(trees=5), x, np.ones(40), random_folds(40, 4, np.random.default_rng(6)))
    )


@pytest.mark.parametrize("seed", [1, 2])
def test_same_seed_same_folds(seed):
    """Folds follow from the generator alone."""
    xy = np.random.default_rng(0).uniform(0, 9000, (50, 2))
    first, second = (block_folds(xy, 1000, 5, np.random.default_rng(seed)) for _ in range(2))
    assert np.array_equal(first, second)


def test_scores_of_a_run_share_their_folds():
    """Random folds and folds of blocks follow from the seed alone; an area of one block has no blocks."""
    xy = np.random.default_rng(2).uniform(0, 5000, (80, 2))
    (random, blocks), again = (draw_folds(xy, 1000, 5, seed=4) for _ in range(2))
    assert np.array_equal(random, again[0]) and np.array_equal(blocks, again[1])
    assert len(np.unique(random)) == len(np.unique(blocks)) == 5
    assert draw_folds(xy, 10_000, 5, seed=4)[1] is None
