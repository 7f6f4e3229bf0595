"""Checks of the attribution as figures."""

import numpy as np
import pandas as pd
import pytest
from drawing import assert_texts_fit, texts

from nppdrivers.figures.attribution.checks import driver_matrices, experiment_shares, shares_and_chance

SIGNS = ("significant positive", "significant negative")
SHARES = pd.DataFrame(
    [(name, sign) for name in ("MAT", "LD") for sign in SIGNS], columns=["driver", "name"]
).assign(share_of_defined=[30.0, 20, 10, 50], chance_mean=25.0, chance_low=20.0, chance_high=30.0)
WINDOWS = pd.concat([SHARES.assign(window=window) for window in (5, 11, 33)])
DRIVERS = pd.DataFrame({"driver": ["MAT", "LD"], "category": ["climate", "mining"], "vif": [np.inf, 1.2]})
DRIVERS = DRIVERS.assign(q=[0.1, 0.5], MAT=[1.0, -0.4], LD=[-0.4, 1.0])
PAIRS = pd.DataFrame({"first": ["MAT"], "second": ["LD"], "q_both": [0.7]})
EXPERIMENTS = pd.DataFrame({"category": ["climate", "elevation"], "oob_r2": 0.8, "blocked_r2": np.nan})
EXPERIMENTS = EXPERIMENTS.assign(experiment="elevation as a category", shapley_percent=[-3.0, 103])
EXPERIMENTS = EXPERIMENTS.assign(relative_percent=[40.0, 60], permutation_percent=[40.0, 60])
FIGURES = {
    "matrices": lambda: driver_matrices(DRIVERS, PAIRS),
    "chance": lambda: shares_and_chance(SHARES, WINDOWS, window=11),
    "experiments": lambda: experiment_shares(EXPERIMENTS),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())


def test_matrices_print_hundredths_and_factors():
    """A correlation of -0.4 is printed as -40, an endless inflation factor as the sign of infinity."""
    assert {"−40", "70", "∞", "1.2"} <= set(texts(driver_matrices(DRIVERS, PAIRS)))
