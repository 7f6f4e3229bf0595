"""Null experiment: the equations of the contributions, applied to forests that differ in their seed alone."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import contribution, rasters
from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives: drivers in the order of the categories."""

    grid: str
    study_area: str
    points: str
    drivers: Sequence[str]
    actual: str


def refit(plan: CategoryForests, inputs: Inputs, grid: Grid, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Prediction of all drivers (cells,), and as many others with other seeds as there are categories."""
    X, y = plan.read(pd.read_csv(inputs.points))
    forests = [plan.grow(plan.everything, X, y, seed + k) for k in range(1 + len(plan.categories))]
    blocks = [
        rasters.read_columns(inputs.drivers, inputs.study_area, grid, rows) for rows in grid.row_blocks()
    ]
    predictions = [np.concatenate([forest.predict(cells) for cells in blocks]) for forest in forests]
    return predictions[0], np.stack(predictions[1:])


def describe(values: np.ndarray, categories: Sequence[str], dominant_percent: float) -> pd.DataFrame:
    """Statistics of contributions (G, ...), and the share of cells that each category dominates alone [%]."""
    table = contribution.statistics(values, categories)
    shares = contribution.shares(values).reshape(len(values), -1)
    table["alone_percent"] = 100 * (shares > dominant_percent).sum(axis=1) / np.isfinite(shares[0]).sum()
    return table.set_index("category")


def refit_forests(
    *, inputs: Inputs, table_path: str, plan: CategoryForests, seed: int, dominant_percent: float
) -> None:
    """Write the statistics of the mapped contributions and those of refits alone, one row a category."""
    grid = Grid.load(inputs.grid)
    refits = contribution.actual_contribution(*refit(plan, inputs, grid, seed))
    mapped = rasters.read(inputs.actual, grid)
    tables = [describe(values, plan.categories, dominant_percent) for values in (mapped, refits)]
    tables[0].join(tables[1].add_prefix("refits_")).to_csv(table_path)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        refit_forests(
            inputs=snakemake.input,
            table_path=snakemake.output.table,
            plan=CategoryForests(params.category_drivers, params.trees, params.mtry),
            seed=params.seed,
            dominant_percent=params.dominant_percent,
        )
