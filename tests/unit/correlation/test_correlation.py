"""Local correlations, their significance, and what chance alone gives."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from scipy.ndimage import gaussian_filter

from nppdrivers.correlation import surrogates
from nppdrivers.correlation.local import PATCH, local_correlation
from nppdrivers.correlation.significance import (
    INSIGNIFICANT,
    NEGATIVE,
    POSITIVE,
    UNDEFINED,
    class_shares,
    classify,
    critical_correlation,
    effective_sample_size,
    least_pairs,
    pearson_table,
)
from nppdrivers.correlation.surrogates import chance_shares, surrogate_maps
from nppdrivers.correlation.whole_numbers import count_classes, whole_numbers


def two_passes(x, y, window, min_pairs=3):
    """Slow obvious form: means first, then centred sums, in extended precision, window by window."""
    half = window // 2
    r, n = np.full(x.shape, np.nan), np.zeros(x.shape, dtype=int)
    for i, j in np.ndindex(x.shape):
        rows, columns = slice(max(i - half, 0), i + half + 1), slice(max(j - half, 0), j + half + 1)
        a, b = x[rows, columns].ravel().astype(np.longdouble), y[rows, columns].ravel().astype(np.longdouble)
        good = np.isfinite(a) & np.isfinite(b)
        n[i, j] = good.sum()
        if n[i, j] >= min_pairs and np.ptp(a[good]) > 0 and np.ptp(b[good]) > 0:
            da, db = a[good] - a[good].mean(), b[good] - b[good].mean()
            r[i, j] = (da * db).sum() / np.sqrt((da * da).sum() * (db * db).sum())
    return r, n


def smooth_field(rng, shape, sigma):
    """Gaussian noise smoothed over sigma cells, standard deviation 1."""
    field = gaussian_filter(rng.standard_normal(shape), sigma, mode="wrap")
    return field / field.std()


@pytest.fixture
def maps():
    """Two related maps with scattered gaps, a missing corner and a constant area."""
    rng = np.random.default_rng(1)
    x = smooth_field(rng, (60, 70), 3)
    y = 0.5 * x + smooth_field(rng, (60, 70), 3)
    x[rng.random(x.shape) < 0.05] = np.nan
    y[:20, :15] = np.nan
    x[30:50, 40:60] = 0.1
    return x, y


@pytest.mark.parametrize("window", [3, 5, 11, 33])
@pytest.mark.parametrize("offset", [0.0, 10.6, 1e3, 1e6])
def test_equals_two_passes(maps, window, offset):
    """Any window and any offset of the data: within 1e-11 of a two-pass loop, defined in the same cells."""
    x, y = maps[0][:45, 20:] + offset, maps[1][:45, 20:] * 1e-2 - offset
    r, n = local_correlation(x, y, window=window)
    expected_r, expected_n = two_passes(x, y, window)
    np.testing.assert_array_equal(n, expected_n)
    np.testing.assert_array_equal(np.isnan(r), np.isnan(expected_r))
    np.testing.assert_allclose(r, expected_r, rtol=0, atol=1e-11)


def test_equals_scipy_in_one_window():
    """A window that holds the whole map gives the textbook coefficient."""
    x, y = np.random.default_rng(2).standard_normal((2, 5, 5))
    r, n = local_correlation(x, y, window=11)
    assert r[2, 2] == pytest.approx(stats.pearsonr(x.ravel(), y.ravel()).statistic, abs=1e-14)
    assert n[2, 2] == 25


@pytest.mark.parametrize("value", [0.0, 0.1, 1e6 / 3, -273.15])
def test_constant_windows_are_undefined(value):
    """A window without variation has no correlation, whatever its constant; its neighbours keep theirs."""
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((2, 30, 30)) + value
    x[5:25, 5:25] = value
    r, n = local_correlation(x, y, window=5)
    inner = np.zeros(x.shape, dtype=bool)
    inner[7:23, 7:23] = True
    assert np.isnan(r[inner]).all() and (n[inner] == 25).all()
    assert np.isfinite(r[~inner]).all()


def test_one_different_value_defines_a_window():
    """The smallest difference that doubles can hold ends constancy."""
    x = np.full((5, 5), 1000.1)
    x[4, 4] = np.nextafter(1000.1, 2000)
    y = np.zeros((5, 5))
    y[4, 4] = 1
    assert local_correlation(x, y, window=9)[0][2, 2] == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("tile", [7, 31, 64])
def test_tiles_with_a_halo_give_the_same_bytes(tile):
    """Cutting a map into tiles with a halo of half a window changes no byte, across the inner patches too."""
    rng = np.random.default_rng(4)
    x, y = smooth_field(rng, (PATCH + 40, PATCH + 25), 4) + 11, smooth_field(rng, (PATCH + 40, PATCH + 25), 4)
    x[rng.random(x.shape) < 0.1] = np.nan
    whole, halo = local_correlation(x, y, window=11), 5
    for top in range(0, x.shape[0], tile):
        for left in range(0, x.shape[1], tile):
            up, back = max(top - halo, 0), max(left - halo, 0)
            cut = np.s_[up : top + tile + halo, back : left + tile + halo]
            part = local_correlation(x[cut], y[cut], window=11)
            inner = np.s_[top - up : top - up + tile, left - back : left - back + tile]
            for expected, layer in zip(whole, part, strict=True):
                assert expected[top : top + tile, left : left + tile].tobytes() == layer[inner].tobytes()


def test_border_equals_missing_cells_beyond():
    """Clipping at the border is the same, to the byte, as a frame of missing cells."""
    x, y = np.random.default_rng(5).standard_normal((2, 20, 20))
    framed = [np.pad(a, 5, constant_values=np.nan) for a in (x, y)]
    for plain, inside in zip(local_correlation(x, y), local_correlation(*framed), strict=True):
        assert plain.tobytes() == inside[5:-5, 5:-5].tobytes()


def test_missing_values_stay_local(maps):
    """A missing cell leaves out its pair: n falls by one in the windows that hold it, the rest stays."""
    x, y = maps
    before, holed = local_correlation(x, y, window=5), x.copy()
    holed[40, 20], valid = np.nan, np.isfinite(x[40, 20] + y[40, 20])
    after = local_correlation(holed, y, window=5)
    touched = np.zeros(x.shape, dtype=bool)
    touched[38:43, 18:23] = valid
    np.testing.assert_array_equal(before[1] - after[1], touched)
    np.testing.assert_array_equal(before[0][~touched], after[0][~touched])


def test_properties(maps):
    """Symmetric, +-1 for a line, unchanged by scale, sign turned with a map; infinity is missing."""
    x, y = maps
    r, n = local_correlation(x, y)
    np.testing.assert_allclose(local_correlation(y, x)[0], r, rtol=0, atol=1e-13)
    np.testing.assert_array_equal(local_correlation(x, -y)[0], -r)
    np.testing.assert_allclose(local_correlation(4 * x, y)[0], r, rtol=0, atol=1e-13)
    line = local_correlation(x, 3 - 2 * x)[0]
    assert np.nanmax(np.abs(line + 1)) < 1e-12 and np.nanmin(line) >= -1
    np.testing.assert_array_equal(local_correlation(np.where(np.isnan(x), np.inf, x), y)[1], n)


def test_min_pairs_and_single_precision(maps):
    """Too few pairs leave r undefined and n known; single-precision maps count in double precision."""
    x, y = maps
    r, n = local_correlation(x, y, min_pairs=40)
    assert np.isnan(r[n < 40]).all() and (n < 40).any()
    x32, y32 = (a.astype(np.float32) for a in (x, y))
    np.testing.assert_array_equal(
        local_correlation(x32, y32)[0], local_correlation(x32.astype(float), y32.astype(float))[0]
    )


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"window": 4}, "odd"),
        ({"window": 1}, "odd"),
        ({"min_pairs": 1}, "min_pairs"),
        ({"y": 3}, "one shape"),
    ],
)
def test_bad_input_is_refused(change, message):
    """Even windows, pairs that define no correlation, and maps of two shapes are named in the error."""
    y = np.zeros((4, change.pop("y", 4)))
    with pytest.raises(ValueError, match=message):
        local_correlation(np.zeros((4, 4)), y, **change)


def test_critical_correlation_is_that_of_the_t_test():
    """The table agrees with p-values: textbook 0.576 for 12 pairs, and p = alpha at the critical value."""
    table = critical_correlation(121, 0.05)
    assert table[12] == pytest.approx(0.576, abs=5e-4)
    for n in (3, 10, 121):
        t = table[n] * np.sqrt((n - 2) / (1 - table[n] ** 2))
        assert 2 * stats.t.sf(t, n - 2) == pytest.approx(0.05, abs=1e-12)
    assert np.isinf(table[:3]).all()


def test_classify_equals_p_values(maps):
    """Classes by critical r are those by p-value; undefined cells are a class of their own."""
    r, n = local_correlation(*maps)
    codes, legend = classify(r, n, alpha=0.05, min_n=least_pairs(11))
    with np.errstate(all="ignore"):
        p = 2 * stats.t.sf(np.abs(r) * np.sqrt((n - 2) / (1 - r**2)), n - 2)
    undefined = np.isnan(r) | (n < 31)
    np.testing.assert_array_equal(codes == UNDEFINED, undefined)
    np.testing.assert_array_equal(codes == POSITIVE, ~undefined & (p <= 0.05) & (r > 0))
    np.testing.assert_array_equal(codes == NEGATIVE, ~undefined & (p <= 0.05) & (r < 0))
    assert legend[INSIGNIFICANT] == "insignificant" and least_pairs(5) == 10
    assert all((codes == code).any() for code in legend)


def test_class_shares_leave_undefined_apart():
    """Shares of defined cells sum to 100 without the undefined ones; shares of all count them."""
    codes = np.array([[0, 1, 1, 2], [3, 0, 0, 0]])
    inside = np.array([[True] * 4, [True, True, False, False]])
    table = class_shares(codes, {0: "undefined", 1: "a", 2: "b", 3: "c"}, inside).set_index("name")
    assert table.loc["a", "share_of_defined"] == 50 and np.isnan(table.loc["undefined", "share_of_defined"])
    assert table["share_of_defined"].sum() == pytest.approx(100)
    assert table.loc["undefined", "share_of_all"] == pytest.approx(100 / 3)
    assert class_shares(codes * 0, {0: "undefined", 1: "a"})["share_of_defined"].isna().all()
    with pytest.raises(ValueError, match=r"\[3\] are not in the legend"):
        class_shares(codes, {0: "undefined", 1: "a", 2: "b"})


def test_effective_sample_size_by_definition():
    """Clifford's sum over ordered pairs by distance class, written out; n for values without pattern."""
    rng = np.random.default_rng(6)
    xy = rng.uniform(0, 100, (40, 2))
    x, y = xy[:, 0] + rng.standard_normal(40), xy[:, 0] + xy[:, 1]
    zx, zy = x - x.mean(), y - y.mean()
    distance = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    edges = np.linspace(0, distance.max(), 9)
    total = 40 * x.var() * y.var()
    for low, high in pairwise(edges):
        last = high == edges[-1]
        pairs = (
            (distance >= low) & ((distance <= high) if last else (distance < high)) & ~np.eye(40, dtype=bool)
        )
        if pairs.any():
            total += pairs.sum() * np.outer(zx, zx)[pairs].mean() * np.outer(zy, zy)[pairs].mean()
    expected = 1 + 40**2 * x.var() * y.var() / total
    assert effective_sample_size(xy, x, y, classes=8) == pytest.approx(expected, rel=1e-9)
    white = rng.standard_normal((2, 500))
    assert effective_sample_size(rng.uniform(0, 1, (500, 2)), *white) > 400
    assert np.isnan(effective_sample_size(xy, x, np.ones(40)))


