"""Collect the scores of the forests."""

import pandas as pd

from nppdrivers.job import running


def collect(paths, names, column, collected_path):
    """Write the rows of all tables under one another, with the name each table belongs to in front."""
    tables = [pd.read_csv(path) for path in paths]
    for table, name in zip(tables, names, strict=True):
        table.insert(0, column, name)
    pd.concat(tables).to_csv(collected_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        collect(snakemake.input.scores, snakemake.params.omitted, "left_out", snakemake.output.scores)
