"""Map what each category contributes, left out in turn and by Shapley values, and which one dominates."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import contribution, rasters
from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.categories import letters
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives: predictions in the order of what they omit."""

    grid: str
    points: str
    forests: Sequence[str]


class Maps:
    """Where the maps of a method go, and how they are made."""

    def __init__(
        self, grid: Grid, categories: Sequence[str], output: Mapping[str, str], dominant_percent: float
    ) -> None:
        self.grid, self.categories, self.output = grid, categories, output
        self.dominant_percent = dominant_percent

    def write(
        self, name: str, values: np.ndarray, method: str, *, dtype: str | None = None, **stated: str
    ) -> None:
        """Write the contributions of a method, their shares, the plain dominant category and statistics."""
        relative = contribution.shares(values)
        names = list(letters(self.categories).values())
        codes, legend = contribution.dominant_category(relative, names, self.dominant_percent)
        bands, path = list(self.categories), self.output
        rasters.write(path[name], values, self.grid, name, bands=bands, dtype=dtype, method=method, **stated)
        shares = f"{name}_shares"
        rasters.write(path[shares], relative, self.grid, "relative_contribution", bands=bands, method=method)
        rasters.write(path[f"{name}_plain"], codes, self.grid, "dominant_category", legend=legend)
        contribution.statistics(values, bands).to_csv(path[f"{name}_statistics"], index=False)


def map_contributions(
    *,
    inputs: Inputs,
    output: Mapping[str, str],
    plan: CategoryForests,
    omitted: Sequence[str],
    dominant_percent: float,
) -> None:
    """Write both methods' maps: ActCon and RelCon (Tian 2022), Shapley values and their shares."""
    grid = Grid.load(inputs.grid)
    predictions = {
        plan.subset(label): rasters.read(path, grid, bands=1).astype(np.float64)
        for label, path in zip(omitted, inputs.forests, strict=True)
    }
    maps = Maps(grid, plan.categories, output, dominant_percent)
    actual = contribution.actual_contribution(*plan.left_out_in_turn(predictions))
    maps.write("actual_contribution", actual, "left out in turn, Tian 2022 eq 6")
    mean = float(pd.read_csv(inputs.points)["NPP"].mean())
    shapley = contribution.group_shapley({frozenset(): mean, **predictions})
    values = np.stack([shapley[name] for name in plan.categories])
    # parts that add up to the prediction less the mean: exact only in double precision
    stated = {"dtype": "float64", "mean_of_points": repr(mean)}
    maps.write("shapley", values, "Shapley values of the categories", **stated)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_contributions(
            inputs=snakemake.input,
            output=dict(snakemake.output.items()),
            plan=CategoryForests(snakemake.params.category_drivers),
            omitted=snakemake.params.omitted,
            dominant_percent=snakemake.params.dominant_percent,
        )
