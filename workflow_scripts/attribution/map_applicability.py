"""Map where the drivers are like those of the sampled points, so that the scores of the forests apply."""

import logging
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.attribution.cross_validation import block_folds, random_folds
from nppdrivers.attribution.diagnostics import DriverSpace
from nppdrivers.grid import Grid
from nppdrivers.job import running

INSIDE, OUTSIDE = 1, 2
LEGEND = {INSIDE: "inside", OUTSIDE: "outside"}


class Inputs(Protocol):
    """Files that the rule gives: rasters of the drivers in their order."""

    grid: str
    study_area: str
    land_cover: str
    parameters: str
    points: str
    importance: str
    drivers: Sequence[str]


class Outputs(Protocol):
    """Files that the rule wants."""

    dissimilarity: str
    applicability: str
    shares: str


def assign_folds(places: np.ndarray, block_m: float, folds: int, seed: int) -> np.ndarray:
    """Folds of whole blocks of land; random ones where the area is a single block."""
    rng = np.random.default_rng(seed)
    blocks = block_folds(places, block_m, folds, rng)
    return random_folds(len(places), folds, rng) if blocks is None else blocks


def count_cells(codes: np.ndarray, land_cover: np.ndarray, classes: Mapping[str, int]) -> pd.DataFrame:
    """Cells with all drivers and those of them inside, of the study area and of each class."""
    zones = {"study area": codes > 0}
    zones |= {name: zones["study area"] & (land_cover == number) for name, number in classes.items()}
    rows = [(cells.sum(), (codes[cells] == INSIDE).sum()) for cells in zones.values()]
    return pd.DataFrame(rows, columns=["cells", "inside"], index=pd.Index(zones, name="zone"))


def map_applicability(
    *, inputs: Inputs, output: Outputs, drivers: Sequence[str], folds: int, block_km: float, seed: int
) -> None:
    """Write the dissimilarity to the points, the cells inside and outside, and the shares of these."""
    grid, points = Grid.load(inputs.grid), pd.read_csv(inputs.points)
    names = list(drivers)
    weights = pd.read_csv(inputs.importance).set_index("driver").loc[names, "share"].clip(lower=0)
    fold = assign_folds(points[["x", "y"]].to_numpy(), block_km * 1000, folds, seed)
    space = DriverSpace(points[names].to_numpy(), weights.to_numpy(), fold)
    classes = pd.read_csv(inputs.parameters).set_index("class")["number"].to_dict()
    stated = {"threshold": f"{space.threshold:.4f}", "method": "Meyer & Pebesma 2021"}
    counts = []
    with ExitStack() as stack:
        dissimilarity, applicability = (
            stack.enter_context(rasters.create(path, grid, name, bands=[name], legend=legend, **stated))
            for path, name, legend in (
                (output.dissimilarity, "dissimilarity", None),
                (output.applicability, "applicability", LEGEND),
            )
        )
        for rows in grid.row_blocks():
            index = space.dissimilarity(rasters.read_columns(inputs.drivers, inputs.study_area, grid, rows))
            codes = np.where(np.isnan(index), 0, np.where(index <= space.threshold, INSIDE, OUTSIDE))
            dissimilarity.write(index, rows)
            applicability.write(codes.astype(np.uint8), rows)
            land_cover = rasters.read(inputs.land_cover, grid, bands=1, rows=rows).ravel()
            counts.append(count_cells(codes, land_cover, classes))
    total = pd.concat(counts).groupby(level=0, sort=False).sum()
    total = total[total["cells"] > 0]
    table = total[["cells"]].assign(
        inside_percent=total["inside"] / total["cells"] * 100, threshold=space.threshold
    )
    table.to_csv(output.shares)
    logging.info("%.2f %% of the cells are like the points", table["inside_percent"].iloc[0])


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_applicability(
            inputs=snakemake.input,
            output=snakemake.output,
            drivers=snakemake.params.drivers,
            folds=snakemake.params.folds,
            block_km=snakemake.params.block_km,
            seed=snakemake.params.seed,
        )
