"""Simulate monthly and annual NPP of one year by CASA, and the terms it is made of on request."""

from collections.abc import Collection, Mapping
from contextlib import ExitStack
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.casa import Options, Result, simulate
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.npp.classes import by_pixel
from nppdrivers.period import Period

CONSTANTS = ("ndvi_min", "ndvi_max", "epsilon_max", "optimum_temperature")


class Inputs(Protocol):
    """Files of one year that the rule reads."""

    grid: str
    study_area: str
    land_cover: str
    parameters: str
    ndvi: str
    temperature: str
    precipitation: str
    radiation: str


def simulate_block(
    inputs: Inputs,
    grid: Grid,
    rows: slice,
    parameters: pd.DataFrame,
    options: Options,
    terms: Collection[str],
) -> tuple[Result, np.ndarray]:
    """CASA's year of a block of rows, and where something grows."""
    classes = rasters.read(inputs.land_cover, grid, bands=1, rows=rows)
    classes = classes * rasters.read(inputs.study_area, grid, bands=1, rows=rows)
    constants = {name: by_pixel(parameters, name, classes) for name in CONSTANTS}
    year = simulate(
        rasters.read(inputs.ndvi, grid, rows=rows),
        *(
            rasters.read(path, grid, rows=rows)
            for path in (inputs.temperature, inputs.precipitation, inputs.radiation)
        ),
        **constants,
        options=options,
        tree=by_pixel(parameters, "tree", classes) == 1,
        terms=terms,
    )
    return year, ~np.isnan(constants["epsilon_max"])


def simulate_npp(
    *,
    inputs: Inputs,
    monthly_path: str,
    annual_path: str,
    term_paths: Mapping[str, str],
    period: Period,
    options: Options,
) -> None:
    """Write twelve bands of monthly NPP and of each term, and the sum of the months in the period."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    months = rasters.band_names(inputs.ndvi)
    inside = np.array([month in period for month in months])
    tags = {"method": "CASA", "months": int(inside.sum()), **vars(options)}
    with ExitStack() as opened:
        monthly = opened.enter_context(rasters.create(monthly_path, grid, "npp_month", bands=months, **tags))
        annual = opened.enter_context(
            rasters.create(annual_path, grid, "npp_year", bands=[months[0][:4]], **tags)
        )
        terms = {
            name: opened.enter_context(rasters.create(path, grid, name, bands=months, **tags))
            for name, path in term_paths.items()
        }
        for rows in grid.row_blocks(200_000):
            year, grows = simulate_block(inputs, grid, rows, parameters, options, {"npp", *terms})
            monthly.write(year.npp, rows)
            annual.write(year.npp[inside].sum(axis=0), rows)
            for name, target in terms.items():
                target.write(np.where(grows, getattr(year, name), np.nan), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        simulate_npp(
            inputs=snakemake.input,
            monthly_path=snakemake.output.monthly,
            annual_path=snakemake.output.annual,
            term_paths=dict(zip(snakemake.params.terms, snakemake.output.terms, strict=True)),
            period=Period(**snakemake.params.period),
            options=Options(**snakemake.params.options),
        )
