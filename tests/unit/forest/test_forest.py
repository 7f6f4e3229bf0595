"""The forest against slow twins, scikit-learn and R; prediction of maps."""

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter
from sklearn.ensemble import RandomForestRegressor
from sklearn.tree import DecisionTreeRegressor

from nppdrivers.forest import Forest
from nppdrivers.forest.forest import FEW
from nppdrivers.forest.kernels import Trees, mean_of_trees
from nppdrivers.forest.prediction import RUN, CodedTrees, predict_rows


def planted(n=200, columns=6, seed=1):
    """Draw points whose response depends on the first three columns, the first most."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, columns))
    return X, 2 * X[:, 0] + X[:, 1] ** 2 + 0.5 * X[:, 2] + 0.5 * rng.standard_normal(n)


@pytest.fixture(scope="module")
def fitted():
    """Give a forest and its training data."""
    X, y = planted()
    return Forest(trees=60, seed=3).fit(X, y), X, y


def slow_tree(X, y, node_size):
    """Grow a tree on all columns by trying every cut: leaves are numbers, splits (column, cut, low, high)."""
    best = (1e-12, None)
    if len(y) > node_size:
        for column in range(X.shape[1]):
            values = np.unique(X[:, column])
            for cut in (values[:-1] + values[1:]) / 2:
                low = X[:, column] <= cut
                gain = len(y) * y.var() - low.sum() * y[low].var() - (~low).sum() * y[~low].var()
                if gain > best[0]:
                    best = (gain, (column, cut, low))
    if best[1] is None:
        return y.mean()
    column, cut, low = best[1]
    return column, cut, slow_tree(X[low], y[low], node_size), slow_tree(X[~low], y[~low], node_size)


def slow_value(tree, row):
    """Send one row down a slow tree."""
    while isinstance(tree, tuple):
        tree = tree[2] if row[tree[0]] <= tree[1] else tree[3]
    return tree


def nested(trees, tree, node=None):
    """Turn one tree of the flat arrays into a slow tree."""
    node = trees.root[tree] if node is None else node
    if trees.feature[node] < 0:
        return trees.cut[node]
    low, high = nested(trees, tree, trees.left[node]), nested(trees, tree, trees.right[node])
    return trees.feature[node], trees.cut[node], low, high


def numbers(tree):
    """List the numbers of a slow tree in order."""
    return [number for part in tree for number in numbers(part)] if isinstance(tree, tuple) else [tree]


@pytest.mark.parametrize(("node_size", "columns"), [(1, [0]), (5, [0]), (20, [0, 1, 2]), (1, [3])])
def test_grows_the_tree_of_an_exhaustive_search(node_size, columns):
    """With all columns tried, every tree is the one that an exhaustive search grows on the drawn rows.

    Nodes of few rows tie between columns, so small nodes are compared on one column. Column 3 has three
    values only.
    """
    X, y = planted(n=60, columns=3, seed=2)
    X = np.column_stack([X, X[:, 0].round()])[:, columns]
    model = Forest(trees=3, mtry=len(columns), node_size=node_size, seed=5).fit(X, y)
    rng = np.random.default_rng([5, 0])
    for tree in range(3):
        rows = rng.integers(0, 60, 60)
        rng.integers(2**31)
        slow = slow_tree(X[rows], y[rows], node_size)
        np.testing.assert_allclose(numbers(nested(model.trees_, tree)), numbers(slow), rtol=1e-12)


def test_drawn_duplicates_count_towards_the_node_size():
    """A node of few distinct rows drawn many times is split: draws count, not distinct rows."""
    X, y = np.arange(4.0)[:, None], np.array([0.0, 1.0, 10.0, 11.0])
    model = Forest(trees=200, node_size=3, seed=0).fit(X, y)
    assert (np.diff(model.trees_.root) >= 3).mean() > 0.9


def test_out_of_bag_error_and_importance_equal_slow_loops(fitted):
    """Out-of-bag error and importance are those of loops over trees and rows."""
    model, X, y = fitted
    trees = [nested(model.trees_, tree) for tree in range(60)]
    values = np.array([[slow_value(tree, row) for row in X] for tree in trees])
    values[model._in_bag] = np.nan
    mean = np.nanmean(values, axis=0)
    assert model.oob_mse_ == pytest.approx(np.mean((y - mean) ** 2), rel=1e-12)
    assert model.oob_r2_ == pytest.approx(1 - np.mean((y - mean) ** 2) / y.var(), rel=1e-12)
    np.testing.assert_allclose(model.oob_prediction_, mean, rtol=1e-12)

    rng, rises = np.random.default_rng([3, 1]), []
    for tree, in_bag in zip(trees, model._in_bag, strict=True):
        rows = np.flatnonzero(~in_bag)
        shuffled = rng.permuted(np.tile(rows, (X.shape[1], 1)), axis=1)
        before = sum((y[k] - slow_value(tree, X[k])) ** 2 for k in rows)
        rise = []
        for column in range(X.shape[1]):
            changed = X[rows].copy()
            changed[:, column] = X[shuffled[column], column]
            after = sum((y[k] - slow_value(tree, row)) ** 2 for k, row in zip(rows, changed, strict=True))
            rise.append((after - before) / len(rows))
        rises.append(rise)
    raw, square = np.mean(rises, axis=0), np.mean(np.square(rises), axis=0)
    se = np.sqrt((square - raw**2) / 60)
    table = model.permutation_importance()
    np.testing.assert_allclose(table["raw"], raw, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(table["se"], se, rtol=1e-9)
    np.testing.assert_allclose(table["scaled"], raw / se, rtol=1e-9, atol=1e-9)
    positive = np.maximum(raw / se, 0)
    np.testing.assert_allclose(table["share"], positive / positive.sum() * 100, rtol=1e-9, atol=1e-9)


def test_agrees_with_r():
    """Error within 2 % and every share within one percentage point of R's randomForest, 12 close drivers.

    The numbers are means of 20 seeds by R 4.2.2, randomForest 4.7-1.1 (`Rscript benchmarks/random_forest.R`).
    """
    shares_of_r = [21.876, 18.438, 2.314, 1.762, 6.708, 6.765, 14.204, 12.202, 4.561, 1.659, 3.696, 5.815]
    rotation = np.sqrt([2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37])
    turn = np.outer(np.arange(1, 301), rotation) % 1
    X = np.hstack([turn[:, :6], 0.7 * turn[:, :6] + 0.3 * turn[:, 6:]])
    y = 400 + 120 * X[:, 0] - 80 * X[:, 1] ** 2 + 60 * X[:, 2] * X[:, 3] + 30 * np.sin(50 * turn[:, 11])
    forests = [Forest(seed=seed).fit(X, y) for seed in range(8)]
    shares = np.mean([forest.permutation_importance()["share"] for forest in forests], axis=0)
    assert np.mean([forest.oob_mse_ for forest in forests]) == pytest.approx(557.214, rel=0.02)
    np.testing.assert_allclose(shares, shares_of_r, atol=1.0)


def test_defaults_and_repeatability():
    """Defaults are R's; equal seeds give equal bytes, other seeds other trees; names come from the table."""
    X, y = planted(columns=7)
    assert Forest(trees=2).fit(X, y).mtry_ == 2 and Forest(trees=2).fit(X[:, :2], y).mtry_ == 1
    assert (Forest().trees, Forest().node_size) == (500, 5)
    first, second, third = (Forest(trees=20, seed=seed).fit(X, y) for seed in (1, 1, 2))
    assert first.predict(X).tobytes() == second.predict(X).tobytes() != third.predict(X).tobytes()
    pd.testing.assert_frame_equal(first.permutation_importance(), second.permutation_importance())
    named = Forest(trees=20, seed=1).fit(pd.DataFrame(X, columns=list("abcdefg")), y)
    assert list(named.permutation_importance().index) == list("abcdefg")
    assert first.predict(X).tobytes() == named.predict(pd.DataFrame(X, columns=list("abcdefg"))).tobytes()


