"""Draw land degradation with the surveyed hazards, and how far it depends on the judgements."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.maps import map_continuous
from nppdrivers.figures.surveys import LEAST_DEGRADATION, land_degradation
from nppdrivers.inputs.hazards.survey import read_survey
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule hands over; area and river empty where the run does not have them."""

    grid: str
    study_area: str
    area: str
    river: str
    degradation: str
    spread: str
    survey: str


class Outputs(Protocol):
    """Figures."""

    figure: Sequence[str]
    spread: Sequence[str]


def plot_land_degradation(*, inputs: Inputs, output: Outputs, imprint: Imprint) -> None:
    """Save Figure S2 and the map of its spread."""
    grid = display_grid(inputs.grid)
    layers = {"outline": layer_if_given(inputs.area), "river": layer_if_given(inputs.river)}
    degradation, spread = (
        rasters.read_inside(path, inputs.study_area, grid) for path in (inputs.degradation, inputs.spread)
    )
    hazards = read_survey(inputs.survey, grid.crs)
    save(land_degradation(degradation, grid, hazards=hazards, **layers), output.figure, imprint)
    affected = np.where(degradation > LEAST_DEGRADATION, spread, np.nan)
    title = "Standard deviation of land degradation, where the land is degraded"
    save(map_continuous(affected, grid, "LD_sd", title=title, **layers), output.spread, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_land_degradation(
            inputs=snakemake.input, output=snakemake.output, imprint=Imprint(**snakemake.params.imprint)
        )
