"""Run CASA with climate, or efficiency, held constant: how much of each is built into the map of NPP."""

import logging
from collections.abc import Mapping
from typing import Protocol

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


def spatial_means(inputs: Inputs, grid: Grid, inside: np.ndarray) -> dict[str, np.ndarray]:
    """Mean over the study area of each month, {variable: (Y, 12)}; NaN for a month without values."""
    means = {}
    for name in CLIMATE:
        years = []
        for path in getattr(inputs, name):
            values = rasters.read(path, grid)[:, inside].astype("float64")
            known = np.isfinite(values)
            count = known.sum(axis=1)
            total = np.where(known, values, 0).sum(axis=1)
            years.append(np.where(count, total / np.maximum(count, 1), np.nan))
        means[name] = np.array(years)
    return means


def mean_npp(
    inputs: Inputs,
    cells: Cells,
    means: Mapping[str, np.ndarray],
    parameters: pd.DataFrame,
    weights: np.ndarray,
    options: Options,
) -> dict[str, np.ndarray]:
    """Mean annual NPP of the cells in each experiment, {name: (n,)}; absorbed light for one efficiency."""
    npp = {name: np.zeros(cells.number) for name in (*EXPERIMENTS, EFFICIENCY)}
    peak_months = parameters["peak_month"].to_numpy()
    held_optimum = held_climate.held_optimum(peak_months, means["temperature"])
    for block in cells.blocks():
        vegetation = Vegetation.at(block.codes, parameters, held_optimum)
        for year, months in enumerate(weights):
            counted = np.flatnonzero(months)
            climate = read_climate(inputs, year, block, cells.grid)
            year_means = {name: years[year] for name, years in means.items()}
            ndvi = block.read(inputs.ndvi[year], cells.grid)
            for name, monthly in held_climate.simulate_held(ndvi, climate, year_means, vegetation, options):
                npp[name][block.positions] += months[counted] @ monthly[counted]
            light = held_climate.absorbed_light(ndvi, climate["radiation"], vegetation, options)
            npp[EFFICIENCY][block.positions] += months[counted] @ light[counted]
    return npp


def read_climate(inputs: Inputs, year: int, block: Block, grid: Grid) -> dict[str, np.ndarray]:
    """Climate of a block in one year, {variable: (12, n)}."""
    return {name: block.read(getattr(inputs, name)[year], grid) for name in CLIMATE}


def hold_climate_constant(*, inputs: Inputs, output: Outputs, options: Options, period: Period) -> None:
    """Write NPP with all climate, and each variable, held constant, and the table of its variance."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid)
    classes = rasters.read(inputs.land_cover, grid, bands=1)
    cells = Cells.from_map(npp, classes, grid)
    means = spatial_means(inputs, grid, rasters.read_mask(inputs.study_area, grid))
    weights = month_weights([rasters.band_names(path) for path in inputs.ndvi], period)
    held = mean_npp(inputs, cells, means, parameters, weights, options)
    held[EFFICIENCY] *= npp[cells.mask].mean() / held[EFFICIENCY].mean()
    maps = {name: cells.to_map(values) for name, values in held.items()}
    for name, variables in EXPERIMENTS.items():
        tags = {"method": "CASA", "held_at_spatial_mean": ", ".join(variables), **vars(period)}
        rasters.write(getattr(output, name), maps[name], grid, "npp", **tags)
    zones = {"study area": cells.mask}
    for name, number in zip(parameters["class"], parameters["number"], strict=True):
        zones[name] = cells.mask & (classes == number)
    table = held_climate.variance_table(npp, maps, zones)
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
