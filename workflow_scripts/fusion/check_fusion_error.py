"""Check the standard error of the fused NDVI against the truth of the virtual basin."""

from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands
from nppdrivers.fusion.error_model import coverage
from nppdrivers.grid import Grid
from nppdrivers.job import running

EACH = 7  # every seventh cell is enough
MOST_VALUES = 5_000_000  # of cells and dates in memory: of a large area fewer cells are taken
CLASSES = 5


class Inputs(Protocol):
    """Files of the rule."""

    grid: str
    study_area: str
    truth: str
    fused: list[str]
    errors: list[str]


def row(name: str, part: pd.DataFrame) -> dict[str, str | float]:
    """Error, standard error and coverage of a part of the cells."""
    return {
        "cells": name,
        "n": len(part),
        "rmse": np.sqrt(np.mean(part["error"] ** 2)),
        "standard_error": np.sqrt(np.mean(part["band"] ** 2)),
        "within_1_se_percent": 100 * coverage(part["error"], part["band"], 1.0),
        "within_1.96_se_percent": 100 * coverage(part["error"], part["band"], 1.96),
    }


def check_fusion_error(*, inputs: Inputs, table_path: str) -> None:
    """Write coverage over all dates and cells, by season, and by size of the standard error."""
    grid = Grid.load(inputs.grid)
    fused, band = DatedBands(inputs.fused), DatedBands(inputs.errors)
    truth = DatedBands(sorted(Path(inputs.truth, "ndvi").glob("*.tif")))
    days = sorted(set(fused.dates) & set(truth.dates))
    inside = np.flatnonzero(rasters.read_mask(inputs.study_area, grid))
    inside = inside[:: max(EACH, inside.size * len(days) // MOST_VALUES)].copy()
    parts = []
    for day in days:
        values, errors, true = (s.read([day], grid)[0].ravel()[inside] for s in (fused, band, truth))
        parts.append(pd.DataFrame({"month": day.month, "error": values - true, "band": errors}))
    cells = pd.concat(parts).dropna()
    rows = [row("all", cells)]
    seasons = {"December to February": 0, "March to May": 1, "June to August": 2, "September to November": 3}
    rows += [row(name, cells[cells["month"] % 12 // 3 == number]) for name, number in seasons.items()]
    rank = pd.qcut(cells["band"].rank(method="first"), CLASSES, labels=False)
    rows += [row(f"standard error, fifth {k + 1}", cells[rank == k]) for k in range(CLASSES)]
    pd.DataFrame(rows).to_csv(table_path, index=False, float_format="%.4f")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        check_fusion_error(inputs=snakemake.input, table_path=snakemake.output.table)
