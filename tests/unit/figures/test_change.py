"""Figures of change: texts fit, bars show the shares."""

import numpy as np
import pandas as pd
import pytest
from drawing import AREA, GRID, assert_texts_fit, texts

from nppdrivers.change.causes import CAUSE_LEGEND
from nppdrivers.change.trends import TREND_LEGEND
from nppdrivers.figures.change.classes import class_panels
from nppdrivers.figures.change.events import event_courses
from nppdrivers.figures.change.years import course_of_years
from nppdrivers.figures.class_colours import coloured_classes

TRENDS = coloured_classes("trend_class", TREND_LEGEND)
CAUSES = coloured_classes("cause_class", CAUSE_LEGEND)
CODES = np.random.default_rng(2).integers(0, 4, GRID.shape).astype(np.uint8)
COURSES = pd.DataFrame(
    {"As it was": [400.0, 420, 390], "In the weather\nof the mean year": [405.0, 404, 400]},
    index=[2010, 2011, 2012],
)
GAPS = pd.DataFrame(
    {"gap": [0.0, -40, -20], "low": [-9.0, -50, -np.inf], "high": [9.0, -30, np.inf]}, COURSES.index
)
EVENTS = {"opened": 1999.0, "closed": 2011.0, "reclaimed": 2011.0}
FIGURES = {
    "trends": lambda: class_panels({"NPP": CODES, "NDVI": CODES}, TRENDS, GRID, outline=AREA),
    "causes": lambda: class_panels({"A": CODES, "B": CODES * 0}, CAUSES, GRID),
    "years": lambda: course_of_years(COURSES),
    "events": lambda: event_courses(
        dict.fromkeys("ABCDEFGHIJKLMN", GAPS), dict.fromkeys("ABCDEFGHIJKLMN", EVENTS)
    ),
    "no controls": lambda: event_courses({"A": GAPS * np.nan}, {"A": EVENTS}),
    "no events": lambda: event_courses({}, {}),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())


def test_bars_show_the_shares():
    """A map with three quarters of one class prints 75 and 25, cells without a class left out."""
    codes = np.zeros(GRID.shape, np.uint8)
    codes[:4] = [[3]] * 3 + [[1]]
    assert {"75", "25"} <= set(texts(class_panels({"NPP": codes}, TRENDS, GRID)))


def test_events_of_a_year_share_a_line():
    """A year with two events has both letters, one outside the period has none; twelve polygons at most."""
    drawn = texts(event_courses({str(n): GAPS for n in range(20)}, {str(n): EVENTS for n in range(20)}))
    assert drawn.count("CR") == 12 and "O" not in drawn
