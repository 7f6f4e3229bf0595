"""The course of the years."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from nppdrivers.figures.canvas import SERIES_COLOURS, place, sheet, styled
from nppdrivers.figures.labels import labelled

NPP_UNIT = "gC m-2 yr-1"


@styled
def course_of_years(courses: pd.DataFrame) -> Figure:
    """Annual values as lines, a column each [gC m-2 yr-1], the index the years."""
    figure = sheet(5.4, 2.4)
    axes = place(figure, 0.55, 0.38, 3.3, 1.9)
    for (name, values), colour, marker in zip(courses.items(), SERIES_COLOURS, "osD^", strict=False):
        axes.plot(courses.index, values, label=str(name), color=colour, marker=marker, markersize=3.2)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set(ylabel=labelled("NPP", NPP_UNIT))
    axes.grid(axis="y")
    axes.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0), borderaxespad=0)
    return figure
