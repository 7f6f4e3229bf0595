"""Map the local correlation of NPP with one driver: where it is significant, by window, and by chance."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.attribution import local_shares
from nppdrivers.attribution.local_shares import Settings
from nppdrivers.correlation import local_correlation
from nppdrivers.correlation.significance import LEGEND, UNDEFINED, classify, least_pairs
from nppdrivers.grid import Grid, tile_rows, widened, within
from nppdrivers.job import running


class Inputs(local_shares.Inputs, Protocol):
    """Files that the rule gives."""

    grid: str


class Outputs(local_shares.Outputs, Protocol):
    """Files that the rule wants: of a tile counted cells, in place of tables of shares."""

    correlation: str
    classes: str
    counted: str


def correlate_block(
    inputs: Inputs, grid: Grid, rows: slice, windows: Sequence[int], significance: float
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Correlation and class of some rows by window; as many rows around them are read as a window needs."""
    around = widened(rows, max(windows) // 2, grid.height)
    npp, driver = (
        rasters.read_inside(path, inputs.study_area, grid, around) for path in (inputs.npp, inputs.driver)
    )
    found = {}
    for window in windows:
        near = widened(rows, window // 2, grid.height)
        r, n = local_correlation(*(layer[within(near, around)] for layer in (npp, driver)), window=window)
        codes, _ = classify(r, n, significance, least_pairs(window))
        found[window] = tuple(values[within(rows, near)] for values in (r, codes))
    return found


def map_correlation(
    inputs: Inputs, output: Outputs, grid: Grid, tile: str, name: str, settings: Settings
) -> pd.DataFrame:
    """Write r and the class of a tile; its cells of the study area by window and class."""
    own, counted = tile_rows(tile, grid.height), local_shares.no_cells(settings)
    window, significance = settings.window, settings.significance
    about = {"driver": name, "window": window, "significance": significance}
    about["least_pairs"] = least_pairs(window)
    part, kinds = grid.part(own), ("local_correlation", "correlation_class")
    with (
        rasters.create(output.correlation, part, kinds[0], bands=kinds[:1], **about) as correlation,
        rasters.create(output.classes, part, kinds[1], bands=kinds[1:], legend=LEGEND, **about) as classes,
    ):
        for rows in grid.row_blocks(rows=own):
            inside = rasters.read_mask(inputs.study_area, grid, rows)
            found = correlate_block(inputs, grid, rows, list(counted.index), significance)
            r, codes = found[window]
            correlation.write(np.where(inside, r, np.nan), within(rows, own))
            classes.write(np.where(inside, codes, np.uint8(UNDEFINED)), within(rows, own))
            cells = [np.bincount(codes[inside], minlength=len(LEGEND)) for _, codes in found.values()]
            counted += np.array(cells)
    return counted


def correlate_locally(
    *, inputs: Inputs, output: Outputs, name: str, settings: Settings, tile: str = "1-of-1"
) -> None:
    """Write r, the class, and the shares of classes, by window, by chance; of a tile counted cells alone."""
    grid = Grid.load(inputs.grid)
    counted = map_correlation(inputs, output, grid, tile, name, settings)
    if path := getattr(output, "counted", None):
        counted.to_csv(path)
    else:
        local_shares.write_shares(counted, inputs, output, grid, settings)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        correlate_locally(
            inputs=snakemake.input,
            output=snakemake.output,
            name=snakemake.wildcards.driver,
            settings=Settings(**snakemake.params.local),
            tile=snakemake.params.tile,
        )