def test_pearson_table_tells_chance_from_relation():
    """Independent smooth fields: the naive test rejects far too often, the effective size does not."""
    rng = np.random.default_rng(7)
    naive = honest = 0
    for _ in range(40):
        cells = rng.choice(90 * 90, 200, replace=False)
        xy = np.column_stack(np.unravel_index(cells, (90, 90))) * 30.0
        x, y = (smooth_field(rng, (90, 90), 9).ravel()[cells] for _ in range(2))
        row = pearson_table(xy, pd.DataFrame({"a": x}), y).iloc[0]
        naive += row["p"] < 0.05
        honest += row["p_ess"] < 0.05
        assert row["ess"] < 150
    assert naive >= 16 and honest <= 7


def test_pearson_table_handles_gaps_and_constants():
    """A gap leaves out one point of one driver; a constant driver is undefined; r and p are scipy's."""
    rng = np.random.default_rng(8)
    xy, x, y = rng.uniform(0, 1e3, (50, 2)), rng.standard_normal((50, 3)), rng.standard_normal(50)
    x[4, 0], x[:, 2] = np.nan, 5
    table = pearson_table(xy, pd.DataFrame(x, columns=["a", "b", "c"]), y).set_index("driver")
    assert list(table["n"]) == [49, 50, 50]
    expected = stats.pearsonr(x[:, 1], y)
    assert table.loc["b", "r"] == pytest.approx(expected.statistic)
    assert table.loc["b", "p"] == pytest.approx(expected.pvalue)
    assert table.loc["c", ["r", "p", "ess", "p_ess"]].isna().all()


