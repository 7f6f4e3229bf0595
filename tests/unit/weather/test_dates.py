"""Dates of weather tables in the ways people write them."""

import pandas as pd
import pytest

from nppdrivers.weather.dates import iso_dates, with_dates


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2010-01-05", "2010-01-05"),
        ("2010-01", "2010-01"),
        ("201001", "2010-01"),
        ("20100105", "2010-01-05"),
        ("2010/1", "2010-01"),
        ("2010/1/5", "2010-01-05"),
        ("2010.01.05", "2010-01-05"),
        ("2010-1-5", "2010-01-05"),
        ("2010-01-05 00:00:00", "2010-01-05"),
        ("2010-01-05T00:00:00Z", "2010-01-05"),
        ("2022-04-01 00:00:00+00:00", "2022-04-01"),
        ("2010年1月5日", "2010-01-05"),
        ("2010年1月", "2010-01"),
        ("5/1/2010", "5/1/2010"),
        ("2010-01-05 06:00", "2010-01-05 06:00"),
        ("100501", "100501"),
        ("Jan 2010", "Jan 2010"),
    ],
)
def test_ways_to_write_a_date(written, read):
    """A date whose order is certain becomes YYYY-MM-DD or YYYY-MM; any other stays as it is."""
    assert iso_dates(pd.Series(["2010-03-01", written, None])).tolist()[:2] == ["2010-03-01", read]


def test_date_from_columns():
    """Columns year, month and day make the date where there is none; a given date is kept."""
    table = pd.DataFrame({"year": [2010.0], "month": [1.0], "day": [5.0]})
    assert with_dates(table)["date"].tolist() == ["2010-01-05"]
    assert with_dates(table.drop(columns="day"))["date"].tolist() == ["2010-01"]
    assert with_dates(table.assign(date="2011-02"))["date"].tolist() == ["2011-02"]
    assert "date" not in with_dates(table[["year"]])
