"""The ensemble of NPP among the choices of CASA on the cells of a map: yields, sums, what all cells share."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple, Protocol, Self

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.npp import ensemble
from nppdrivers.npp.cells import Block, Cells
from nppdrivers.npp.classes import by_pixel, month_weights
from nppdrivers.npp.ensemble import GREATEST_NDVI_MAX, RAISE_NDVI_MAX, Choice, Series
from nppdrivers.npp.ranks import RankAgreement, rank_correlation
from nppdrivers.period import Period

RANKED_CELLS = 250_000  # among which cells are ranked: all of a map that has no more
STEP = 2.0**-20  # of light yield [MJ m-2 yr-1]; sums of a thousand million cells still fit into 64 bits
BOUNDS = ("percentile", "static", "raised")


class Inputs(Protocol):
    """Files that the rules read; those of a year in the order of the years.

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


class Choices(NamedTuple):
    """Choices of the run, levels of each choice of the ensemble, period, texture of the soil bucket."""

    run: Choice
    levels: dict[str, list[Any]]
    period: Period
    soil_texture: str

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """From the settings of the rules."""
        run, period = Choice(**settings["run"]), Period(**settings["period"])
        return cls(run, settings["levels"], period, settings["soil_texture"])


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


class Ensemble:
    """Members and single choices of a run, with what they need of its files.

    Attributes
    ----------
    members : list of Choice
        Every combination of the levels.
    single : list of (str, Choice)
        The run with one choice replaced, and the name of that choice.
    choices : list of Choice
        Those of both that differ in more than a factor; those of the members come first.
    yields_of_members : int
        How many these are.
    epsilon : {set: (C,) array}
        Light use efficiency by class [gC MJ-1].
    """

    def __init__(self, inputs: Inputs, choices: Choices) -> None:
        self._inputs, self.run, self.levels = inputs, choices.run, choices.levels
        methods = dict.fromkeys([self.run.monthly_ndvi, *self.levels["monthly_ndvi"]])
        self._tables = class_parameters(inputs, methods, self.run)
        self.classes = list(self._tables[self.run.monthly_ndvi]["class"])
        self.epsilon = efficiencies(inputs.classes, inputs.fitted, self._tables[self.run.monthly_ndvi])
        if unknown := set(self.levels["epsilon_max"]) - set(self.epsilon):
            raise ValueError(
                f"npp.spread.epsilon_max: {', '.join(sorted(unknown))} not in {inputs.classes}; "
                f"choose from {', '.join(self.epsilon)}"
            )
        self.members = ensemble.combinations(self.run, self.levels)
        self.single = ensemble.one_at_a_time(self.run, self.levels | {"epsilon_max": list(self.epsilon)})
        unscaled_members = unscaled(self.members)
        self.yields_of_members = len(unscaled_members)
        self.choices = unscaled([*unscaled_members, self.run, *(choice for _, choice in self.single)])
        self._weights = month_weights(
            [rasters.band_names(path) for path in inputs.temperature], choices.period
        )
        self._soil_texture = choices.soil_texture

    @property
    def epsilon_by_code(self) -> np.ndarray:
        """Light use efficiency of each set of the levels by class code, NaN for 0, (E, 1 + C) [gC MJ-1]."""
        return np.array([np.r_[np.nan, self.epsilon[name]] for name in self.levels["epsilon_max"]])

    def yields(self, block: Block, grid: Grid) -> np.ndarray:
        """Light yield of the mean year of each choice at the cells of a block, (K, n) [MJ m-2 yr-1]."""
        tree = by_pixel(next(iter(self._tables.values())), "tree", block.codes) == 1
        inputs, total = self._inputs, np.zeros((len(self.choices), block.codes.size))
        for year, months in enumerate(self._weights):
            paths = inputs.temperature[year], inputs.precipitation[year], inputs.radiation[year]
            total += ensemble.light_yields(
                self.choices,
                self._series(year, block, grid),
                *(block.read(path, grid) for path in paths),
                weights=months,
                tree=tree,
                soil_texture=self._soil_texture,
            )
        return total

    def _series(self, year: int, block: Block, grid: Grid) -> dict[str, Series]:
        """NDVI, bounds and optimum of the cells of a block in one year, by monthly method."""
        return {
            method: Series(
                ndvi=block.read(getattr(self._inputs, f"ndvi_{method}")[year], grid),
                ndvi_min=by_pixel(table, "ndvi_min", block.codes),
                ndvi_max={name: by_pixel(table, name, block.codes) for name in BOUNDS},
                optimum_temperature=by_pixel(table, "optimum_temperature", block.codes),
            )
            for method, table in self._tables.items()
        }


def unscaled(choices: Iterable[Choice]) -> list[Choice]:
    """Choices without what only scales the light yield, each once, in order."""
    return list(dict.fromkeys(choice.unscaled for choice in choices))


def cells_of(inputs: Inputs, grid: Grid, rows: slice) -> tuple[Cells, np.ndarray]:
    """Cells with NPP in some rows, and their NPP (n,) [gC m-2 yr-1]."""
    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid, rows)
    cells = Cells.from_map(npp, rasters.read(inputs.land_cover, grid, bands=1, rows=rows), grid, rows)
    return cells, npp[cells.mask]


