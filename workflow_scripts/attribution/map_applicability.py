"""Map where the drivers are like those of the sampled points, so that the forests may be believed."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.attribution.cross_validation import block_folds, random_folds
from nppdrivers.attribution.diagnostics import dissimilarity
from nppdrivers.grid import Grid
from nppdrivers.job import running

INSIDE, OUTSIDE = 1, 2


def folds_of(places, block_m, folds, seed):
    """Folds of whole blocks of land; random ones where the area is a single block."""
    rng = np.random.default_rng(seed)
    blocks = block_folds(places, block_m, folds, rng)
    return random_folds(len(places), folds, rng) if blocks is None else blocks


def shares_inside(codes, classes, parameters):
    """Cells with all drivers and the share of them inside, of the study area and of each class."""
    zones = {"study area": codes > 0}
    zones |= {
        row["class"]: zones["study area"] & (classes == row["number"]) for _, row in parameters.iterrows()
    }
    rows = [
        (name, cells.sum(), (codes[cells] == INSIDE).mean() * 100)
        for name, cells in zones.items()
        if cells.any()
    ]
    return pd.DataFrame(rows, columns=["zone", "cells", "inside_percent"])


def map_applicability(*, inputs, output, drivers, folds, block_km, seed):
    """Write the dissimilarity to the points, the cells inside and outside, and the shares."""
    grid = Grid.load(inputs.grid)
    points = pd.read_csv(inputs.points)
    weights = pd.read_csv(inputs.importance).set_index("driver").loc[drivers, "share"].clip(lower=0)
    fold = folds_of(points[["x", "y"]].to_numpy(), block_km * 1000, folds, seed)
    inside = rasters.read_mask(inputs.study_area, grid)
    cells = np.column_stack([rasters.read(path, grid, bands=1)[inside] for path in inputs.drivers])
    found, threshold = dissimilarity(
        points[drivers].to_numpy(), cells.astype("float64"), weights.to_numpy(), fold
    )
    index = np.full(grid.shape, np.nan)
    index[inside] = found
    codes = np.where(np.isnan(index), 0, np.where(index <= threshold, INSIDE, OUTSIDE)).astype("uint8")
    stated = {"threshold": f"{threshold:.4f}", "method": "Meyer & Pebesma 2021"}
    rasters.write(output.dissimilarity, index, grid, "dissimilarity", **stated)
    legend = {INSIDE: "inside", OUTSIDE: "outside"}
    rasters.write(output.applicability, codes, grid, "applicability", legend=legend, **stated)
    classes = rasters.read(inputs.land_cover, grid, bands=1)
    table = shares_inside(codes, classes, pd.read_csv(inputs.parameters))
    table.assign(threshold=threshold).to_csv(output.shares, index=False)
    logging.info("%.2f %% of the cells are like the points", table["inside_percent"][0])


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_applicability(
            inputs=snakemake.input,
            output=snakemake.output,
            drivers=snakemake.params.drivers,
            folds=snakemake.params.folds,
            block_km=snakemake.params.block_km,
            seed=snakemake.params.seed,
        )
