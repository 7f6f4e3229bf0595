"""Put the files of all tiles of a job together, to those of a job without tiles."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid, tile_rows
from nppdrivers.job import running


def read_across(paths: Sequence[str], grid: Grid, rows: slice) -> np.ndarray:
    """Rows of the grid from the rasters of its tiles, (bands, rows, width)."""
    parts = []
    for number, path in enumerate(paths, start=1):
        tile = tile_rows(f"{number}-of-{len(paths)}", grid.height)
        start, stop = max(rows.start, tile.start), min(rows.stop, tile.stop)
        if start < stop:
            there = slice(start - tile.start, stop - tile.start)
            parts.append(rasters.read(path, grid.part(tile), rows=there))
    return np.concatenate(parts, axis=1)


def gather_raster(paths: Sequence[str], grid: Grid, target_path: str) -> None:
    """Write one raster from those of the tiles."""
    name, tags = rasters.metadata(paths[0])
    with rasters.create(target_path, grid, name, bands=rasters.band_names(paths[0]), **tags) as target:
        for rows in grid.row_blocks():
            target.write(read_across(paths, grid, rows), rows)


def add_tables(paths: Sequence[str], target_path: str) -> None:
    """Write the sums of tables of whole numbers, whose rows the first column names."""
    total, *others = (pd.read_csv(path, index_col=0) for path in paths)
    for table in others:
        total = total + table
    total.to_csv(target_path)


def gather_tiles(*, grid_path: str, parts: Mapping[str, Sequence[str]], output: Mapping[str, str]) -> None:
    """Write each file from those of the tiles under its name: rasters (.tif) joined, tables of sums added."""
    grid = Grid.load(grid_path)
    for name, path in output.items():
        if str(path).endswith(".tif"):
            gather_raster(parts[name], grid, path)
        else:
            add_tables(parts[name], path)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        parts = dict(snakemake.input.items())
        gather_tiles(grid_path=parts.pop("grid"), parts=parts, output=dict(snakemake.output.items()))
