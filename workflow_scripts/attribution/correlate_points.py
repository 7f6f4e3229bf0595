"""Correlate NPP with each driver at the points."""

from collections.abc import Sequence

import pandas as pd

from nppdrivers.correlation.significance import pearson_table
from nppdrivers.job import running


def correlate_points(*, points_path: str, drivers: Sequence[str], table_path: str) -> None:
    """Write r, its naive p, the effective sample size and its p, one row a driver."""
    points = pd.read_csv(points_path)
    table = pearson_table(points[["x", "y"]].to_numpy(), points[list(drivers)], points["NPP"].to_numpy())
    table.to_csv(table_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        correlate_points(
            points_path=snakemake.input.points,
            drivers=snakemake.params.drivers,
            table_path=snakemake.output.pearson,
        )
