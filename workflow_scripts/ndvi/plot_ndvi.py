"""Draw the mean monthly NDVI and which base images made the fused NDVI."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures.animation import animate
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.charts import fusion_shares
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.labels import MONTHS
from nppdrivers.figures.panels import monthly_ndvi
from nppdrivers.fusion.sums import shares_of_sources
from nppdrivers.grid import Grid
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running
from nppdrivers.period import Period


class Inputs(Protocol):
    """Files that the rule hands over; area empty where the run does not have it."""

    grid: str
    study_area: str
    area: str
    unobserved: str
    monthly: list[str]
    sums: list[str]


class Outputs(Protocol):
    """Figures, and the shares of the sources by date."""

    monthly: Sequence[str]
    animation: str
    sources: Sequence[str]
    shares: str


def never_observed(path: str, grid: Grid, period: Period) -> np.ndarray:
    """Cells (12, H, W) bool without an observation of the calendar month in any year of the period."""
    years = np.bincount([int(month[5:]) - 1 for month in period.months], minlength=12)
    return (rasters.read(path, grid) == years[:, None, None]) & (years > 0)[:, None, None]


def plot_ndvi(*, inputs: Inputs, output: Outputs, imprint: Imprint, period: Period) -> None:
    """Save twelve maps of mean monthly NDVI, and the shares of the sources by date as table and figure."""
    grid = display_grid(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    mean = rasters.read_mean(inputs.monthly, grid)  # NaN in months outside the period
    mean[:, ~inside] = np.nan
    outline = layer_if_given(inputs.area)
    unobserved = never_observed(inputs.unobserved, grid, period)
    save(monthly_ndvi(list(mean), grid, unobserved=unobserved, outline=outline), output.monthly, imprint)
    months = dict(zip(MONTHS, mean, strict=True))
    animate(months, grid, "ndvi", output.animation, outline=outline, imprint=imprint)
    sums = [pd.read_csv(path, index_col="date", parse_dates=True) for path in inputs.sums]
    shares = shares_of_sources(pd.concat(sums).sort_index())
    shares.to_csv(output.shares, float_format="%.3f")
    save(fusion_shares(shares), output.sources, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_ndvi(
            inputs=snakemake.input,
            output=snakemake.output,
            imprint=Imprint(**snakemake.params.imprint),
            period=Period(**snakemake.params.period),
        )
