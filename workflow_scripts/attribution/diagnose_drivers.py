"""Compute what the drivers share with each other and what each, alone and in pairs, explains of NPP."""

import logging
from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers.attribution.diagnostics import (
    explained_share,
    geographical_detector,
    strata,
    variance_inflation,
)
from nppdrivers.job import running


class Outputs(Protocol):
    """Files that the rule wants."""

    drivers: str
    pairs: str


def diagnose_drivers(*, points_path: str, output: Outputs, categories: Mapping[str, Sequence[str]]) -> None:
    """Write one row a driver (VIF, q alone, correlation with every other) and one row a pair of drivers."""
    points = pd.read_csv(points_path)
    category = {name: key for key, names in categories.items() for name in names}
    drivers, npp = points[list(category)], points["NPP"].to_numpy()
    table = variance_inflation(drivers).rename_axis("driver").reset_index()
    table.insert(1, "category", table["driver"].map(category))
    table.insert(2, "vif", table.pop("vif"))
    table.insert(3, "q", [explained_share(npp, strata(drivers[name].to_numpy())) for name in table["driver"]])
    table.to_csv(output.drivers, index=False)
    geographical_detector(drivers, npp).to_csv(output.pairs, index=False)
    high = table.loc[~(table["vif"] < 10) & np.isfinite(table["q"]), "driver"]
    logging.info("drivers that the others nearly predict (VIF of 10 or more): %s", ", ".join(high) or "none")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        diagnose_drivers(
            points_path=snakemake.input.points,
            output=snakemake.output,
            categories=snakemake.params.category_drivers,
        )