class Sample(NamedTuple):
    """Every so many of the cells with NPP, among which all are ranked.

    yields (K, m) of the members, codes (m,), npp (m,), every how many, and cells above each row (H,).
    """

    yields: np.ndarray
    codes: np.ndarray
    npp: np.ndarray
    every: int
    above: np.ndarray

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read what `save` wrote."""
        with np.load(path) as stored:
            values = {name: stored[name] for name in cls._fields}
        return cls(**values | {"every": int(values["every"])})

    def save(self, path: str | Path) -> None:
        """Write it as .npz."""
        np.savez(path, **self._asdict())

    def places(self, block: Block, rows: slice) -> slice:
        """Which cells of a block, of cells of these rows, belong to it."""
        return every_nth(int(self.above[rows.start]) + block.positions.start, self.every)

    def ranks(self, epsilon: np.ndarray) -> RankAgreement:
        """Ranks of the members; epsilon by class code (E, 1 + C)."""
        return RankAgreement(self.yields, epsilon[:, self.codes], self.npp)


def step_of(number: int) -> int:
    """Every how many of so many cells are ranked among."""
    return max(1, -(-number // RANKED_CELLS))


def every_nth(first: int, step: int) -> slice:
    """Those of some cells whose position among all is a multiple of the step; first: of the first of them."""
    return slice(-first % step, None, step)


class Sums:
    """Sums of light yields by class in whole steps: the same for cells in any order, blocks or tiles.

    Parameters
    ----------
    classes : int
    choices : int
    """

    def __init__(self, classes: int, choices: int) -> None:
        self.cells = np.zeros(classes, np.int64)
        self.steps, self.known = np.zeros((2, choices, classes), np.int64)

    def add(self, yields: np.ndarray, codes: np.ndarray) -> None:
        """Add the yields (K, n) of further cells with these class codes."""
        length = 1 + self.cells.size
        self.cells += np.bincount(codes, minlength=length)[1:]
        for row, values in enumerate(yields):
            known = np.isfinite(values)
            # weighed counts of a block are exact: whole numbers far below 2^53
            steps = np.bincount(codes, np.where(known, np.rint(values / STEP), 0.0), length)[1:]
            self.steps[row] += steps.astype(np.int64)
            self.known[row] += np.bincount(codes[known], minlength=length)[1:]

    def means(self) -> np.ndarray:
        """Mean yield by class (K, C) [MJ m-2 yr-1]; NaN for a class without cells, or with one missing."""
        with np.errstate(invalid="ignore"):
            return np.where(self.known == self.cells, self.steps * STEP, np.nan) / self.cells

    def table(self) -> pd.DataFrame:
        """Whole numbers to be added to those of other tiles."""
        names = [f"{kind} {code + 1}" for kind in ("steps", "known") for code in range(self.cells.size)]
        rows = [np.r_[self.cells, self.cells], *np.hstack([self.steps, self.known])]
        index = pd.Index(["cells", *map(str, range(len(self.steps)))], name="choice")
        return pd.DataFrame(np.array(rows), index, names)

    @classmethod
    def from_table(cls, table: pd.DataFrame) -> Self:
        """Sums from a table, or from the sum of several."""
        values, classes = table.to_numpy(np.int64), len(table.columns) // 2
        sums = cls(classes, len(table) - 1)
        sums.cells, sums.steps, sums.known = values[0, :classes], values[1:, :classes], values[1:, classes:]
        return sums


class Tables(Protocol):
    """Tables of the ensemble."""

    members: str
    shares: str
    effects: str


def write_tables(members: Ensemble, sums: Sums, rank_sums: pd.DataFrame, output: Tables) -> None:
    """Write the members, the shares of their variance and the effect of one choice at a time."""
    class_yields = dict(zip(members.choices, sums.means(), strict=True))
    names = ["study area", *members.classes]

    def mean_npp(choices: Sequence[Choice]) -> np.ndarray:
        return ensemble.mean_npp(choices, class_yields, members.epsilon, sums.cells)

    table, shares = member_table(members, mean_npp(members.members), names, rank_correlation(rank_sums))
    singles = [members.run, *(choice for _, choice in members.single)]
    effects = effect_table(members.run, members.single, mean_npp(singles), names)
    logging.info("share of the variance of each choice [%%]:\n%s", shares.to_string(index=False))
    logging.info("effect of one choice at a time [%%]:\n%s", effects.to_string(index=False))
    table.to_csv(output.members, index=False)
    shares.to_csv(output.shares, index=False)
    effects.to_csv(output.effects, index=False)


def member_table(
    members: Ensemble, npp: np.ndarray, names: Sequence[str], correlation: np.ndarray
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Levels, mean NPP and rank correlation of each member; the shares of the variance."""
    table = pd.DataFrame([asdict(member) for member in members.members])
    columns = [f"npp {name}" for name in names]  # a class may have the name of a choice, such as water
    table[columns] = npp
    position = {choice: row for row, choice in enumerate(members.choices)}
    sets = members.levels["epsilon_max"]
    by_set = correlation.reshape(len(sets), members.yields_of_members)
    table["rank_correlation"] = [
        by_set[sets.index(member.epsilon_max), position[member.unscaled]] for member in members.members
    ]
    varied = [name for name, tried in members.levels.items() if len(tried) > 1]
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


def member_yields(members: Ensemble, cells: Cells, sums: Sums) -> Iterator[tuple[Block, np.ndarray]]:
    """Blocks with the yields of the members (K, n); those of all choices are added to the sums."""
    for block in cells.blocks():
        found = members.yields(block, cells.grid)
        sums.add(found, block.codes)
        yield block, found[: members.yields_of_members]
