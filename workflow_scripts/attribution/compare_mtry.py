"""Score the forests with both numbers of drivers tried at a split."""

import numpy as np
import pandas as pd

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.job import running

CHOICES = ("default", "fixed")
SEEDS = 3


def compare_mtry(*, points_path, table_path, category_drivers, trees, seed):
    """Write one row a subset of the categories: drivers tried and out-of-bag R2 by either choice."""
    points = pd.read_csv(points_path)
    rows = []
    for subset in CategoryForests(category_drivers).subsets:
        row = {}
        for choice in CHOICES:
            plan = CategoryForests(category_drivers, trees, choice)
            x, y = points[plan.drivers].to_numpy("float64"), points["NPP"].to_numpy("float64")
            forests = [plan.grow(subset, x, y, seed + number) for number in range(SEEDS)]
            row[f"mtry_{choice}"] = forests[0].mtry_
            row[f"oob_r2_{choice}"] = np.mean([forest.oob_r2_ for forest in forests])
        rows.append({"left_out": plan.label(subset), "drivers": len(plan.columns(subset))} | row)
    pd.DataFrame(rows).to_csv(table_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        settings = dict(snakemake.params.items())
        settings.pop("code")
        compare_mtry(points_path=snakemake.input.points, table_path=snakemake.output.table, **settings)
