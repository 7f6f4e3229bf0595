"""Draw the mean annual climate with the stations."""

from nppdrivers import rasters
from nppdrivers.figures import canvas
from nppdrivers.figures.panels import climate_surfaces
from nppdrivers.grid import Grid
from nppdrivers.inputs.tables import point_layer
from nppdrivers.inputs.vectors import layer_if_given
from nppdrivers.job import running


def plot_climate(*, inputs, drivers, drivers_with_error, output, note):
    """Save one panel a driver, and one panel an error where errors are known."""
    grid = Grid.load(inputs.grid)
    stations = point_layer(inputs.weather) if inputs.weather else None
    outline = layer_if_given(inputs.area)

    def save(names, paths, figure_path):
        maps = rasters.read_layers(names, paths, inputs.study_area, grid)
        canvas.save(climate_surfaces(maps, grid, stations, outline=outline, note=note), figure_path)

    save(drivers, inputs.drivers, output.figure)
    if drivers_with_error:
        save([f"{name}_sd" for name in drivers_with_error], inputs.errors, output.errors)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_climate(
            inputs=snakemake.input,
            drivers=snakemake.params.drivers,
            drivers_with_error=snakemake.params.drivers_with_error,
            output=snakemake.output,
            note=snakemake.params.note,
        )
