"""Interpolate one climate variable of all months from the stations to the grid."""

import logging
from calendar import month_name

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.climate.surfaces import interpolate_monthly
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.period import months_of_year


def station_matrix(table, variable, months):
    """Stations that reported the variable, and their values (months, stations) with NaN where missing."""
    of_variable = table[table["variable"] == variable]
    if of_variable.empty:
        raise ValueError(f"the weather table holds no {variable}; take it out of climate.variables or add it")
    values = of_variable.pivot(index="month", columns="station", values="value").reindex(months)
    stations = of_variable.drop_duplicates("station").set_index("station").loc[values.columns].reset_index()
    stations = stations.rename(columns={"longitude": "lon", "latitude": "lat", "elevation_m": "elevation"})
    return stations[["station", "lon", "lat", "elevation"]], values.to_numpy()


def points_of(grid, rows, elevation):
    """Longitude, latitude and, where given, elevation [m] of the cells of these rows, as (N, 2 or 3)."""
    columns = [*grid.lonlat(rows)] + ([] if elevation is None else [elevation[rows]])
    return np.stack([column.ravel() for column in columns], axis=1)


def interpolate_climate(
    *, variable, years, grid_path, elevation_path, weather, surfaces, error, log, residuals
):
    """Write twelve monthly bands a year, the error of each calendar month, and the tables of the fit."""
    grid = Grid.load(grid_path)
    elevation = rasters.read(elevation_path, grid, bands=1) if elevation_path else None
    months = [month for year in years for month in months_of_year(year)]
    stations, values = station_matrix(pd.read_csv(weather), variable, months)
    if elevation is None:
        stations["elevation"] = np.nan
    surface = interpolate_monthly(stations, values, variable, months=np.array(months))
    logging.info("%s: %s, %d stations", variable, surface.method, len(stations))
    surface.log.to_csv(log, index=False)
    surface.residuals.to_csv(residuals, index=False)
    fields = np.empty((len(months), *grid.shape), "float32")
    errors = np.empty((12, *grid.shape), "float32")
    for rows in grid.row_blocks(100_000):
        points = points_of(grid, rows, elevation)
        fields[:, rows] = surface.predict(points).reshape(len(months), -1, grid.width)
        squares = surface.standard_error(points).reshape(len(years), 12, -1, grid.width) ** 2
        errors[:, rows] = np.sqrt(squares.mean(axis=0))
    for path, year, of_year in zip(surfaces, years, fields.reshape(-1, 12, *grid.shape), strict=True):
        stated = {"method": surface.method, "stations": len(stations)}
        rasters.write(path, of_year, grid, variable, bands=months_of_year(year), **stated)
    stated = {"method": "root mean square over the years", "error_correlation": surface.error_correlation}
    rasters.write(error, errors, grid, f"{variable}_sd", bands=list(month_name[1:]), **stated)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        interpolate_climate(
            variable=snakemake.wildcards.variable,
            years=snakemake.params.years,
            grid_path=snakemake.input.grid,
            elevation_path=snakemake.input.elevation,
            weather=snakemake.input.weather,
            surfaces=snakemake.output.surfaces,
            error=snakemake.output.error,
            log=snakemake.output.log_table,
            residuals=snakemake.output.residuals,
        )
