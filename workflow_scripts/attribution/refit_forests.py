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


class Description:
    """Statistics of contributions, and share of cells that each category dominates alone [%], by blocks."""

    def __init__(self, categories: Sequence[str], dominant_percent: float) -> None:
        self._statistics, self._dominant_percent = contribution.Statistics(categories), dominant_percent
        self._alone, self._cells = np.zeros(len(categories), int), 0

    def add(self, values: np.ndarray) -> None:
        """Add the contributions (G, ...) of some cells [gC m-2 yr-1]."""
        self._statistics.add(values)
        shares = contribution.shares(values).reshape(len(values), -1)
        self._alone += (shares > self._dominant_percent).sum(axis=1)
        self._cells += int(np.isfinite(shares[0]).sum())

    def table(self) -> pd.DataFrame:
        """One row a category."""
        table = self._statistics.table()
        table["alone_percent"] = 100 * self._alone / self._cells if self._cells else np.nan
        return table.set_index("category")


def refit_forests(
    *, inputs: Inputs, table_path: str, plan: CategoryForests, seed: int, dominant_percent: float
) -> None:
    """Write the statistics of the mapped contributions and those of refits alone, one row a category.

    The refits are forests of all drivers: one, and with other seeds as many as there are categories.
    """
    grid = Grid.load(inputs.grid)
    X, y = plan.read(pd.read_csv(inputs.points))
    forests = [plan.grow(plan.everything, X, y, seed + k) for k in range(1 + len(plan.categories))]
    mapped, refits = (Description(plan.categories, dominant_percent) for _ in range(2))
    for rows in grid.row_blocks():
        cells = rasters.read_columns(inputs.drivers, inputs.study_area, grid, rows)
        first, *others = (forest.predict(cells) for forest in forests)
        refits.add(contribution.actual_contribution(first, np.stack(others)))
        mapped.add(rasters.read(inputs.actual, grid, rows=rows))
    mapped.table().join(refits.table().add_prefix("refits_")).to_csv(table_path)


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
