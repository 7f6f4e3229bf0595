"""Map the standard error of the fused NDVI of one interval."""

import json
from pathlib import Path
from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands, day_numbers
from nppdrivers.fusion.error_model import ErrorModel, gap_and_departure, nearest_clear
from nppdrivers.fusion.interval_images import base_days
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.vegetation_index import MAPPED


class Inputs(Protocol):
    """Files of the rule."""

    grid: str
    intervals: str
    model: str
    fine: list[str]
    fused: str


def map_fusion_error(*, interval: str, inputs: Inputs, sd_path: str) -> None:
    """Write the standard error of each fused value, one band a date."""
    grid = Grid.load(inputs.grid)
    model = ErrorModel(**json.loads(Path(inputs.model).read_text()))
    sides = base_days(inputs.intervals, interval)
    fine, fused = DatedBands(inputs.fine), DatedBands([inputs.fused])
    names = [day.isoformat() for day in fused.dates]
    with rasters.create(sd_path, grid, f"{MAPPED.name}_sd", bands=names, method="leave-one-out") as target:
        for rows in grid.row_blocks():
            images = [fine.read(days, grid, rows) for days in sides]
            bands = []
            for day, values in zip(
                day_numbers(fused.dates), fused.read(fused.dates, grid, rows), strict=True
            ):
                ends = [nearest_clear(i, day_numbers(d), day) for i, d in zip(images, sides, strict=True)]
                error = model.standard_error(*gap_and_departure(*ends, values))
                bands.append(np.where(np.isnan(values), np.float32(np.nan), error))
            target.write(np.stack(bands), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_fusion_error(
            interval=snakemake.wildcards.interval, inputs=snakemake.input, sd_path=snakemake.output.sd
        )
