"""The bias of VIIRS against MODIS by land cover and season."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from nppdrivers.figures.canvas import INK, PAGE_WIDTH, SERIES_COLOURS, SOFT_INK, place, sheet, styled

_HEIGHT = 2.9


@styled
def passage_figure(table: pd.DataFrame) -> Figure:
    """Bars of the bias with its standard error, and the RMS difference without and with it removed.

    Parameters
    ----------
    table : DataFrame
        As from `images.passage.fit_passage`.
    """
    figure = sheet(PAGE_WIDTH, _HEIGHT)
    left = place(figure, 0.6, 0.75, PAGE_WIDTH / 2 - 0.75, _HEIGHT - 1.1)
    right = place(figure, PAGE_WIDTH / 2 + 0.55, 0.75, PAGE_WIDTH / 2 - 0.75, _HEIGHT - 1.1)
    classes, seasons = list(dict.fromkeys(table["land_cover"])), list(dict.fromkeys(table["season"]))
    width = 0.8 / len(seasons)
    for number, season in enumerate(seasons):
        rows = table[table["season"] == season].set_index("land_cover").reindex(classes)
        x = np.arange(len(classes)) + (number - (len(seasons) - 1) / 2) * width
        colour = SERIES_COLOURS[number % len(SERIES_COLOURS)]
        bars: Any = {"width": 0.9 * width, "color": colour, "edgecolor": INK, "linewidth": 0.4}
        errors: Any = {"ecolor": INK, "elinewidth": 0.8, "capsize": 2}
        left.bar(x, rows["bias"], yerr=rows["standard_error"], label=season, error_kw=errors, **bars)
        right.bar(x, rows["rmse_before"], width=0.9 * width, color="none", edgecolor=SOFT_INK, linewidth=0.8)
        right.bar(x, rows["rmse_after"], **bars)
    for axes, title in (
        (left, "NDVI of VIIRS minus that of MODIS"),
        (right, "RMS difference before (outline) and after"),
    ):
        axes.axhline(0, color=INK, linewidth=0.6)
        axes.set_xticks(np.arange(len(classes)), classes, rotation=20, ha="right")
        axes.set_title(title)
        axes.set_ylabel("NDVI [1]")
    handles = left.get_legend_handles_labels()
    figure.legend(*handles, loc="lower left", bbox_to_anchor=(0.6 / PAGE_WIDTH, 0), ncols=4, frameon=False)
    return figure