def test_importance_finds_what_was_planted(fitted):
    """Planted columns lead in order, useless ones get next to nothing, shares sum to 100."""
    share = fitted[0].permutation_importance()["share"]
    assert share.sum() == pytest.approx(100) and (share >= 0).all()
    assert share[0] > share[1] > share[[3, 4, 5]].max()


def test_groups_are_permuted_together(fitted):
    """A group of one column is that column; two copies of a driver hide each other alone, not as a group."""
    model, X, y = fitted
    single = model.permutation_importance()
    groups = model.permutation_importance({str(k): [k] for k in range(6)})
    np.testing.assert_array_equal(groups.to_numpy(), single.to_numpy())
    twins = Forest(trees=60, seed=3).fit(np.column_stack([X[:, 0], X[:, 0], X[:, 1]]), y)
    together = twins.permutation_importance({"driver": [0, 1], "other": [2]})
    alone = twins.permutation_importance().loc[[0, 1], "raw"]
    assert together.loc["driver", "raw"] > 1.5 * alone.max()
    with pytest.raises(ValueError, match="without \\[9\\]"):
        model.permutation_importance({"x": [0, 9]})


def test_unused_column_has_no_importance():
    """A column that no tree can use gets exactly 0 throughout; a constant response leaves no shares."""
    X, y = planted()
    X[:, 4] = 7
    table = Forest(trees=20).fit(X, y).permutation_importance()
    assert (table.loc[4] == 0).all()
    constant = Forest(trees=5).fit(X, np.ones(len(y)))
    assert constant.permutation_importance()["share"].isna().all() and np.isnan(constant.oob_r2_)


