"""Draw the mean annual climate with the stations."""

import logging
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.climate.diagnostics import varies_less_than_error
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.frame import display_grid
from nppdrivers.figures.panels import climate_surfaces
from nppdrivers.inputs.layers import layer_if_given
from nppdrivers.inputs.tables import point_layer
from nppdrivers.job import running
from nppdrivers.quantities import short_name


class Inputs(Protocol):
    """Files that the rule hands over; empty where the run does not have them."""

    grid: str
    study_area: str
    area: str
    weather: str
    drivers: list[str]
    errors: list[str]


class Outputs(Protocol):
    """Figures; the errors only where errors are known."""

    figure: Sequence[str]
    errors: Sequence[str]


def plot_climate(
    *,
    inputs: Inputs,
    drivers: Sequence[str],
    drivers_with_error: Sequence[str],
    output: Outputs,
    imprint: Imprint,
) -> None:
    """Save one panel a driver, and one panel an error where errors are known."""
    grid = display_grid(inputs.grid)
    stations = point_layer(inputs.weather) if inputs.weather else None
    outline = layer_if_given(inputs.area)
    maps = rasters.read_layers(drivers, inputs.drivers, inputs.study_area, grid)
    titles = {f"{name}_sd": f"{short_name(name)}, standard error" for name in drivers_with_error}
    errors = rasters.read_layers(list(titles), inputs.errors, inputs.study_area, grid)
    means = {name: float(np.nanmean(errors[f"{name}_sd"])) for name in drivers_with_error}
    unknown = {name: error for name, error in means.items() if varies_less_than_error(maps[name], error)}
    for name, error in unknown.items():
        logging.warning("%s varies less than its own standard error (%.3g)", name, error)
    drawn = climate_surfaces(maps, grid, errors=unknown, stations=stations, outline=outline)
    save(drawn, output.figure, imprint)
    if drivers_with_error:
        drawn = climate_surfaces(errors, grid, titles=titles, stations=stations, outline=outline)
        save(drawn, output.errors, imprint)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        plot_climate(
            inputs=snakemake.input,
            drivers=snakemake.params.drivers,
            drivers_with_error=snakemake.params.drivers_with_error,
            output=snakemake.output,
            imprint=Imprint(**snakemake.params.imprint),
        )
