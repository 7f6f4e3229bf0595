"""Dominant category with its certainty."""

import pytest
from drawing import AREA, CODES, GRID, assert_texts_fit, random_map

from nppdrivers.contribution import INDISTINCT
from nppdrivers.figures.attribution.certainty import DominantMaps, dominant_certainty

METHODS = {"Left out in turn": DominantMaps(CODES, CODES, random_map())}
FIGURES = {
    "one_method": lambda: dominant_certainty(METHODS, {1: "C", 2: "SM", 3: INDISTINCT}, GRID, outline=AREA)
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())
