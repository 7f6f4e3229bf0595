"""Fit random forests without one category of drivers, predict NPP over the grid, rank the drivers."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.cross_validation import block_folds, cross_validated_r2, random_folds
from nppdrivers.forest import Forest
from nppdrivers.grid import Grid
from nppdrivers.job import running

FOLDS = 10


def drivers_without(category_drivers, omitted):
    """Names of the drivers of every category but the omitted one."""
    return [name for category, names in category_drivers.items() if category != omitted for name in names]


def number_tried(mtry, category_drivers):
    """Drivers tried at a split: None leaves the forest's default, otherwise that of all drivers."""
    if mtry == "default":
        return None
    return max(len(drivers_without(category_drivers, "none")) // 3, 1)


def scores_of(forests, x, y, places, block_m):
    """Out-of-bag, random and spatially blocked scores as a table of one row each."""
    rng = np.random.default_rng(forests[0].seed)
    random = cross_validated_r2(forests[0], x, y, random_folds(len(y), FOLDS, rng))
    try:
        blocked = cross_validated_r2(forests[0], x, y, block_folds(places, block_m, FOLDS, rng))
    except ValueError as error:  # an area of a single block still has its other scores
        logging.warning("no blocked cross-validation: %s", error)
        blocked = np.nan
    return pd.DataFrame(
        {
            "oob_r2": [np.mean([forest.oob_r2_ for forest in forests])],
            "oob_rmse": [np.sqrt(np.mean([forest.oob_mse_ for forest in forests]))],
            "random_cv_r2": [random],
            "blocked_cv_r2": [blocked],
        }
    )


def predict_map(grid, forests, study_area, driver_paths, prediction_path):
    """Write the mean prediction of the forests inside the study area, by blocks of rows."""
    with rasters.create(
        prediction_path, grid, "forest_prediction", bands=["NPP"], forests=len(forests)
    ) as target:
        for rows in grid.row_blocks():
            layers = [rasters.read(path, grid, bands=1, rows=rows) for path in driver_paths]
            x = np.stack(layers, axis=-1).reshape(-1, len(layers)).astype("float64")
            x[rasters.read(study_area, grid, bands=1, rows=rows).ravel() == 0] = np.nan
            target.write(np.mean([forest.predict(x) for forest in forests], axis=0), rows)


def fit_forest(*, inputs, output, omitted, category_drivers, trees, mtry, seeds, seed, block_km):
    """Write the prediction map, the importance of each driver (mean over the seeds), and the scores."""
    grid = Grid.load(inputs.grid)
    points = pd.read_csv(inputs.points)
    names = drivers_without(category_drivers, omitted)
    paths = [
        path
        for path, name in zip(inputs.drivers, drivers_without(category_drivers, "none"), strict=True)
        if name in names
    ]
    x, y = points[names].to_numpy("float64"), points["NPP"].to_numpy("float64")
    tried = number_tried(mtry, category_drivers)

    forests = [Forest(trees, tried, seed=seed + number).fit(x, y) for number in range(seeds)]
    importance = pd.concat([forest.permutation_importance() for forest in forests]).groupby(level=0).mean()
    importance.insert(0, "driver", names)
    importance.to_csv(output.importance, index=False)
    scores = scores_of(forests, x, y, points[["x", "y"]].to_numpy(), block_km * 1000)
    scores.to_csv(output.scores, index=False)
    logging.info("without %s: out-of-bag R2 %.3f", omitted, scores["oob_r2"][0])
    predict_map(grid, forests, inputs.study_area, paths, output.prediction)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        settings = dict(snakemake.params.items())
        settings.pop("code")
        fit_forest(
            inputs=snakemake.input, output=snakemake.output, omitted=snakemake.wildcards.omitted, **settings
        )
