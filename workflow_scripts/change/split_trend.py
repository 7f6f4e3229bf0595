"""Part the trend of NPP into weather and the rest, in two ways, and class the cells by what helped."""

import logging
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.change.causes import (
    CAUSE_LEGEND,
    Parts,
    by_held_weather,
    by_regression,
    cause_classes,
    variables_for,
)
from nppdrivers.change.trends import read_years
from nppdrivers.grid import Grid
from nppdrivers.job import running

BLOCK_CELLS = 50_000  # of the grid, with all years of all variables at a time
PARTS = ["weather", "the rest"]
METHODS = ("held", "regression")
MONTHS = range(1, 13)


class Inputs(Protocol):
    """Files of the years in their order; those of a variable of weather by its name."""

    grid: str
    study_area: str
    npp: list[str]
    held: list[str]

    def __getitem__(self, variable: str) -> list[str]:
        """Monthly rasters of a variable."""


class Outputs(Protocol):
    """Maps of each method by name: `<method>_slope`, `_rising`, `_class`, `_probability`."""

    def __getitem__(self, name: str) -> str:
        """Path of a map."""


def parts_of_rows(
    inputs: Inputs, grid: Grid, rows: slice, years: np.ndarray, variables: Sequence[str]
) -> dict[str, Parts]:
    """Both partings of the cells of some rows."""
    outside = ~rasters.read_mask(inputs.study_area, grid, rows).ravel()
    npp = read_years(inputs.npp, grid, rows)
    npp[:, outside] = np.nan
    weather = [read_years(inputs[name], grid, rows, MONTHS) for name in variables]
    return {
        "held": by_held_weather(npp, read_years(inputs.held, grid, rows), years),
        "regression": by_regression(npp, np.array(weather), years),
    }


def split_trend(
    *,
    inputs: Inputs,
    output: Outputs,
    years: Sequence[int],
    weather: Sequence[str],
    least_probability: float,
) -> None:
    """Write slopes, confidences, classes and their probability, by either method."""
    grid = Grid.load(inputs.grid)
    variables = variables_for(len(years), weather)
    if len(variables) < len(weather):
        used = ", ".join(variables) or "no variable: it is left out"
        logging.info("%d years bear a regression on %s", len(years), used)
    tags = {"years": f"{years[0]} to {years[-1]}", "weather": ", ".join(variables) or "none"}
    kinds = {
        "slope": ("npp_slope", PARTS, None),
        "rising": ("rise_confidence", PARTS, None),
        "class": ("cause_class", ["class"], CAUSE_LEGEND),
        "probability": ("cause_probability", ["probability"], None),
    }
    with ExitStack() as opened:
        targets = {
            (method, kind): opened.enter_context(
                rasters.create(output[f"{method}_{kind}"], grid, product, bands=bands, legend=legend, **tags)
            )
            for method in METHODS
            for kind, (product, bands, legend) in kinds.items()
        }
        for rows in grid.row_blocks(BLOCK_CELLS):
            for method, parts in parts_of_rows(inputs, grid, rows, np.array(years), variables).items():
                codes, probability = cause_classes(parts.rising, least_probability)
                maps = {"slope": parts.slope, "rising": parts.rising, "class": codes}
                for kind, values in {**maps, "probability": probability}.items():
                    targets[method, kind].write(values, rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        split_trend(
            inputs=snakemake.input,
            output=snakemake.output,
            years=snakemake.params.years,
            weather=snakemake.params.weather,
            least_probability=snakemake.params.least_probability,
        )
