"""Claims of vegetation."""

import numpy as np
import pandas as pd

from nppdrivers.npp import classes
from nppdrivers.period import Period, months_of_year

PARAMETERS = pd.DataFrame(
    {
        "number": [1, 2, 3],
        "class": ["forest", "water", "bare"],
        "epsilon_max": [0.5, 0.6, 0.7],
        "vegetated": [True, False, True],
        "optimum_temperature": [22.0, 23.0, np.nan],
    }
)


def test_constants_reach_only_where_something_grows():
    """No class, water and a class without optimum are NaN; a forest cell gets its constant."""
    found = classes.by_pixel(PARAMETERS, "epsilon_max", np.array([[0, 1], [2, 3]], "uint8"))
    np.testing.assert_array_equal(found, [[np.nan, 0.5], [np.nan, np.nan]])


def test_weights_of_months():
    """Two whole years weigh each month half; a month that one year lacks weighs one in the other, or none."""
    years = [months_of_year(2013), months_of_year(2014)]
    np.testing.assert_array_equal(
        classes.month_weights(years, Period("2013-01", "2014-12")), np.full((2, 12), 0.5)
    )
    part = classes.month_weights(years, Period("2013-11", "2014-02"))
    assert part.sum() == 4
    np.testing.assert_array_equal(np.argwhere(part == 1), [[0, 10], [0, 11], [1, 0], [1, 1]])


def test_every_cell_is_accounted_for():
    """Water, unknown classes and missing data are counted apart, and all rows add up to the study area."""
    codes = np.array([[1, 1, 2, 0], [3, 1, 2, 1]])
    npp = np.array([[5.0, np.nan, np.nan, np.nan], [3.0, 2.0, np.nan, 9.0]])
    inside = np.array([[True] * 4, [True, True, True, False]])
    table = classes.account(npp, codes, inside, PARAMETERS, 900.0).set_index("cells")
    expected = {"NPP": 3, "masked: class unknown": 1, "masked: water": 2, "missing: NDVI or climate": 1}
    assert table["n"].to_dict() == expected
    assert table["n"].sum() == inside.sum()
    np.testing.assert_allclose(table["percent"].sum(), 100)
    np.testing.assert_allclose(table.loc["NPP", "area_km2"], 3 * 900 / 1e6)
