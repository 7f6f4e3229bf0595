"""Compute monthly solar radiation from sunshine duration."""

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.evapotranspiration import solar_radiation
from nppdrivers.grid import Grid
from nppdrivers.job import running


def compute_radiation(
    *, grid_path: str, sunshine_path: str, coefficients_path: str, radiation_path: str
) -> None:
    """Write twelve bands of total solar radiation [MJ m-2 month-1]."""
    grid = Grid.load(grid_path)
    names = rasters.band_names(sunshine_path)
    months = np.array(names, "datetime64[M]")
    coefficients = pd.read_csv(coefficients_path).iloc[0]
    angstrom = {name: float(coefficients[name]) for name in ("a", "b")}
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
            coefficients_path=snakemake.input.coefficients,
            radiation_path=snakemake.output.radiation,
        )
