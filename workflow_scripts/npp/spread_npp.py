"""Spread of mean annual NPP among the published choices of CASA: maps, members, one choice at a time."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict
from typing import Any, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.dated_bands import PutAway
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.npp import ensemble
from nppdrivers.npp.cells import Block, Cells
from nppdrivers.npp.classes import by_pixel, month_weights
from nppdrivers.npp.ensemble import GREATEST_NDVI_MAX, RAISE_NDVI_MAX, Choice, Series
from nppdrivers.npp.ranks import RankAgreement
from nppdrivers.period import Period

RANKED_CELLS = 250_000  # among which cells are ranked: all of a map that has no more
BOUNDS = ("percentile", "static", "raised")


class Inputs(Protocol):
    """Files that the rule reads; those of a year in the order of the years.

    Besides those named here, `ndvi_<method>` (one a year) and `parameters_<method>` of each monthly method;
    fitted are the parameters of the run where its efficiencies are fitted, else an empty list.
    """

    grid: str
    study_area: str
    land_cover: str
    classes: str
    npp: str
    fitted: str | list[str]
    temperature: list[str]
    precipitation: list[str]
    radiation: list[str]


class Outputs(Protocol):
    """Maps of the ensemble and its tables."""

    mean: str
    sd: str
    rank: str
    members: str
    shares: str
    effects: str


def efficiencies(path: str, fitted: str | list[str], parameters: pd.DataFrame) -> dict[str, np.ndarray]:
    """Light use efficiency of the run's classes by set, {set: (C,)}; NaN where nothing grows."""
    table = pd.read_csv(path).set_index("class").loc[parameters["class"]]
    if fitted:
        table["epsilon_fitted"] = pd.read_csv(str(fitted)).set_index("class")["epsilon_max"]
    grows = parameters["vegetated"].to_numpy(bool)
    columns = [name for name in table if name.startswith("epsilon_")]
    return {name.removeprefix("epsilon_"): np.where(grows, table[name], np.nan) for name in columns}


def class_parameters(inputs: Inputs, methods: Iterable[str], run: Choice) -> dict[str, pd.DataFrame]:
    """Class parameters of each monthly method, with the NDVI maxima percentile, static and raised."""
    static = pd.read_csv(inputs.classes).set_index("class")["ndvi_max"]
    tables = {}
    for method in methods:
        table = pd.read_csv(getattr(inputs, f"parameters_{method}"))
        table["percentile"], table["static"] = table["ndvi_max"], static.loc[table["class"]].to_numpy()
        table["raised"] = np.minimum(table[run.ndvi_bounds] + RAISE_NDVI_MAX, GREATEST_NDVI_MAX)
        tables[method] = table
    return tables


def read_series(
    inputs: Inputs, tables: Mapping[str, pd.DataFrame], year: int, grid: Grid, block: Block
) -> dict[str, Series]:
    """NDVI, bounds and optimum of the cells of a block in one year, by monthly method."""
    return {
        method: Series(
            ndvi=block.read(getattr(inputs, f"ndvi_{method}")[year], grid),
            ndvi_min=by_pixel(table, "ndvi_min", block.codes),
            ndvi_max={name: by_pixel(table, name, block.codes) for name in BOUNDS},
            optimum_temperature=by_pixel(table, "optimum_temperature", block.codes),
        )
        for method, table in tables.items()
    }


def mean_yields(
    inputs: Inputs,
    tables: Mapping[str, pd.DataFrame],
    choices: Sequence[Choice],
    block: Block,
    *,
    grid: Grid,
    weights: np.ndarray,
    soil_texture: str,
) -> np.ndarray:
    """Light yield of the mean year of each choice at the cells of a block, (K, n)."""
    tree = by_pixel(next(iter(tables.values())), "tree", block.codes) == 1
    yields = np.zeros((len(choices), block.codes.size))
    for year, months in enumerate(weights):
        paths = inputs.temperature[year], inputs.precipitation[year], inputs.radiation[year]
        yields += ensemble.light_yields(
            choices,
            read_series(inputs, tables, year, grid, block),
            *(block.read(path, grid) for path in paths),
            weights=months,
            tree=tree,
            soil_texture=soil_texture,
        )
    return yields


