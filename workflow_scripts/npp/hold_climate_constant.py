"""Run CASA with climate held at its spatial mean: how much climate is built into the pattern of NPP."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.casa import Options, simulate
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.npp import held_climate
from nppdrivers.npp.classes import by_pixel, month_weights
from nppdrivers.npp.held_climate import CLIMATE, HELD
from nppdrivers.period import Period

CONSTANTS = ("ndvi_min", "ndvi_max", "epsilon_max")


def spatial_means(inputs, grid, inside):
    """Mean over the study area of each month, {variable: (Y, 12)}; NaN for a month without values."""
    means = {}
    for name in CLIMATE:
        rows = []
        for path in inputs[name]:
            values = rasters.read(path, grid)[:, inside].astype("float64")
            known = np.isfinite(values)
            count = known.sum(axis=1)
            total = np.where(known, values, 0).sum(axis=1)
            rows.append(np.where(count, total / np.maximum(count, 1), np.nan))
        means[name] = np.array(rows)
    return means


def held_years(inputs, grid, rows, cells, constants, optimum, means, options, weights):
    """Mean annual NPP of the cells of a block with each thing held constant, {name: (n,)}."""
    total = {name: 0.0 for name in HELD}
    for year, of_year in enumerate(weights):
        ndvi = rasters.read(inputs.ndvi[year], grid, rows=rows)[:, cells]
        climate = {name: rasters.read(inputs[name][year], grid, rows=rows)[:, cells] for name in CLIMATE}
        of_month = {name: values[year] for name, values in means.items()}
        for name, held in HELD.items():
            npp = simulate(
                ndvi,
                *held_climate.hold(climate, of_month, held),
                **constants,
                optimum_temperature=optimum["temperature" in held],
                options=options,
                terms=("npp",),
            ).npp
            counts = np.flatnonzero(of_year)
            total[name] = total[name] + of_year[counts] @ npp[counts]
    return total


def hold_climate_constant(*, inputs, output, options, period):
    """Write NPP with all climate, and each variable, held constant, and the table of its variance."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid)
    classes = rasters.read(inputs.land_cover, grid, bands=1)
    valid = ~np.isnan(npp)
    means = spatial_means(inputs, grid, rasters.read_mask(inputs.study_area, grid))
    weights = month_weights([rasters.band_names(path) for path in inputs.ndvi], period)
    held_optimum = held_climate.held_optimum(parameters["peak_month"].to_numpy(), means["temperature"])
    own = parameters, parameters.assign(optimum_temperature=held_optimum)
    maps = {name: np.full(grid.shape, np.nan) for name in HELD}
    for rows in grid.row_blocks(200_000):
        cells = valid[rows]
        codes = classes[rows][cells]
        constants = {name: by_pixel(parameters, name, codes) for name in CONSTANTS}
        constants["tree"] = by_pixel(parameters, "tree", codes) == 1
        optimum = [by_pixel(table, "optimum_temperature", codes) for table in own]
        found = held_years(inputs, grid, rows, cells, constants, optimum, means, options, weights)
        for name, values in found.items():
            maps[name][rows][cells] = values
    for name, values in maps.items():
        held = ", ".join(HELD[name])
        rasters.write(
            output[name], values, grid, "npp", method="CASA", held_at_spatial_mean=held, **vars(period)
        )
    named = zip(parameters["class"], parameters["number"], strict=True)
    zones = {"study area": valid, **{name: valid & (classes == number) for name, number in named}}
    table = held_climate.variance_table(npp, maps, zones)
    logging.info("variance of NPP that goes with climate:\n%s", table.to_string(index=False))
    table.to_csv(output.table, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        hold_climate_constant(
            inputs=snakemake.input,
            output=snakemake.output,
            options=Options(**snakemake.params.options),
            period=Period(**snakemake.params.period),
        )
