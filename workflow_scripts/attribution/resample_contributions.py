"""Refit the forests on resampled blocks of points, to estimate how sure contributions and classes are."""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from nppdrivers import contribution, rasters
from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.attribution.certainty import Replicates, in_no_drawn_block, resample_blocks
from nppdrivers.contribution import Subset
from nppdrivers.grid import Grid, tile_rows, within
from nppdrivers.job import running

METHODS = ("actual_contribution", "shapley")
BANDS = ("share of replicates with the same class", "share of replicates with the same leading category")


class Inputs(Protocol):
    """Files that the rule gives: drivers in the order of the categories."""

    grid: str
    study_area: str
    points: str
    drivers: Sequence[str]
    actual_contribution: str
    shapley: str


class Resampling(NamedTuple):
    """Number and seed of the replicates, edge of the blocks of land [km], share that dominates alone [%]."""

    replicates: int
    seed: int
    block_km: float
    dominant_percent: float


class Cells(NamedTuple):
    """Cells inside the study area: drivers (n, p), coordinates (n, 2) [m], mapped contributions by method."""

    drivers: np.ndarray
    places: np.ndarray
    mapped: Sequence[np.ndarray]


def replicate(
    plan: CategoryForests, points: pd.DataFrame, drivers: np.ndarray, seed: int, pool: Executor
) -> tuple[np.ndarray, np.ndarray]:
    """Contributions of the categories (G, n) by both methods, from forests on these points."""
    X, y = plan.read(points)

    def predict(subset: Subset) -> np.ndarray:
        return plan.grow(subset, X, y, seed).predict(drivers[:, plan.columns(subset)])

    values = dict(zip(plan.subsets, pool.map(predict, plan.subsets), strict=True))
    shapley = contribution.group_shapley({frozenset(): y.mean(), **values})
    return (
        contribution.actual_contribution(*plan.left_out_in_turn(values)),
        np.stack([shapley[name] for name in plan.categories]),
    )


def gather(
    plan: CategoryForests, points: pd.DataFrame, cells: Cells, settings: Resampling, pool: Executor
) -> list[Replicates]:
    """Statistics of all replicates in these cells, one a method; only cells that count are predicted."""
    gathered = [Replicates(values, settings.dominant_percent) for values in cells.mapped]
    xy, block_m = points[["x", "y"]].to_numpy(), settings.block_km * 1000
    for number in range(settings.replicates):
        rng = np.random.default_rng([settings.seed, number])
        rows = resample_blocks(xy, block_m, rng)
        seed = int(rng.integers(2**31))
        unseen = in_no_drawn_block(cells.places, xy, rows, block_m)
        contributions = replicate(plan, points.iloc[rows], cells.drivers[unseen], seed, pool)
        for statistics, values in zip(gathered, contributions, strict=True):
            statistics.add(values, unseen)
    return gathered


def on_grid(values: np.ndarray, inside: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Values (k, n) of the cells inside on rows of the grid, NaN elsewhere."""
    whole = np.full((len(values), inside.size), np.nan)
    whole[:, inside] = values
    return whole.reshape(len(values), *shape)


def read_cells(inputs: Inputs, grid: Grid, rows: slice) -> tuple[Cells, np.ndarray]:
    """Cells of these rows that have every driver, and where they are among all cells of the rows."""
    drivers = rasters.read_columns(inputs.drivers, inputs.study_area, grid, rows)
    inside = np.isfinite(drivers).all(axis=1)
    mapped = [rasters.read(getattr(inputs, method), grid, rows=rows) for method in METHODS]
    places = np.column_stack([axis.ravel()[inside] for axis in grid.xy(rows)])
    return Cells(
        drivers[inside], places, [values.reshape(len(values), -1)[:, inside] for values in mapped]
    ), inside


def resample_contributions(
    *,
    inputs: Inputs,
    output: Mapping[str, str],
    plan: CategoryForests,
    settings: Resampling,
    threads: int,
    tile: str = "1-of-1",
) -> None:
    """Write noise and class probability of both methods in a tile of the grid, by blocks of rows.

    Every block of rows grows the same forests again: that costs little compared with the prediction of a
    large block, and keeping them all would cost memory.
    """
    grid, points = Grid.load(inputs.grid), pd.read_csv(inputs.points)
    own = tile_rows(tile, grid.height)
    part = grid.part(own)
    stated = {"replicates": settings.replicates, "block_km": settings.block_km}
    with ThreadPoolExecutor(threads) as pool, ExitStack() as stack:
        noise, probability = (
            [
                stack.enter_context(
                    rasters.create(output[f"{method}_{end}"], part, name, bands=bands, **stated)
                )
                for method in METHODS
            ]
            for end, name, bands in (
                ("noise", "contribution_noise", plan.categories),
                ("probability", "class_probability", BANDS),
            )
        )
        for rows in grid.row_blocks(rows=own):
            cells, inside = read_cells(inputs, grid, rows)
            shape, there = (rows.stop - rows.start, grid.width), within(rows, own)
            gathered = gather(plan, points, cells, settings, pool)
            for departure, agreement, statistics in zip(noise, probability, gathered, strict=True):
                departure.write(on_grid(statistics.noise, inside, shape), there)
                agreement.write(on_grid(statistics.probability, inside, shape), there)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        resample_contributions(
            inputs=snakemake.input,
            output=dict(snakemake.output.items()),
            plan=CategoryForests(params.category_drivers, params.trees, params.mtry),
            settings=Resampling(params.replicates, params.seed, params.block_km, params.dominant_percent),
            threads=snakemake.threads,
            tile=params.tile,
        )
