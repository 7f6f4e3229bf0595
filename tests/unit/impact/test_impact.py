"""Controls, fake places and effects with a known truth."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from nppdrivers import impact

YEARS = np.arange(2010, 2016)


def alike(gaps: np.ndarray) -> impact.Fakes:
    """Fakes whose errors are as large as those of the place."""
    return impact.Fakes(gaps, np.broadcast_to(np.eye(6), (len(gaps), 6, 6)), np.eye(6))


def test_match_is_the_nearest_within_class_and_caliper() -> None:
    """Each cell gets the control that a loop over all of its class finds, or none beyond the caliper."""
    rng = np.random.default_rng(0)
    pool, classes = rng.normal(size=(300, 3)) * [1, 10, 100], rng.integers(1, 3, 300)
    cells, own = rng.normal(size=(40, 3)) * [1, 10, 100], rng.integers(1, 4, 40)
    weights = np.array([1.0, 1.0, 2.0])
    found = impact.Pool(pool, classes, weights).match(cells, own, caliper=0.5)
    scale = pool.std(axis=0)
    for cell, code, control in zip(cells, own, found, strict=True):
        squared = ((pool - cell) / scale) ** 2 @ weights / 4
        distance = np.where(classes == code, np.sqrt(squared), np.inf)
        assert control == (distance.argmin() if distance.min() < 0.5 else -1)
    assert 0 < (found >= 0).sum() < 40


def test_controls_that_may_not_be_used_are_passed_over() -> None:
    """A cell of the pool that may not serve itself gets its nearest usable neighbour."""
    pool = np.arange(20.0)[:, None]
    usable = np.arange(20) != 7
    found = impact.Pool(pool, np.ones(20)).match(pool[7:8], np.ones(1), caliper=1.0, usable=usable)
    assert found[0] in (6, 8)


def test_slopes_within_classes_are_those_of_a_regression_with_classes() -> None:
    """Slopes equal those of least squares with the classes as columns of their own; levels do not matter."""
    rng = np.random.default_rng(2)
    classes, x, y = rng.integers(0, 3, 50), rng.normal(size=(50, 2)) * [1, 1000], rng.normal(size=(50, 4))
    y += 100.0 * classes[:, None]
    together = np.hstack([x, classes[:, None] == np.arange(3)])
    expected = np.linalg.lstsq(together, y, rcond=None)[0][:2]
    assert np.allclose(impact.slopes_within_classes(y, x, classes), expected)


def test_mean_differences() -> None:
    """The difference of the means counts in standard deviations."""
    treated, controls = np.array([[1.0, 2.0], [3.0, 2.0]]), np.array([[1.0, 1.0], [1.0, 1.0]])
    assert impact.mean_differences(treated, controls, np.array([2.0, 1.0])).tolist() == [0.5, 1.0]
    assert np.isnan(impact.mean_differences(treated[:0], controls[:0], np.ones(2))).all()


def test_fakes_keep_the_shape_on_free_land() -> None:
    """Fakes have the cells of the shape in one of its eight positions, all on free land."""
    shape = np.zeros((40, 50), bool)
    shape[2:4, 3:8] = shape[4, 3] = True
    free = np.zeros_like(shape)
    free[10:, :] = True
    fakes = impact.fake_places(shape, free, 30, np.random.default_rng(0), least_share=1.0)
    assert len(fakes) == 30
    for rows, columns in fakes:
        assert len(rows) == shape.sum() and free[rows, columns].all()
        assert sorted((np.ptp(rows) + 1, np.ptp(columns) + 1)) == [3, 5]


def test_fakes_find_no_room() -> None:
    """Where the shape fits nowhere there is no fake."""
    shape, free = np.zeros((9, 9), bool), np.zeros((9, 9), bool)
    shape[:5, :5] = free[0] = True
    assert impact.fake_places(shape, free, 3, np.random.default_rng(0)) == []
    assert impact.fake_places(shape, np.zeros_like(free), 3, np.random.default_rng(0)) == []


def test_true_cells_are_those_of_a_list() -> None:
    """Any cells by number are those that a list of all has; an empty mask has none."""
    mask = np.random.default_rng(6).random((30, 8)) < 0.3
    mask[[0, 4, 29]] = False
    cells, numbers = impact.TrueCells(mask), np.array([0, 1, 1, 17, 40, mask.sum() - 1])
    assert len(cells) == mask.sum() and len(impact.TrueCells(np.zeros((3, 3), bool))) == 0
    np.testing.assert_array_equal(cells[numbers], np.argwhere(mask)[numbers])
    assert cells[numbers[:0]].shape == (0, 2)


def test_effect_is_the_change_of_the_gap() -> None:
    """With a gap of 2 before and -10 after the effect is -12; the year of the event itself does not count."""
    gaps = np.tile([2.0, 2.0, 99.0, -10.0, -10.0, -10.0], (8, 1))
    weights = impact.contrast(YEARS, YEARS < 2012, YEARS > 2012)
    found = impact.estimate(gaps, weights, np.arange(8), alike(np.zeros((0, 6))))
    assert (found.value, found.se) == (-12.0, 0.0) and np.isnan(found.p)


def test_interval_by_blocks_holds_the_effect() -> None:
    """With errors shared by blocks of land, intervals of 90 % hold the effect in 86 to 94 % of 1000 draws."""
    rng, weights = np.random.default_rng(1), np.array([-0.5, -0.5, 0.25, 0.25, 0.25, 0.25])
    blocks = np.repeat(np.arange(8), 5)
    held = []
    for _ in range(1000):
        noise = rng.normal(size=(8, 6))[blocks] + 0.3 * rng.normal(size=(40, 6))
        found = impact.estimate(noise + 5 * (YEARS > 2011), weights, blocks, alike(np.zeros((0, 6))))
        held.append(found.low <= 5 <= found.high)
    assert 0.86 < np.mean(held) < 0.94


def test_fakes_widen_the_interval_and_judge_the_effect() -> None:
    """Errors of a whole place, which its blocks cannot show, are seen at the fakes: the effect is no news."""
    rng, weights = np.random.default_rng(2), np.array([-0.5, -0.5, 0.25, 0.25, 0.25, 0.25])
    held, called = [], []
    for _ in range(400):
        gaps = rng.normal(size=6) + 0.01 * rng.normal(size=(30, 6))
        found = impact.estimate(gaps, weights, np.arange(30) % 3, alike(rng.normal(size=(39, 6))))
        held.append(found.low <= 0 <= found.high)
        called.append(found.p <= 0.05)
    assert 0.86 < np.mean(held) < 0.94 and 0.02 < np.mean(called) < 0.08


def test_fakes_with_other_errors_count_in_units_of_their_own() -> None:
    """A place with errors three times those of its fakes is judged as if these had errors as large."""
    rng, weights = np.random.default_rng(3), np.array([-0.5, -0.5, 0.25, 0.25, 0.25, 0.25])
    held, called = [], []
    for _ in range(400):
        gaps = 3 * rng.normal(size=6) + 0.01 * rng.normal(size=(30, 6))
        fakes = alike(rng.normal(size=(39, 6)))._replace(own=9 * np.eye(6))
        found = impact.estimate(gaps, weights, np.arange(30) % 3, fakes)
        held.append(found.low <= 0 <= found.high)
        called.append(found.p <= 0.05)
    assert 0.86 < np.mean(held) < 0.94 and 0.02 < np.mean(called) < 0.08


def test_covariance_of_a_mean_is_that_of_many_fields() -> None:
    """From one field of many years the variance of a place minus few controls, as repeated draws have it."""
    rng, shape = np.random.default_rng(5), (50, 70)
    cells = np.argwhere(np.ones(shape, bool))
    field = gaussian_filter(rng.normal(size=(150, *shape)), (0, 2, 2), mode="wrap")
    field = field / field.std() + rng.normal(size=field.shape)
    series = field.reshape(150, -1).T
    place = np.argwhere(np.pad(np.ones((12, 9), bool), ((14, 24), (30, 31))))
    controls = np.repeat([[5, 5], [6, 7], [40, 60]], [60, 30, 18], axis=0)
    values = field[:, place[:, 0], place[:, 1]].mean(axis=1) - field[:, controls[:, 0], controls[:, 1]].mean(
        axis=1
    )
    likeness = impact.lag_covariances(cells, series[:, :30], shape, rng)
    alone = np.ones((30, 1))
    found = impact.mean_covariance(place, [controls], alone, likeness, rng)
    assert np.mean(np.diag(found)) == pytest.approx(values.var(), rel=0.25)
    halves = impact.mean_covariance(place, [controls, controls], np.full((30, 2), 0.5), likeness, rng)
    assert np.mean(np.diag(halves)) == pytest.approx(np.mean(np.diag(found)), rel=0.05)
    many = impact.mean_covariance(place, [cells], alone, likeness, rng)
    assert np.mean(np.diag(many)) < 0.5 * np.mean(np.diag(found))


def test_noise_of_the_covariances_leaves_what_single_cells_add() -> None:
    """A large place whose cells err alone has their variance in any sum of years, and nothing below 0."""
    shape, weights = (80, 90), np.array([-0.5, -0.5, 0.25, 0.25, 0.25, 0.25])
    cells = np.argwhere(np.ones(shape, bool))
    place, controls = cells[cells[:, 1] < 40], cells[cells[:, 1] >= 50]
    least = weights @ weights * (1 / len(place) + 1 / len(controls))
    for seed in range(5):
        rng = np.random.default_rng(seed)
        likeness = impact.lag_covariances(cells, rng.normal(size=(len(cells), 6)), shape, rng)
        found = impact.mean_covariance(place, [controls], np.ones((6, 1)), likeness, rng)
        assert weights @ found @ weights > 0.9 * least


def test_no_cells_one_block_and_no_fakes() -> None:
    """Without cells the effect is unknown; with one block and no fakes its interval has no end."""
    weights = impact.contrast(YEARS, YEARS < 2012, YEARS > 2012)
    none = np.zeros((0, 6))
    assert np.isnan(impact.estimate(none, weights, np.zeros(0), alike(none)).value)
    found = impact.estimate(np.ones((3, 6)), weights, np.zeros(3), alike(none))
    assert (found.low, found.high) == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("high", "year"),
    [
        ([1, -1, -1, 2, 3, 3], 2013),
        ([1, -1, 1, -1, 1, 1], 2014),
        ([1, 1, -1, -1, -1, -1], None),
        ([1] * 6, 2012),
    ],
)
def test_recovered_year(high: list[float], year: int | None) -> None:
    """Recovery begins in the first year after the event from which on no year lies below the controls."""
    assert impact.recovered_year(YEARS, np.array(high, float), 2011) == year


def test_wrong_arguments_are_refused() -> None:
    """Pools without controls, shapes without cells and events without a year after are refused."""
    with pytest.raises(ValueError, match="control"):
        impact.Pool(np.zeros((0, 2)), np.zeros(0))
    with pytest.raises(ValueError, match="cells"):
        impact.fake_places(np.zeros((3, 3), bool), np.ones((3, 3), bool), 1, np.random.default_rng(0))
    with pytest.raises(ValueError, match="after"):
        impact.contrast(YEARS, YEARS < 2012, YEARS > 2020)