class Members:
    """Light yields of the members, which come in blocks of cells, and the maps made of them.

    Parameters
    ----------
    stored
        Where the yields of a block lie until all are known.
    cells
        Cells with NPP.
    npp
        Of the run at all cells (n,) [gC m-2 yr-1].
    epsilon
        Light use efficiency by class, of each set and the code 0 (E, 1 + C) [gC MJ-1].
    """

    def __init__(self, stored: PutAway, cells: Cells, npp: np.ndarray, epsilon: np.ndarray) -> None:
        self._stored, self._cells, self._npp, self._epsilon = stored, cells, npp, epsilon
        self._step = max(1, -(-cells.number // RANKED_CELLS))
        self._sample: list[np.ndarray] = []

    def add(self, block: Block, yields: np.ndarray) -> None:
        """Keep the yields (K, n) of the next block."""
        self._stored.add(yields)
        # a copy: a view would keep the whole block
        self._sample.append(yields[:, -block.positions.start % self._step :: self._step].copy())

    def write_maps(self, output: Outputs, radiation_percent: Sequence[float]) -> np.ndarray:
        """Write mean, standard deviation and spread of rank; the rank correlation of each (set, yield)."""
        factors = [1 + percent / 100 for percent in radiation_percent]
        sample, codes = np.concatenate(self._sample, axis=1), self._cells.codes[:: self._step]
        ranks = RankAgreement(sample, self._epsilon[:, codes], self._npp[:: self._step])
        number = len(sample) * len(self._epsilon) * len(factors)
        tags = {"method": "ensemble of CASA", "members": str(number)}
        names = {output.mean: "npp", output.sd: "npp_sd", output.rank: "rank_spread"}
        with ExitStack() as opened:
            targets = [
                opened.enter_context(
                    rasters.create(path, self._cells.grid, name, bands=[name], legend=None, **tags)
                )
                for path, name in names.items()
            ]
            for block, yields in zip(self._cells.blocks(), self._stored, strict=True):
                epsilon = self._epsilon[:, block.codes]
                mean, sd = ensemble.mean_and_sd(yields, epsilon, factors)
                spread = ranks.add(yields, epsilon, self._npp[block.positions])
                for target, values in zip(targets, (mean, sd, spread), strict=True):
                    target.write(block.to_rows(values), block.rows)
        return ranks.spearman


def unscaled(choices: Iterable[Choice]) -> list[Choice]:
    """Choices without what only scales the light yield, each once, in order."""
    return list(dict.fromkeys(choice.unscaled for choice in choices))


def member_table(
    members: Sequence[Choice],
    npp: np.ndarray,
    names: Sequence[str],
    spearman: np.ndarray,
    levels: dict[str, list[Any]],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Levels, mean NPP and rank correlation of each member; the shares of the variance."""
    table = pd.DataFrame([asdict(member) for member in members])
    columns = [f"npp {name}" for name in names]  # a class may have the name of a choice, such as water
    table[columns] = npp
    position = {choice: row for row, choice in enumerate(unscaled(members))}
    table["rank_correlation"] = [
        spearman[levels["epsilon_max"].index(member.epsilon_max), position[member.unscaled]]
        for member in members
    ]
    varied = [name for name, tried in levels.items() if len(tried) > 1]
    return table, ensemble.variance_shares(table, varied, columns)


def effect_table(
    run: Choice, single: Sequence[tuple[str, Choice]], npp: np.ndarray, names: Sequence[str]
) -> pd.DataFrame:
    """Change of mean NPP [%] by each single choice; the first row of npp is the run's."""
    table = pd.DataFrame(100 * (npp[1:] / npp[0] - 1), columns=names)
    table.insert(0, "choice", [name for name, _ in single])
    table.insert(1, "instead_of", [getattr(run, name) for name, _ in single])
    table.insert(2, "taken", [getattr(choice, name) for name, choice in single])
    return table


def spread_npp(
    *,
    inputs: Inputs,
    output: Outputs,
    run: Choice,
    levels: dict[str, list[Any]],
    period: Period,
    soil_texture: str,
) -> None:
    """Write the maps of the ensemble, its members, the shares of its variance, and one choice at a time."""
    grid = Grid.load(inputs.grid)
    members = ensemble.combinations(run, levels)
    tables = class_parameters(inputs, dict.fromkeys([run.monthly_ndvi, *levels["monthly_ndvi"]]), run)
    parameters = tables[run.monthly_ndvi]
    epsilon = efficiencies(inputs.classes, inputs.fitted, parameters)
    if unknown := set(levels["epsilon_max"]) - set(epsilon):
        raise ValueError(
            f"npp.spread.epsilon_max: {', '.join(sorted(unknown))} not in {inputs.classes}; "
            f"choose from {', '.join(epsilon)}"
        )
    single = ensemble.one_at_a_time(run, levels | {"epsilon_max": list(epsilon)})
    singles = [run, *(choice for _, choice in single)]

    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid)
    cells = Cells.from_map(npp, rasters.read(inputs.land_cover, grid, bands=1), grid)
    choices = unscaled([*members, *singles])  # those of the members come first
    weights = month_weights([rasters.band_names(path) for path in inputs.temperature], period)
    by_class = np.array([np.r_[np.nan, epsilon[name]] for name in levels["epsilon_max"]])
    sums = np.zeros((len(choices), len(parameters)))
    with PutAway(output.mean) as stored:
        ensemble_maps = Members(stored, cells, npp[cells.mask], by_class)
        for block in cells.blocks():
            yields = mean_yields(
                inputs, tables, choices, block, grid=grid, weights=weights, soil_texture=soil_texture
            )
            sums += ensemble.class_sums(yields, block.codes, len(parameters))
            ensemble_maps.add(block, yields[: len(unscaled(members))])
        spearman = ensemble_maps.write_maps(output, levels["radiation_percent"])
    counts = np.bincount(cells.codes, minlength=1 + len(parameters))[1:]
    with np.errstate(invalid="ignore"):
        means = sums / counts
    class_yields, names = dict(zip(choices, means, strict=True)), ["study area", *parameters["class"]]
    member_npp = ensemble.mean_npp(members, class_yields, epsilon, counts)
    table, shares = member_table(members, member_npp, names, spearman, levels)
    effects = effect_table(run, single, ensemble.mean_npp(singles, class_yields, epsilon, counts), names)
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
            run=Choice(**snakemake.params.run),
            levels=snakemake.params.levels,
            period=Period(**snakemake.params.period),
            soil_texture=snakemake.params.soil_texture,
        )
