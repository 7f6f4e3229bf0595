"""Put forests that differ in their seed alone through the equations of the contributions, for comparison."""

import numpy as np
import pandas as pd

from nppdrivers import contribution, rasters
from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.grid import Grid
from nppdrivers.job import running


def refitted(plan, points, inputs, grid, seed):
    """Prediction of all drivers (cells,), and as many others with other seeds as there are categories."""
    x, y = points[plan.drivers].to_numpy("float64"), points["NPP"].to_numpy("float64")
    forests = [plan.grow(plan.everything, x, y, seed + k) for k in range(1 + len(plan.categories))]
    blocks = [
        rasters.read_columns(inputs.drivers, inputs.study_area, grid, rows) for rows in grid.row_blocks()
    ]
    predictions = [np.concatenate([forest.predict(x) for x in blocks]) for forest in forests]
    return predictions[0], np.stack(predictions[1:])


def described(values, categories, dominant_percent):
    """Statistics of contributions (G, ...), and the share of cells that each category dominates alone [%]."""
    table = contribution.statistics(values, categories)
    shares = contribution.shares(values).reshape(len(values), -1)
    table["alone_percent"] = 100 * (shares > dominant_percent).sum(axis=1) / np.isfinite(shares[0]).sum()
    return table


def refit_forests(*, inputs, table_path, category_drivers, trees, mtry, seed, dominant_percent):
    """Write the statistics of the mapped contributions beside those of mere refits, one row a category."""
    grid, points = Grid.load(inputs.grid), pd.read_csv(inputs.points)
    plan = CategoryForests(category_drivers, trees, mtry)
    refits = contribution.actual_contribution(*refitted(plan, points, inputs, grid, seed))
    tables = [
        described(values, plan.categories, dominant_percent).set_index("category")
        for values in (rasters.read(inputs.actual, grid), refits)
    ]
    tables[0].join(tables[1].add_prefix("refits_")).to_csv(table_path)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        settings = dict(snakemake.params.items())
        settings.pop("code")
        refit_forests(inputs=snakemake.input, table_path=snakemake.output.table, **settings)
