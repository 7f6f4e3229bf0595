"""Points of the attribution: anywhere, or by land cover."""

import numpy as np
import pytest

from nppdrivers.attribution.points import draw_cells, proportional


def classes_of(shape=(40, 50)):
    """Classes 1, 2 and 5 in 60, 39 and 1 % of the cells."""
    return np.random.default_rng(0).permutation(np.repeat([1, 2, 5], [1200, 780, 20])).reshape(shape)


def test_strata_get_their_share():
    """Each class gets the points that its share of the valid cells asks for; random draws miss it."""
    classes = classes_of()
    valid = np.ones(classes.shape, dtype=bool)
    drawn = draw_cells(valid, 200, 7, classes)
    assert np.unique(classes.ravel()[drawn], return_counts=True)[1].tolist() == [120, 78, 2]
    anywhere = {tuple(np.bincount(classes.ravel()[draw_cells(valid, 200, seed)])) for seed in range(8)}
    assert len(anywhere) > 1


def test_cells_are_valid_distinct_and_seeded():
    """No cell is drawn twice or where it may not; the same seed draws the same cells; all where few."""
    classes = classes_of()
    valid = np.random.default_rng(1).random(classes.shape) < 0.1
    for strata in (None, classes):
        drawn = draw_cells(valid, 100, 3, strata)
        assert np.unique(drawn).size == 100 and valid.ravel()[drawn].all()
        assert np.array_equal(drawn, draw_cells(valid, 100, 3, strata))
        assert not np.array_equal(drawn, draw_cells(valid, 100, 4, strata))
        assert np.array_equal(draw_cells(valid, 9999, 3, strata), np.flatnonzero(valid))


def test_quotas_add_up():
    """Rounding loses no point, and no class gets more than its cells."""
    rng = np.random.default_rng(2)
    for _ in range(50):
        size = rng.integers(1, 500, rng.integers(1, 9))
        number = int(rng.integers(0, size.sum() + 1))
        quota = proportional(number, size)
        assert quota.sum() == number and (quota <= size).all()
        assert np.abs(quota - number * size / size.sum()).max() < 1


def test_too_few_cells_are_refused():
    """Fewer than 30 cells are no sample."""
    with pytest.raises(ValueError, match="only 29 cells"):
        draw_cells(np.arange(100).reshape(10, 10) < 29, 10, 0)
