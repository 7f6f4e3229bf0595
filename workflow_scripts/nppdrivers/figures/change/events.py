"""The course of each polygon against its controls, with the events in it."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nppdrivers.figures.canvas import INK, SERIES_COLOURS, SOFT_INK, place, sheet, styled
from nppdrivers.figures.labels import unit_text
from nppdrivers.figures.language import NAME, fitted_name

MOST = 12  # polygons on a sheet
COLUMNS = 3
WIDTH, HEIGHT, GAP, HEAD = 1.85, 1.0, 0.42, 0.5  # panel, and room between and above panels [inch]
LEFT, BOTTOM = 0.55, 0.5  # margins [inch]
TITLE_LETTERS = 34  # on a line above a panel
KEY = "O opened, C closed, R reclaimed"
UNIT = "gC m-2 yr-1"


@styled
def event_courses(courses: Mapping[str, pd.DataFrame], events: Mapping[str, Mapping[str, float]]) -> Figure:
    """Gap between each polygon and its controls by year, with its interval and a line for each event.

    Parameters
    ----------
    courses
        By title of the polygon: columns gap, low, high [gC m-2 yr-1], the index the years. The first `MOST`
        are drawn.
    events
        By title of the polygon: year of each event.
    """
    drawn = list(courses.items())[:MOST]
    columns = min(COLUMNS, max(len(drawn), 1))
    rows = -(-max(len(drawn), 1) // columns)
    width = LEFT + columns * (WIDTH + GAP)
    figure = sheet(width, BOTTOM + rows * (HEIGHT + HEAD))
    strip = place(figure, LEFT, 0, WIDTH, 0.2, xlim=(0, 1), ylim=(0, 1))
    strip.set_axis_off()
    strip.text(0, 0.5, KEY, va="center", size=6.2)
    ends = np.concatenate([course[["low", "high"]].to_numpy().ravel() for _, course in drawn] or [[]])
    ends = ends[np.isfinite(ends)]
    limits = 1.05 * ends.min(initial=-1.0), 1.05 * ends.max(initial=1.0)
    for position, (title, course) in enumerate(drawn):
        row, column = divmod(position, columns)
        bottom = BOTTOM + (rows - 1 - row) * (HEIGHT + HEAD)
        axes = place(figure, LEFT + column * (WIDTH + GAP), bottom, WIDTH, HEIGHT)
        _draw_course(axes, course, events[title], limits)
        axes.set_title(fitted_name(title, TITLE_LETTERS, lines=2), loc="left", pad=9).set_label(NAME)
        if column == 0:
            axes.set_ylabel(f"Gap [{unit_text(UNIT)}]")
    return figure


def _draw_course(
    axes: Axes, course: pd.DataFrame, events: Mapping[str, float], limits: tuple[float, float]
) -> None:
    """Draw one polygon."""
    years = course.index
    axes.axhline(0, color=SOFT_INK, linewidth=0.6)
    axes.fill_between(years, course["low"], course["high"], color=SERIES_COLOURS[0], alpha=0.2, linewidth=0)
    axes.plot(years, course["gap"], color=SERIES_COLOURS[0], marker="o", markersize=2.4)
    axes.set(xlim=(years[0] - 0.5, years[-1] + 0.5), ylim=limits)
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=True))
    axes.grid(axis="y")
    if course["gap"].isna().all():
        axes.text(0.5, 0.75, "too few controls", transform=axes.transAxes, ha="center", color=SOFT_INK)
    within = {event: year for event, year in events.items() if years[0] <= year <= years[-1]}
    for year in sorted(set(within.values())):
        letters = "".join(event[0].upper() for event, other in within.items() if other == year)
        axes.axvline(year, color=INK, linewidth=0.7, linestyle=(0, (2, 2)))
        axes.annotate(
            letters, (year, 1), (0, 2), xycoords=axes.get_xaxis_transform(), textcoords="offset points",
            ha="center", size=5.8,
        )  # fmt: skip
