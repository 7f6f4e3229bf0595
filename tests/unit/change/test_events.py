"""Polygons with years: what is read, what is refused, which years count."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from nppdrivers.change.events import read_events, year_of
from nppdrivers.change.spans import left_out, spans, years_before, years_open
from nppdrivers.inputs.problems import InputError


def layer(tmp_path, **columns):
    """File of two polygons with these columns."""
    path = tmp_path / "mines.gpkg"
    shapes = [box(0, 0, 300, 300), box(600, 0, 900, 300)]
    gpd.GeoDataFrame({"name": ["A", "B"], **columns}, geometry=shapes, crs="EPSG:32649").to_file(path)
    return path


def test_years_are_read_in_any_form(tmp_path):
    """Text, numbers, nothing and 0 are read; capitals of the columns do not matter; names may be mapped."""
    path = layer(tmp_path, Opened=["2009", " "], END=[2013, 0])
    found = read_events(path, {"reclaimed": "END"})
    assert found["opened"].tolist()[0] == 2009 and found["opened"].isna().tolist() == [False, True]
    assert found["reclaimed"].tolist()[0] == 2013 and np.isnan(found["reclaimed"][1])
    assert found["closed"].isna().all()


@pytest.mark.parametrize(
    ("stated", "year"),
    [
        ("2012-05-01", 2012),
        ("2012/5", 2012),
        ("2012-05-01T00:00:00", 2012),
        ("2012年5月1日", 2012),
        ("2012年", 2012),
        (pd.Timestamp("2012-05-01"), 2012),
        (pd.Timestamp("2012-05-01", tz="UTC"), 2012),
        (pd.Timestamp("2012-05-01", tz="Asia/Shanghai"), 2012),
        ("2012/05/01 00:00:00+08", 2012),
        ("2012-05-01T00:00:00Z", 2012),
        (" 2012.0 ", 2012),
        (np.int32(2012), 2012),
        ("0", np.nan),
        (0.0, np.nan),
        (pd.NaT, np.nan),
    ],
)
def test_a_year_is_read_from_dates_too(stated, year):
    """A date from the year on gives its year, in numbers, text or a column of dates; 0 is nothing."""
    assert year_of(stated) == pytest.approx(year, nan_ok=True)


@pytest.mark.parametrize(
    "stated",
    ["5/1/2012", "2012-2015", "2012/13", "20120501", "2_012", "2e3", "9999", 2999.0, "12", "1e400", True],
)
def test_what_could_be_another_year_is_refused(stated):
    """Dates with the year last, spans of years, codes and other notations are no years."""
    with pytest.raises(ValueError, match="is not a year"):
        year_of(stated)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({}, "no column of years"),
        ({"opened": ["soon", "2010"]}, "'soon' is not a year"),
        ({"opened": [2010.5, 2010]}, "'2010.5' is not a year"),
        ({"opened": [0, 0]}, "no polygon has a year"),
        ({"opened": [2012, 2010], "reclaimed": [2011, 2014]}, "reclaimed in 2011, opened in 2012"),
    ],
)
def test_what_is_no_year_is_refused(tmp_path, columns, words):
    """Columns without years, years that are none and events out of order are named."""
    with pytest.raises(InputError) as refused:
        read_events(layer(tmp_path, **columns))
    assert words in str(refused.value)


def test_spans_end_at_the_next_event():
    """The year of an event counts on neither side, and a side ends where another event begins."""
    years = np.arange(2008, 2016)
    found = spans(years, {"opened": 2010.0, "closed": np.nan, "reclaimed": 2013.0})
    assert [(span.event, years[span.before].tolist(), years[span.after].tolist()) for span in found] == [
        ("opened", [2008, 2009], [2011, 2012]),
        ("reclaimed", [2011, 2012], [2014, 2015]),
    ]
    assert years_before(years, {"opened": np.nan}).sum() == 0


@pytest.mark.parametrize("closed", [2011.0, 2012.0])
def test_a_closure_without_a_year_before_the_reclamation_is_part_of_it(closed):
    """Closed and reclaimed in one year, or one after the other, are one event with the years before both."""
    years = np.arange(2008, 2016)
    found = spans(years, {"opened": 2008.0, "closed": closed, "reclaimed": 2012.0})[1:]
    assert [(span.event, years[span.before].tolist(), years[span.after].tolist()) for span in found] == [
        ("reclaimed", list(range(2009, int(closed))), [2013, 2014, 2015])
    ]


def test_years_open_lie_between_opening_and_the_first_ending():
    """Of a mine opened at an unknown time all years before the first ending count."""
    years = np.arange(2008, 2016)
    events = {"opened": 2009.0, "closed": 2012.0, "reclaimed": 2014.0}
    assert years[years_open(years, events)].tolist() == [2010, 2011]
    assert years[years_open(years, events | {"opened": np.nan})].tolist() == [2008, 2009, 2010, 2011]


def test_an_event_without_a_year_after_is_left_out():
    """What happened in the last year, or later, cannot be compared."""
    years = np.arange(2008, 2016)
    assert spans(years, {"opened": 2015.0, "closed": np.nan, "reclaimed": 2019.0}) == []


@pytest.mark.parametrize(
    ("closed", "reclaimed", "lost"),
    [(2011.0, np.nan, ["opened"]), (2013.0, 2014.0, []), (2013.0, 2015.0, ["reclaimed"])],
)
def test_events_that_are_left_out_are_known(closed, reclaimed, lost):
    """An opening right before the closure is left out; a closure that counts as reclamation is not."""
    events = {"opened": 2010.0, "closed": closed, "reclaimed": reclaimed}
    assert left_out(np.arange(2008, 2016), events) == lost
