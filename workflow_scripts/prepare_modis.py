"""Read the 16-day composites of one year onto the grid."""

import logging

import numpy as np

from nppdrivers import modis, rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.ndvi import composite_starts, nominal_date


def prepare_modis(*, year, folder, products, period, grid_path, ndvi_path, day_path):
    """Write NDVI and its day of observation, one band a composite, named by the middle of its period."""
    grid = Grid.load(grid_path)
    wanted = [start for start in composite_starts(**period, products=products) if start.year == int(year)]
    found = modis.find_composites(folder, *products)
    if missing := [start.isoformat() for start in wanted if start not in found]:
        logging.warning("no composite starts on %s: interpolated in time", ", ".join(missing))
    ndvi = np.full((len(wanted), *grid.shape), np.nan, "float32")
    day = ndvi.copy()
    for index, start in enumerate(wanted):
        if start in found:
            ndvi[index], day[index] = modis.read_composite(found[start], grid)
    names = [nominal_date(start).isoformat() for start in wanted]
    rasters.write(ndvi_path, ndvi, grid, "coarse_ndvi", bands=names)
    rasters.write(day_path, day, grid, "composite_day", bands=names)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        prepare_modis(
            year=snakemake.wildcards.year,
            folder=snakemake.params.modis,
            products=snakemake.params.products,
            period=snakemake.params.period,
            grid_path=snakemake.input.grid,
            ndvi_path=snakemake.output.ndvi,
            day_path=snakemake.output.day,
        )
