"""Draw the spread of NPP among the choices of CASA, and NPP with climate held constant."""

import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures.canvas import save
from nppdrivers.figures.effects import effects_by_class
from nppdrivers.figures.panels import panels_one_scale, panels_own_scales
from nppdrivers.grid import Grid
from nppdrivers.inputs.vectors import layer_if_given
from nppdrivers.job import running

HELD = ("climate", "temperature", "precipitation", "radiation")
TITLES = {
    "npp": "Mean NPP",
    "npp_sd": "Standard deviation of NPP",
    "rank_spread": "Standard deviation of rank",
}


def plot_npp_spread(*, inputs, output, note):
    """Save the maps of the ensemble, the effects by class, and what each held variable adds to NPP."""
    grid = Grid.load(inputs.grid)
    layers = {"outline": layer_if_given(inputs.area), "note": note}
    ensemble = {
        "npp": rasters.read(inputs.mean, grid, bands=1),
        "npp_sd": rasters.read(inputs.sd, grid, bands=1),
        "rank_spread": rasters.read(inputs.rank, grid, bands=1),
    }
    drawn = panels_own_scales(ensemble, grid, columns=3, titles=TITLES, **layers)
    save(drawn, output.spread)
    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid)
    carried = {
        f"({letter}) {name.capitalize()}": npp - rasters.read(inputs[name], grid, bands=1)
        for letter, name in zip("abcd", HELD, strict=True)
    }
    drawn = panels_one_scale(carried, grid, "npp_carried", columns=4, symmetric=True, **layers)
    save(drawn, output.held)
    colours = pd.read_csv(inputs.parameters).set_index("class")["colour"]
    effects = pd.read_csv(inputs.effects)
    save(effects_by_class(effects, colours=colours, note=note), output.effects)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_npp_spread(inputs=snakemake.input, output=snakemake.output, note=snakemake.params.note)
