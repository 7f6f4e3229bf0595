"""Map what each category contributes, left out in turn and by Shapley values, and which one dominates."""

import numpy as np
import pandas as pd

from nppdrivers import categories, contribution, rasters
from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.grid import Grid
from nppdrivers.job import running


def write_method(name, values, plan, grid, output, dominant_percent, **stated):
    """Write the contributions of one method, their shares, the plain dominant category and statistics."""
    letters = list(categories.letters(plan.categories).values())
    relative = contribution.shares(values)
    codes, legend = contribution.dominant_category(relative, letters, dominant_percent)
    bands = {"bands": plan.categories, "method": stated.pop("method")}
    rasters.write(output[name], values, grid, name, **bands, **stated)
    rasters.write(output[f"{name}_shares"], relative, grid, "relative_contribution", **bands)
    rasters.write(output[f"{name}_plain"], codes, grid, "dominant_category", legend=legend)
    contribution.statistics(values, plan.categories).to_csv(output[f"{name}_statistics"], index=False)


def map_contributions(*, inputs, output, category_drivers, omitted, dominant_percent):
    """Write both methods' maps: ActCon and RelCon (Tian 2022), Shapley values and their shares."""
    grid = Grid.load(inputs.grid)
    plan = CategoryForests(category_drivers)
    predictions = {
        plan.subset(label): rasters.read(path, grid, bands=1).astype(np.float64)
        for label, path in zip(omitted, inputs.forests, strict=True)
    }
    actual = contribution.actual_contribution(*plan.left_out_in_turn(predictions))
    common = (plan, grid, output, dominant_percent)
    write_method("actual_contribution", actual, *common, method="left out in turn, Tian 2022 eq 6")
    mean = pd.read_csv(inputs.points)["NPP"].mean()
    shapley = contribution.group_shapley({frozenset(): mean, **predictions})
    stated = {"method": "Shapley values of the categories", "mean_of_points": repr(float(mean))}
    # parts that add up to the prediction less the mean: exact only in double precision
    values = np.stack([shapley[name] for name in plan.categories])
    write_method("shapley", values, *common, dtype="float64", **stated)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_contributions(
            inputs=snakemake.input,
            output=dict(snakemake.output.items()),
            category_drivers=snakemake.params.category_drivers,
            omitted=snakemake.params.omitted,
            dominant_percent=snakemake.params.dominant_percent,
        )
