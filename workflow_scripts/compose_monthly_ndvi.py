"""Compose monthly NDVI of one year from the fused images."""

import numpy as np

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.ndvi import monthly_doy_mean, monthly_mvc, overlap_days

COMPOSE = {"mvc": monthly_mvc, "doy_mean": monthly_doy_mean}


def clear_observations(fine_path, grid, rows, months):
    """Number of clear fine observations of each month, (12, rows, width)."""
    counts = np.zeros((12, rows.stop - rows.start, grid.width), "float32")
    for band, name in enumerate(rasters.band_names(fine_path), start=1):
        if name[:7] in months:
            counts[months.index(name[:7])] += np.isfinite(
                rasters.read(fine_path, grid, bands=band, rows=rows)
            )
    return counts


def compose_monthly_ndvi(*, year, method, period, grid_path, fused, fine, ndvi_path, observations_path):
    """Write twelve bands of NDVI (NaN outside the period) and the number of clear observations a month."""
    grid = Grid.load(grid_path)
    months = [f"{year}-{month:02d}" for month in range(1, 13)]
    series = DatedBands(fused)
    dates = [day for day in series.dates if overlap_days([day], months).any()]
    outside = [not period["first_month"] <= month <= period["last_month"] for month in months]
    with (
        rasters.create(ndvi_path, grid, "ndvi", bands=months, method=method) as ndvi,
        rasters.create(observations_path, grid, "ndvi_observations", bands=months) as observations,
    ):
        for rows in grid.row_blocks():
            monthly = COMPOSE[method](series.read(dates, grid, rows), dates, months)
            monthly[outside] = np.nan
            ndvi.write(monthly, rows)
            observations.write(clear_observations(fine, grid, rows, months), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        compose_monthly_ndvi(
            year=snakemake.wildcards.year,
            method=snakemake.params.method,
            period=snakemake.params.period,
            grid_path=snakemake.input.grid,
            fused=snakemake.input.fused,
            fine=snakemake.input.fine,
            ndvi_path=snakemake.output.ndvi,
            observations_path=snakemake.output.observations,
        )
