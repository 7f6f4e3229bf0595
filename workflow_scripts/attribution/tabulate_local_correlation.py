"""Tabulate the shares of the classes of local correlation that tiles were counted in, and those by chance."""

from typing import Protocol

import pandas as pd

from nppdrivers.attribution import local_shares
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(local_shares.Inputs, Protocol):
    """Files that the rule gives."""

    grid: str
    counted: str


def tabulate_local_correlation(
    *, inputs: Inputs, output: local_shares.Outputs, settings: local_shares.Settings
) -> None:
    """Write the tables that a job of the whole grid writes with its maps."""
    counted = pd.read_csv(inputs.counted, index_col="window")
    local_shares.write_shares(counted, inputs, output, Grid.load(inputs.grid), settings)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        tabulate_local_correlation(
            inputs=snakemake.input,
            output=snakemake.output,
            settings=local_shares.Settings(**snakemake.params.local),
        )
