"""Map the trend of an annual series: slope with its interval, p-value, class by a false discovery rate."""

import logging
from collections.abc import Sequence
from typing import Protocol

import numpy as np

from nppdrivers import rasters
from nppdrivers.change.trends import (
    SERIAL_YEARS,
    TREND_LEGEND,
    fit,
    growing_months,
    read_years,
    trend_classes,
)
from nppdrivers.grid import Grid
from nppdrivers.job import running

BLOCK_CELLS = 100_000  # of the grid, with all years at a time


class Inputs(Protocol):
    """Files of the years in their order; temperature where only its growing season counts, else empty."""

    grid: str
    study_area: str
    values: list[str]
    temperature: list[str]


class Outputs(Protocol):
    """Maps."""

    slope: str
    p: str
    classes: str


def season_of(inputs: Inputs, grid: Grid, least_degc: float) -> list[int]:
    """Bands to average: the months of the growing season, or the one band of an annual raster."""
    if not inputs.temperature:
        return [1]
    months = [rasters.band_means(path, inputs.study_area, grid) for path in inputs.temperature]
    return growing_months(np.mean(months, axis=0), least_degc)


def fit_trend(
    *,
    inputs: Inputs,
    output: Outputs,
    years: Sequence[int],
    product: str,
    rate: float,
    season_degc: float,
) -> None:
    """Write the three maps."""
    grid = Grid.load(inputs.grid)
    bands = season_of(inputs, grid, season_degc)
    slope, p = np.full(grid.size, np.nan), np.full(grid.size, np.nan)
    about: dict[str, object] = {
        "method": "Theil-Sen, Mann-Kendall",
        "years": f"{years[0]} to {years[-1]}",
        "serial_correlation": "first order, by Hamed and Rao"
        if len(years) >= SERIAL_YEARS
        else "not corrected: too few years",
    }
    if inputs.temperature:
        about["months"] = ", ".join(map(str, bands))
    names = ["slope", "2.5 % bound", "97.5 % bound"]
    with rasters.create(output.slope, grid, product, bands=names, **about) as target:
        for rows in grid.row_blocks(BLOCK_CELLS):
            values = read_years(inputs.values, grid, rows, bands)
            values[:, ~rasters.read_mask(inputs.study_area, grid, rows).ravel()] = np.nan
            found = fit(values, np.array(years))
            target.write(np.stack([found.slope, found.low, found.high]), rows)
            cells = slice(rows.start * grid.width, rows.stop * grid.width)
            slope[cells], p[cells] = found.slope, found.p
    codes = trend_classes(slope, p, rate)
    logging.info("cells by class: %s", dict(zip(*np.unique(codes, return_counts=True), strict=True)))
    rasters.write(output.p, p, grid, "trend_p", **about)
    about["false_discovery_rate"] = rate
    rasters.write(output.classes, codes, grid, "trend_class", legend=TREND_LEGEND, **about)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        fit_trend(
            inputs=snakemake.input,
            output=snakemake.output,
            years=snakemake.params.years,
            product=f"{snakemake.wildcards.series}_slope",
            rate=snakemake.params.rate,
            season_degc=snakemake.params.season_degc,
        )
