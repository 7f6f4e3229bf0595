"""Map what each category contributes, left out in turn and by Shapley values, and which one dominates."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol, Self

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
    """Maps and statistics of one method, which takes blocks of rows."""

    def __init__(self, grid: Grid, name: str, categories: Sequence[str], dominant_percent: float) -> None:
        self._grid, self._name, self._dominant_percent = grid, name, dominant_percent
        self._categories, self._letters = list(categories), list(letters(categories).values())
        self._statistics = contribution.Statistics(categories)
        self._targets: list[rasters.Target] = []

    @contextmanager
    def opened(
        self, output: Mapping[str, str], method: str, *, dtype: str | None = None, **stated: str
    ) -> Iterator[Self]:
        """Open maps of contributions, shares and plain dominant category; write the table at the end."""
        bands, name = self._categories, self._name
        legend = contribution.dominant_legend(self._letters)
        contributions, shares, plain = (output[f"{name}{end}"] for end in ("", "_shares", "_plain"))
        with (
            rasters.create(
                contributions, self._grid, name, bands=bands, dtype=dtype, method=method, **stated
            ) as values,
            rasters.create(
                shares, self._grid, "relative_contribution", bands=bands, method=method
            ) as relative,
            rasters.create(
                plain, self._grid, "dominant_category", bands=["dominant_category"], legend=legend
            ) as codes,
        ):
            self._targets = [values, relative, codes]
            yield self
        self._statistics.table().to_csv(output[f"{name}_statistics"], index=False)

    def write(self, values: np.ndarray, rows: slice) -> None:
        """Write the contributions (G, rows, width) of some rows and what follows from them."""
        relative = contribution.shares(values)
        codes, _ = contribution.dominant_category(relative, self._letters, self._dominant_percent)
        for target, part in zip(self._targets, (values, relative, codes), strict=True):
            target.write(part, rows)
        self._statistics.add(values)


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
    mean = float(pd.read_csv(inputs.points)["NPP"].mean())
    actual, shapley = (
        Maps(grid, name, plan.categories, dominant_percent) for name in ("actual_contribution", "shapley")
    )
    # Shapley values add up to the prediction less the mean: exact only in double precision
    stated = {"dtype": "float64", "mean_of_points": repr(mean)}
    with (
        actual.opened(output, "left out in turn, Tian 2022 eq 6"),
        shapley.opened(output, "Shapley values of the categories", **stated),
    ):
        for rows in grid.row_blocks():
            predictions = {
                plan.subset(label): rasters.read(path, grid, bands=1, rows=rows).astype(np.float64)
                for label, path in zip(omitted, inputs.forests, strict=True)
            }
            actual.write(contribution.actual_contribution(*plan.left_out_in_turn(predictions)), rows)
            values = contribution.group_shapley({frozenset(): mean, **predictions})
            shapley.write(np.stack([values[name] for name in plan.categories]), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_contributions(
            inputs=snakemake.input,
            output=dict(snakemake.output.items()),
            plan=CategoryForests(snakemake.params.category_drivers),
            omitted=snakemake.params.omitted,
            dominant_percent=snakemake.params.dominant_percent,
        )
