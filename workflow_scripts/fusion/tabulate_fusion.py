"""Tabulate the fused images by date: residual against the coarse image, and mean standard error."""

from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands
from nppdrivers.fusion.sums import residuals
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files of the rule."""

    grid: str
    study_area: str
    sums: list[str]
    errors: list[str]


def tabulate_fusion(*, inputs: Inputs, table_path: str) -> None:
    """Write one row a date; all figures are of the study area."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    sums = pd.concat([pd.read_csv(path, index_col="date") for path in inputs.sums]).sort_index()
    table = residuals(sums)
    errors = DatedBands(inputs.errors)
    rms = {}
    for day in errors.dates:  # squares of one date at a time
        squares = np.square(errors.read([day], grid)[0][inside])
        rms[day.isoformat()] = float(np.sqrt(np.nanmean(squares)))
    table["fused_standard_error"] = table.index.map(rms)
    table.to_csv(table_path, float_format="%.5f")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        tabulate_fusion(inputs=snakemake.input, table_path=snakemake.output.table)
