"""Compose monthly NDVI of one year from the fused images, smoothed in time where asked for."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands, day_numbers
from nppdrivers.grid import Grid
from nppdrivers.images.composites import overlap_days
from nppdrivers.job import running
from nppdrivers.ndvi.monthly import monthly_doy_mean, monthly_mvc
from nppdrivers.ndvi.smoothing import REACH, Smoothing, choose_smoothness, smooth
from nppdrivers.period import Period, months_of_year
from nppdrivers.vegetation_index import MAPPED

COMPOSE = {"mvc": monthly_mvc, "doy_mean": monthly_doy_mean}
BLOCK = 250_000  # cells in memory at a time, with all dates of two years
SAMPLED_ROWS = 20  # from which the smoothness of a year is chosen


class Inputs(Protocol):
    """Inputs of the rule; fine: the clear images of the year."""

    grid: str
    fused: list[str]
    fine: str


class Outputs(Protocol):
    """Outputs of the rule."""

    ndvi: str
    observations: str


def clear_observations(fine_path: str, grid: Grid, rows: slice, months: Sequence[str]) -> np.ndarray:
    """Number of clear fine observations of each month, (12, rows, width)."""
    counts = np.zeros((12, rows.stop - rows.start, grid.width), "float32")
    for band, name in enumerate(rasters.band_names(fine_path), start=1):
        if name[:7] in months:
            counts[months.index(name[:7])] += np.isfinite(
                rasters.read(fine_path, grid, bands=band, rows=rows)
            )
    return counts


def with_smoothness(smoothing: Smoothing, series: DatedBands, near: Sequence[date], grid: Grid) -> Smoothing:
    """The settings with a number for the smoothness, chosen from rows all over the grid for "gcv"."""
    if smoothing.method != "whittaker" or smoothing.smoothness != "gcv":
        return smoothing
    step = max(1, grid.height // SAMPLED_ROWS)
    sample = [series.read(near, grid, rows)[:, ::step] for rows in grid.row_blocks(BLOCK)]
    chosen = choose_smoothness(np.concatenate(sample, axis=1), day_numbers(near))
    logging.info("smoothness by generalised cross-validation: %.3g", chosen)
    return replace(smoothing, smoothness=chosen)


def compose_monthly_ndvi(
    *, year: str, method: str, smoothing: Smoothing, period: Period, inputs: Inputs, output: Outputs
) -> None:
    """Write twelve bands of NDVI (NaN outside the period) and the number of clear observations a month."""
    grid = Grid.load(inputs.grid)
    months = months_of_year(year)
    series = DatedBands(inputs.fused)
    dates = [day for day in series.dates if overlap_days([day], months).any()]
    near = dates
    if smoothing.method != "none":  # the dates around the year are smoothed with it
        first, last = date(int(year), 1, 1) - REACH, date(int(year), 12, 31) + REACH
        near = [day for day in series.dates if first <= day <= last]
    own = [near.index(day) for day in dates]
    smoothing = with_smoothness(smoothing, series, near, grid)
    about = {"method": method, "smoothing": str(smoothing)}
    outside = [month not in period for month in months]
    with (
        rasters.create(output.ndvi, grid, MAPPED.name, bands=months, **about) as ndvi,
        rasters.create(output.observations, grid, "ndvi_observations", bands=months) as observations,
    ):
        for rows in grid.row_blocks(BLOCK):
            smoothed = smooth(series.read(near, grid, rows), near, smoothing)[own]
            monthly = COMPOSE[method](smoothed, dates, months)
            monthly[outside] = np.nan
            ndvi.write(monthly, rows)
            observations.write(clear_observations(inputs.fine, grid, rows, months), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        compose_monthly_ndvi(
            year=snakemake.wildcards.year,
            method=snakemake.params.method,
            smoothing=Smoothing(**snakemake.params.smoothing),
            period=Period(**snakemake.params.period),
            inputs=snakemake.input,
            output=snakemake.output,
        )
