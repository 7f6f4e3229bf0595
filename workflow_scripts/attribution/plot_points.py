"""Draw the random points over mean annual NPP."""

from collections.abc import Sequence
from typing import Protocol

from nppdrivers import rasters
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.surveys import sampled_points
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.inputs.tables import point_layer
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives."""

    grid: str
    area: str
    points: str
    npp: str


def plot_points(*, inputs: Inputs, figure_paths: Sequence[str], imprint: Imprint) -> None:
    """Save Figure S3."""
    grid = display_grid(inputs.grid)
    npp = rasters.read(inputs.npp, grid, bands=1)
    points = point_layer(inputs.points)
    outline = layer_if_given(inputs.area)
    save(sampled_points(points, grid, npp=npp, outline=outline), figure_paths, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_points(
            inputs=snakemake.input,
            figure_paths=snakemake.output.figure,
            imprint=Imprint(**snakemake.params.imprint),
        )
