"""Draw the trends, what of them is weather, and the course of the years."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.change.classes import class_panels
from nppdrivers.figures.change.years import course_of_years
from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.labels import panel_title
from nppdrivers.figures.panels import panels_one_scale
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running

PARTS = {
    "Trend": ("npp_slope", 1),
    "Weather, by mean weather": ("held_slope", 1),
    "The rest, by mean weather": ("held_slope", 2),
    "Weather, by regression": ("regression_slope", 1),
    "The rest, by regression": ("regression_slope", 2),
}
COURSES = {"npp [gC m-2 yr-1]": "As it was", "held_weather [gC m-2 yr-1]": "In the weather\nof the mean year"}


def classes_of(path: str) -> pd.DataFrame:
    """Classes of a raster, with their colours."""
    return coloured_classes(rasters.tags(path)["product"], rasters.legend(path))


class Inputs(Protocol):
    """Files that the rule hands over; area empty where the run does not have it."""

    grid: str
    area: str
    trend: str
    ndvi_slope: str
    ndvi_trend: str
    held_class: str
    regression_class: str
    years: str

    def __getitem__(self, name: str) -> str:
        """Raster of slopes."""


class Outputs(Protocol):
    """Figures."""

    slopes: Sequence[str]
    ndvi: Sequence[str]
    trends: Sequence[str]
    causes: Sequence[str]
    years: Sequence[str]


def plot_change(*, inputs: Inputs, output: Outputs, imprint: Imprint) -> None:
    """Save the maps of slopes and classes, and the chart of the years."""
    grid = display_grid(inputs.grid)
    outline = layer_if_given(inputs.area)

    def one_band(path: str, band: int = 1) -> np.ndarray:
        return rasters.read(path, grid, bands=band)

    slopes = {
        panel_title(i, title): one_band(inputs[name], band)
        for i, (title, (name, band)) in enumerate(PARTS.items())
    }
    drawn = panels_one_scale(slopes, grid, "npp_slope", columns=3, symmetric=True, outline=outline)
    save(drawn, output.slopes, imprint)
    ndvi = {"Trend of NDVI": one_band(inputs.ndvi_slope)}
    drawn = panels_one_scale(ndvi, grid, "season_ndvi_slope", symmetric=True, outline=outline)
    save(drawn, output.ndvi, imprint)
    trends = {"NPP": one_band(inputs.trend), "NDVI of the season": one_band(inputs.ndvi_trend)}
    save(class_panels(trends, classes_of(inputs.trend), grid, outline=outline), output.trends, imprint)
    causes = {
        "By mean weather": one_band(inputs.held_class),
        "By regression": one_band(inputs.regression_class),
    }
    save(class_panels(causes, classes_of(inputs.held_class), grid, outline=outline), output.causes, imprint)
    courses = pd.read_csv(inputs.years).set_index("year").rename(columns=COURSES)
    save(course_of_years(courses), output.years, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_change(
            inputs=snakemake.input, output=snakemake.output, imprint=Imprint(**snakemake.params.imprint)
        )
