"""Compose monthly NDVI of one year from the fused images."""

from datetime import date

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.ndvi import monthly_doy_mean, monthly_mvc, overlap_days

COMPOSE = {"mvc": monthly_mvc, "doy_mean": monthly_doy_mean}


def bands_by_date(paths):
    """Date to (path, one-based band) of every band of rasters whose bands are named by date."""
    return {
        date.fromisoformat(name): (path, band)
        for path in paths
        for band, name in enumerate(rasters.band_names(path), start=1)
    }


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
    found = bands_by_date(fused)
    dates = [day for day in sorted(found) if overlap_days([day], months).any()]
    outside = [not period["first_month"] <= month <= period["last_month"] for month in months]
    with (
        rasters.create(ndvi_path, grid, "ndvi", bands=months, method=method) as ndvi,
        rasters.create(observations_path, grid, "ndvi_observations", bands=months) as observations,
    ):
        for rows in grid.row_blocks():
            stack = np.stack([rasters.read(found[d][0], grid, bands=found[d][1], rows=rows) for d in dates])
            monthly = COMPOSE[method](stack, dates, months)
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