def test_surrogate_keeps_values_and_autocorrelation():
    """A surrogate has the values of the map, its gaps and about its smoothness, but not its pattern."""
    rng = np.random.default_rng(9)
    field = smooth_field(rng, (100, 100), 5)
    field[field < 0] = 0
    field[:10] = np.nan
    copies = list(surrogate_maps(field, rng, 5))

    def step(a):
        return np.nanmean(np.diff(a, axis=1) ** 2) / np.nanvar(a)

    for copy in copies:
        np.testing.assert_array_equal(np.sort(copy[10:], axis=None), np.sort(field[10:], axis=None))
        assert np.isnan(copy[:10]).all()
        assert 0.5 < step(copy) / step(field) < 2
    assert np.abs(np.corrcoef([c[10:].ravel() for c in [field, *copies]])[0, 1:]).max() < 0.5


def test_a_constant_map_is_its_own_surrogate():
    """Where the field of all ranks is one value, or no cell has a value, surrogates are the map itself."""
    rng = np.random.default_rng(11)
    for field in (np.full((20, 30), 3.0), np.full((20, 30), np.nan)):
        for copy in surrogate_maps(field, rng, 2):
            np.testing.assert_array_equal(copy, field)


@pytest.mark.parametrize("values", [[3.0, 1.0, 2.0], [1.0, 0.0, 1.0, 0.0], [], [5.0] * 40])
def test_order_is_stable(values, monkeypatch):
    """Equal values keep their order, whichever sort is taken, also where blocks part them."""
    monkeypatch.setattr(surrogates, "BLOCK", 2)
    expected = np.argsort(values, kind="stable")
    np.testing.assert_array_equal(surrogates._order(np.array(values)), expected)


