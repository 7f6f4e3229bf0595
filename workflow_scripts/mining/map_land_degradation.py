"""Map land degradation from the hazard survey."""

import logging
from collections.abc import Mapping
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.degradation import ahp_weights, land_degradation, survey_indicators
from nppdrivers.degradation.indicators import reach_of
from nppdrivers.degradation.sensitivity import degradation_spread, perturbed_weights
from nppdrivers.grid import Grid, widened, within
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


def indicators_of_rows(
    survey: Mapping[str, gpd.GeoDataFrame], indicators: pd.DataFrame, grid: Grid, rows: slice
) -> np.ndarray:
    """Normalised indicators (n, rows, width), shapes beyond these rows as far as they reach into them."""
    around = widened(rows, reach_of(indicators, grid.cell_size_m), grid.height)
    return survey_indicators(survey, indicators, grid.part(around))[:, within(rows, around)]


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
    moved, accepted = perturbed_weights(judgements.to_numpy(), DRAWS, np.random.default_rng(seed))
    logging.info("%.0f %% of the judgements a step off are consistent", 100 * accepted)
    survey_layers = read_survey(survey, grid.crs)
    greatest = np.zeros(2)
    about = {"method": "judgements up to a step of the scale off", "draws": DRAWS}
    with (
        rasters.create(output.indicators, grid, "hazard_indicator", bands=names) as mapped,
        rasters.create(output.degradation, grid, "LD", bands=["LD"], consistency_ratio=f"{ratio:.4f}") as LD,
        rasters.create(output.spread, grid, "LD_sd", bands=["LD_sd"], **about) as LD_sd,
    ):
        for rows in grid.row_blocks():
            layers = indicators_of_rows(survey_layers, indicators, grid, rows)
            degradation, spread = land_degradation(layers, weights), degradation_spread(layers, moved)
            mapped.write(layers, rows)
            LD.write(degradation, rows)
            LD_sd.write(spread, rows)
            greatest = np.maximum(greatest, [degradation.max(), spread.max()])
    logging.info("consistency ratio %.4f; land degradation up to %.3f, its sd up to %.3f", ratio, *greatest)
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
