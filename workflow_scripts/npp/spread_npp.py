"""Spread of mean annual NPP among the published choices of CASA: maps, members, one choice at a time."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.dated_bands import PutAway
from nppdrivers.grid import Grid, tile_rows, within
from nppdrivers.job import running
from nppdrivers.npp import ensemble, spread
from nppdrivers.npp.cells import Block, Cells
from nppdrivers.npp.ranks import RankAgreement
from nppdrivers.npp.spread import Choices, Ensemble, Sample, Sums


class Inputs(spread.Inputs, Protocol):
    """Files of the rule; the sample where the grid is cut into tiles."""

    sample: str


class Outputs(spread.Tables, Protocol):
    """Maps and tables of the ensemble; of a tile sums, in place of tables."""

    mean: str
    sd: str
    rank: str
    sums: str
    rank_sums: str


class Maps:
    """Maps of the mean, the standard deviation and the spread of rank over the members, made by blocks."""

    def __init__(self, members: Ensemble, sample: Sample, cells: Cells, npp: np.ndarray) -> None:
        self._cells, self._npp, self._sample = cells, npp, sample
        self._epsilon = members.epsilon_by_code
        self._factors = [1 + percent / 100 for percent in members.levels["radiation_percent"]]
        self.ranks: RankAgreement = sample.ranks(self._epsilon)
        number = members.yields_of_members * len(self._epsilon) * len(self._factors)
        self._tags = {"method": "ensemble of CASA", "members": str(number)}

    def write(self, output: Outputs, yields: Iterable[tuple[Block, np.ndarray]]) -> None:
        """Write them from the yields of the members by block."""
        grid, rows = self._cells.grid, self._cells.rows
        names = {output.mean: "npp", output.sd: "npp_sd", output.rank: "rank_spread"}
        with ExitStack() as opened:
            targets = [
                opened.enter_context(
                    rasters.create(path, grid.part(rows), name, bands=[name], legend=None, **self._tags)
                )
                for path, name in names.items()
            ]
            for block, member_yields in yields:
                for target, values in zip(targets, self._of_block(block, member_yields), strict=True):
                    target.write(block.to_rows(values), within(block.rows, rows))

    def _of_block(self, block: Block, yields: np.ndarray) -> Sequence[np.ndarray]:
        """Mean, standard deviation and spread of rank at the cells of a block."""
        epsilon, npp = self._epsilon[:, block.codes], self._npp[block.positions]
        sampled = self._sample.places(block, self._cells.rows)
        mean, sd = ensemble.mean_and_sd(yields, epsilon, self._factors)
        return mean, sd, self.ranks.add(yields, epsilon, npp, sampled)


def put_away(
    stored: PutAway, yields: Iterable[tuple[Block, np.ndarray]], cells: Cells, npp: np.ndarray
) -> Sample:
    """Store the yields of all cells, block by block; those among which all are ranked."""
    step, taken = spread.step_of(cells.number), []
    for block, member_yields in yields:
        stored.add(member_yields)
        # a copy: a view would keep the whole block
        taken.append(member_yields[:, spread.every_nth(block.positions.start, step)].copy())
    above = np.zeros(cells.grid.height, np.int64)  # all cells are one part, which begins at the first
    return Sample(np.concatenate(taken, axis=1), cells.codes[::step], npp[::step], step, above)


def stored_yields(stored: PutAway, cells: Cells) -> Iterator[tuple[Block, np.ndarray]]:
    """Blocks and what was put away of them."""
    return zip(cells.blocks(), stored, strict=True)


def spread_npp(*, inputs: Inputs, output: Outputs, choices: Choices, tile: str = "1-of-1") -> None:
    """Write the maps of the ensemble, its members, the shares of its variance, and one choice at a time.

    Of a tile: its part of the maps, and sums for the tables.
    """
    grid = Grid.load(inputs.grid)
    members = Ensemble(inputs, choices)
    cells, npp = spread.cells_of(inputs, grid, tile_rows(tile, grid.height))
    sums = Sums(len(members.classes), len(members.choices))
    yields = spread.member_yields(members, cells, sums)
    if inputs.sample:
        maps = Maps(members, Sample.load(inputs.sample), cells, npp)
        maps.write(output, yields)
        sums.table().to_csv(output.sums)
        maps.ranks.sums().to_csv(output.rank_sums)
        return
    with PutAway(Path(output.mean)) as stored:
        maps = Maps(members, put_away(stored, yields, cells, npp), cells, npp)
        maps.write(output, stored_yields(stored, cells))
    spread.write_tables(members, sums, maps.ranks.sums(), output)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        spread_npp(
            inputs=snakemake.input,
            output=snakemake.output,
            choices=Choices.of(snakemake.params.choices),
            tile=snakemake.params.tile,
        )
