"""Mark the cells of the dominant category that noise could explain as well, and tabulate the classes."""

from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.attribution import certainty
from nppdrivers.correlation.significance import class_shares
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives."""

    grid: str
    study_area: str
    values: str
    noise: str
    plain: str


def mark_indistinct(*, inputs: Inputs, map_path: str, shares_path: str) -> None:
    """Write the dominant category with its further code, and area shares with and without that code."""
    grid = Grid.load(inputs.grid)
    plain = rasters.read(inputs.plain, grid, bands=1)
    distinct = np.empty(grid.shape, bool)
    for rows in grid.row_blocks():
        values, noise = (rasters.read(path, grid, rows=rows) for path in (inputs.values, inputs.noise))
        distinct[rows] = certainty.exceeds_noise(values, noise)
    codes, legend = certainty.mark_indistinct(plain, rasters.legend(inputs.plain), distinct)
    rasters.write(map_path, codes, grid, "dominant_category", legend=legend)
    inside = rasters.read_mask(inputs.study_area, grid)
    classes = {0: "undefined"} | legend
    table = class_shares(codes, classes, inside)
    table["share_of_all_plain"] = class_shares(plain, classes, inside)["share_of_all"]
    table.to_csv(shares_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        mark_indistinct(
            inputs=snakemake.input,
            map_path=snakemake.output.dominant,
            shares_path=snakemake.output.shares,
        )
