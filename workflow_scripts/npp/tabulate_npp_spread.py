"""Tables of the ensemble of NPP from the sums of tiles."""

from typing import Protocol

import pandas as pd

from nppdrivers.job import running
from nppdrivers.npp import spread
from nppdrivers.npp.spread import Choices, Ensemble, Sums


class Inputs(spread.Inputs, Protocol):
    """Files of the rule: sums of all tiles."""

    sums: str
    rank_sums: str


def tabulate_npp_spread(*, inputs: Inputs, output: spread.Tables, choices: Choices) -> None:
    """Write the tables that a job of the whole grid writes with its maps."""
    sums = Sums.from_table(pd.read_csv(inputs.sums, index_col="choice"))
    rank_sums = pd.read_csv(inputs.rank_sums, index_col="member")
    spread.write_tables(Ensemble(inputs, choices), sums, rank_sums, output)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        tabulate_npp_spread(
            inputs=snakemake.input,
            output=snakemake.output,
            choices=Choices.of(snakemake.params.choices),
        )
