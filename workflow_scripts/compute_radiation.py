"""Compute monthly solar radiation from sunshine duration."""

import numpy as np

from nppdrivers import rasters
from nppdrivers.evapotranspiration import solar_radiation
from nppdrivers.grid import Grid
from nppdrivers.job import running


def compute_radiation(*, grid_path, sunshine_path, radiation_path, angstrom):
    """Write twelve bands of total solar radiation [MJ m-2 month-1]."""
    grid = Grid.load(grid_path)
    names = rasters.band_names(sunshine_path)
    months = np.array(names, "datetime64[M]")
    stated = {"method": "Angstrom-Prescott", **angstrom}
    with rasters.create(radiation_path, grid, "solar_radiation", bands=names, **stated) as target:
        for rows in grid.row_blocks():
            sunshine = rasters.read(sunshine_path, grid, rows=rows)
            target.write(solar_radiation(sunshine, months, grid.lonlat(rows)[1], **angstrom), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        compute_radiation(
            grid_path=snakemake.input.grid,
            sunshine_path=snakemake.input.sunshine,
            radiation_path=snakemake.output.radiation,
            angstrom=snakemake.params.angstrom,
        )
