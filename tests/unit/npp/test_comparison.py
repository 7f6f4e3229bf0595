"""Claims of validation."""

import numpy as np
import pytest

from nppdrivers.npp.comparison import (
    TABLE_COLUMNS,
    aggregate_to_cells,
    compare_classes,
    compare_plots,
    decode_mod17_npp,
)
from nppdrivers.npp.reference_models import miami, thornthwaite_memorial


def test_aggregation_against_a_loop():
    """Coarse means and valid shares equal a loop over the coarse cells; below the least share is no mean."""
    rng = np.random.default_rng(2)
    values = rng.gamma(4.0, 70.0, (40, 45))
    values[rng.random(values.shape) < 0.4] = np.nan
    index = np.arange(40)[:, None] // 7 * 7 + np.arange(45) // 7
    index[:, 40:] = -1
    means, shares = aggregate_to_cells(values, index, 50, 0.6)
    for cell in range(50):
        here = values[index == cell]
        share = np.isfinite(here).mean() if here.size else 0.0
        assert shares[cell] == pytest.approx(share, rel=1e-12)
        expected = np.nanmean(here) if share >= 0.6 else np.nan
        assert means[cell] == pytest.approx(expected, rel=1e-12, nan_ok=True)
    assert 0 < np.isnan(means).sum() < 49


def test_aggregation_of_cells_cut_by_the_edge():
    """Given how many fine cells fill a coarse cell, one that is mostly outside the map gets no mean."""
    values, index = np.full(10, 5.0), np.array([0] * 8 + [1] * 2)
    means, shares = aggregate_to_cells(values, index, 3, 0.5, whole_cell=8)
    np.testing.assert_array_equal(means, [5.0, np.nan, np.nan])
    np.testing.assert_array_equal(shares, [1.0, 0.25, 0.0])


def test_aggregation_refuses_bad_input():
    """Shapes that differ, indices beyond the cells and shares beyond 1 are refused by name."""
    for arguments, message in (
        ((np.zeros(3), np.zeros(4, int), 1), "one shape"),
        ((np.zeros(3), np.array([0, 1, 2]), 2), "cell_index reaches 2"),
        ((np.zeros(3), np.zeros(3, int), 1, 50), "min_share"),
    ):
        with pytest.raises(ValueError, match=message):
            aggregate_to_cells(*arguments)


def test_mod17_fills_and_scale():
    """4022 is 402.2 gC m-2 yr-1; 32700 is the last value; every fill class is masked, counted and named."""
    numbers = np.array([4022, 0, -150, 32700, 32761, 32762, 32762, 32766, 32767, 32750], dtype=np.int16)
    npp, fills = decode_mod17_npp(numbers)
    np.testing.assert_allclose(npp, [402.2, 0, -15.0, 3270.0] + [np.nan] * 6, rtol=1e-12)
    assert fills == {"undefined": 1, "unclassified": 1, "urban or built-up": 2, "water": 1, "fill": 1}


def test_climate_models_at_published_point():
    """At 10.6 degC and 575 mm Miami gives 952 and Thornthwaite Memorial 992 g dry matter."""
    assert miami(10.6, 575.0, carbon_share=1.0) == pytest.approx(952, abs=0.5)
    assert thornthwaite_memorial(10.6, 575.0, carbon_share=1.0) == pytest.approx(992, abs=0.5)
    assert miami(10.6, 575.0) == pytest.approx(428, abs=0.5)
    assert thornthwaite_memorial(10.6, 575.0) == pytest.approx(446, abs=0.5)


def test_limits_of_climate_models():
    """Rain, cold and warmth limit by their own curves: 0 without rain, 3000 g at most; NaN stays local."""
    t, p = np.array([10.0, -40.0, 28.0, np.nan, 10.0]), np.array([0.0, 500.0, 1e5, 500.0, np.nan])
    np.testing.assert_allclose(miami(t, p, 1.0)[:3], [0.0, 6.88, 2647.7], rtol=1e-3)
    memorial = thornthwaite_memorial(t, p, 1.0)
    assert memorial[0] == memorial[1] == 0.0
    assert 2000 < memorial[2] < 3000
    assert np.isnan(memorial[3:]).all()
    assert np.isnan(miami(t, p)[3:]).all()


def test_thornthwaite_memorial_is_bounded_by_supply_and_limit():
    """The evapotranspiration behind it never exceeds 1.05 P nor L, and tends to L with endless rain."""
    t = np.array([5.0, 15.0, 25.0])
    limit = 300 + 25 * t + 0.05 * t**3
    endless = thornthwaite_memorial(t, np.full(3, 1e7), 1.0)
    np.testing.assert_allclose(endless, 3000 * (1 - np.exp(-0.0009695 * (limit - 20))), rtol=1e-6)


def basin():
    """A map of two classes over six coarse cells of which one is urban fill and one partly unmapped."""
    rng = np.random.default_rng(5)
    index = np.repeat(np.repeat(np.arange(6).reshape(2, 3), 5, axis=0), 5, axis=1)
    classes = rng.integers(1, 3, index.shape)
    classes[index == 1] = 2
    npp = np.where(classes == 1, 400.0, 200.0) + rng.normal(0, 20, index.shape)
    npp[0, 0], index[9, 14] = np.nan, -1
    reference = np.array([310.0, np.nan, 290.0, 350.0, 320.0, 305.0])
    return npp, classes, index, reference


def test_class_comparison_against_a_loop():
    """Class means of the reference are weighted by the class's area in each coarse cell that has a value."""
    npp, classes, index, reference = basin()
    table = compare_classes(npp, classes, {1: "forest", 2: "construction", 5: "water"}, index, reference)
    for row, code in enumerate((1, 2)):
        areas = np.array([np.sum((classes == code) & (index == c) & ~np.isnan(npp)) for c in range(6)])
        seen = np.isfinite(reference)
        expected = np.sum(areas[seen] * reference[seen]) / areas[seen].sum()
        cells = (classes == code) & np.isin(index, np.flatnonzero(seen))
        mapped = np.sum((classes == code) & ~np.isnan(npp))
        assert table.loc[row, "reference"] == pytest.approx(expected, rel=1e-12)
        assert table.loc[row, "simulated"] == pytest.approx(np.nanmean(npp[cells]), rel=1e-12)
        assert table.loc[row, "n"] == np.sum(areas[seen] > 0)
        assert table.loc[row, "valid_percent"] == pytest.approx(100 * areas[seen].sum() / mapped, rel=1e-12)
        assert table.loc[row, "bias_percent"] == pytest.approx(
            100 * (table.loc[row, "simulated"] / expected - 1), rel=1e-9
        )
    assert list(table.columns) == TABLE_COLUMNS
    assert table.loc[2, "n"] == 0
    assert table.loc[2, ["simulated", "reference", "bias", "valid_percent"]].isna().all()


def test_plot_comparison():
    """Plots compare the mean of their valid cells; the published figures give their published differences."""
    cells = [np.array([247.0, 248.22, np.nan]), np.array([276.66])]
    table = compare_plots(["A", "B"], [248.96, 275.15], cells)
    np.testing.assert_allclose(table["simulated"], [247.61, 276.66], rtol=1e-12)
    np.testing.assert_allclose(table["bias"], [-1.35, 1.51], rtol=1e-9)
    assert list(table["n"]) == [2, 1]
    np.testing.assert_allclose(table["valid_percent"], [200 / 3, 100.0], rtol=1e-12)
    nothing = compare_plots(["C"], [100.0], [np.array([np.nan])])
    assert nothing.loc[0, "n"] == 0
    assert np.isnan(nothing.loc[0, "simulated"])
