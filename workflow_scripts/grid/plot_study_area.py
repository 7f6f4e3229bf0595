"""Draw the study area: land cover, relief, mines, soil samples, stations."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.surveys import study_area
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.inputs.tables import point_layer
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule hands over; empty where the run does not have them."""

    grid: str
    study_area: str
    area: str
    river: str
    land_cover: str
    parameters: str
    elevation: str
    mines: str
    soil_samples: str
    weather: str


def plot_study_area(
    *, inputs: Inputs, sample_columns: Mapping[str, str], figure_paths: Sequence[str], imprint: Imprint
) -> None:
    """Save Figure 1; layers that the run does not have are left out."""
    grid = display_grid(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    points = {}
    if inputs.weather:
        points["weather stations"] = point_layer(inputs.weather)
    if inputs.soil_samples:
        points["soil samples"] = point_layer(inputs.soil_samples, sample_columns)
    figure = study_area(
        rasters.read(inputs.land_cover, grid, bands=1) * rasters.read(inputs.study_area, grid, bands=1),
        parameters.rename(columns={"number": "code"}),
        grid,
        elevation=rasters.read(inputs.elevation, grid, bands=1) if inputs.elevation else None,
        outline=layer_if_given(inputs.area),
        river=layer_if_given(inputs.river),
        mines=layer_if_given(inputs.mines),
        points=points,
    )
    save(figure, figure_paths, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_study_area(
            inputs=snakemake.input,
            sample_columns=snakemake.params.sample_columns,
            figure_paths=snakemake.output.figure,
            imprint=Imprint(**snakemake.params.imprint),
        )
