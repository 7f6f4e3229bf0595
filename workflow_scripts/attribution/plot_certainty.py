"""Draw the dominant category by both methods, and how sure it is."""

from nppdrivers import rasters
from nppdrivers.figures.canvas import save
from nppdrivers.figures.certainty import DominantMaps, dominant_certainty
from nppdrivers.grid import Grid
from nppdrivers.inputs.vectors import layer_if_given
from nppdrivers.job import running

METHODS = {"actual": "Left out in turn", "shapley": "Shapley values"}
LEADING = 2  # band of the agreement on the leading category


def plot_certainty(*, inputs, figure_path, note):
    """Save the maps of both methods on one sheet."""
    grid = Grid.load(inputs.grid)
    maps = {
        title: DominantMaps(
            rasters.read(inputs[f"{method}_plain"], grid, bands=1),
            rasters.read(inputs[f"{method}_marked"], grid, bands=1),
            rasters.read(inputs[f"{method}_agreement"], grid, bands=LEADING),
        )
        for method, title in METHODS.items()
    }
    legend = rasters.legend(inputs.actual_marked)
    layers = {"outline": layer_if_given(inputs.area)}
    save(dominant_certainty(maps, legend, grid, **layers), figure_path, note)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_certainty(
            inputs=snakemake.input, figure_path=snakemake.output.figure, note=snakemake.params.note
        )
