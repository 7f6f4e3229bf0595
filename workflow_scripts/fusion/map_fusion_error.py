"""Map the standard error of the fused NDVI of one span of intervals."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands, day_numbers
from nppdrivers.fusion.base_images import OWN_SIDE
from nppdrivers.fusion.error_model import ErrorModel, first_clear, gap_and_departure
from nppdrivers.fusion.interval_images import Interval, intervals_of_span
from nppdrivers.grid import Grid, tile_rows, within
from nppdrivers.images.composites import sensor_of, start_of
from nppdrivers.images.passage import Passage
from nppdrivers.job import running
from nppdrivers.vegetation_index import MAPPED

End = tuple[np.ndarray, np.ndarray]  # value of a clear image and the days to it


class Inputs(Protocol):
    """Files of the rule."""

    grid: str
    intervals: str
    model: str
    fine: list[str]
    fused: str
    source: str
    passage: str
    land_cover: str


def own_side(ends: Sequence[End], changed: np.ndarray, values: np.ndarray) -> list[End]:
    """Clear images before and after; of changed land that alone which its values are nearer to."""
    missing, apart = np.float32(np.nan), [np.abs(values - value) for value, _ in ends]
    kept = []
    for (value, days), own, other in zip(ends, apart, apart[::-1], strict=True):
        foreign = changed & (own > other)
        kept.append((np.where(foreign, missing, value), np.where(foreign, missing, days)))
    return kept


def errors_of_interval(
    interval: Interval,
    fine: DatedBands,
    fused: DatedBands,
    source: DatedBands,
    model: ErrorModel,
    grid: Grid,
    rows: slice,
) -> Iterator[np.ndarray]:
    """Standard error on each date of an interval, (rows, width)."""
    sides = [(fine.read(days, grid, rows), day_numbers(days)) for days in (interval.before, interval.after)]
    images = fused.read(interval.dates, grid, rows)
    codes = source.read(interval.dates, grid, rows)
    for day, values, code in zip(day_numbers(interval.dates), images, codes, strict=True):
        ends = own_side([first_clear(clear, days, day) for clear, days in sides], code == OWN_SIDE, values)
        error = model.standard_error(*gap_and_departure(*ends, values))
        yield np.where(np.isnan(values), np.float32(np.nan), error)


def with_passage(
    errors: Sequence[np.ndarray], starts: Sequence[date | None], passage: Passage, rows: slice
) -> list[np.ndarray]:
    """Errors with that of the bias of VIIRS; starts: of its composites, None for those of MODIS."""
    return [
        error if start is None else np.hypot(error, passage.standard_error(start, rows))
        for error, start in zip(errors, starts, strict=True)
    ]


def viirs_starts(days: Sequence[date], products: Sequence[str], change: str) -> list[date | None]:
    """First day of the composite of VIIRS that each day stands for, None where it is one of MODIS."""
    starts = map(start_of, days)
    return [start if sensor_of(start, products, change) == "VIIRS" else None for start in starts]


def map_fusion_error(
    *,
    span: str,
    inputs: Inputs,
    sd_path: str,
    tile: str = "1-of-1",
    products: Sequence[str] = (),
    change: str | None = None,
) -> None:
    """Write the standard error of each fused value, one band a date; change: as for `composite_starts`."""
    grid = Grid.load(inputs.grid)
    own = tile_rows(tile, grid.height)
    model = ErrorModel(**json.loads(Path(inputs.model).read_text()))
    fine = DatedBands(inputs.fine)
    fused, source = (DatedBands([path]) for path in (inputs.fused, inputs.source))
    intervals = intervals_of_span(inputs.intervals, span, fused.dates)
    names = [day.isoformat() for day in fused.dates]
    passage = Passage.load(inputs.passage, inputs.land_cover, grid) if change else None
    starts = viirs_starts(fused.dates, products, change) if change else []
    with rasters.create(
        sd_path, grid.part(own), f"{MAPPED.name}_sd", bands=names, method="leave-one-out"
    ) as target:
        for rows in grid.row_blocks(rows=own):
            series = fine, fused, source
            parts = (errors_of_interval(interval, *series, model, grid, rows) for interval in intervals)
            errors = list(chain.from_iterable(parts))
            if passage:
                errors = with_passage(errors, starts, passage, rows)
            target.write(np.stack(errors), within(rows, own))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_fusion_error(
            span=snakemake.wildcards.span,
            inputs=snakemake.input,
            sd_path=snakemake.output.sd,
            tile=snakemake.params.tile,
            products=snakemake.params.products,
            change=snakemake.params.change,
        )
