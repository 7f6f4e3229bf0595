"""Set light use efficiency, NDVI bounds and optimum temperature of each land cover class."""

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

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


class Inputs(Protocol):
    """Files that the rule reads; those of a year in the order of the years."""

    grid: str
    study_area: str
    land_cover: str
    classes: str
    ndvi: list[str]
    temperature: list[str]


def class_table(path: str, codes: Mapping[str, object], epsilon_max: str) -> pd.DataFrame:
    """Rows of the constants for the run's classes, numbered as in the land cover raster of the run."""
    table = pd.read_csv(path).set_index("class")
    column = f"epsilon_{epsilon_max}"
    if column not in table:
        known = [name.removeprefix("epsilon_") for name in table if name.startswith("epsilon_")]
        raise ValueError(
            f"npp.epsilon_max: {path} has no column {column}; add it or choose from {', '.join(known)}"
        )
    if unknown := set(codes) - set(table.index):
        raise ValueError(
            f"land_cover.codes: {', '.join(sorted(unknown))} not in {path}; add a row for each class"
        )
    table = table.loc[list(codes)].rename(columns={column: "epsilon_max"}).reset_index()
    table.insert(0, "number", range(1, len(table) + 1))
    return table[["number", "class", "epsilon_max", "ndvi_min", "ndvi_max", "vegetated", "tree", "colour"]]


def mean_year(
    grid: Grid,
    classes: np.ndarray,
    n_classes: int,
    ndvi_paths: Sequence[str],
    temperature_paths: Sequence[str],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean year of NDVI and temperature by class, (12, n + 1) each, and the NDVI histogram by class."""
    histogram = ndvi_histogram(np.empty(0), np.empty(0), n_classes)
    # Sums and numbers of values of NDVI and temperature, by month and class.
    sums, counts = np.zeros((2, 2, 12, n_classes + 1))
    for rows in grid.row_blocks():
        for ndvi_path, temperature_path in zip(ndvi_paths, temperature_paths, strict=True):
            ndvi = rasters.read(ndvi_path, grid, rows=rows)
            histogram += ndvi_histogram(ndvi, classes[rows], n_classes)
            temperature = rasters.read(temperature_path, grid, rows=rows)
            for k, values in enumerate((ndvi, temperature)):
                block_sums, block_counts = class_month_sums(values, classes[rows], n_classes)
                sums[k] += block_sums
                counts[k] += block_counts
    with np.errstate(invalid="ignore"):
        mean_ndvi, mean_temperature = sums / counts
    return mean_ndvi, mean_temperature, histogram


def set_vegetation_parameters(
    *,
    inputs: Inputs,
    table_path: str,
    epsilon_max: str,
    ndvi_bounds_from: str,
    ndvi_max_percentile: float,
    codes: Mapping[str, object],
) -> None:
    """Write one row a class; classes that the area does not have keep their constants and get no optimum."""
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
    table.to_csv(table_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        set_vegetation_parameters(
            inputs=snakemake.input,
            table_path=snakemake.output.parameters,
            epsilon_max=snakemake.params.epsilon_max,
            ndvi_bounds_from=snakemake.params.ndvi_bounds,
            ndvi_max_percentile=snakemake.params.ndvi_max_percentile,
            codes=snakemake.params.codes,
        )
