"""Predict NPP over one of the tiles of the grid by the forests on the drivers of some categories."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.attribution.prediction import predict_map
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives: drivers in the order of the categories."""

    grid: str
    study_area: str
    points: str
    drivers: Sequence[str]


def predict_forest(
    *,
    inputs: Inputs,
    prediction_path: str,
    omitted: str,
    plan: CategoryForests,
    seeds: Sequence[int],
    tile: str,
) -> None:
    """Write the prediction for a tile; the same forests are grown again: that costs less than a tile."""
    subset, points = plan.subset(omitted), plan.read(pd.read_csv(inputs.points))
    forests = [plan.grow(subset, *points, seed) for seed in seeds]
    drivers = [inputs.drivers[column] for column in plan.columns(subset)]
    predict_map(Grid.load(inputs.grid), forests, inputs.study_area, drivers, prediction_path, tile)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        predict_forest(
            inputs=snakemake.input,
            prediction_path=snakemake.output.prediction,
            omitted=snakemake.wildcards.omitted,
            plan=CategoryForests(params.category_drivers, params.trees, params.mtry),
            seeds=range(params.seed, params.seed + params.seeds),
            tile=params.tile,
        )
