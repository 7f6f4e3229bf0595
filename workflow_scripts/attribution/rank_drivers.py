"""Rank the drivers, and the categories of drivers, by permutation in forests on all of them."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import pandas as pd

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.forest import Forest
from nppdrivers.job import running


class Outputs(Protocol):
    """Files that the rule wants."""

    drivers: str
    categories: str


def mean_importance(
    forests: Sequence[Forest], groups: Mapping[str, Sequence[int]], heading: str
) -> pd.DataFrame:
    """Importance of each group of columns, mean of the forests, with the names of the groups as a column."""
    tables = [forest.permutation_importance(groups) for forest in forests]
    mean = pd.concat(tables).groupby(level=0, sort=False).mean()
    return mean.rename_axis(heading).reset_index()


def rank_drivers(*, points_path: str, output: Outputs, plan: CategoryForests, seeds: Sequence[int]) -> None:
    """Write the importance of each driver, and that of each category's drivers permuted together."""
    X, y = plan.read(pd.read_csv(points_path))
    forests = [plan.grow(plan.everything, X, y, seed) for seed in seeds]
    drivers = {name: [number] for number, name in enumerate(plan.drivers)}
    mean_importance(forests, drivers, "driver").to_csv(output.drivers, index=False)
    categories = {name: plan.columns(frozenset({name})) for name in plan.categories}
    mean_importance(forests, categories, "category").to_csv(output.categories, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        rank_drivers(
            points_path=snakemake.input.points,
            output=snakemake.output,
            plan=CategoryForests(params.category_drivers, params.trees, params.mtry),
            seeds=range(params.seed, params.seed + params.seeds),
        )
