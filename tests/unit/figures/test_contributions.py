"""Importance, three colours, the dominant category."""

import numpy as np
import pandas as pd
import pytest
from drawing import AREA, CODES, GRID, assert_texts_fit, random_map

from nppdrivers.contribution import INDISTINCT
from nppdrivers.figures.attribution.contributions import (
    contribution_colours,
    contribution_composite,
    dominant_map,
    dominant_shares,
    importance_ranking,
)

RELATIVE = {key: 100 * random_map(seed) for seed, key in enumerate("CSM")}
IMPORTANCE = pd.DataFrame(
    {"driver": ["MAT", "TN", "LD"], "category": list("CSM"), "share": [20.0, 30, 50], "sd": [1.0, 2, 3]}
)
LEGEND = {1: "C", 2: "SM", 3: INDISTINCT}
FIGURES = {
    "importance": lambda: importance_ranking(IMPORTANCE),
    "one_fit": lambda: importance_ranking(IMPORTANCE.drop(columns="sd")),
    "composite": lambda: contribution_composite(RELATIVE, GRID, outline=AREA),
    "two_categories": lambda: contribution_composite({key: RELATIVE[key] for key in "CS"}, GRID),
    "dominant": lambda: dominant_map(CODES, LEGEND, GRID, outline=AREA),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())


def red_green_blue(soil, mining, climate):
    """Composite colour of one cell with these shares [%]."""
    relative = {"S": soil, "M": mining, "C": climate}
    return contribution_colours({key: np.array([[share]]) for key, share in relative.items()})[0, 0]


def test_composite_of_pure_categories():
    """Pure soil is red, pure mining green, pure climate blue, an even mix white."""
    assert red_green_blue(100, 0, 0) == pytest.approx([1, 0, 0])
    assert red_green_blue(0, 100, 0) == pytest.approx([0, 1, 0])
    assert red_green_blue(0, 0, 100) == pytest.approx([0, 0, 1])
    assert red_green_blue(100 / 3, 100 / 3, 100 / 3) == pytest.approx([1, 1, 1])


def test_composite_keeps_the_shares():
    """The shares can be read back from a colour: each is its channel over the sum of the channels."""
    shares = np.random.default_rng(1).dirichlet([1, 1, 1], 50) * 100
    for row in shares:
        colour = red_green_blue(*row)
        assert 100 * colour / colour.sum() == pytest.approx(row)


def test_composite_of_missing_shares_is_grey():
    """A cell with a missing share, or none at all, gets the grey of no data and never a hue."""
    for shares in ((np.nan, 50, 50), (0, 0, 0)):
        colour = red_green_blue(*shares)
        assert np.ptp(colour) == 0 and 0.8 < colour[0] < 1


def test_dominant_shares_sum_to_100():
    """Shares are of the cells that hold one of the codes, whatever else the map holds."""
    codes = np.array([[0, 1, 1], [3, 3, 3], [0, 9, 1]], np.uint8)
    assert dominant_shares(codes, pd.Series([1, 2, 3])).tolist() == pytest.approx([50, 0, 50])


def test_importance_without_shares_is_refused():
    """A table whose drivers all lack a share is an error that says so."""
    with pytest.raises(ValueError, match="share"):
        importance_ranking(IMPORTANCE.assign(share=np.nan))
