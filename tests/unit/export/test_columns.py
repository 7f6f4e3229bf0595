"""The register of the columns of tables: which row describes a column."""

from collections import Counter

import pytest

from nppdrivers.export import columns
from nppdrivers.export.columns import BY_ROW, TYPES, column_of
from nppdrivers.registers import register


def test_rows_are_complete_sorted_and_single():
    """Each table and column has one row, in order, with a known type, words, and a unit where it measures."""
    rows = register(columns.__file__)
    keys = [(row["table"], row["column"]) for row in rows]
    assert [key for key, number in Counter(keys).items() if number > 1] == []
    assert [row["table"] for row in rows] == sorted(row["table"] for row in rows)
    for row in rows:
        assert row["type"] in TYPES and row["words"], row
        assert not row["unit"] or row["type"] in ("integer", "number"), row
        for unit in ("%", "deg"):
            ending = {"%": ("percent", "[%]"), "deg": ("longitude", "latitude")}[unit]
            assert not row["column"].endswith(ending) or row["unit"] == unit, row


@pytest.mark.parametrize(
    ("table", "column", "unit", "word"),
    [
        ("attribution/points", "SOC", "g kg-1", "Value of the driver"),  # the unit of the quantity
        ("attribution/points", "x", "m", "Easting"),  # a name before a word in braces
        ("attribution/local/MAT_chance", "observed", "%", "Share"),  # the longer name of a table
        ("climate/wind_speed/log", "loo_rmse", "m s-1", "leave-one-out"),
        ("climate/drivers", "mean", BY_ROW, "study area"),
        ("npp/monthly_means", "a class, any", "gC m-2 month-1", "class"),
        ("npp/monthly_means", "month", "", "1 to 12"),
    ],
)
def test_the_most_exact_row_describes_a_column(table, column, unit, word):
    """Exact names count before words in braces, rows of a table before those of any table."""
    found = column_of(table, column)
    assert found.unit == unit and word in found.words


def test_an_unknown_column_is_refused():
    """The message names table and column, and where to add a row."""
    with pytest.raises(ValueError, match=r"npp/cells\.csv: column 'depth' is not registered.*columns\.csv"):
        column_of("npp/cells", "depth")