def test_columns_are_drawn_alike():
    """The root of many trees splits each of five equal columns about as often; a constant one never."""
    X, y = planted(n=100)
    X = np.column_stack([X[:, :1]] * 5 + [np.zeros(100)])
    model = Forest(trees=1500, mtry=1, seed=2).fit(X, y)
    splits = np.bincount(model.trees_.feature[model.trees_.root[:-1]], minlength=6)
    assert splits[5] == 0 and splits.sum() == 1500
    assert ((splits[:5] - 300) ** 2 / 300).sum() < 18.5  # chi2 with 4 degrees of freedom, 0.1 %


def test_order_of_values_alone_decides():
    """A monotone change of a column, or an offset that single precision would drown, keeps the trees."""
    X, y = planted()
    plain = Forest(trees=20, seed=4).fit(X, y)
    for change in (lambda x: x * 2.0**-40, lambda x: x + 2.0**20, np.exp):
        changed = Forest(trees=20, seed=4).fit(change(X), y)
        np.testing.assert_array_equal(changed.trees_.feature, plain.trees_.feature)
        if change is not np.exp:
            np.testing.assert_allclose(changed.oob_prediction_, plain.oob_prediction_, rtol=1e-12)


def flat(model):
    """Flatten a forest of scikit-learn."""
    parts, start = [], 0
    root = [0]
    for tree in (estimator.tree_ for estimator in model.estimators_):
        leaf = tree.children_left < 0
        parts.append(
            (
                np.where(leaf, -1, tree.feature).astype(np.int32),
                np.where(leaf, tree.value[:, 0, 0], tree.threshold),
                (tree.children_left + start).astype(np.int32),
                (tree.children_right + start).astype(np.int32),
            )
        )
        start += tree.node_count
        root.append(start)
    return Trees(*(np.concatenate(part) for part in zip(*parts, strict=True)), np.array(root))


@pytest.mark.parametrize("rows", [0, 1, RUN - 1, RUN + 1, 5 * RUN + 7])
@pytest.mark.parametrize("ordered", [True, False])
def test_map_prediction_equals_scikit_learn(rows, ordered):
    """The same trees predict the same: within 1e-12 of scikit-learn's forest, rows alike or not."""
    rng = np.random.default_rng(6)
    field = gaussian_filter(rng.standard_normal((40, 50, 5)), (4, 4, 0), mode="wrap").reshape(-1, 5)
    X = (field if ordered else rng.standard_normal(field.shape)).astype(np.float32)[:rows]
    X_fit = rng.choice(field, 150)
    model = RandomForestRegressor(30, max_features=2, random_state=0)
    model.fit(X_fit, np.sin(9 * X_fit[:, 0]) + X_fit[:, 1])
    ours = predict_rows(X.astype(np.float64), CodedTrees.of(flat(model), 5))
    assert ours.shape == (rows,)
    if rows:
        np.testing.assert_allclose(ours, model.predict(X), rtol=0, atol=1e-12)


def test_prediction_at_and_beside_the_cuts(fitted):
    """Values on a cut go left and the next double right, as in a plain walk; extremes are no trouble."""
    trees = fitted[0].trees_
    cuts = [trees.cut[trees.feature == f][:40] for f in range(6)]
    on = np.column_stack(cuts)
    rows = np.vstack([on, np.nextafter(on, np.inf), np.full((1, 6), 1e300), np.full((1, 6), -1e300)])
    slow = [np.mean([slow_value(nested(trees, tree), row) for tree in range(60)]) for row in rows]
    np.testing.assert_allclose(mean_of_trees(rows, trees), slow, rtol=1e-12)
    assert predict_rows(rows, CodedTrees.of(trees, 6)).tobytes() == mean_of_trees(rows, trees).tobytes()


def test_many_cuts_need_wider_codes():
    """More cuts than 16 bits count are coded in 32: the prediction stays that of the trees."""
    rng = np.random.default_rng(7)
    X = rng.standard_normal((30000, 1))
    model = Forest(trees=8, node_size=1, seed=1).fit(X, X[:, 0] + rng.standard_normal(30000))
    coded = CodedTrees.of(model.trees_, 1)
    assert coded.cut.dtype == np.int32
    rows = rng.standard_normal((300, 1))
    np.testing.assert_array_equal(predict_rows(rows, coded), mean_of_trees(rows, model.trees_))


