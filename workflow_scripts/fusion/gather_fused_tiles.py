"""Put the tiles of one fused span together."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.fusion.interval_images import blocks_of_rows, tile_rows
from nppdrivers.fusion.sums import add_sums
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files of the rule, by tile."""

    grid: str
    ndvi: list[str]
    source: list[str]
    sums: list[str]


class Outputs(Protocol):
    """Files of the span."""

    ndvi: str
    source: str
    sums: str


def read_across(paths: Sequence[str], grid: Grid, rows: slice) -> np.ndarray:
    """Rows of the scene from the rasters of its tiles, (bands, rows, width)."""
    parts = []
    for number, path in enumerate(paths, start=1):
        tile = tile_rows(f"{number}-of-{len(paths)}", grid.height)
        start, stop = max(rows.start, tile.start), min(rows.stop, tile.stop)
        if start < stop:
            there = slice(start - tile.start, stop - tile.start)
            parts.append(rasters.read(path, grid.part(tile), rows=there))
    return np.concatenate(parts, axis=1)


def gather_raster(paths: Sequence[str], grid: Grid, target_path: str) -> None:
    """Write one raster from those of the tiles, in the blocks in which a single job writes it."""
    name, tags = rasters.metadata(paths[0])
    with rasters.create(target_path, grid, name, bands=rasters.band_names(paths[0]), **tags) as target:
        for rows in blocks_of_rows(slice(0, grid.height), grid.width):
            target.write(read_across(paths, grid, rows), rows)


def gather(*, inputs: Inputs, output: Outputs) -> None:
    """Write NDVI, source and sums of the span, as a job without tiles would."""
    grid = Grid.load(inputs.grid)
    gather_raster(inputs.ndvi, grid, output.ndvi)
    gather_raster(inputs.source, grid, output.source)
    add_sums(pd.read_csv(path, index_col="date") for path in inputs.sums).to_csv(output.sums)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        gather(inputs=snakemake.input, output=snakemake.output)
