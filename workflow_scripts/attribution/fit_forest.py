"""Fit random forests on the drivers of some categories, score them, predict NPP over the grid."""

import logging
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.attribution.cross_validation import cross_validated_r2, draw_folds
from nppdrivers.attribution.prediction import predict_map
from nppdrivers.forest import Forest
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives: drivers in the order of the categories."""

    grid: str
    study_area: str
    points: str
    drivers: Sequence[str]


class Outputs(Protocol):
    """Files that the rule wants: no prediction where the grid is cut into tiles, jobs of their own."""

    prediction: str
    scores: str


def score(
    forests: Sequence[Forest], X: np.ndarray, y: np.ndarray, random: np.ndarray, blocks: np.ndarray | None
) -> pd.DataFrame:
    """Scores out of bag, by random folds and by blocks of land, as a table of one row; NaN without blocks."""
    blocked = np.nan if blocks is None else cross_validated_r2(forests[0], X, y, blocks)
    return pd.DataFrame(
        {
            "oob_r2": [np.mean([forest.oob_r2_ for forest in forests])],
            "oob_rmse": [np.sqrt(np.mean([forest.oob_mse_ for forest in forests]))],
            "random_cv_r2": [cross_validated_r2(forests[0], X, y, random)],
            "blocked_cv_r2": [blocked],
        }
    )


def fit_forest(
    *,
    inputs: Inputs,
    output: Outputs,
    omitted: str,
    plan: CategoryForests,
    seeds: Sequence[int],
    folds: int,
    block_km: float,
) -> None:
    """Write the prediction map and the scores of the forests that leave some categories out."""
    points = pd.read_csv(inputs.points)
    subset = plan.subset(omitted)
    X, y = plan.read(points)
    forests = [plan.grow(subset, X, y, seed) for seed in seeds]
    columns = plan.columns(subset)
    drawn = draw_folds(points[["x", "y"]].to_numpy(), block_km * 1000, folds, seeds[0])
    scores = score(forests, X[:, columns], y, *drawn)
    scores.to_csv(output.scores, index=False)
    logging.info("without %s: out-of-bag R2 %.3f", omitted, scores["oob_r2"][0])
    if path := getattr(output, "prediction", None):
        drivers = [inputs.drivers[column] for column in columns]
        predict_map(Grid.load(inputs.grid), forests, inputs.study_area, drivers, path, "1-of-1")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        fit_forest(
            inputs=snakemake.input,
            output=snakemake.output,
            omitted=snakemake.wildcards.omitted,
            plan=CategoryForests(params.category_drivers, params.trees, params.mtry),
            seeds=range(params.seed, params.seed + params.seeds),
            folds=params.folds,
            block_km=params.block_km,
        )
