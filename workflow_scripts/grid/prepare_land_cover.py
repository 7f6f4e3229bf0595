"""Bring land cover onto the grid with the class codes of config/land_cover.csv."""

import logging
from collections.abc import Mapping

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs.raster.door import read_onto
from nppdrivers.job import running
from nppdrivers.quantities import quantity


def prepare_land_cover(
    *,
    land_cover: str | list[str],
    codes: Mapping[str, int],
    everywhere: str | None,
    grid_path: str,
    output_path: str,
) -> None:
    """Write class codes, numbered in the order of the settings; the most frequent class of a cell counts."""
    grid = Grid.load(grid_path)
    classes = np.zeros(grid.shape, "uint8")
    if land_cover:
        given = read_onto(str(land_cover), grid, quantity("land_cover"), resampling="mode")
        for number, code in enumerate(codes.values(), start=1):
            classes[given == code] = number
        unknown = np.isfinite(given) & (classes == 0)
        logging.info(
            "%d cells have a code that the settings do not name; they stay without class", unknown.sum()
        )
        method = "most frequent class of a cell"
    else:
        classes[:] = list(codes).index(str(everywhere)) + 1
        method = f"no land cover given: {everywhere} assumed everywhere"
    rasters.write(output_path, classes, grid, "land_cover", method=method, classes=",".join(codes))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        prepare_land_cover(
            land_cover=snakemake.input.land_cover,
            codes=snakemake.params.codes,
            everywhere=snakemake.params.everywhere,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.land_cover,
        )
