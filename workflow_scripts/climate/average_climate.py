"""Average a monthly climate variable to a mean annual driver."""

from collections.abc import Sequence

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running


def average_climate(
    *, driver: str, statistic: str, monthly: Sequence[str], grid_path: str, mean_path: str
) -> None:
    """Write the mean over the years of the annual mean (temperature) or the annual sum (all else)."""
    grid = Grid.load(grid_path)
    with rasters.create(mean_path, grid, driver, bands=[driver], years=len(monthly)) as target:
        for rows in grid.row_blocks():
            annual = [rasters.read(path, grid, rows=rows).sum(axis=0, dtype="float64") for path in monthly]
            mean = np.mean(annual, axis=0)
            target.write(mean / 12 if statistic == "mean" else mean, rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        average_climate(
            driver=snakemake.wildcards.driver,
            statistic=snakemake.params.statistic,
            monthly=snakemake.input.monthly,
            grid_path=snakemake.input.grid,
            mean_path=snakemake.output.mean,
        )
