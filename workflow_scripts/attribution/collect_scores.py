"""Collect the scores of the forests."""

import pandas as pd

from nppdrivers.job import running


def collect_scores(*, paths, omitted, table_path):
    """Write the rows of all tables under one another, with what each leaves out in front."""
    tables = [pd.read_csv(path) for path in paths]
    for table, name in zip(tables, omitted, strict=True):
        table.insert(0, "left_out", name)
    pd.concat(tables).to_csv(table_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        collect_scores(
            paths=snakemake.input.scores,
            omitted=snakemake.params.omitted,
            table_path=snakemake.output.scores,
        )
