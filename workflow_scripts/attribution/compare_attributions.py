"""Repeat the attribution at the points with another response, another category, drivers without elevation."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.attribution.alternatives import (
    CONSTANT_CLIMATE,
    ELEVATION,
    PAPER,
    WITHOUT_ELEVATION,
    Experiment,
    attribute,
    without_elevation,
)
from nppdrivers.attribution.cross_validation import draw_folds
from nppdrivers.grid import Grid
from nppdrivers.job import running

Categories = Mapping[str, Sequence[str]]  # names of drivers by category


class Inputs(Protocol):
    """Files that the rule gives; elevation is empty without an elevation model."""

    grid: str
    points: str
    constant: str
    elevation: str


class Outputs(Protocol):
    """Files that the rule wants."""

    experiments: str
    elevation: str


class Settings(NamedTuple):
    """Trees and drivers tried of each forest, seed, folds and edge of the blocks of land [m]."""

    trees: int
    mtry: str
    seed: int
    folds: int
    block_m: float


def experiments(points: pd.DataFrame, categories: Categories) -> Iterator[tuple[str, Experiment]]:
    """Name and experiment; those with elevation only where the points have it."""
    names = [name for drivers in categories.values() for name in drivers]
    npp, drivers = points["NPP"].to_numpy(), points[names]
    yield PAPER, Experiment(npp, drivers, categories)
    yield CONSTANT_CLIMATE, Experiment(points["held"].to_numpy(), drivers, categories)
    if "elevation" not in points:
        return
    added = {**categories, "elevation": ["elevation"]}
    yield ELEVATION, Experiment(npp, points[[*names, "elevation"]], added)
    climate, _ = without_elevation(drivers[categories["climate"]], points["elevation"].to_numpy())
    yield WITHOUT_ELEVATION, Experiment(npp, drivers.assign(**climate), categories)


def elevation_shares(points: pd.DataFrame, categories: Categories) -> pd.DataFrame:
    """Share of the variance of each driver that elevation explains, NaN without an elevation model."""
    rows = [(key, name) for key, names in categories.items() for name in names]
    table = pd.DataFrame(rows, columns=["category", "driver"]).assign(r2_elevation=np.nan)
    if "elevation" in points:
        _, share = without_elevation(points[table["driver"]], points["elevation"].to_numpy())
        table["r2_elevation"] = share.to_numpy()
    return table


def read_points(inputs: Inputs) -> pd.DataFrame:
    """Points with NPP under constant climate and, where given, elevation; only those that have both."""
    grid, points = Grid.load(inputs.grid), pd.read_csv(inputs.points)
    layers = {"held": inputs.constant} | ({"elevation": inputs.elevation} if inputs.elevation else {})
    for name, path in layers.items():
        points[name] = rasters.read(path, grid, bands=1).ravel()[points["cell"]].astype("float64")
    return points.dropna().reset_index(drop=True)


def compare_attributions(
    *, inputs: Inputs, output: Outputs, categories: Categories, settings: Settings
) -> None:
    """Write one row an experiment and category, and how far each driver follows elevation."""
    points = read_points(inputs)
    places = points[["x", "y"]].to_numpy()
    _, fold = draw_folds(places, settings.block_m, settings.folds, settings.seed)
    tables = []
    for name, experiment in experiments(points, categories):
        table = attribute(experiment, trees=settings.trees, mtry=settings.mtry, seed=settings.seed, fold=fold)
        table.insert(0, "experiment", name)
        tables.append(table)
    result = pd.concat(tables)
    logging.info("%d points\n%s", len(points), result.to_string(index=False))
    result.to_csv(output.experiments, index=False)
    elevation_shares(points, categories).to_csv(output.elevation, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        compare_attributions(
            inputs=snakemake.input,
            output=snakemake.output,
            categories=params.category_drivers,
            settings=Settings(params.trees, params.mtry, params.seed, params.folds, 1000 * params.block_km),
        )
