"""Read the composites of one year onto the grid."""

import logging
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np

from nppdrivers.dated_bands import PutAway
from nppdrivers.grid import Grid
from nppdrivers.images import coarse_images
from nppdrivers.images.composites import composite_starts, nominal_date, sensor_of
from nppdrivers.images.passage import Passage
from nppdrivers.job import running
from nppdrivers.period import Period
from nppdrivers.vegetation_index import MAPPED, as_index, nir_of, red_of


class Inputs(Protocol):
    """Inputs of the rule; passage and land_cover only where the series passes from MODIS to VIIRS."""

    grid: str
    passage: str
    land_cover: str


class Outputs(Protocol):
    """Outputs of the rule; red and nir only where the bands are fused."""

    ndvi: str
    red: str
    nir: str
    day: str


def read_image(
    files: Sequence[Path], start: date, grid: Grid, passage: Passage | None, bands: bool
) -> tuple[np.ndarray, np.ndarray]:
    """NDVI (H, W) or both bands (2, H, W) of a composite, less the bias of its sensor, and the day."""
    if bands:
        return coarse_images.read_bands(files, grid)
    adjust = partial(passage.remove, start=start) if passage else None
    return coarse_images.read_composite(files, grid, adjust=adjust)


def prepare_coarse(
    *,
    year: str,
    folder: str,
    products: Sequence[str],
    change: str | None,
    period: Period,
    inputs: Inputs,
    output: Outputs,
    bands: bool,
) -> None:
    """Write NDVI and its day of observation, a band for each composite, named by the middle of its period.

    With `bands` also red and near-infrared reflectance, from which NDVI is then computed. Where `change` says
    that composites of VIIRS count, these are less their bias against MODIS.
    """
    grid = Grid.load(inputs.grid)
    starts = [start for start in composite_starts(period, products, change) if start.year == int(year)]
    found = coarse_images.find_series(folder, products, change)
    if missing := [start.isoformat() for start in starts if start not in found]:
        logging.warning("no composite starts on %s: interpolated in time", ", ".join(missing))
    passage = Passage.load(inputs.passage, inputs.land_cover, grid) if change else None
    names = [nominal_date(start).isoformat() for start in starts]
    layers = {output.ndvi: (f"coarse_{MAPPED.name}", as_index)}
    if bands:
        layers |= {output.red: ("red_reflectance", red_of), output.nir: ("nir_reflectance", nir_of)}
    with PutAway(output.ndvi) as images, PutAway(output.day) as days:
        for start in starts:
            image, day = np.full((2, *grid.shape), np.nan, "float32")
            if start in found:
                is_other = change is not None and sensor_of(start, products, change) == "VIIRS"
                image, day = read_image(found[start], start, grid, passage if is_other else None, bands)
            images.add(np.broadcast_to(image, (2 if bands else 1, *grid.shape)))
            days.add(day)
        images.write(layers, grid, bands=names)
        days.write({output.day: ("composite_day", lambda stored: stored)}, grid, bands=names)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        prepare_coarse(
            year=snakemake.wildcards.year,
            folder=snakemake.params.folder,
            products=snakemake.params.products,
            period=Period(**snakemake.params.period),
            change=snakemake.params.change,
            inputs=snakemake.input,
            output=snakemake.output,
            bands=snakemake.params.bands,
        )
