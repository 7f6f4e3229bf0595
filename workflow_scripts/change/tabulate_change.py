"""Tabulate the trends of the study area and its classes, and the shares of what helped NPP."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.change.causes import CAUSE_LEGEND
from nppdrivers.change.trends import FALLING, RISING, fit, read_years
from nppdrivers.grid import Grid
from nppdrivers.job import running

BY_CHANCE = 0.05  # p-value below which a test of one cell would count, were it the only one
METHODS = ("held", "regression")


class Inputs(Protocol):
    """Files that the rule reads; those of the years in their order."""

    grid: str
    study_area: str
    land_cover: str
    parameters: str
    npp: list[str]
    held: list[str]
    p: str
    trend: str
    ndvi_trend: str
    held_class: str
    regression_class: str


class Outputs(Protocol):
    """Tables."""

    trends: str
    causes: str
    years: str


def zones_of(inputs: Inputs, grid: Grid) -> dict[str, np.ndarray]:
    """Cells of the study area and of each class of land cover in it."""
    inside = rasters.read_mask(inputs.study_area, grid)
    classes = np.where(inside, rasters.read(inputs.land_cover, grid, bands=1), 0)
    parameters = pd.read_csv(inputs.parameters)
    named = zip(parameters["class"], parameters["number"], strict=True)
    return {"study area": inside} | {name: classes == number for name, number in named}


def annual_means(
    paths: Sequence[str], grid: Grid, zones: dict[str, np.ndarray], known: np.ndarray
) -> np.ndarray:
    """Mean of each zone in each year, (years, zones), over the cells that every year has."""
    means = np.full((len(paths), len(zones)), np.nan)
    for i, path in enumerate(paths):
        values = rasters.read(path, grid, bands=1)
        for j, cells in enumerate(zones.values()):
            if (cells & known).any():
                means[i, j] = values[cells & known].mean(dtype=np.float64)
    return means


def percent(part: np.ndarray, whole: np.ndarray) -> float:
    """Share of some cells [%]; NaN of none."""
    return 100 * float(part.sum()) / float(whole.sum()) if whole.any() else float("nan")


def trend_table(
    inputs: Inputs, grid: Grid, zones: dict[str, np.ndarray], means: np.ndarray, years: Sequence[int]
) -> pd.DataFrame:
    """Trend of the mean of each zone that has cells, and the shares of its cells that rise and fall."""
    found = fit(means, np.array(years))
    npp, ndvi = (rasters.read(path, grid, bands=1) for path in (inputs.trend, inputs.ndvi_trend))
    alone = rasters.read(inputs.p, grid, bands=1) <= BY_CHANCE
    rows = []
    for i, (name, cells) in enumerate(zones.items()):
        tested, seen = cells & (npp != 0), cells & (ndvi != 0)
        if not tested.any():
            continue
        rows.append(
            {
                "zone": name,
                "cells": int(tested.sum()),
                "mean_npp [gC m-2 yr-1]": means[:, i].mean(),
                "slope [gC m-2 yr-2]": found.slope[i],
                "low [gC m-2 yr-2]": found.low[i],
                "high [gC m-2 yr-2]": found.high[i],
                "p": found.p[i],
                "rising [%]": percent(tested & (npp == RISING), tested),
                "falling [%]": percent(tested & (npp == FALLING), tested),
                "p_up_to_0.05 [%]": percent(tested & alone, tested),
                "ndvi_rising [%]": percent(seen & (ndvi == RISING), seen),
                "ndvi_falling [%]": percent(seen & (ndvi == FALLING), seen),
            }
        )
    return pd.DataFrame(rows)


def cause_table(inputs: Inputs, grid: Grid) -> pd.DataFrame:
    """Share of the cells of each class, by either method; empty where the method could not be used."""
    rows = []
    for method, path in zip(METHODS, (inputs.held_class, inputs.regression_class), strict=True):
        codes = rasters.read(path, grid, bands=1)
        for code, name in CAUSE_LEGEND.items():
            rows.append({"method": method, "class": name, "share [%]": percent(codes == code, codes != 0)})
    return pd.DataFrame(rows)


def tabulate_change(*, inputs: Inputs, output: Outputs, years: Sequence[int]) -> None:
    """Write the three tables."""
    grid = Grid.load(inputs.grid)
    known = np.ones(grid.shape, bool)
    for rows in grid.row_blocks(100_000):
        values = read_years([*inputs.npp, *inputs.held], grid, rows)
        known[rows] = np.isfinite(values).all(axis=0).reshape(-1, grid.width)
    zones = zones_of(inputs, grid)
    means = annual_means(inputs.npp, grid, zones, known)
    held = annual_means(inputs.held, grid, {"study area": zones["study area"]}, known)[:, 0]
    trend_table(inputs, grid, zones, means, years).to_csv(output.trends, index=False)
    cause_table(inputs, grid).to_csv(output.causes, index=False)
    columns = {"year": years, "npp [gC m-2 yr-1]": means[:, 0], "held_weather [gC m-2 yr-1]": held}
    pd.DataFrame(columns).to_csv(output.years, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        tabulate_change(inputs=snakemake.input, output=snakemake.output, years=snakemake.params.years)
