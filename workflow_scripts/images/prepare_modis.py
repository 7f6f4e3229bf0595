"""Read the 16-day composites of one year onto the grid."""

import logging

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.images import modis
from nppdrivers.images.composites import composite_starts, nominal_date
from nppdrivers.job import running
from nppdrivers.period import Period
from nppdrivers.vegetation_index import MAPPED, as_index


def prepare_modis(*, year, folder, products, period, grid_path, output, bands):
    """Write NDVI and its day of observation, one band a composite, named by the middle of its period.

    With `bands` also red and near-infrared reflectance, of which NDVI is then made.
    """
    grid = Grid.load(grid_path)
    wanted = [start for start in composite_starts(period, products) if start.year == int(year)]
    found = modis.find_composites(folder, *products)
    if missing := [start.isoformat() for start in wanted if start not in found]:
        logging.warning("no composite starts on %s: interpolated in time", ", ".join(missing))
    layers = 2 if bands else 1
    image = np.full((len(wanted), layers, *grid.shape), np.nan, "float32")
    day = image[:, 0].copy()
    read = modis.read_bands if bands else modis.read_composite
    for index, start in enumerate(wanted):
        if start in found:
            image[index], day[index] = read(found[start], grid)
    names = [nominal_date(start).isoformat() for start in wanted]
    for number, name in enumerate(("red", "nir") if bands else ()):
        rasters.write(getattr(output, name), image[:, number], grid, f"{name}_reflectance", bands=names)
    rasters.write(output.ndvi, as_index(image), grid, f"coarse_{MAPPED.name}", bands=names)
    rasters.write(output.day, day, grid, "composite_day", bands=names)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        prepare_modis(
            year=snakemake.wildcards.year,
            folder=snakemake.params.modis,
            products=snakemake.params.products,
            period=Period(**snakemake.params.period),
            grid_path=snakemake.input.grid,
            output=snakemake.output,
            bands=snakemake.params.bands,
        )
