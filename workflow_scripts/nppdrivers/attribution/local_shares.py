"""Shares of the study area by class of local correlation: from counted cells, by window, and by chance."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.correlation.significance import LEGEND, shares_of_counts
from nppdrivers.correlation.surrogates import chance_shares
from nppdrivers.grid import Grid


class Inputs(Protocol):
    """Files that the shares are made from."""

    study_area: str
    npp: str
    driver: str


class Outputs(Protocol):
    """Tables of shares: of the window of the run, by window, by chance."""

    shares: str
    windows: str
    chance: str


class Settings(NamedTuple):
    """Window of the run, those compared with it [cells], level of the test, number and seed of surrogates."""

    window: int
    windows: Sequence[int]
    significance: float
    surrogates: int
    seed: int


def no_cells(settings: Settings) -> pd.DataFrame:
    """Table to count cells in: a row for each window, a column for each class."""
    windows = pd.Index(sorted({settings.window, *settings.windows}), name="window")
    return pd.DataFrame(np.zeros((len(windows), len(LEGEND)), np.int64), windows, list(LEGEND.values()))


def write_shares(
    counted: pd.DataFrame, inputs: Inputs, output: Outputs, grid: Grid, settings: Settings
) -> None:
    """Write the shares of all windows from cells counted as `no_cells`, and those of maps without relation.

    These need whole maps in memory: a surrogate has the spectrum of the whole driver.
    """
    tables = {window: shares_of_counts(cells.to_list(), LEGEND) for window, cells in counted.iterrows()}
    tables[settings.window].to_csv(output.shares, index=False)
    by_window = pd.concat([tables[window].assign(window=window) for window in settings.windows])
    by_window.insert(0, "window", by_window.pop("window"))
    by_window.to_csv(output.windows, index=False)
    npp, driver = (rasters.read_inside(path, inputs.study_area, grid) for path in (inputs.npp, inputs.driver))
    chance = chance_shares(
        driver,
        npp,
        window=settings.window,
        alpha=settings.significance,
        surrogates=settings.surrogates,
        seed=settings.seed,
    )
    chance.to_csv(output.chance, index=False)
