"""Refit the forests on resampled blocks of points, to tell how sure contributions and classes are."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import numpy as np
import pandas as pd

from nppdrivers import contribution, rasters
from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.attribution.certainty import Replicates, in_no_drawn_block, resample_blocks
from nppdrivers.grid import Grid
from nppdrivers.job import running

METHODS = ("actual_contribution", "shapley")
BANDS = ("share of replicates with the same class", "share of replicates with the same leading category")


def replicate(plan, points, cells, rows, seed, pool):
    """Contributions of the categories (G, n) by both methods, from forests on these rows of the points."""
    x, y = points[plan.drivers].to_numpy("float64")[rows], points["NPP"].to_numpy("float64")[rows]

    def predict(subset):
        return plan.grow(subset, x, y, seed).predict(cells[:, plan.columns(subset)])

    values = dict(zip(plan.subsets, pool.map(predict, plan.subsets), strict=True))
    shapley = contribution.group_shapley({frozenset(): y.mean(), **values})
    return (
        contribution.actual_contribution(*plan.left_out_in_turn(values)),
        np.stack([shapley[name] for name in plan.categories]),
    )


def gather(plan, points, cells, places, mapped, settings, pool):
    """What all replicates tell of the mapped contributions in cells at these places, one a method."""
    gathered = [Replicates(values, settings["dominant_percent"]) for values in mapped]
    xy, block = points[["x", "y"]].to_numpy(), settings["block_km"] * 1000
    for number in range(settings["replicates"]):
        rng = np.random.default_rng([settings["seed"], number])
        rows = resample_blocks(xy, block, rng)
        seed = int(rng.integers(2**31))
        unseen = in_no_drawn_block(places, xy, rows, block)
        for one, values in zip(gathered, replicate(plan, points, cells, rows, seed, pool), strict=True):
            one.add(values, unseen)
    return gathered


def on_grid(values, inside, shape):
    """Values (k, n) of the cells inside on rows of the grid, NaN elsewhere."""
    whole = np.full((len(values), inside.size), np.nan)
    whole[:, inside] = values
    return whole.reshape(len(values), *shape)


def resample_contributions(*, inputs, output, category_drivers, trees, mtry, threads, **settings):
    """Write noise and class probability of both methods, by blocks of rows.

    Every block of rows grows the same forests again: that costs little beside the prediction of a large
    block, and keeping them all would cost memory.
    """
    grid, points = Grid.load(inputs.grid), pd.read_csv(inputs.points)
    plan = CategoryForests(category_drivers, trees, mtry)
    stated = {"replicates": settings["replicates"], "block_km": settings["block_km"]}
    with ThreadPoolExecutor(threads) as pool, ExitStack() as stack:

        def create(path, product, bands):
            return stack.enter_context(rasters.create(path, grid, product, bands=bands, **stated))

        noise = [
            create(output[f"{method}_noise"], "contribution_noise", plan.categories) for method in METHODS
        ]
        probability = [
            create(output[f"{method}_probability"], "class_probability", BANDS) for method in METHODS
        ]
        for rows in grid.row_blocks():
            cells = rasters.read_columns(inputs.drivers, inputs.study_area, grid, rows)
            mapped = [rasters.read(inputs[method], grid, rows=rows) for method in METHODS]
            shape = mapped[0].shape[1:]
            inside = np.isfinite(cells).all(axis=1)
            mapped = [values.reshape(len(values), -1)[:, inside] for values in mapped]
            places = np.column_stack([axis.ravel()[inside] for axis in grid.xy(rows)])
            gathered = gather(plan, points, cells[inside], places, mapped, settings, pool)
            for departure, agreement, one in zip(noise, probability, gathered, strict=True):
                departure.write(on_grid(one.noise, inside, shape), rows)
                agreement.write(on_grid(one.probability, inside, shape), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        settings = dict(snakemake.params.items())
        settings.pop("code")
        resample_contributions(
            inputs=snakemake.input, output=snakemake.output, threads=snakemake.threads, **settings
        )
