"""Fit random forests on the drivers of some categories, score them, predict NPP over the grid."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.attribution.cross_validation import block_folds, cross_validated_r2, random_folds
from nppdrivers.grid import Grid
from nppdrivers.job import running


def scores_of(forests, x, y, places, block_m, folds):
    """Out-of-bag, random and spatially blocked scores as a table of one row each."""
    rng = np.random.default_rng(forests[0].seed)
    random = cross_validated_r2(forests[0], x, y, random_folds(len(y), folds, rng))
    blocks = block_folds(places, block_m, folds, rng)
    blocked = np.nan if blocks is None else cross_validated_r2(forests[0], x, y, blocks)
    return pd.DataFrame(
        {
            "oob_r2": [np.mean([forest.oob_r2_ for forest in forests])],
            "oob_rmse": [np.sqrt(np.mean([forest.oob_mse_ for forest in forests]))],
            "random_cv_r2": [random],
            "blocked_cv_r2": [blocked],
        }
    )


def predict_map(grid, forests, study_area, driver_paths, prediction_path):
    """Write mean and standard deviation of the forests inside the study area, by blocks of rows."""
    bands = ["NPP", "standard deviation over the seeds"]
    with rasters.create(
        prediction_path, grid, "forest_prediction", bands=bands, forests=len(forests)
    ) as target:
        for rows in grid.row_blocks():
            x = rasters.read_columns(driver_paths, study_area, grid, rows)
            predictions = np.array([forest.predict(x) for forest in forests])
            spread = predictions.std(axis=0, ddof=1) if len(forests) > 1 else np.full(len(x), np.nan)
            target.write(np.stack([predictions.mean(axis=0), spread]), rows)


def fit_forest(*, inputs, output, omitted, category_drivers, trees, mtry, seeds, seed, block_km, folds):
    """Write the prediction map and the scores of the forests that leave some categories out."""
    points = pd.read_csv(inputs.points)
    plan = CategoryForests(category_drivers, trees, mtry)
    kept = plan.subset(omitted)
    x, y = points[plan.drivers].to_numpy("float64"), points["NPP"].to_numpy("float64")
    forests = [plan.grow(kept, x, y, seed + number) for number in range(seeds)]
    columns = plan.columns(kept)
    scores = scores_of(forests, x[:, columns], y, points[["x", "y"]].to_numpy(), block_km * 1000, folds)
    scores.to_csv(output.scores, index=False)
    logging.info("without %s: out-of-bag R2 %.3f", omitted, scores["oob_r2"][0])
    paths = [inputs.drivers[column] for column in columns]
    predict_map(Grid.load(inputs.grid), forests, inputs.study_area, paths, output.prediction)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        settings = dict(snakemake.params.items())
        settings.pop("code")
        fit_forest(
            inputs=snakemake.input, output=snakemake.output, omitted=snakemake.wildcards.omitted, **settings
        )
