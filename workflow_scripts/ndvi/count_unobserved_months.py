"""Count the months of NDVI that rest on no observation, neither a clear fine image nor a usable composite."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.ndvi.monthly import months_with_values
from nppdrivers.period import Period

BLOCK = 250_000  # cells in memory at a time, with the composites of all years


class Inputs(Protocol):
    """Inputs of the rule; observations and coarse: a raster a year."""

    grid: str
    study_area: str
    observations: list[str]
    coarse: list[str]


class Seen(NamedTuple):
    """Months (M, rows, width) bool with a clear fine image, and with a usable composite."""

    fine: np.ndarray
    coarse: np.ndarray


def fine_months(paths: Sequence[str], months: Sequence[str], grid: Grid, rows: slice) -> np.ndarray:
    """Months with a clear fine image, (M, rows, width) bool."""
    bands = {
        name: (path, band) for path in paths for band, name in enumerate(rasters.band_names(path), start=1)
    }
    found = [bands[month] for month in months]
    return np.stack([rasters.read(path, grid, bands=band, rows=rows) > 0 for path, band in found])


def seen_by_block(inputs: Inputs, months: Sequence[str], grid: Grid) -> Iterator[tuple[slice, Seen]]:
    """Months with observations, by blocks of rows."""
    series = DatedBands(inputs.coarse)
    for rows in grid.row_blocks(BLOCK):
        usable = np.isfinite(series.read(series.dates, grid, rows))
        coarse = months_with_values(usable, series.dates, months)
        yield rows, Seen(fine_months(inputs.observations, months, grid, rows), coarse)


def count_unobserved_months(*, inputs: Inputs, raster_path: str, table_path: str, period: Period) -> None:
    """Write the years without observation by calendar month, and the shares of the study area by month."""
    grid, months = Grid.load(inputs.grid), period.months
    calendar = np.array([int(month[5:]) - 1 for month in months])
    counts = np.zeros((len(months), 3))
    area = 0
    names = [f"{number:02d}" for number in range(1, 13)]
    with rasters.create(raster_path, grid, "ndvi_unobserved", bands=names, months=len(months)) as target:
        for rows, seen in seen_by_block(inputs, months, grid):
            inside = rasters.read_mask(inputs.study_area, grid, rows)
            none = ~(seen.fine | seen.coarse)
            years = np.zeros((12, *inside.shape), "float32")
            np.add.at(years, calendar, none)
            target.write(np.where(inside, years, np.float32(np.nan)), rows)
            counts += np.stack([which[:, inside].sum(axis=1) for which in (*seen, none)], axis=1)
            area += int(inside.sum())
    columns = ["fine_percent", "coarse_percent", "unobserved_percent"]
    table = pd.DataFrame(100 * counts / max(area, 1), index=pd.Index(months, name="month"), columns=columns)
    Path(table_path).parent.mkdir(parents=True, exist_ok=True)
    table.to_csv(table_path, float_format="%.3f")
    bare = table.index[table["unobserved_percent"] > 50].tolist()
    if bare:
        logging.warning("most of the study area has no observation in %s", ", ".join(bare))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        count_unobserved_months(
            inputs=snakemake.input,
            raster_path=snakemake.output.unobserved,
            table_path=snakemake.output.table,
            period=Period(**snakemake.params.period),
        )
