"""Alternative attributions."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers.attribution.alternatives import Experiment, attribute, without_elevation

CATEGORIES = {"climate": ["a", "b"], "soil": ["c"], "mining": ["d"]}


def drawn(n=250, seed=3):
    """Independent drivers a to d."""
    return pd.DataFrame(np.random.default_rng(seed).standard_normal((n, 4)), columns=list("abcd"))


def test_what_follows_from_elevation_is_taken_out():
    """A line of elevation leaves nothing, an unrelated driver all; what is left is uncorrelated."""
    rng = np.random.default_rng(1)
    height = rng.uniform(500, 1500, 200)
    drivers = pd.DataFrame({"lapse": 20 - 0.006 * height, "mixed": height / 100 + rng.normal(0, 3, 200)})
    drivers["other"], drivers["constant"] = rng.normal(5, 1, 200), 2.0
    rest, share = without_elevation(drivers, height)
    assert share["lapse"] == pytest.approx(1) and np.abs(rest["lapse"]).max() < 1e-10
    assert share["mixed"] == pytest.approx(np.corrcoef(drivers["mixed"], height)[0, 1] ** 2)
    assert abs(np.corrcoef(rest["mixed"], height)[0, 1]) < 1e-10
    assert share["other"] < 0.05 and np.isnan(share["constant"])


def test_the_category_that_acts_accounts_for_the_variance():
    """A response of one category gives it nearly all by every measure; Shapley shares add up to 100."""
    drivers = drawn()
    response = 400 + 60 * drivers["c"].to_numpy()
    fold = np.arange(len(drivers)) % 4
    table = attribute(Experiment(response, drivers, CATEGORIES), trees=60, seed=2, fold=fold)
    of = table.set_index("category")
    assert of["shapley_percent"].sum() == pytest.approx(100)
    for measure in ("shapley_percent", "relative_percent", "permutation_percent"):
        assert of[measure].idxmax() == "soil" and of.loc["soil", measure] > 60, measure
    assert of.loc["soil", "unique_r2"] > 0.5 > 0.1 > of.loc["climate", "unique_r2"]
    assert (of["blocked_r2"] > 0.6).all() and (of["drivers"] == [2, 1, 1]).all()


def test_noise_has_no_shares():
    """Where the drivers explain nothing, nothing is shared out; without folds no blocked score."""
    noise = np.random.default_rng(9).standard_normal(250)
    table = attribute(Experiment(noise, drawn(), CATEGORIES), trees=40, seed=2)
    assert (table["oob_r2"] < 0.05).all()
    assert table["shapley_percent"].isna().all() and table["blocked_r2"].isna().all()


def test_a_further_category():
    """Any number of categories is shared out: the values of four add up to the R2 of all drivers."""
    drivers = drawn()
    four = CATEGORIES | {"climate": ["a"], "elevation": ["b"]}
    response = drivers["a"].to_numpy() + drivers["b"].to_numpy()
    table = attribute(Experiment(response, drivers, four), trees=40, seed=5)
    assert table["shapley_r2"].sum() == pytest.approx(table["oob_r2"][0])
    assert set(table.nlargest(2, "shapley_r2")["category"]) == {"climate", "elevation"}
