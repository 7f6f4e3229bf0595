"""Interpolate one climate variable of all months from the stations to the grid."""

import logging
from calendar import month_name
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.climate.surfaces import ClimateSurface, interpolate_monthly
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.period import months_of_year


class Inputs(Protocol):
    """Files that the rule reads; an empty list for what the run does not have."""

    grid: str
    elevation: str | list[str]
    weather: str


class Outputs(Protocol):
    """Surfaces of each year, their error, and the tables of the fit."""

    surfaces: list[str]
    error: str
    log_table: str
    residuals: str


def station_matrix(
    table: pd.DataFrame, variable: str, months: Sequence[str]
) -> tuple[pd.DataFrame, np.ndarray]:
    """Stations that reported the variable, and their values (months, stations) with NaN where missing."""
    own = table[table["variable"] == variable]
    if own.empty:
        raise ValueError(f"the weather table has no {variable}; take it out of climate.variables or add it")
    values = own.pivot(index="month", columns="station", values="value").reindex(months)
    stations = own.drop_duplicates("station").set_index("station").loc[values.columns].reset_index()
    stations = stations.rename(columns={"longitude": "lon", "latitude": "lat", "elevation_m": "elevation"})
    return stations[["station", "lon", "lat", "elevation"]], values.to_numpy()


def cell_points(grid: Grid, rows: slice, elevation_path: str | list[str]) -> np.ndarray:
    """Longitude, latitude and, where given, elevation [m] of the cells of these rows, as (N, 2 or 3)."""
    columns = [*grid.lonlat(rows)]
    if elevation_path:
        columns.append(rasters.read(str(elevation_path), grid, bands=1, rows=rows))
    return np.stack([column.ravel() for column in columns], axis=1)


def write_surfaces(
    surface: ClimateSurface, years: Sequence[int], grid: Grid, inputs: Inputs, output: Outputs
) -> None:
    """Write the months of each year and the errors of the calendar months, by blocks of rows."""
    tags = {"method": surface.method, "stations": len(surface.stations)}
    error_tags = {
        "method": "root mean square over the years",
        "error_correlation": surface.error_correlation,
    }
    with ExitStack() as opened:
        targets = [
            opened.enter_context(
                rasters.create(path, grid, surface.variable, bands=months_of_year(year), **tags)
            )
            for path, year in zip(output.surfaces, years, strict=True)
        ]
        error = opened.enter_context(
            rasters.create(output.error, grid, f"{surface.variable}_sd", bands=month_name[1:], **error_tags)
        )
        for rows in grid.row_blocks(100_000):
            points = cell_points(grid, rows, inputs.elevation)
            shape = (len(years), 12, -1, grid.width)
            for target, values in zip(targets, surface.predict(points).reshape(shape), strict=True):
                target.write(values, rows)
            squares = surface.standard_error(points).reshape(shape) ** 2
            error.write(np.sqrt(squares.mean(axis=0)), rows)


def interpolate_climate(*, variable: str, years: Sequence[int], inputs: Inputs, output: Outputs) -> None:
    """Write twelve monthly bands a year, the error of each calendar month, and the tables of the fit."""
    months = [month for year in years for month in months_of_year(year)]
    stations, values = station_matrix(pd.read_csv(inputs.weather), variable, months)
    if not inputs.elevation:
        stations["elevation"] = np.nan
    surface = interpolate_monthly(stations, values, variable, months=np.array(months))
    logging.info("%s: %s, %d stations", variable, surface.method, len(stations))
    surface.log.to_csv(output.log_table, index=False)
    surface.residuals.to_csv(output.residuals, index=False)
    write_surfaces(surface, years, Grid.load(inputs.grid), inputs, output)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        interpolate_climate(
            variable=snakemake.wildcards.variable,
            years=snakemake.params.years,
            inputs=snakemake.input,
            output=snakemake.output,
        )
