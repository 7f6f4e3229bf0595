"""Read the fine images of one year: clear NDVI on the grid, and a record of every scene."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.images import landsat
from nppdrivers.images.harmonisation import onto_oli
from nppdrivers.job import running
from nppdrivers.vegetation_index import MAPPED, as_index

COLUMNS = ["product_id", "date", "sensor", "harmonised", "resampling", "slc_off", "covered_percent",
           "clear_percent", "mosaic_clear_percent", "remark", "kept"]  # fmt: skip


def days_of_year(year, sources, slc_off):
    """Images of the year by day, those of the striped Landsat 7 only when they are kept."""
    images = [image for image in landsat.find_images(**sources) if image.date.year == int(year)]
    return landsat.by_day([image for image in images if slc_off == "keep" or not landsat.is_slc_off(image)])


def prepare_landsat(*, year, inputs, output, sources, harmonise, slc_off, min_scene_percent, bands):
    """Write one band of NDVI a usable day, and one row a scene with its clear share or why it was dropped.

    With `bands` also one of red and one of near-infrared reflectance, of which NDVI is then made.
    """
    grid = Grid.load(inputs.grid)
    area = rasters.read_mask(inputs.study_area, grid)
    relations = onto_oli(pd.read_csv(inputs.harmonisation)) if harmonise == "refit" else harmonise
    images, days, records = [], [], []
    for day, scenes in days_of_year(year, sources, slc_off).items():
        image, of_day = landsat.read_day(scenes, grid, relations, area=area, bands=bands)
        kept = of_day[0]["mosaic_clear_percent"] >= min_scene_percent
        records += [record | {"kept": kept} for record in of_day]
        if kept:
            images.append(image)
            days.append(day.isoformat())
    pd.DataFrame(records, columns=COLUMNS).to_csv(output.scenes, index=False)
    logging.info("%s: %d scenes, %d days kept", year, len(records), len(days))
    if not days:  # a year without a clear image still has a raster, of one empty band
        images, days = [np.full((2, *grid.shape) if bands else grid.shape, np.nan, "float32")], ["none"]
    images = np.stack(images)
    if bands:
        for number, name in enumerate(("red", "nir")):
            about = {"bands": days, "harmonised": harmonise}
            rasters.write(getattr(output, name), images[:, number], grid, f"{name}_reflectance", **about)
        images = as_index(images)
    rasters.write(output.ndvi, images, grid, MAPPED.name, bands=days, harmonised=harmonise)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        prepare_landsat(
            year=snakemake.wildcards.year,
            inputs=snakemake.input,
            output=snakemake.output,
            sources=snakemake.params.sources,
            harmonise=snakemake.params.harmonise,
            slc_off=snakemake.params.slc_off,
            min_scene_percent=snakemake.params.min_scene_percent,
            bands=snakemake.params.bands,
        )
