"""Score the forests with both numbers of drivers tried at a split."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.job import running

CHOICES = ("default", "fixed")
SEEDS = 3


def compare_mtry(
    *, points_path: str, table_path: str, categories: Mapping[str, Sequence[str]], trees: int, seed: int
) -> None:
    """Write one row a subset of the categories: drivers tried and out-of-bag R2 by either choice."""
    points = pd.read_csv(points_path)
    plans = {choice: CategoryForests(categories, trees, choice) for choice in CHOICES}
    plan = plans[CHOICES[0]]
    X, y = plan.read(points)
    rows = []
    for subset in plan.subsets:
        row: dict[str, object] = {"left_out": plan.label(subset), "drivers": len(plan.columns(subset))}
        scores: dict[int, float] = {}  # by drivers tried: both choices may be the same
        for choice, grown in plans.items():
            tried = grown.tried(subset)
            if tried not in scores:
                forests = [grown.grow(subset, X, y, seed + number) for number in range(SEEDS)]
                scores[tried] = float(np.mean([forest.oob_r2_ for forest in forests]))
            row |= {f"mtry_{choice}": tried, f"oob_r2_{choice}": scores[tried]}
        rows.append(row)
    pd.DataFrame(rows).to_csv(table_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        compare_mtry(
            points_path=snakemake.input.points,
            table_path=snakemake.output.table,
            categories=snakemake.params.category_drivers,
            trees=snakemake.params.trees,
            seed=snakemake.params.seed,
        )
