"""Claims of zones."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers.npp import zones


def field(shape=(60, 50), seed=1):
    """A map of NPP with missing cells and five zone numbers (0 = none, 4 = without valid cells)."""
    rng = np.random.default_rng(seed)
    values = rng.gamma(4.0, 70.0, shape)
    labels = rng.integers(0, 5, shape)
    values[rng.random(shape) < 0.1] = np.nan
    values[labels == 4] = np.nan
    return values, labels


def test_statistics_against_pandas():
    """Every column equals a group-by of the valid cells with pandas, area and carbon by their definitions."""
    values, labels = field()
    table = zones.zone_statistics(values, labels, 900.0).set_index("zone")
    groups = pd.DataFrame({"v": values.ravel(), "z": labels.ravel()}).query("z > 0").groupby("z")["v"]
    expected = groups.agg(["count", "size", "min", "max", "mean", "std", "sum"])
    for ours, theirs in {
        "n": expected["count"],
        "min": expected["min"],
        "max": expected["max"],
        "mean": expected["mean"],
        "sd": expected["std"],
        "cv_percent": 100 * expected["std"] / expected["mean"],
        "valid_percent": 100 * expected["count"] / expected["size"],
        "area_km2": expected["count"] * 900.0 / 1e6,
    }.items():
        np.testing.assert_allclose(table[ours], theirs, rtol=1e-12, err_msg=ours)
    np.testing.assert_allclose(table["total_tC"].iloc[:3], expected["sum"].iloc[:3] * 900.0 / 1e6, rtol=1e-12)


def test_known_total():
    """250 gC m-2 over 4 cells of 1 hectare is 10 t C."""
    table = zones.zone_statistics(np.full((2, 2), 250.0), np.ones((2, 2), int), 1e4)
    assert table.loc[0, "total_tC"] == pytest.approx(10.0, rel=1e-15)
    assert table.loc[0, "area_km2"] == pytest.approx(0.04, rel=1e-15)
    assert table.loc[0, "sd"] == 0.0


def test_zones_with_too_few_cells():
    """An empty zone asked for by name has n = 0 and NaN, a single cell no spread; the order is kept."""
    values = np.array([[300.0, np.nan, 100.0]])
    labels = np.array([[2, 3, -1]], dtype=np.int16)
    table = zones.zone_statistics(values, labels, 900.0, {7: "mine", 2: "forest", 3: "water"})
    assert list(table["name"]) == ["mine", "forest", "water"]
    assert list(table["n"]) == [0, 1, 0]
    assert table.loc[1, "mean"] == table.loc[1, "min"] == 300.0
    assert table.loc[[0, 2], "mean":"total_tC"].isna().all(axis=None)
    assert np.isnan(table.loc[1, "sd"])
    np.testing.assert_array_equal(table["valid_percent"], [np.nan, 100.0, 0.0])


def test_spread_of_large_numbers_does_not_cancel():
    """The sd of 1e8 + {0, 1, 2} is 1, which a difference of squares would lose."""
    table = zones.zone_statistics(1e8 + np.array([0.0, 1.0, 2.0]), np.ones(3, int), 900.0)
    assert table.loc[0, "sd"] == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(("a", "b"), [([1, 2, 3, 3, 7], [2, 3, 3, 5]), ([4.0], [4.0]), ([5, 6], [1, 2, 2])])
def test_cliffs_delta_counts_pairs(a, b):
    """Cliff's delta equals the count over all pairs, ties as 0; 1 where a is all above."""
    pairs = [np.sign(x - y) for x in a for y in b]
    assert zones.cliffs_delta(np.array(a), np.array(b)) == pytest.approx(np.mean(pairs), abs=1e-15)


def test_sides_of_a_known_difference():
    """The difference, means and delta of two sides come out, NaN cells left out, inside the interval."""
    rng = np.random.default_rng(3)
    values = rng.normal(300.0, 30.0, (120, 120))
    east = np.arange(120) >= 60 + np.zeros((120, 1))
    values[~east] -= 40.0
    values[rng.random(values.shape) < 0.1] = np.nan
    sides = zones.west_east(values, east, rng=np.random.default_rng(4), block_cells=10)
    assert sides.mean_west == pytest.approx(np.nanmean(values[~east]), rel=1e-12)
    assert sides.mean_east == pytest.approx(np.nanmean(values[east]), rel=1e-12)
    assert sides.difference == pytest.approx(sides.mean_west - sides.mean_east, rel=1e-12)
    assert sides.low < -40.0 < sides.high < 0
    assert sides.cliffs_delta == pytest.approx(2 * 0.173 - 1, abs=0.03)  # P(N(-40, 30 sqrt 2) > 0) = 0.173
    again = zones.west_east(values, east, rng=np.random.default_rng(4), block_cells=10)
    assert again == sides


def test_block_interval_covers_where_cells_are_alike():
    """On patchy maps of equal sides the block interval holds 0 about as often as it says, cells do not."""
    covered = {1: 0, 10: 0}
    east = np.arange(60) >= 30 + np.zeros((60, 1))
    for seed in range(60):
        rng = np.random.default_rng(seed)
        patches = np.kron(rng.normal(0, 50.0, (12, 12)), np.ones((5, 5)))
        for block in covered:
            sides = zones.west_east(patches, east, rng=rng, block_cells=block, samples=200)
            covered[block] += sides.low <= 0 <= sides.high
    assert covered[10] >= 49
    assert covered[1] <= 35


def test_sides_without_cells():
    """A side without valid cells leaves only the counts; a single block a side leaves no interval."""
    values = np.full((10, 10), 200.0)
    nowhere = np.zeros((10, 10), bool)
    alone = zones.west_east(values, nowhere, rng=np.random.default_rng(0))
    assert (alone.n_west, alone.n_east) == (100, 0)
    assert np.isnan(alone.difference)
    half = np.arange(10) >= 5 + np.zeros((10, 1))
    single = zones.west_east(values, half, rng=np.random.default_rng(0), block_cells=34)
    assert single.difference == 0.0
    assert np.isnan(single.low)


def test_bad_arguments_are_refused():
    """Shapes that differ, areas and confidences without sense are refused by name."""
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="one shape"):
        zones.zone_statistics(np.zeros(3), np.ones(4, int), 900.0)
    with pytest.raises(ValueError, match="cell_area_m2"):
        zones.zone_statistics(np.zeros(3), np.ones(3, int), 0.0)
    with pytest.raises(ValueError, match="maps of one shape"):
        zones.west_east(np.zeros(3), np.zeros(3, bool), rng=rng)
    with pytest.raises(ValueError, match="confidence"):
        zones.west_east(np.zeros((3, 3)), np.zeros((3, 3), bool), rng=rng, confidence=95)
