"""Rank the drivers, and the categories of drivers, by permutation in forests on all of them."""

import pandas as pd

from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.job import running


def mean_importance(forests, members, column):
    """Importance of each group of columns, mean of the forests, with the groups' names as a column."""
    tables = [forest.permutation_importance(members) for forest in forests]
    mean = pd.concat(tables).groupby(level=0, sort=False).mean()
    return mean.rename_axis(column).reset_index()


def rank_drivers(*, points_path, output, category_drivers, trees, mtry, seeds, seed):
    """Write the importance of each driver, and that of each category's drivers permuted together."""
    points = pd.read_csv(points_path)
    plan = CategoryForests(category_drivers, trees, mtry)
    x, y = points[plan.drivers].to_numpy("float64"), points["NPP"].to_numpy("float64")
    forests = [plan.grow(plan.everything, x, y, seed + number) for number in range(seeds)]
    drivers = {name: [number] for number, name in enumerate(plan.drivers)}
    mean_importance(forests, drivers, "driver").to_csv(output.drivers, index=False)
    categories = {name: plan.columns(frozenset({name})) for name in plan.categories}
    mean_importance(forests, categories, "category").to_csv(output.categories, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        settings = dict(snakemake.params.items())
        settings.pop("code")
        rank_drivers(points_path=snakemake.input.points, output=snakemake.output, **settings)
