"""The months of a study: what lies in it, its ends, and text that is not a period."""

import re
from datetime import date, timedelta

import pytest

from nppdrivers.period import Period, is_month, months_of_year


def test_months_and_years_cover_both_ends():
    """A period over a year's end has all its months in order, and both years."""
    period = Period("2011-11", "2012-02")
    assert period.months == ["2011-11", "2011-12", "2012-01", "2012-02"]
    assert period.years == [2011, 2012]
    assert [month in period for month in ("2011-10", "2011-11", "2012-02", "2012-03")] == [0, 1, 1, 0]


@pytest.mark.parametrize("month", ["2012-02", "2013-02", "2012-12", "2013-04"])
def test_days_are_the_ends_of_the_months(month):
    """The first day is a first of the month, and the day after the last one is the next first."""
    period = Period(month, month)
    assert period.first_day == date.fromisoformat(f"{month}-01")
    assert period.last_day.isoformat()[:7] == month
    assert (period.last_day + timedelta(1)).day == 1


def test_whole_years():
    """Whole years reach from January to December around the period, and stay as they are."""
    whole = Period("2011-11", "2012-02").whole_years()
    assert whole == Period("2011-01", "2012-12")
    assert whole.whole_years() == whole
    assert whole.months == months_of_year(2011) + months_of_year("2012")


def test_missing_calendar_months():
    """Months of the year that no year has are named; two part years may have all between them."""
    assert Period("2011-03", "2011-11").missing_calendar_months == ["January", "February", "December"]
    assert Period("2011-06", "2012-05").missing_calendar_months == []
    assert Period("2011-06", "2012-05").part_of_year == ""
    assert Period("2011-04", "2011-06").part_of_year == "April, May, June"


@pytest.mark.parametrize(
    "text", ["2010-13", "2010-00", "May", "2010-1", "2010-01-01", "10-01", "0010-01", ""]
)
def test_text_that_is_not_a_month(text):
    """Only YYYY-MM with a month of the year is a month; the error names the text."""
    assert not is_month(text)
    with pytest.raises(ValueError, match=f"^{re.escape(repr(text))} is not a month; write YYYY-MM"):
        Period("2010-01", text)


def test_months_in_the_wrong_order():
    """A first month after the last is refused with both."""
    with pytest.raises(ValueError, match="2010-05 comes after the last month 2010-04"):
        Period("2010-05", "2010-04")
