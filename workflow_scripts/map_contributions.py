"""Map actual and relative contributions of the categories of drivers, and the dominant one."""

import json

import numpy as np
import pandas as pd

from nppdrivers import contribution, rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.significance import class_shares

CATEGORIES = ("climate", "soil", "mining")


def map_contributions(*, inputs, output, dominant_percent):
    """Write ActCon and RelCon (a band a category), the dominant category, and their statistics."""
    grid = Grid.load(inputs.grid)
    everything = rasters.read(inputs.none, grid, bands=1)
    without = np.stack([rasters.read(inputs[name], grid, bands=1) for name in CATEGORIES])
    actual = contribution.actual_contribution(everything, without)
    relative = contribution.relative_contribution(everything, without)
    codes, legend = contribution.dominant_category(relative, threshold=dominant_percent)
    rasters.write(output.actual, actual, grid, "actual_contribution", bands=CATEGORIES)
    rasters.write(output.relative, relative, grid, "relative_contribution", bands=CATEGORIES)
    rasters.write(output.dominant, codes, grid, "dominant_category", legend=json.dumps(legend))
    statistics = {
        "category": CATEGORIES,
        "mean_actual_gC_m2_yr": np.nanmean(actual, axis=(1, 2)),
        "sd_actual_gC_m2_yr": np.nanstd(actual, axis=(1, 2), ddof=1),
        "mean_relative_percent": np.nanmean(relative, axis=(1, 2)),
        "sd_relative_percent": np.nanstd(relative, axis=(1, 2), ddof=1),
    }
    pd.DataFrame(statistics).to_csv(output.statistics, index=False)
    class_shares(codes, {0: "undefined"} | legend, np.isfinite(everything)).to_csv(output.shares, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_contributions(
            inputs=snakemake.input,
            output=snakemake.output,
            dominant_percent=snakemake.params.dominant_percent,
        )
