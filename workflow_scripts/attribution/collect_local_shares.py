"""Collect the area shares of the local correlations: with what chance gives, and by window."""

import pandas as pd

from nppdrivers.job import running

CHANCE = ["chance_mean", "chance_low", "chance_high", "p"]


def collect_local_shares(*, inputs, output, drivers):
    """Write the shares of all drivers with those by chance beside them, and the shares by window."""
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
