"""Map land degradation from the hazard survey."""

import logging
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.degradation import ahp_weights, land_degradation, survey_indicators
from nppdrivers.degradation.sensitivity import degradation_spread, perturbed_weights
from nppdrivers.grid import Grid
from nppdrivers.inputs.hazards.survey import read_survey
from nppdrivers.inputs.hazards.weighting import read_indicators, read_judgements
from nppdrivers.job import running

DRAWS = 1000  # sets of judgements that are each up to a step of the scale off


class Outputs(Protocol):
    """Maps, and the table of weights."""

    degradation: str
    spread: str
    indicators: str
    weights: str


def weight_table(
    indicators: pd.DataFrame, weights: np.ndarray, moved: np.ndarray, ratio: float
) -> pd.DataFrame:
    """Indicators with their weight, its spread and 95 % interval among judgements, and the consistency."""
    low, high = np.quantile(moved, [0.025, 0.975], axis=0)
    ranges = {
        "weight": weights,
        "weight_sd": moved.std(axis=0, ddof=1),
        "weight_low": low,
        "weight_high": high,
    }
    table = indicators.copy()
    for position, (name, values) in enumerate(ranges.items(), start=1):
        table.insert(position, name, values.round(4))
    return table.assign(consistency_ratio=round(ratio, 4))


def map_land_degradation(
    *, survey: str, indicators_path: str, judgements_path: str, grid_path: str, output: Outputs, seed: int
) -> None:
    """Write land degradation, its spread, the normalised indicators (a band each), and their weights."""
    grid = Grid.load(grid_path)
    indicators = read_indicators(indicators_path)
    names = list(indicators["indicator"])
    judgements, assumed = read_judgements(judgements_path, names)
    for line in assumed:
        logging.info("%s: %s", judgements_path, line)
    weights, ratio = ahp_weights(judgements)
    layers = survey_indicators(read_survey(survey, grid.crs), indicators, grid)
    rasters.write(output.indicators, layers, grid, "hazard_indicator", bands=names)
    degradation = land_degradation(layers, weights)
    rasters.write(output.degradation, degradation, grid, "LD", consistency_ratio=f"{ratio:.4f}")
    logging.info("consistency ratio %.4f; land degradation up to %.3f", ratio, degradation.max())
    moved, accepted = perturbed_weights(judgements.to_numpy(), DRAWS, np.random.default_rng(seed))
    spread = degradation_spread(layers, moved)
    rasters.write(
        output.spread, spread, grid, "LD_sd", method="judgements up to a step of the scale off", draws=DRAWS
    )
    logging.info("%.0f %% of the judgements a step off are consistent", 100 * accepted)
    logging.info("standard deviation of land degradation up to %.3f", spread.max())
    weight_table(indicators, weights, moved, ratio).to_csv(output.weights, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_land_degradation(
            survey=snakemake.input.survey,
            indicators_path=snakemake.input.indicators,
            judgements_path=snakemake.input.judgements,
            grid_path=snakemake.input.grid,
            output=snakemake.output,
            seed=snakemake.params.seed,
        )
