"""Draw the dominant category by both methods, and how sure it is."""

from collections.abc import Sequence
from typing import Protocol

from nppdrivers import rasters
from nppdrivers.figures.attribution.certainty import DominantMaps, dominant_certainty
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.frame import display_grid
from nppdrivers.grid import Grid
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.job import running

METHODS = {"actual": "Left out in turn", "shapley": "Shapley values"}
LEADING = 2  # band of the agreement on the leading category


class Inputs(Protocol):
    """Files that the rule gives."""

    grid: str
    area: str
    actual_plain: str
    actual_marked: str
    actual_agreement: str
    shapley_plain: str
    shapley_marked: str
    shapley_agreement: str


def read_maps(inputs: Inputs, method: str, grid: Grid) -> DominantMaps:
    """Dominant category plain and marked, and how many replicates agree on what leads."""
    plain, marked = (getattr(inputs, f"{method}_{kind}") for kind in ("plain", "marked"))
    agreement = rasters.read(getattr(inputs, f"{method}_agreement"), grid, bands=LEADING)
    return DominantMaps(rasters.read(plain, grid, bands=1), rasters.read(marked, grid, bands=1), agreement)


def plot_certainty(*, inputs: Inputs, figure_paths: Sequence[str], imprint: Imprint) -> None:
    """Save the maps of both methods on one sheet."""
    grid = display_grid(inputs.grid)
    maps = {title: read_maps(inputs, method, grid) for method, title in METHODS.items()}
    legend, outline = rasters.legend(inputs.actual_marked), layer_if_given(inputs.area)
    save(dominant_certainty(maps, legend, grid, outline=outline), figure_paths, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_certainty(
            inputs=snakemake.input,
            figure_paths=snakemake.output.figure,
            imprint=Imprint(**snakemake.params.imprint),
        )
