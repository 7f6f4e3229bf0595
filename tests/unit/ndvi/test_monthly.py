"""The calendar of composites, and monthly NDVI."""

from datetime import date, timedelta

import numpy as np
import pytest

from nppdrivers.images.composites import composite_starts, nominal_date, on_calendar, overlap_days
from nppdrivers.ndvi.monthly import monthly_doy_mean, monthly_mvc
from nppdrivers.period import Period

DAY = timedelta(1)


def test_composites_of_a_year():
    """2010 has 23 composites from 1 January to 19 December; the last of 2009 reaches into it."""
    starts = composite_starts(Period("2010-01", "2010-12"))
    assert starts[:2] == [date(2009, 12, 19), date(2010, 1, 1)]
    assert starts[-1] == date(2010, 12, 19)
    assert len(starts) == 24


def test_composites_of_a_leap_year():
    """Composites start on days of the year, so after February a leap year's are a calendar day earlier."""
    assert date(2012, 3, 5) in composite_starts(Period("2012-03", "2012-03"))
    assert date(2011, 3, 6) in composite_starts(Period("2011-03", "2011-03"))


def test_aqua_begins_half_a_period_later():
    """Aqua's composites of 2010 begin on 9 January to 27 December; with Terra's there is one every 8 days."""
    aqua = composite_starts(Period("2010-02", "2010-11"), ["MYD13Q1"])
    assert aqua[0] == date(2010, 1, 25)
    assert composite_starts(Period("2010-12", "2010-12"), ["MYD13A1"])[-1] == date(2010, 12, 27)
    terra = composite_starts(Period("2010-02", "2010-11"))
    both = composite_starts(Period("2010-02", "2010-11"), ["MOD13Q1", "MYD13Q1"])
    assert both == sorted(terra + aqua)
    assert set(np.diff(both)) == {8 * DAY}


def test_calendar_tells_the_satellites_apart():
    """Every start of a satellite, in leap years too, is on its own calendar and not on the other's."""
    for own, other in (("MOD13Q1", "MYD13Q1"), ("MYD13A1", "MOD13A1")):
        for start in composite_starts(Period("2011-01", "2012-12"), [own]):
            assert on_calendar(start, own)
            assert not on_calendar(start, other)


def test_only_vegetation_composites_have_this_calendar():
    """A product that is no MOD13 or MYD13 is an error that names it."""
    with pytest.raises(ValueError, match="MOD09A1"):
        composite_starts(Period("2010-01", "2010-12"), ["MOD09A1"])


def test_composites_touch_their_months():
    """Every composite that shares a day with the months is listed, and no other."""
    starts = composite_starts(Period("2011-04", "2011-05"))
    days = {start + offset * DAY for start in starts for offset in range(16)}
    assert {date(2011, 4, 1) + offset * DAY for offset in range(61)} <= days
    shares = overlap_days([nominal_date(start) for start in starts], ["2011-04", "2011-05"])
    assert (shares.sum(axis=0) > 0).all()


def slow_overlap(start: date, month: str) -> int:
    """Count the shared days one by one."""
    return sum((start + offset * DAY).isoformat().startswith(month) for offset in range(16))


def test_overlap_days_counts_days():
    """Shared days equal a count day by day, over a year's end and a leap February."""
    starts = composite_starts(Period("2011-11", "2012-03"))
    months = ["2011-11", "2011-12", "2012-01", "2012-02", "2012-03"]
    counted = [[slow_overlap(start, month) for start in starts] for month in months]
    np.testing.assert_array_equal(overlap_days([nominal_date(start) for start in starts], months), counted)


@pytest.fixture
def series():
    """A year of composites of 4 x 5 cells with a third missing."""
    rng = np.random.default_rng(3)
    starts = composite_starts(Period("2013-01", "2013-12"))
    stack = rng.uniform(-0.1, 0.9, (len(starts), 4, 5)).astype("float32")
    stack[rng.random(stack.shape) < 0.33] = np.nan
    return stack, starts, [f"2013-{month:02d}" for month in range(1, 13)]


def test_monthly_values_equal_loops(series):
    """Maximum and weighted mean equal loops over cells, months and composites."""
    stack, starts, months = series
    dates = [nominal_date(start) for start in starts]
    greatest, mean = (method(stack, dates, months) for method in (monthly_mvc, monthly_doy_mean))
    for m, month in enumerate(months):
        weights = [slow_overlap(start, month) for start in starts]
        for cell in np.ndindex(stack.shape[1:]):
            pairs = [(w, v) for w, v in zip(weights, stack[:, *cell], strict=True) if w and np.isfinite(v)]
            if not pairs:
                assert np.isnan(greatest[m, *cell])
                assert np.isnan(mean[m, *cell])
                continue
            assert greatest[m, *cell] == max(v for _, v in pairs)
            expected = sum(w * float(v) for w, v in pairs) / sum(w for w, _ in pairs)
            assert mean[m, *cell] == pytest.approx(expected, abs=1e-6)


def test_monthly_values_do_not_depend_on_tiling(series):
    """Rows computed alone have the same bits as rows computed with the others."""
    stack, starts, months = series
    dates = [nominal_date(start) for start in starts]
    for method in (monthly_mvc, monthly_doy_mean):
        whole = method(stack, dates, months)
        np.testing.assert_array_equal(whole[:, 1:3], method(stack[:, 1:3], dates, months))


def test_constant_series_stays_constant(series):
    """A series that does not change has that value as the mean and maximum of every month."""
    _, starts, months = series
    dates = [nominal_date(start) for start in starts]
    stack = np.full((len(starts), 2), 0.37, "float32")
    np.testing.assert_allclose(monthly_doy_mean(stack, dates, months), 0.37, rtol=1e-6)
    np.testing.assert_array_equal(monthly_mvc(stack, dates, months), np.float32(0.37))
