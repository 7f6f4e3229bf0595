"""Draw land degradation and the surveyed hazards."""

from nppdrivers import figures, places, rasters, vectors
from nppdrivers.grid import Grid
from nppdrivers.job import running


def plot_land_degradation(*, inputs, figure_path, note):
    """Save Figure S2."""
    grid = Grid.load(inputs.grid)
    figure = figures.land_degradation(
        rasters.read_inside(inputs.degradation, inputs.study_area, grid),
        grid,
        hazards=vectors.read_survey(inputs.survey, grid.crs),
        outline=places.layer_if_given(inputs.area),
        river=places.layer_if_given(inputs.river),
        note=note,
    )
    figures.save(figure, figure_path)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_land_degradation(
            inputs=snakemake.input, figure_path=snakemake.output.figure, note=snakemake.params.note
        )
