"""Read the fine images of one year: clear NDVI on the grid, and a record of every scene."""

import logging
from collections.abc import Mapping
from datetime import date
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.dated_bands import PutAway
from nppdrivers.grid import Grid
from nppdrivers.images import landsat
from nppdrivers.images.harmonisation import onto_oli
from nppdrivers.images.landsat_files import Image
from nppdrivers.images.landsat_folders import FineFolders, find_images
from nppdrivers.job import running
from nppdrivers.vegetation_index import MAPPED, as_index, nir_of, red_of

COLUMNS = ["product_id", "date", "sensor", "harmonised", "resampling", "slc_off", "covered_percent",
           "clear_percent", "mosaic_clear_percent", "remark", "kept"]  # fmt: skip


class Inputs(Protocol):
    """Inputs of the rule; harmonisation: the table of fitted relations, where they are fitted."""

    grid: str
    study_area: str
    harmonisation: str


class Outputs(Protocol):
    """Outputs of the rule; red and nir only where the bands are fused."""

    ndvi: str
    red: str
    nir: str
    scenes: str


def days_of_year(year: str, sources: Mapping[str, str | None], slc_off: str) -> dict[date, list[Image]]:
    """Images of the year by day, those of the striped Landsat 7 only when they are kept."""
    images = [image for image in find_images(FineFolders(**sources)) if image.date.year == int(year)]
    return landsat.by_day(image for image in images if slc_off == "keep" or not landsat.is_slc_off(image))


def prepare_landsat(
    *,
    year: str,
    inputs: Inputs,
    output: Outputs,
    sources: Mapping[str, str | None],
    harmonise: str,
    slc_off: str,
    min_scene_percent: float,
    bands: bool,
) -> None:
    """Write a band of NDVI for each usable day, and a row for each scene: clear share, why it was dropped.

    With `bands` also red and near-infrared reflectance, from which NDVI is then computed.
    """
    grid = Grid.load(inputs.grid)
    area = rasters.read_mask(inputs.study_area, grid)
    relations = onto_oli(pd.read_csv(inputs.harmonisation)) if harmonise == "refit" else harmonise
    layers = {output.ndvi: (MAPPED.name, as_index)}
    if bands:
        layers |= {output.red: ("red_reflectance", red_of), output.nir: ("nir_reflectance", nir_of)}
    days, records = [], []
    with PutAway(output.ndvi) as kept_images:
        for day, scenes in days_of_year(year, sources, slc_off).items():
            image, day_records = landsat.read_day(scenes, grid, relations, area=area, bands=bands)
            kept = day_records[0]["mosaic_clear_percent"] >= min_scene_percent
            records += [record | {"kept": kept} for record in day_records]
            if kept:
                kept_images.add(image.reshape(-1, *grid.shape))
                days.append(day.isoformat())
        pd.DataFrame(records, columns=COLUMNS).to_csv(output.scenes, index=False)
        logging.info("%s: %d scenes, %d days kept", year, len(records), len(days))
        if not days:  # a year without a clear image still has a raster, of one empty band
            kept_images.add(np.full((2 if bands else 1, *grid.shape), np.nan, "float32"))
        kept_images.write(layers, grid, bands=days or ["none"], harmonised=harmonise)


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
