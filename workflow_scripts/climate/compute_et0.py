"""Compute monthly FAO-56 reference evapotranspiration."""

import numpy as np

from nppdrivers import rasters
from nppdrivers.evapotranspiration import reference_evapotranspiration
from nppdrivers.grid import Grid
from nppdrivers.job import running


def compute_et0(*, grid_path, elevation, temperature, relative_humidity, wind_speed, radiation, et0):
    """Write twelve bands of reference evapotranspiration [mm month-1]."""
    grid = Grid.load(grid_path)
    names = rasters.band_names(temperature)
    months = np.array(names, "datetime64[M]")
    monthly = (temperature, relative_humidity, wind_speed, radiation)
    with rasters.create(et0, grid, "et0", bands=names, method="FAO-56 Penman-Monteith") as target:
        for rows in grid.row_blocks():
            values = [rasters.read(path, grid, rows=rows) for path in monthly]
            height = rasters.read(elevation, grid, bands=1, rows=rows)
            latitude = grid.lonlat(rows)[1]
            target.write(reference_evapotranspiration(*values, months, latitude, height), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        compute_et0(
            grid_path=snakemake.input.grid,
            elevation=snakemake.input.elevation,
            temperature=snakemake.input.temperature,
            relative_humidity=snakemake.input.relative_humidity,
            wind_speed=snakemake.input.wind_speed,
            radiation=snakemake.input.radiation,
            et0=snakemake.output.et0,
        )
