"""Collect the scores of the forests."""

from collections.abc import Sequence

import pandas as pd

from nppdrivers.job import running


def collect_scores(*, paths: Sequence[str], omitted: Sequence[str], table_path: str) -> None:
    """Write the rows of all tables under one another, with what each leaves out in front."""
    tables = [pd.read_csv(path) for path in paths]
    for table, label in zip(tables, omitted, strict=True):
        table.insert(0, "left_out", label)
    pd.concat(tables).to_csv(table_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        collect_scores(
            paths=snakemake.input.scores,
            omitted=snakemake.params.omitted,
            table_path=snakemake.output.scores,
        )
