"""Draw the soil maps with the samples."""

from nppdrivers import figures, places, rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running


def plot_soil(*, inputs, drivers, figure_path, note):
    """Save one panel a property."""
    grid = Grid.load(inputs.grid)
    maps = {
        name: rasters.read_inside(path, inputs.study_area, grid)
        for name, path in zip(drivers, inputs.drivers, strict=True)
    }
    samples = places.points_of(inputs.samples)
    outline = places.layer_if_given(inputs.area)
    figures.save(figures.soil_maps(maps, grid, samples, outline=outline, note=note), figure_path)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_soil(
            inputs=snakemake.input,
            drivers=snakemake.params.drivers,
            figure_path=snakemake.output.figure,
            note=snakemake.params.note,
        )
