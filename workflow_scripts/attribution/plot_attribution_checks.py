"""Draw the checks of the attribution."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from nppdrivers import rasters
from nppdrivers.figures.attribution.checks import driver_matrices, experiment_shares, shares_and_chance
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.maps import map_continuous
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives."""

    grid: str
    area: str
    drivers: str
    pairs: str
    dissimilarity: str
    shares: Sequence[str]
    windows: str
    experiments: str


class Outputs(Protocol):
    """Files that the rule wants."""

    drivers: Sequence[str]
    dissimilarity: Sequence[str]
    shares: Sequence[str]
    experiments: Sequence[str]


def plot_attribution_checks(*, inputs: Inputs, output: Outputs, window: int, imprint: Imprint) -> None:
    """Save the figures of drivers, area of applicability, local shares and experiments."""
    grid = display_grid(inputs.grid)
    drivers, pairs = pd.read_csv(inputs.drivers), pd.read_csv(inputs.pairs)
    save(driver_matrices(drivers, pairs), output.drivers, imprint)
    threshold = float(rasters.tags(inputs.dissimilarity)["threshold"])
    drawn = map_continuous(
        rasters.read(inputs.dissimilarity, grid, bands=1),
        grid,
        "dissimilarity",
        title=f"Dissimilarity of the drivers from the points; above {threshold:.2f} the forests extrapolate",
        limits=(0, threshold),
        outline=layer_if_given(inputs.area),
    )
    save(drawn, output.dissimilarity, imprint)
    shares, windows = pd.read_csv(inputs.shares), pd.read_csv(inputs.windows)
    save(shares_and_chance(shares, windows, window=window), output.shares, imprint)
    save(experiment_shares(pd.read_csv(inputs.experiments)), output.experiments, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_attribution_checks(
            inputs=snakemake.input,
            output=snakemake.output,
            window=snakemake.params.window,
            imprint=Imprint(**snakemake.params.imprint),
        )
