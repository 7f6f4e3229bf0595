"""Draw points inside the study area, anywhere or by land cover, and read NPP and all drivers there."""

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.attribution.points import draw_cells
from nppdrivers.categories import category
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.quantities import quantity

Categories = Mapping[str, Sequence[str]]  # names of drivers by category


class Inputs(Protocol):
    """Files that the rule gives: drivers in the order of the categories; no land cover without strata."""

    grid: str
    study_area: str
    npp: str
    drivers: Sequence[str]
    land_cover: str


class Outputs(Protocol):
    """Files that the rule wants."""

    points: str
    drivers: str


def describe(points: pd.DataFrame, categories: Categories) -> pd.DataFrame:
    """Table 1: category, unit, source and the values at the points of each driver."""
    rows = []
    for key, names in categories.items():
        for name in names:
            kind, values = quantity(name), points[name]
            about = {"category": key, "driver": name, "long_name": kind.long_name, "unit": kind.unit}
            spread = {"min": values.min(), "mean": values.mean(), "max": values.max(), "sd": values.std()}
            rows.append(about | {"source": category(key).source} | spread)
    return pd.DataFrame(rows)


def complete_cells(paths: Sequence[str], study_area: str, grid: Grid) -> np.ndarray:
    """Cells (H, W) of the study area that have a value in every raster, read by blocks of rows."""
    complete = np.zeros(grid.shape, dtype=bool)
    for rows in grid.row_blocks():
        columns = rasters.read_columns(paths, study_area, grid, rows)
        complete[rows] = np.isfinite(columns).all(axis=1).reshape(-1, grid.width)
    return complete


def read_points(paths: Mapping[str, str], grid: Grid, cells: np.ndarray) -> pd.DataFrame:
    """Place and values of each of these cells (flat indices, ascending), read by blocks of rows."""
    tables = []
    for rows in grid.row_blocks():
        first, stop = np.searchsorted(cells, [rows.start * grid.width, rows.stop * grid.width])
        here = cells[first:stop] - rows.start * grid.width
        (x, y), (longitude, latitude) = grid.xy(rows), grid.lonlat(rows)
        layers = {"x": x, "y": y, "longitude": longitude, "latitude": latitude}
        layers |= {name: rasters.read(path, grid, bands=1, rows=rows) for name, path in paths.items()}
        tables.append(pd.DataFrame({name: values.ravel()[here] for name, values in layers.items()}))
    table = pd.concat(tables, ignore_index=True)
    table.insert(0, "cell", cells)
    return table


def sample_points(*, inputs: Inputs, output: Outputs, categories: Categories, number: int, seed: int) -> None:
    """Write one row a point (place, NPP, drivers; cells with any value missing are not drawn) and Table 1."""
    grid = Grid.load(inputs.grid)
    names = [name for drivers in categories.values() for name in drivers]
    paths = {"NPP": inputs.npp, **dict(zip(names, inputs.drivers, strict=True))}
    complete = complete_cells(list(paths.values()), inputs.study_area, grid)
    classes = rasters.read(inputs.land_cover, grid, bands=1) if inputs.land_cover else None
    cells = draw_cells(complete, number, seed, classes)
    logging.info("%d points out of %d valid cells", len(cells), complete.sum())
    table = read_points(paths, grid, cells)
    table.to_csv(output.points, index=False)
    describe(table, categories).to_csv(output.drivers, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        sample_points(
            inputs=snakemake.input,
            output=snakemake.output,
            categories=snakemake.params.category_drivers,
            number=snakemake.params.number,
            seed=snakemake.params.seed,
        )
