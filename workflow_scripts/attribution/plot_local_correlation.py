"""Draw the local correlation of NPP with each driver."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures.attribution.local_correlation import local_correlation_panels
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.frame import display_grid
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives: rasters in the order of the drivers."""

    grid: str
    study_area: str
    area: str
    correlation: Sequence[str]
    classes: Sequence[str]
    pearson: str


def plot_local_correlation(
    *, inputs: Inputs, drivers: Sequence[str], figure_paths: Sequence[str], imprint: Imprint
) -> None:
    """Save Figure 3."""
    grid = display_grid(inputs.grid)
    r, classes = (
        {name: rasters.read(path, grid, bands=1) for name, path in zip(drivers, paths, strict=True)}
        for paths in (inputs.correlation, inputs.classes)
    )
    inside = rasters.read_mask(inputs.study_area, grid)
    overall = pd.read_csv(inputs.pearson).set_index("driver")
    outline = layer_if_given(inputs.area)
    figure = local_correlation_panels(r, classes, grid, overall, inside=inside, outline=outline)
    save(figure, figure_paths, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_local_correlation(
            inputs=snakemake.input,
            drivers=snakemake.params.drivers,
            figure_paths=snakemake.output.figure,
            imprint=Imprint(**snakemake.params.imprint),
        )
