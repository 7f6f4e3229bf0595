"""Single maps: limits, statistics, shares of classes."""

import numpy as np
import pytest
from drawing import AREA, GRID, LAND, assert_texts_fit, random_map, texts

from nppdrivers.figures.maps import class_shares, map_continuous, mean_npp, spread, statistics

FIGURES = {
    "continuous": lambda: map_continuous(
        random_map(), GRID, "ndvi", title="Standard deviation of land degradation, where the land is degraded"
    ),
    "npp": lambda: mean_npp(300 * random_map(), GRID, outline=AREA, river=AREA),
    "npp of some months": lambda: mean_npp(300 * random_map(), GRID, part_of_year="April, May, June"),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())


def test_legend_shares_sum_to_100():
    """Class shares leave out unclassified cells and absent classes and add up to 100 %."""
    codes = np.array([[0, 1, 1], [3, 3, 3], [0, 9, 1]], np.uint8)
    table = class_shares(codes, LAND)
    assert list(table["class"]) == ["forest", "farmland"]
    assert table["share"].tolist() == pytest.approx([50, 50])


def test_statistics_of_known_values():
    """Statistics of 1 to 5: mean 3, sd sqrt(2.5), CV their ratio; NaN is left out."""
    found = statistics(np.array([1, 2, np.nan, 3, 4, 5]))
    assert found == pytest.approx(
        {"Min": 1, "Max": 5, "Mean": 3, "SD": 2.5**0.5, "CV [%]": 100 * 2.5**0.5 / 3}
    )
    with pytest.raises(ValueError, match="at least two values"):
        statistics(np.array([np.nan, 1.0]))


def test_spread_is_common_and_never_empty():
    """Limits are those of all maps together; a constant or an empty map still gives a range."""
    assert spread(np.arange(101.0), np.arange(100, 201.0), share=0) == (0, 200)
    for values in (np.full(3, 7.0), np.full(3, np.nan)):
        low, high = spread(values)
        assert low < high


def test_map_of_another_grid_is_refused():
    """A map that does not fit the grid is an error that names both shapes."""
    with pytest.raises(ValueError, match=r"\(3, 3\).*\(24, 20\)"):
        map_continuous(np.ones((3, 3)), GRID, "npp")


def test_npp_of_a_part_of_the_year_says_so():
    """Heading and unit of NPP of three months name them; those of a year are as in the register."""
    part = " ".join(texts(mean_npp(300 * random_map(), GRID, part_of_year="April, May, June")))
    assert "in 3 months]" in part and "yr" not in part
    assert "no whole year" in part.replace("\n", " ")
    assert "yr" in " ".join(texts(mean_npp(300 * random_map(), GRID)))
