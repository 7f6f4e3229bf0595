"""Draw the spread of NPP among the choices of CASA, and NPP with climate held constant."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.charts import effects_by_class
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.labels import panel_title
from nppdrivers.figures.panels import panels_one_scale, panels_own_scales
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running
from nppdrivers.npp.held_climate import EXPERIMENTS

TITLES = {
    "npp": "Mean NPP",
    "npp_sd": "Standard deviation of NPP",
    "rank_spread": "Standard deviation of rank",
}


class Inputs(Protocol):
    """Files that the rule hands over; area empty where the run does not have it."""

    grid: str
    study_area: str
    area: str
    npp: str
    parameters: str
    mean: str
    sd: str
    rank: str
    effects: str

    def __getitem__(self, held: str) -> str:
        """NPP with this held constant: a name of `EXPERIMENTS`."""


class Outputs(Protocol):
    """Figures."""

    spread: Sequence[str]
    effects: Sequence[str]
    held: Sequence[str]


def plot_npp_spread(*, inputs: Inputs, output: Outputs, imprint: Imprint) -> None:
    """Save the maps of the ensemble, the effects by class, and what each held variable adds to NPP."""
    grid = display_grid(inputs.grid)
    outline = layer_if_given(inputs.area)
    ensemble = {
        "npp": rasters.read(inputs.mean, grid, bands=1),
        "npp_sd": rasters.read(inputs.sd, grid, bands=1),
        "rank_spread": rasters.read(inputs.rank, grid, bands=1),
    }
    drawn = panels_own_scales(ensemble, grid, columns=3, titles=TITLES, outline=outline)
    save(drawn, output.spread, imprint)
    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid)
    carried = {
        panel_title(i, name.capitalize()): npp - rasters.read(inputs[name], grid, bands=1)
        for i, name in enumerate(EXPERIMENTS)
    }
    drawn = panels_one_scale(carried, grid, "npp_carried", columns=4, symmetric=True, outline=outline)
    save(drawn, output.held, imprint)
    colours = pd.read_csv(inputs.parameters).set_index("class")["colour"]
    effects = pd.read_csv(inputs.effects)
    save(effects_by_class(effects, colours=colours), output.effects, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_npp_spread(
            inputs=snakemake.input, output=snakemake.output, imprint=Imprint(**snakemake.params.imprint)
        )
