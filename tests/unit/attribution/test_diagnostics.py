"""Collinearity, geographical detector and area of applicability."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers.attribution.diagnostics import (
    DriverSpace,
    explained_share,
    geographical_detector,
    strata,
    variance_inflation,
)


def test_vif_is_that_of_the_regressions():
    """The factor is 1 / (1 - R2) of each driver on the others; gaps leave out their row; names stay."""
    rng = np.random.default_rng(1)
    table = pd.DataFrame(rng.standard_normal((80, 3)), columns=["a", "b", "c"])
    table["c"] += 2 * table["a"]
    table.loc[3, "b"] = np.nan
    result, rows = variance_inflation(table), table.dropna()
    for name in table:
        others = np.column_stack([rows.drop(columns=name), np.ones(len(rows))])
        fit = others @ np.linalg.lstsq(others, rows[name], rcond=None)[0]
        r2 = 1 - ((rows[name] - fit) ** 2).sum() / ((rows[name] - rows[name].mean()) ** 2).sum()
        assert result.loc[name, "vif"] == pytest.approx(1 / (1 - r2), rel=1e-9)
    assert result.loc["a", "c"] == pytest.approx(np.corrcoef(rows["a"], rows["c"])[0, 1])


def test_vif_of_dependent_and_constant_drivers():
    """Drivers that follow from each other have an infinite factor, the rest theirs; a constant has none."""
    rng = np.random.default_rng(2)
    table = pd.DataFrame(rng.standard_normal((60, 3)), columns=["a", "b", "c"]).assign(d=1.0)
    table["c"] = table["a"] * 3 + 1
    vif = variance_inflation(table)["vif"]
    assert np.isinf(vif["a"]) and np.isinf(vif["c"]) and np.isnan(vif["d"])
    assert vif["b"] == pytest.approx(variance_inflation(table[["a", "b"]])["vif"]["b"], rel=1e-9)


def test_explained_share_by_hand():
    """Classes that fix the response explain all, classes of equal means nothing, and a case in between."""
    y = np.array([1.0, 1, 3, 3])
    assert explained_share(y, np.array([5, 5, 7, 7])) == 1
    assert explained_share(y, np.array([0, 1, 0, 1])) == 0
    assert explained_share(np.array([0.0, 2, 2, 4]), np.array([0, 0, 1, 1])) == pytest.approx(0.5)
    assert np.isnan(explained_share(np.ones(4), np.array([0, 0, 1, 1])))


def test_strata_are_of_equal_size_and_keep_ties():
    """Classes hold equal numbers of points, in order; equal values are never parted."""
    classes = strata(np.random.default_rng(3).permutation(60.0 + np.arange(60)), 6)
    assert np.bincount(classes).tolist() == [10] * 6
    many_zeros = strata(np.array([0.0] * 50 + list(range(1, 11))), 6)
    assert np.unique(many_zeros[:50]).size == 1 and many_zeros.max() >= 1


def test_geographical_detector_names_interactions():
    """A checkerboard of two drivers explains only together; a sum of them more than each; q is in [0, 1]."""
    a, b = (grid.ravel() for grid in np.meshgrid(np.arange(60.0), np.arange(60.0)))
    table = pd.DataFrame({"a": a, "b": b})
    checker = geographical_detector(table, np.sign(a - 29.5) * np.sign(b - 29.5)).iloc[0]
    assert checker["q_first"] < 1e-9 and checker["q_both"] == pytest.approx(1)
    assert checker["interaction"] == "enhance, nonlinear"
    summed = geographical_detector(table.assign(c=a + 0.1 * b), a + 0.5 * b)
    pair = summed[(summed["first"] == "a") & (summed["second"] == "c")].iloc[0]
    assert pair["interaction"] == "enhance, bivariate"
    assert pair["q_both"] < pair["q_first"] + pair["q_second"] and summed["q_both"].between(0, 1).all()


def test_dissimilarity_by_hand():
    """On a line of points: distance over the mean distance, 0 at a point, NaN for gaps, weights count."""
    sample = np.array([[0.0, 5], [1, 5], [2, 5], [3, 5]])
    typical = np.mean([1, 1, 1, 2, 2, 3])
    cells = np.array([[0.0, 5], [5, 5], [np.nan, 5], [1, 99]])
    space = DriverSpace(sample, np.ones(2), np.array([0, 1, 2, 3]))
    np.testing.assert_allclose(space.dissimilarity(cells), [0, 2 / typical, np.nan, 0])
    assert space.threshold == pytest.approx(1 / typical)
    assert DriverSpace(sample, np.ones(2), np.array([0, 0, 1, 1])).threshold > space.threshold


def test_area_of_applicability_ends_where_the_sample_does():
    """Cells like the sample lie inside, cells beyond its range do not; a driver without weight is ignored."""
    rng = np.random.default_rng(4)
    sample, inside = rng.standard_normal((300, 3)), rng.standard_normal((500, 3))
    space = DriverSpace(sample, np.array([1, 1, 0]), np.arange(300) % 10)
    index = space.dissimilarity(inside)
    assert (index <= space.threshold).mean() > 0.85
    assert (space.dissimilarity(inside + np.array([0, 9, 0])) > space.threshold).all()
    np.testing.assert_array_equal(space.dissimilarity(inside + np.array([0, 0, 9])), index)
