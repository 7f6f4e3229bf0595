"""Tabulate the fused images by date: residual against the coarse image, and mean standard error."""

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands
from nppdrivers.grid import Grid
from nppdrivers.job import running


def tabulate_fusion(*, inputs, table_path):
    """Write one row a date; all figures are of the study area."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    table = pd.concat([pd.read_csv(path) for path in inputs.residuals]).sort_values("date")
    errors = DatedBands(inputs.errors)
    squares = {day.isoformat(): np.square(errors.read([day], grid)[0][inside]) for day in errors.dates}
    rms = {day: float(np.sqrt(np.nanmean(values))) for day, values in squares.items()}
    table["fused_standard_error"] = table["date"].map(rms)
    table.to_csv(table_path, index=False, float_format="%.5f")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        tabulate_fusion(inputs=snakemake.input, table_path=snakemake.output.table)
