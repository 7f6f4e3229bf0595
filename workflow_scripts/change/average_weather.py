"""Average each month of the weather over the years: the mean year that NPP is computed anew with."""

from collections.abc import Mapping, Sequence

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.period import months_of_year


def average_weather(
    *, grid_path: str, paths: Mapping[str, Sequence[str]], mean_paths: Mapping[str, str]
) -> None:
    """Write twelve mean months of each variable; a cell without a value in one year has none."""
    grid = Grid.load(grid_path)
    for variable, years in paths.items():
        product, _ = rasters.metadata(years[0])
        months = [name[-2:] for name in months_of_year(2000)]
        with rasters.create(mean_paths[variable], grid, product, bands=months, years=len(years)) as target:
            for rows in grid.row_blocks(200_000):
                total = np.zeros((12, rows.stop - rows.start, grid.width))
                for path in years:
                    total += rasters.read(path, grid, rows=rows)
                target.write(total / len(years), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        mean_paths = dict(snakemake.output.items())
        average_weather(
            grid_path=snakemake.input.grid,
            paths={name: snakemake.input[name] for name in mean_paths},
            mean_paths=mean_paths,
        )
