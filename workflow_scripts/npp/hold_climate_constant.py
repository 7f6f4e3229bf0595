"""Run CASA with climate, or efficiency, held constant: how much of each is built into the map of NPP."""

import logging
from collections.abc import Mapping
from contextlib import ExitStack
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.casa import Options
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.npp import held_climate
from nppdrivers.npp.cells import Block, Cells
from nppdrivers.npp.classes import month_weights
from nppdrivers.npp.held_climate import CLIMATE, EFFICIENCY, EXPERIMENTS, Vegetation
from nppdrivers.period import Period


class Inputs(Protocol):
    """Files that the rule reads; those of a year in the order of the years."""

    grid: str
    study_area: str
    land_cover: str
    parameters: str
    npp: str
    ndvi: list[str]
    temperature: list[str]
    precipitation: list[str]
    radiation: list[str]


class Outputs(Protocol):
    """Map of each experiment, and the table of its variance."""

    climate: str
    temperature: str
    precipitation: str
    radiation: str
    table: str


def spatial_means(inputs: Inputs, grid: Grid) -> dict[str, np.ndarray]:
    """Mean over the study area of each month, {variable: (Y, 12)}; NaN for a month without values."""
    return {
        name: np.array([rasters.band_means(path, inputs.study_area, grid) for path in getattr(inputs, name)])
        for name in CLIMATE
    }


class Experiments(NamedTuple):
    """What all blocks share: parameters of the classes, means (Y, 12), weights of the months, options.

    held_optimum is the optimum temperature of each class by the mean temperature [degC].
    """

    parameters: pd.DataFrame
    means: Mapping[str, np.ndarray]
    held_optimum: np.ndarray
    weights: np.ndarray
    options: Options

    def mean_npp(self, inputs: Inputs, block: Block, grid: Grid) -> dict[str, np.ndarray]:
        """Mean annual NPP of a block in each experiment, {name: (n,)}; absorbed light for one efficiency."""
        npp = {name: np.zeros(block.codes.size) for name in (*EXPERIMENTS, EFFICIENCY)}
        vegetation = Vegetation.at(block.codes, self.parameters, self.held_optimum)
        for year, months in enumerate(self.weights):
            counted = np.flatnonzero(months)
            climate = read_climate(inputs, year, block, grid)
            means = {name: years[year] for name, years in self.means.items()}
            ndvi = block.read(inputs.ndvi[year], grid)
            for name, monthly in held_climate.simulate_held(ndvi, climate, means, vegetation, self.options):
                npp[name] += months[counted] @ monthly[counted]
            light = held_climate.absorbed_light(ndvi, climate["radiation"], vegetation, self.options)
            npp[EFFICIENCY] += months[counted] @ light[counted]
        return npp


def read_climate(inputs: Inputs, year: int, block: Block, grid: Grid) -> dict[str, np.ndarray]:
    """Climate of a block in one year, {variable: (12, n)}."""
    return {name: block.read(getattr(inputs, name)[year], grid) for name in CLIMATE}


def hold_climate_constant(*, inputs: Inputs, output: Outputs, options: Options, period: Period) -> None:
    """Write NPP with all climate, and each variable, held constant, and the table of its variance."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid)
    cells = Cells.from_map(npp, rasters.read(inputs.land_cover, grid, bands=1), grid)
    weights = month_weights([rasters.band_names(path) for path in inputs.ndvi], period)
    means = spatial_means(inputs, grid)
    held_optimum = held_climate.held_optimum(parameters["peak_month"].to_numpy(), means["temperature"])
    experiments = Experiments(parameters, means, held_optimum, weights, options)
    compared = held_climate.Comparison(dict(zip(parameters["class"], parameters["number"], strict=True)))
    with ExitStack() as opened:
        targets = {}
        for name, held in EXPERIMENTS.items():
            tags = {"method": "CASA", "held_at_spatial_mean": ", ".join(held), **vars(period)}
            created = rasters.create(getattr(output, name), grid, "npp", bands=["npp"], **tags)
            targets[name] = opened.enter_context(created)
        for block in cells.blocks():
            found = experiments.mean_npp(inputs, block, grid)
            compared.add(npp[block.rows][block.mask], found, block.codes)
            for name, target in targets.items():
                target.write(block.to_rows(found[name]), block.rows)
    table = compared.table(scaled=[EFFICIENCY])
    logging.info(
        "share of the variance of NPP that climate and efficiency explain:\n%s", table.to_string(index=False)
    )
    table.to_csv(output.table, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        hold_climate_constant(
            inputs=snakemake.input,
            output=snakemake.output,
            options=Options(**snakemake.params.options),
            period=Period(**snakemake.params.period),
        )
