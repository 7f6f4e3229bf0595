"""Draw mean annual NPP, the NPP of each year, and its course through the year."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures.animation import animate
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.charts import seasonal_curve
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.labels import MONTHS
from nppdrivers.figures.maps import mean_npp
from nppdrivers.figures.panels import panels_one_scale
from nppdrivers.grid import Grid
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running
from nppdrivers.period import Period


def year_label(year: int, path: str) -> str:
    """The year, with the number of months where it is not a whole one."""
    months = int(rasters.tags(path)["months"])
    return str(year) if months == 12 else f"{year} ({months} months)"


class Inputs(Protocol):
    """Files that the rule hands over; area and river empty where the run does not have them."""

    grid: str
    area: str
    river: str
    parameters: str
    npp: str
    annual: list[str]
    monthly: list[str]
    monthly_means: str


class Outputs(Protocol):
    """Figures."""

    npp: Sequence[str]
    annual: Sequence[str]
    monthly: Sequence[str]
    animation: str
    season: Sequence[str]


def mean_months(paths: Sequence[str], grid: Grid) -> dict[str, np.ndarray]:
    """Mean (H, W) of each calendar month over the years that have it, by its name."""
    mean = rasters.read_mean(paths, grid)
    return {month: values for month, values in zip(MONTHS, mean, strict=True) if np.isfinite(values).any()}


def plot_npp(*, inputs: Inputs, output: Outputs, period: Period, imprint: Imprint) -> None:
    """Save Figure 2, the maps of the years and of the months, and the seasonal curve by class."""
    grid = Grid.load(inputs.grid)
    outline, river = layer_if_given(inputs.area), layer_if_given(inputs.river)
    npp = rasters.read(inputs.npp, grid, bands=1)  # whole, for its statistics
    drawn = mean_npp(npp, grid, part_of_year=period.part_of_year, outline=outline, river=river)
    save(drawn, output.npp, imprint)
    grid = display_grid(inputs.grid)
    maps = {
        year_label(year, path): rasters.read(path, grid, bands=1)
        for year, path in zip(period.years, inputs.annual, strict=True)
    }
    save(panels_one_scale(maps, grid, "npp_year", columns=3, outline=outline), output.annual, imprint)
    months = mean_months(inputs.monthly, grid)
    save(panels_one_scale(months, grid, "npp_month", outline=outline), output.monthly, imprint)
    animate(months, grid, "npp_month", output.animation, outline=outline, imprint=imprint)
    colours = pd.read_csv(inputs.parameters).set_index("class")["colour"]
    monthly = pd.read_csv(inputs.monthly_means).set_index("month")
    save(seasonal_curve(monthly, colours=colours), output.season, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_npp(
            inputs=snakemake.input,
            output=snakemake.output,
            period=Period(**snakemake.params.period),
            imprint=Imprint(**snakemake.params.imprint),
        )