def test_prediction_is_the_same_in_any_blocks(fitted, monkeypatch):
    """A row's value does not depend on the rows around it or their number: any blocks give the same bytes."""
    model, X, y = fitted
    rows = np.random.default_rng(8).standard_normal((FEW + 1500, 6))
    one_by_one = Forest(trees=60, seed=3).fit(X, y).predict(rows[:1500])
    whole = model.predict(rows)
    assert whole[:1500].tobytes() == one_by_one.tobytes()
    parts = np.concatenate([model.predict(rows[k : k + 311]) for k in range(0, len(rows), 311)])
    assert parts.tobytes() == whole.tobytes()
    monkeypatch.setattr("nppdrivers.forest.forest.BLOCK", 100)
    assert model.predict(rows).tobytes() == whole.tobytes()
    assert model.predict(rows[::-1]).tobytes() == whole[::-1].tobytes()


def test_missing_predictors_give_missing_predictions(fitted):
    """A row with a missing driver is NaN, its neighbours are not; single precision is read as it is."""
    model, X, _ = fitted
    rows = X[:10].copy()
    rows[3, 5], rows[7, 0] = np.nan, np.inf
    prediction = model.predict(rows)
    assert np.isnan(prediction[[3, 7]]).all() and np.isfinite(np.delete(prediction, [3, 7])).all()
    np.testing.assert_array_equal(
        np.delete(prediction, [3, 7]), model.predict(np.delete(rows, [3, 7], axis=0))
    )
    single = X[:10].astype(np.float32)
    np.testing.assert_array_equal(model.predict(single), model.predict(single.astype(np.float64)))


@pytest.mark.parametrize(
    ("X", "y", "settings", "message"),
    [
        (np.array([[1.0], [np.nan]]), [1, 2], {}, r"missing values in \[0\]"),
        (np.ones((2, 1)), [1, np.nan], {}, "missing values in y"),
        (np.ones((3, 1)), [1, 2], {}, r"\(3, 1\) and \(2,\)"),
        (np.ones((2, 1)), [1, 2], {"mtry": 2}, "mtry 2 is more than the 1 columns"),
        (np.ones((2, 1)), [1, 2], {"trees": 0}, "at least 1"),
    ],
)
def test_bad_training_data_is_refused(X, y, settings, message):
    """Missing values, unequal lengths and impossible settings are named."""
    with pytest.raises(ValueError, match=message):
        Forest(**settings).fit(X, np.asarray(y))


def test_other_columns_are_refused_in_prediction(fitted):
    """Another number of columns, or other names, cannot be predicted from."""
    with pytest.raises(ValueError, match=r"\(rows, 6\), not \(4, 5\)"):
        fitted[0].predict(np.ones((4, 5)))
    X, y = planted(columns=3)
    named = Forest(trees=2).fit(pd.DataFrame(X, columns=["a", "b", "c"]), y)
    with pytest.raises(ValueError, match="fitted on"):
        named.predict(pd.DataFrame(X, columns=["b", "a", "c"]))


def test_near_twin_of_scikit_learn():
    """A plain forest of scikit-learn's trees: mean error within 3 %, mean shares within 3 standard errors."""
    X, y = planted(n=150, columns=6)
    errors, shares = [], []
    for seed in range(6):
        model = Forest(trees=150, seed=seed).fit(X, y)
        twin = twin_scores(X, y, 150, 100 + seed)
        errors.append([model.oob_mse_, twin[0]])
        shares.append(model.permutation_importance()["share"] - twin[1])
    ours, theirs = np.mean(errors, axis=0)
    assert abs(ours / theirs - 1) < 0.03
    error = np.std(shares, axis=0, ddof=1) / np.sqrt(len(shares))
    assert (np.abs(np.mean(shares, axis=0)) < 3 * error + 0.1).all() and error.max() < 2


def twin_scores(X, y, trees, seed):
    """Out-of-bag error and shares of a plain forest of scikit-learn's trees."""
    rng = np.random.default_rng(seed)
    total, count, rises = np.zeros(len(y)), np.zeros(len(y)), []
    for _ in range(trees):
        rows = rng.integers(0, len(y), len(y))
        held = np.setdiff1d(np.arange(len(y)), rows)
        tree = DecisionTreeRegressor(
            min_samples_split=6, max_features=2, random_state=int(rng.integers(2**31))
        )
        tree.fit(X[rows], y[rows])
        stack = np.repeat(X[None, held], 7, axis=0)
        for column in range(6):
            stack[column, :, column] = rng.permutation(X[held, column])
        values = tree.predict(stack.reshape(-1, 6)).reshape(7, -1)
        total[held] += values[6]
        count[held] += 1
        squares = ((y[held] - values) ** 2).mean(axis=1)
        rises.append(squares[:6] - squares[6])
    raw = np.mean(rises, axis=0)
    scaled = np.maximum(raw / np.sqrt((np.mean(np.square(rises), axis=0) - raw**2) / trees), 0)
    return np.mean((y - total / count) ** 2), scaled / scaled.sum() * 100