def test_chance_shares_judge_the_observed_share():
    """Independent smooth maps are mostly `significant` by chance too; a planted relation exceeds chance."""
    rng = np.random.default_rng(10)
    x, y = smooth_field(rng, (80, 80), 6), smooth_field(rng, (80, 80), 6)
    independent = chance_shares(x, y, surrogates=19).set_index("name")
    assert independent.loc[["significant positive", "significant negative"], "chance_mean"].sum() > 60
    assert independent.loc["significant positive", "p"] > 0.05
    related = chance_shares(x, 2 * x + y, surrogates=19).set_index("name")
    assert related.loc["significant positive", "p"] == pytest.approx(0.05)


@pytest.mark.parametrize("window", [3, 11, 33, 131])
def test_classes_are_counted_as_they_are_mapped(maps, window):
    """Sums of whole numbers over sliding windows give the classes of the map, gaps and constants included."""
    for x, y in (maps, (maps[0] + 1e6, -maps[1]), (np.round(maps[0]), np.round(maps[1] * 1e-9, 9))):
        r, n = local_correlation(x, y, window=window)
        codes, _ = classify(r, n, alpha=0.05, min_n=least_pairs(window))
        expected = np.bincount(codes[np.isfinite(x) & np.isfinite(y)], minlength=4)
        whole = [whole_numbers(values, window) for values in (x, y)]
        counts = count_classes(*whole, window, critical_correlation(window**2), least_pairs(window))
        np.testing.assert_array_equal(counts, expected)


def test_whole_numbers_keep_order_and_gaps():
    """Whole numbers span their scale in the order of the values; a map of one value has one number."""
    whole = whole_numbers(np.array([[2.0, np.nan, 1.0], [np.inf, 1.5, 2.0]]), 11)
    largest = np.floor(2**25.5 / 11)
    np.testing.assert_array_equal(whole, [[largest, np.nan, -largest], [np.nan, 0, largest]])
    assert np.unique(whole_numbers(np.full((3, 3), 7.5), 11)).size == 1
    assert np.isnan(whole_numbers(np.full((2, 2), np.nan), 11)).all()


def test_chance_of_a_constant_driver_is_what_is_observed():
    """All its windows are undefined, in the map as in the surrogates: no share and no false significance."""
    response = np.random.default_rng(12).standard_normal((20, 20))
    with pytest.warns(RuntimeWarning):
        table = chance_shares(np.full((20, 20), 4.0), response, surrogates=2)
    assert table[["observed", "chance_mean"]].isna().all(axis=None)


def test_tiny_values_count_in_surrogates_as_in_the_map(maps, monkeypatch):
    """Of a density that fades out, shares are those of the map, and chance is as without whole numbers."""
    response, rows = maps[1], np.arange(60.0)[:, None]
    driver = np.exp(-rows / 2) * (2 + np.sin(rows * np.arange(70.0) / 30))
    r, n = local_correlation(driver, response, window=5)
    codes, legend = classify(r, n, 0.05, least_pairs(5))
    shares = class_shares(codes, legend, np.isfinite(driver) & np.isfinite(response))
    table = chance_shares(driver, response, window=5, surrogates=3)
    np.testing.assert_allclose(table["observed"], shares["share_of_defined"][1:])
    assert (whole_numbers(driver, 5)[40:] == whole_numbers(driver, 5)[-1, -1]).all()
    monkeypatch.setattr(surrogates, "LEEWAY", -1.0)
    pd.testing.assert_frame_equal(chance_shares(driver, response, window=5, surrogates=3), table)
