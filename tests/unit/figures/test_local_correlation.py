"""Local correlation: area shares of the classes."""

import numpy as np
import pandas as pd
import pytest
from drawing import AREA, CODES, GRID, assert_texts_fit, random_map

from nppdrivers.correlation.significance import INSIGNIFICANT, NEGATIVE, POSITIVE, UNDEFINED
from nppdrivers.figures.attribution.local_correlation import CLASSES, area_shares, local_correlation_panels

OVERALL = pd.DataFrame({"r": [0.4, -0.6], "p": [0.001, 0.03]}, index=["MAT", "LD"])
R = {name: random_map(2, -1, 1) for name in OVERALL.index}
INSIDE = np.isfinite(random_map())
FIGURES = {
    "two_drivers": lambda: local_correlation_panels(
        R, dict.fromkeys(R, CODES), GRID, OVERALL, inside=INSIDE, outline=AREA
    )
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())


def test_correlation_shares_count_undefined_apart():
    """Shares are of the study area, add up to 100, and undefined cells inside are a class of their own."""
    codes = np.array(
        [[POSITIVE, POSITIVE, NEGATIVE, INSIGNIFICANT], [UNDEFINED, UNDEFINED, UNDEFINED, POSITIVE]]
    )
    inside = np.array([[True] * 4, [True, False, False, True]])
    shares = dict(zip(CLASSES["code"], area_shares(codes.astype(np.uint8), inside), strict=True))
    expected = {POSITIVE: 3, NEGATIVE: 1, INSIGNIFICANT: 1, UNDEFINED: 1}
    assert shares == pytest.approx({code: 100 * n / 6 for code, n in expected.items()})


def test_driver_without_overall_correlation_is_refused():
    """A driver that lacks an overall correlation is an error that names it."""
    with pytest.raises(ValueError, match="LD"):
        local_correlation_panels(R, dict.fromkeys(R, CODES), GRID, OVERALL.iloc[:1], inside=INSIDE)
