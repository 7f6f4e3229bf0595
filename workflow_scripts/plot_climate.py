"""Draw the mean annual climate with the stations."""

from nppdrivers import figures, places, rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running


def plot_climate(*, inputs, drivers, figure_path, note):
    """Save one panel a driver."""
    grid = Grid.load(inputs.grid)
    maps = {
        name: rasters.read_inside(path, inputs.study_area, grid)
        for name, path in zip(drivers, inputs.drivers, strict=True)
    }
    stations = places.points_of(inputs.weather)
    outline = places.layer_if_given(inputs.area)
    figures.save(figures.climate_surfaces(maps, grid, stations, outline=outline, note=note), figure_path)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_climate(
            inputs=snakemake.input,
            drivers=snakemake.params.drivers,
            figure_path=snakemake.output.figure,
            note=snakemake.params.note,
        )
