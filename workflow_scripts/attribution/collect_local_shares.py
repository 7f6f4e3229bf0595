"""Collect the area shares of the local correlations: with what chance gives, and by window."""

from collections.abc import Sequence
from typing import Protocol

import pandas as pd

from nppdrivers.job import running

CHANCE = ["chance_mean", "chance_low", "chance_high", "p"]


class Inputs(Protocol):
    """Files that the rule gives: tables in the order of the drivers."""

    shares: Sequence[str]
    windows: Sequence[str]
    chance: Sequence[str]


class Outputs(Protocol):
    """Files that the rule wants."""

    shares: str
    windows: str


def collect_local_shares(*, inputs: Inputs, output: Outputs, drivers: Sequence[str]) -> None:
    """Write the shares of all drivers, joined with those by chance, and the shares by window."""
    shares, windows = [], []
    for name, *paths in zip(drivers, inputs.shares, inputs.chance, inputs.windows, strict=True):
        share, chance, by_window = (pd.read_csv(path) for path in paths)
        shares.append(share.merge(chance[["name", *CHANCE]], on="name", how="left").assign(driver=name))
        windows.append(by_window.assign(driver=name))
    for tables, path in ((shares, output.shares), (windows, output.windows)):
        table = pd.concat(tables)
        table.insert(0, "driver", table.pop("driver"))
        table.to_csv(path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        collect_local_shares(
            inputs=snakemake.input, output=snakemake.output, drivers=snakemake.params.drivers
        )
