"""Compute monthly FAO-56 reference evapotranspiration."""

from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.evapotranspiration import reference_evapotranspiration
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Climate of one year."""

    grid: str
    elevation: str
    temperature: str
    relative_humidity: str
    wind_speed: str
    radiation: str


def compute_et0(*, inputs: Inputs, et0: str) -> None:
    """Write twelve bands of reference evapotranspiration [mm month-1]."""
    grid = Grid.load(inputs.grid)
    names = rasters.band_names(inputs.temperature)
    months = np.array(names, "datetime64[M]")
    monthly = (inputs.temperature, inputs.relative_humidity, inputs.wind_speed, inputs.radiation)
    with rasters.create(et0, grid, "et0", bands=names, method="FAO-56 Penman-Monteith") as target:
        for rows in grid.row_blocks():
            values = [rasters.read(path, grid, rows=rows) for path in monthly]
            height = rasters.read(inputs.elevation, grid, bands=1, rows=rows)
            latitude = grid.lonlat(rows)[1]
            target.write(reference_evapotranspiration(*values, months, latitude, height), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        compute_et0(inputs=snakemake.input, et0=snakemake.output.et0)
