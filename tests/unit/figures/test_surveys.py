"""Maps of what was surveyed."""

import numpy as np
import pytest
from drawing import AREA, CODES, GRID, LAND, POINTS, assert_texts_fit, random_map

from nppdrivers.figures.surveys import land_degradation, relief, sampled_points, study_area

FIGURES = {
    "study_area": lambda: study_area(CODES, LAND, GRID, elevation=random_map(), mines=AREA, outline=AREA),
    "degradation": lambda: land_degradation(random_map(), GRID, hazards={"goaf": AREA}, outline=AREA),
    "points": lambda: sampled_points(POINTS, GRID, random_map(), outline=AREA),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())


def test_relief_is_bright_on_the_lit_side():
    """Slopes that face north-west are brighter than those that face south-east."""
    x, y = GRID.xy()
    hill = 400 * np.exp(-((x - x.mean()) ** 2 + (y - y.mean()) ** 2) / 150**2)
    factor = relief(hill, GRID)
    row, column = GRID.height // 2, GRID.width // 2
    assert factor[row - 3, column - 3] > 1 > factor[row + 3, column + 3]
    assert relief(np.full(GRID.shape, np.nan), GRID) == pytest.approx(1)
