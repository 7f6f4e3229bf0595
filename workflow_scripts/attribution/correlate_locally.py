"""Map the local correlation of NPP with one driver: where it is significant, by window, and by chance."""

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

    correlation: str
    classes: str
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


def correlate_locally(*, inputs: Inputs, output: Outputs, name: str, settings: Settings) -> None:
    """Write r and number of pairs (two bands), the class, and the shares of classes, by window, by chance."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    npp, driver = (rasters.read_inside(path, inputs.study_area, grid) for path in (inputs.npp, inputs.driver))
    window, significance, least = settings.window, settings.significance, least_pairs(settings.window)
    r, n = local_correlation(npp, driver, window=window)
    r[~inside] = float("nan")
    classes, legend = classify(r, n, significance, least)
    stated = {"driver": name, "window": window, "significance": significance, "least_pairs": least}
    rasters.write(output.correlation, r, grid, "local_correlation", **stated)
    rasters.write(output.classes, classes, grid, "correlation_class", legend=legend, **stated)
    class_shares(classes, legend, inside).to_csv(output.shares, index=False)
    del r, n, classes  # what follows needs the room on a large map
    shares_by_window(driver, npp, inside, settings).to_csv(output.windows, index=False)
    draws = {"surrogates": settings.surrogates, "seed": settings.seed}
    chance = chance_shares(driver, npp, window=window, alpha=significance, **draws)
    chance.to_csv(output.chance, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        params = snakemake.params
        settings = Settings(
            params.window, params.windows, params.significance, params.surrogates, params.seed
        )
        correlate_locally(
            inputs=snakemake.input,
            output=snakemake.output,
            name=snakemake.wildcards.driver,
            settings=settings,
        )
