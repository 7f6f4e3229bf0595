"""Repeat the attribution at the points with another response, another category, drivers without elevation."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.attribution.alternatives import (
    ELEVATION,
    HELD,
    LEVEL,
    PAPER,
    Experiment,
    attribute,
    without_elevation,
)
from nppdrivers.attribution.cross_validation import block_folds
from nppdrivers.grid import Grid
from nppdrivers.job import running


def experiments(points, category_drivers):
    """Name to experiment; those with elevation only where the points have it."""
    names = [name for drivers in category_drivers.values() for name in drivers]
    npp, drivers = points["NPP"].to_numpy(), points[names]
    yield PAPER, Experiment(npp, drivers, category_drivers)
    yield HELD, Experiment(points["held"].to_numpy(), drivers, category_drivers)
    if "elevation" not in points:
        return
    added = category_drivers | {"elevation": ["elevation"]}
    yield ELEVATION, Experiment(npp, points[[*names, "elevation"]], added)
    climate, _ = without_elevation(drivers[category_drivers["climate"]], points["elevation"].to_numpy())
    yield LEVEL, Experiment(npp, drivers.assign(**climate), category_drivers)


def elevation_shares(points, category_drivers):
    """Share of the variance of each driver that goes with elevation, NaN without a model of it."""
    rows = [(key, name) for key, names in category_drivers.items() for name in names]
    table = pd.DataFrame(rows, columns=["category", "driver"]).assign(r2_elevation=np.nan)
    if "elevation" in points:
        _, share = without_elevation(points[table["driver"]], points["elevation"].to_numpy())
        table["r2_elevation"] = share.to_numpy()
    return table


def compare_attributions(*, inputs, output, category_drivers, trees, mtry, seed, folds, block_km):
    """Write one row an experiment and category, and how far each driver follows elevation."""
    grid = Grid.load(inputs.grid)
    points = pd.read_csv(inputs.points)
    more = {"held": inputs.constant} | ({"elevation": inputs.elevation} if inputs.elevation else {})
    for name, path in more.items():
        points[name] = rasters.read(path, grid, bands=1).ravel()[points["cell"]].astype("float64")
    points = points.dropna().reset_index(drop=True)
    places = points[["x", "y"]].to_numpy()
    fold = block_folds(places, block_km * 1000, folds, np.random.default_rng(seed))
    tables = []
    for name, experiment in experiments(points, category_drivers):
        table = attribute(experiment, trees=trees, mtry=mtry, seed=seed, fold=fold)
        table.insert(0, "experiment", name)
        tables.append(table)
    result = pd.concat(tables)
    logging.info("%d points\n%s", len(points), result.to_string(index=False))
    result.to_csv(output.experiments, index=False)
    elevation_shares(points, category_drivers).to_csv(output.elevation, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        settings = dict(snakemake.params.items())
        settings.pop("code")
        compare_attributions(inputs=snakemake.input, output=snakemake.output, **settings)
