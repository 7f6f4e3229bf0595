"""Spread of mean annual NPP among the published choices of CASA: maps, members, one choice at a time."""

import logging
from dataclasses import asdict

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.npp import ensemble
from nppdrivers.npp.classes import by_pixel, month_weights
from nppdrivers.npp.ensemble import GREATEST_NDVI_MAX, RAISE_NDVI_MAX, Choice, Series
from nppdrivers.period import Period


def efficiencies(path, parameters):
    """Light use efficiency of the run's classes by set, {set: (C,)}; NaN where nothing grows."""
    table = pd.read_csv(path).set_index("class").loc[parameters["class"]]
    grows = parameters["vegetated"].to_numpy(bool)
    columns = [name for name in table if name.startswith("epsilon_")]
    return {name.removeprefix("epsilon_"): np.where(grows, table[name], np.nan) for name in columns}


def bounds_by_method(inputs, methods, run):
    """Class parameters of each monthly method, with the NDVI maxima percentile, static and raised."""
    static = pd.read_csv(inputs.classes).set_index("class")["ndvi_max"]
    found = {}
    for method in methods:
        table = pd.read_csv(inputs[f"parameters_{method}"])
        table["percentile"], table["static"] = table["ndvi_max"], static.loc[table["class"]].to_numpy()
        table["raised"] = np.minimum(table[run.ndvi_bounds] + RAISE_NDVI_MAX, GREATEST_NDVI_MAX)
        found[method] = table
    return found


def read_series(inputs, tables, year, grid, rows, cells, classes):
    """NDVI, bounds and optimum of the cells of a block in one year, by monthly method."""
    return {
        method: Series(
            ndvi=rasters.read(inputs[f"ndvi_{method}"][year], grid, rows=rows)[:, cells],
            ndvi_min=by_pixel(table, "ndvi_min", classes),
            ndvi_max={name: by_pixel(table, name, classes) for name in ("percentile", "static", "raised")},
            optimum_temperature=by_pixel(table, "optimum_temperature", classes),
        )
        for method, table in tables.items()
    }


def mean_yields(inputs, tables, choices, grid, valid, classes, period, soil_texture):
    """Light yield of the mean year of each choice at the valid cells, (K, n)."""
    months = [rasters.band_names(path) for path in inputs.temperature]
    weights = month_weights(months, period)
    first = next(iter(tables.values()))
    yields, done = np.zeros((len(choices), int(valid.sum()))), 0
    for rows in grid.row_blocks(200_000):
        cells = valid[rows]
        of_block, block = classes[rows][cells], slice(done, done + int(cells.sum()))
        done = block.stop
        for year, of_year in enumerate(weights):
            climate = (inputs[name][year] for name in ("temperature", "precipitation", "radiation"))
            yields[:, block] += ensemble.light_yields(
                choices,
                read_series(inputs, tables, year, grid, rows, cells, of_block),
                *(rasters.read(path, grid, rows=rows)[:, cells] for path in climate),
                weights=of_year,
                tree=by_pixel(first, "tree", of_block) == 1,
                soil_texture=soil_texture,
            )
    return yields


def write_map(path, values, valid, grid, name, **stated):
    """Write the values of the valid cells."""
    full = np.full(grid.shape, np.nan)
    full[valid] = values
    rasters.write(path, full, grid, name, **stated)


def write_maps(output, yields, epsilon, levels, reference, valid, grid):
    """Write mean, standard deviation and spread of rank; the rank correlation of each (set, yield)."""
    factors = [1 + percent / 100 for percent in levels["radiation_percent"]]
    mean, sd = ensemble.mean_and_sd(yields, epsilon, factors)
    rank_sd, spearman = ensemble.rank_agreement(yields, epsilon, reference)
    members = len(yields) * len(epsilon) * len(factors)
    for name, product, values in (
        ("mean", "npp", mean),
        ("sd", "npp_sd", sd),
        ("rank", "rank_spread", rank_sd),
    ):
        write_map(output[name], values, valid, grid, product, method="ensemble of CASA", members=members)
    return spearman


def member_table(members, npp, names, spearman, levels):
    """Levels, mean NPP and rank correlation of each member; the shares of the variance."""
    table = pd.DataFrame([asdict(member) for member in members])
    columns = [f"npp {name}" for name in names]  # a class may have the name of a choice, such as water
    table[columns] = npp
    position = {choice: row for row, choice in enumerate(dict.fromkeys(one.of_yield for one in members))}
    table["rank_correlation"] = [
        spearman[levels["epsilon_max"].index(one.epsilon_max), position[one.of_yield]] for one in members
    ]
    varied = [name for name, tried in levels.items() if len(tried) > 1]
    return table, ensemble.variance_shares(table, varied, columns)


def effect_table(run, single, npp, names):
    """Change of mean NPP [%] by each single choice; the first row of npp is the run's."""
    table = pd.DataFrame(100 * (npp[1:] / npp[0] - 1), columns=names)
    table.insert(0, "choice", [name for name, _ in single])
    table.insert(1, "instead_of", [getattr(run, name) for name, _ in single])
    table.insert(2, "taken", [getattr(choice, name) for name, choice in single])
    return table


def spread_npp(*, inputs, output, run, levels, period, soil_texture):
    """Write the maps of the ensemble, its members, the shares of its variance, and one choice at a time."""
    grid, run = Grid.load(inputs.grid), Choice(**run)
    members = ensemble.combinations(run, levels)
    tables = bounds_by_method(inputs, dict.fromkeys([run.monthly_ndvi, *levels["monthly_ndvi"]]), run)
    parameters = tables[run.monthly_ndvi]
    epsilon = efficiencies(inputs.classes, parameters)
    if unknown := set(levels["epsilon_max"]) - set(epsilon):
        known = ", ".join(epsilon)
        raise ValueError(f"npp.spread.epsilon_max: {', '.join(unknown)} unknown; there are {known}")
    single = ensemble.one_at_a_time(run, levels | {"epsilon_max": list(epsilon)})
    singles = [run, *(choice for _, choice in single)]

    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid)
    valid = ~np.isnan(npp)
    classes = rasters.read(inputs.land_cover, grid, bands=1)
    own = len(dict.fromkeys(one.of_yield for one in members))  # the members' yields come first
    wanted = list(dict.fromkeys(one.of_yield for one in [*members, *singles]))
    yields = mean_yields(inputs, tables, wanted, grid, valid, classes, period, soil_texture)

    of_cell = np.array([np.r_[np.nan, epsilon[name]][classes[valid]] for name in levels["epsilon_max"]])
    spearman = write_maps(output, yields[:own], of_cell, levels, npp[valid], valid, grid)
    means, counts = ensemble.class_means(yields, classes[valid], len(parameters))
    class_yields, names = dict(zip(wanted, means, strict=True)), ["study area", *parameters["class"]]
    npp_of = [ensemble.mean_npp(choices, class_yields, epsilon, counts) for choices in (members, singles)]
    table, shares = member_table(members, npp_of[0], names, spearman, levels)
    effects = effect_table(run, single, npp_of[1], names)
    logging.info("share of the variance of each choice [%%]:\n%s", shares.to_string(index=False))
    logging.info("effect of one choice at a time [%%]:\n%s", effects.to_string(index=False))
    table.to_csv(output.members, index=False)
    shares.to_csv(output.shares, index=False)
    effects.to_csv(output.effects, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        spread_npp(
            inputs=snakemake.input,
            output=snakemake.output,
            run=snakemake.params.run,
            levels=snakemake.params.levels,
            period=Period(**snakemake.params.period),
            soil_texture=snakemake.params.soil_texture,
        )
