"""Draw the contributions of the categories of drivers and the dominant one."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.categories import category
from nppdrivers.figures.attribution.contributions import contribution_composite, dominant_map
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.panels import actual_contributions, relative_contributions, shapley_values
from nppdrivers.grid import Grid
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives."""

    grid: str
    area: str
    actual: str
    relative: str
    shapley: str
    dominant: str


class Outputs(Protocol):
    """Files that the rule wants."""

    composite: Sequence[str]
    dominant: Sequence[str]
    actual: Sequence[str]
    relative: Sequence[str]
    shapley: Sequence[str]


def by_letter(path: str, grid: Grid) -> dict[str, np.ndarray]:
    """Maps by the letter of the category that each band is named after."""
    bands = zip(rasters.band_names(path), rasters.read(path, grid), strict=True)
    return {category(name).letter: values for name, values in bands}


def plot_contributions(*, inputs: Inputs, output: Outputs, imprint: Imprint) -> None:
    """Save Figures 5a and 5b and the maps of actual and relative contribution and of Shapley values."""
    grid = display_grid(inputs.grid)
    outline = layer_if_given(inputs.area)
    relative, actual = by_letter(inputs.relative, grid), by_letter(inputs.actual, grid)
    save(contribution_composite(relative, grid, outline=outline), output.composite, imprint)
    save(relative_contributions(relative, grid, outline=outline), output.relative, imprint)
    save(actual_contributions(actual, grid, outline=outline), output.actual, imprint)
    save(shapley_values(by_letter(inputs.shapley, grid), grid, outline=outline), output.shapley, imprint)
    legend = rasters.legend(inputs.dominant)
    codes = rasters.read(inputs.dominant, grid, bands=1)
    save(dominant_map(codes, legend, grid, outline=outline), output.dominant, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_contributions(
            inputs=snakemake.input, output=snakemake.output, imprint=Imprint(**snakemake.params.imprint)
        )
