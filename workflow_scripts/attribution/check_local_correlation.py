"""Compute how the shares of local correlations with one driver depend on the window, and those by chance."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.correlation import local_correlation
from nppdrivers.correlation.significance import class_shares, classify, least_pairs
from nppdrivers.correlation.surrogates import chance_shares
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule gives."""

    grid: str
    study_area: str
    npp: str
    driver: str


class Outputs(Protocol):
    """Files that the rule wants."""

    windows: str
    chance: str


class Settings(NamedTuple):
    """Window of the run, those compared with it [cells], level of the test, number and seed of surrogates."""

    window: int
    windows: Sequence[int]
    significance: float
    surrogates: int
    seed: int


def shares_by_window(
    driver: np.ndarray, npp: np.ndarray, inside: np.ndarray, settings: Settings
) -> pd.DataFrame:
    """Area shares of the classes for each window."""
    tables = []
    for window in settings.windows:
        r, n = local_correlation(npp, driver, window=window)
        codes, legend = classify(r, n, settings.significance, least_pairs(window))
        table = class_shares(codes, legend, inside)
        table.insert(0, "window", window)
        tables.append(table)
    return pd.concat(tables)


def check_local_correlation(*, inputs: Inputs, output: Outputs, settings: Settings) -> None:
    """Write the shares by window, and for the run's window the shares that surrogates of the driver give."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    npp, driver = (rasters.read_inside(path, inputs.study_area, grid) for path in (inputs.npp, inputs.driver))
    shares_by_window(driver, npp, inside, settings).to_csv(output.windows, index=False)
    chance = chance_shares(
        driver,
        npp,
        window=settings.window,
        alpha=settings.significance,
        surrogates=settings.surrogates,
        seed=settings.seed,
    )
    chance.to_csv(output.chance, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        settings = Settings(
            params.window, params.windows, params.significance, params.surrogates, params.seed
        )
        check_local_correlation(inputs=snakemake.input, output=snakemake.output, settings=settings)
