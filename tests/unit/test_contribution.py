"""Contributions of categories of drivers."""

from itertools import combinations, permutations

import numpy as np
import pytest

from nppdrivers import contribution


def predictions(rng, shape=(4, 5)):
    everything = rng.normal(300, 50, shape)
    return everything, everything - rng.normal(0, 20, (3, *shape))


def test_relative_contributions_add_up():
    """Relative contributions add up to 100 % and follow the size of the actual ones."""
    everything, without = predictions(np.random.default_rng(1))
    relative = contribution.relative_contribution(everything, without)
    assert relative.sum(axis=0) == pytest.approx(100)
    size = np.abs(contribution.actual_contribution(everything, without))
    assert np.array_equal(relative.argmax(axis=0), size.argmax(axis=0))


def test_nothing_contributes_nothing_is_defined():
    """Where no category changes anything, and where a prediction is missing, RelCon is undefined."""
    everything, without = predictions(np.random.default_rng(2))
    without[:, 0, 0] = everything[0, 0]
    without[1, 2, 3] = np.nan
    undefined = np.isnan(contribution.relative_contribution(everything, without))
    assert undefined[:, 0, 0].all() and undefined[:, 2, 3].all() and undefined.sum() == 6


@pytest.mark.parametrize(
    "shares, name",
    [
        ((60.000001, 20, 19.999999), "C"),
        ((60, 25, 15), "CS"),
        ((25, 60, 15), "SC"),
        ((45, 10, 45), "CM"),
        ((20, 30, 50), "MS"),
        ((15, 50, 35), "SM"),
        ((30, 15, 55), "MC"),
        ((0, 100, 0), "S"),
        ((5, 5, 90), "M"),
    ],
)
def test_dominant_category(shares, name):
    """Strictly more than 60 % dominates alone, otherwise the two largest do, in their order."""
    codes, legend = contribution.dominant_category(np.array(shares, float)[:, None])
    assert legend[codes[0]] == name


def test_legend_of_the_paper():
    """The nine classes have the codes 1 to 9 in the order of the paper's legend; undefined cells have 0."""
    codes, legend = contribution.dominant_category(np.full((3, 1), np.nan))
    assert list(legend) == list(range(1, 10))
    assert list(legend.values()) == ["C", "S", "M", "CS", "SC", "CM", "MC", "SM", "MS"]
    assert codes[0] == 0


def test_names_must_fit():
    """A name for each category is needed."""
    with pytest.raises(ValueError, match="2 names"):
        contribution.dominant_category(np.zeros((3, 1)), names=("C", "S"))


def worths(rng, names="abc", shape=(3, 4)):
    parts = [frozenset(part) for size in range(len(names) + 1) for part in combinations(names, size)]
    return {part: rng.normal(size=shape) for part in parts}


def test_shapley_adds_up():
    """Shapley values add up to the worth of all minus that of none."""
    values = worths(np.random.default_rng(3))
    result = contribution.group_shapley(values)
    total = values[frozenset("abc")] - values[frozenset()]
    assert np.abs(sum(result.values()) - total).max() < 1e-9


@pytest.mark.parametrize("names", ["ab", "abc", "abcd"])
def test_shapley_is_the_mean_over_orders(names):
    """The Shapley value is the mean gain of a category over all orders in which categories may enter."""
    values = worths(np.random.default_rng(4), names)
    result = contribution.group_shapley(values)
    for name in names:
        gains = []
        for order in permutations(names):
            before = frozenset(order[: order.index(name)])
            gains.append(values[before | {name}] - values[before])
        assert result[name] == pytest.approx(np.mean(gains, axis=0), abs=1e-12)


def test_category_without_effect_gets_nothing():
    """A category that changes no prediction has the value 0; two that change it alike share equally."""
    values = {part: 5.0 * bool(part & {"a", "b"}) for part in worths(np.random.default_rng(5))}
    result = contribution.group_shapley(values)
    assert result == pytest.approx({"a": 2.5, "b": 2.5, "c": 0})


def test_statistics_pass_over_missing_cells():
    """Mean and standard deviation of contributions and shares, cells without them left out; also in parts."""
    values = np.array([[[1.0, -3.0, np.nan]], [[3.0, 1.0, np.nan]]])
    statistics = contribution.Statistics(["climate", "soil"])
    for cells in (slice(0, 1), slice(1, 3)):
        statistics.add(values[:, :, cells])
    table = statistics.table().set_index("category")
    assert table.loc["climate"].to_list() == pytest.approx([-1, np.sqrt(8), 50, np.sqrt(1250)])
    assert table.loc["soil", "mean_relative_percent"] == pytest.approx(50)


def test_explained_variance_adds_up():
    """Unique and shared parts, and likewise the Shapley shares, add up to 100 % of the R2 of all."""
    r2 = {frozenset("C"): 0.5, frozenset("S"): 0.4, frozenset("CS"): 0.8}
    table = contribution.explained_variance(r2)
    by_kind = table.groupby("kind")["share_percent"].sum()
    assert by_kind["unique"] + by_kind["shared"] == pytest.approx(100)
    assert by_kind["shapley"] == pytest.approx(100)
    parts = table.set_index(["kind", "categories"])["r2"]
    assert parts["unique", "C"] == pytest.approx(0.4) and parts["shared", "C + S"] == pytest.approx(0.1)
    assert parts["shapley", "C"] == pytest.approx(0.45)


def test_missing_subset_is_named():
    """A subset without prediction is named."""
    values = worths(np.random.default_rng(6))
    values.pop(frozenset("ac"))
    with pytest.raises(ValueError, match=r"\['a', 'c'\]"):
        contribution.group_shapley(values)


def test_commonality_parts_add_up():
    """Unique and shared parts add up to the R2 of all, alone what a category adds to the others."""
    names = ("C", "S", "M")
    r2 = {
        frozenset(part): len(part) * 0.2 + ("C" in part) * 0.1
        for k in range(4)
        for part in combinations(names, k)
    }
    r2[frozenset("CS")] -= 0.15
    parts = contribution.commonality(r2)
    assert len(parts) == 7 and sum(parts.values()) == pytest.approx(r2[frozenset(names)])
    for name in names:
        rest = frozenset(names) - {name}
        assert parts[frozenset(name)] == pytest.approx(r2[frozenset(names)] - r2[rest])
        with_it = sum(value for part, value in parts.items() if name in part)
        assert with_it == pytest.approx(r2[frozenset(name)])


def test_commonality_of_two_by_hand():
    """Two categories: each alone beyond the other, and the part that either would explain."""
    r2 = {frozenset(): 0.0, frozenset("C"): 0.5, frozenset("S"): 0.4, frozenset("CS"): 0.6}
    parts = contribution.commonality(r2)
    assert [parts[frozenset(key)] for key in ("C", "S", "CS")] == pytest.approx([0.2, 0.1, 0.3])
