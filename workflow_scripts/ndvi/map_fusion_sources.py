"""Map which base images made the fused NDVI: the most frequent source of each year, and the share of each."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import NamedTuple

import numpy as np

from nppdrivers import rasters
from nppdrivers.dated_bands import BLOCK_CELLS, DatedBands
from nppdrivers.fusion.base_images import MISSING, SOURCES
from nppdrivers.grid import Grid
from nppdrivers.job import running

CODES = [code for code in SOURCES if code != MISSING]


class Output(NamedTuple):
    """Rasters that are written: the most frequent source by year, and the share of the dates by source."""

    years: Mapping[int, str]
    shares: str


def counted(sources: np.ndarray) -> np.ndarray:
    """Number of dates that each source made, (sources, rows, width), of codes (dates, rows, width)."""
    return np.stack([(sources == code).sum(axis=0) for code in CODES])


def most_frequent(numbers: np.ndarray) -> np.ndarray:
    """Code of the source with most dates, the better one of two with as many; 0 where there is none."""
    codes = np.array(CODES, np.uint8)[numbers.argmax(axis=0)]
    return np.where(numbers.any(axis=0), codes, np.uint8(MISSING))


def map_fusion_sources(*, sources: Sequence[str], study_area: str, grid_path: str, output: Output) -> None:
    """Write the rasters, by blocks of rows, of the study area alone; shares are in % of all dates."""
    grid, series = Grid.load(grid_path), DatedBands(sources)
    dates_of = {year: [day for day in series.dates if day.year == year] for year in output.years}
    with ExitStack() as opened:
        names = [SOURCES[code] for code in CODES]
        shares = opened.enter_context(rasters.create(output.shares, grid, "source_share", bands=names))
        years = {
            year: opened.enter_context(
                rasters.create(path, grid, "fusion_source", bands=[str(year)], legend=SOURCES)
            )
            for year, path in output.years.items()
        }
        for rows in grid.row_blocks(BLOCK_CELLS):
            inside = rasters.read_mask(study_area, grid, rows)
            numbers = {year: counted(series.read(days, grid, rows)) for year, days in dates_of.items()}
            for year, raster in years.items():
                raster.write(np.where(inside, most_frequent(numbers[year]), np.uint8(MISSING))[None], rows)
            percent = 100 * sum(numbers.values()) / max(sum(map(len, dates_of.values())), 1)
            shares.write(np.where(inside, percent, np.nan).astype(np.float32), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        map_fusion_sources(
            sources=snakemake.input.sources,
            study_area=snakemake.input.study_area,
            grid_path=snakemake.input.grid,
            output=Output(
                dict(zip(snakemake.params.years, snakemake.output.years, strict=True)),
                snakemake.output.shares,
            ),
        )
