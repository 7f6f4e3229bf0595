"""Set light use efficiency, NDVI bounds and optimum temperature of each land cover class."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.casa.parameters import (
    class_month_sums,
    ndvi_bounds,
    ndvi_histogram,
    regional_optimum_temperature,
)
from nppdrivers.grid import Grid
from nppdrivers.job import running


def class_table(path, codes, epsilon_max):
    """Rows of the constants for the run's classes, numbered as in the land cover raster of the run."""
    table = pd.read_csv(path).set_index("class")
    column = f"epsilon_{epsilon_max}"
    if column not in table:
        known = [name.removeprefix("epsilon_") for name in table if name.startswith("epsilon_")]
        raise ValueError(f"npp.epsilon_max: {epsilon_max} is not in {path}; it has {', '.join(known)}")
    if unknown := set(codes) - set(table.index):
        raise ValueError(f"land_cover.codes: {', '.join(sorted(unknown))} not in {path}; add rows for them")
    table = table.loc[list(codes)].rename(columns={column: "epsilon_max"}).reset_index()
    table.insert(0, "number", range(1, len(table) + 1))
    return table[["number", "class", "epsilon_max", "ndvi_min", "ndvi_max", "vegetated", "tree", "colour"]]


def mean_year(grid, classes, n_classes, ndvi_paths, temperature_paths):
    """Mean year of NDVI and temperature by class, (12, n + 1) each, and the NDVI histogram by class."""
    histogram = 0
    ndvi_sums, temperature_sums = [0, 0], [0, 0]
    for rows in grid.row_blocks():
        for ndvi_path, temperature_path in zip(ndvi_paths, temperature_paths, strict=True):
            ndvi = rasters.read(ndvi_path, grid, rows=rows)
            histogram = histogram + ndvi_histogram(ndvi, classes[rows], n_classes)
            temperature = rasters.read(temperature_path, grid, rows=rows)
            for totals, values in ((ndvi_sums, ndvi), (temperature_sums, temperature)):
                sums, counts = class_month_sums(values, classes[rows], n_classes)
                totals[0], totals[1] = totals[0] + sums, totals[1] + counts
    with np.errstate(invalid="ignore"):
        return ndvi_sums[0] / ndvi_sums[1], temperature_sums[0] / temperature_sums[1], histogram


def set_vegetation_parameters(*, inputs, output, epsilon_max, ndvi_bounds_from, ndvi_max_percentile, codes):
    """Write one row a class; classes that the area does not hold keep their constants and get no optimum."""
    grid = Grid.load(inputs.grid)
    table = class_table(inputs.classes, codes, epsilon_max)
    classes = rasters.read(inputs.land_cover, grid, bands=1) * rasters.read(inputs.study_area, grid, bands=1)
    ndvi, temperature, histogram = mean_year(grid, classes, len(table), inputs.ndvi, inputs.temperature)
    optimum = regional_optimum_temperature(ndvi, temperature, np.arange(len(table) + 1))
    table["optimum_temperature"] = optimum[1:]
    seen = np.isfinite(ndvi[:, 1:]).any(axis=0)
    table["peak_month"] = np.where(seen, np.nan_to_num(ndvi[:, 1:], nan=-np.inf).argmax(axis=0) + 1, np.nan)
    if ndvi_bounds_from == "percentile":
        table["ndvi_max"] = ndvi_bounds(histogram, ndvi_max_percentile)[1:]
    logging.info("parameters of the classes:\n%s", table.to_string(index=False))
    table.to_csv(output, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        set_vegetation_parameters(
            inputs=snakemake.input,
            output=snakemake.output.parameters,
            epsilon_max=snakemake.params.epsilon_max,
            ndvi_bounds_from=snakemake.params.ndvi_bounds,
            ndvi_max_percentile=snakemake.params.ndvi_max_percentile,
            codes=snakemake.params.codes,
        )
