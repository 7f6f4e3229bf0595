"""Bring ready monthly rasters of one climate variable onto the grid."""

import logging
from pathlib import Path

import numpy as np

from nppdrivers.dated_bands import PutAway
from nppdrivers.evapotranspiration import days_in_month
from nppdrivers.grid import Grid
from nppdrivers.inputs.ready_rasters import coarseness, open_ready, refuse_other_months
from nppdrivers.job import running
from nppdrivers.period import months_of_year
from nppdrivers.quantities import quantity


def resample_climate(*, variable: str, year: str, grid_path: str, raster: str, surface_path: str) -> None:
    """Write twelve monthly bands; values are compared with what is usual in a day and possible in a month."""
    grid = Grid.load(grid_path)
    ready = open_ready(raster, grid, quantity(variable), bands=12)
    names = months_of_year(year)
    days = days_in_month(np.array(names, "datetime64[M]"))
    if warning := coarseness(ready.pixel_m, grid):
        logging.warning("%s: %s", raster, warning)
    stated = {"method": f"{ready.resampling} resampling of a ready raster", "source": Path(raster).name}
    stated |= {"pixel_m": round(ready.pixel_m, 1), "flag": warning}
    with PutAway(surface_path) as months:
        for _, values in ready.read():
            months.add(values)
        refuse_other_months(months, quantity(variable), days, raster)
        months.write({surface_path: (variable, lambda values: values)}, grid, bands=names, **stated)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        resample_climate(
            variable=snakemake.wildcards.variable,
            year=snakemake.wildcards.year,
            grid_path=snakemake.input.grid,
            raster=snakemake.input.raster,
            surface_path=snakemake.output.surface,
        )
