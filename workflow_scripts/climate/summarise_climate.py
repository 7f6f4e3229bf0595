"""Summarise the climate: a table of the variables, one of the mean annual drivers, the largest residuals."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.climate.diagnostics import elevation_correlation, summary, varies_less_than_error
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.quantities import quantity

LARGEST = 5  # residuals named of each variable


class Inputs(Protocol):
    """Files that the rule reads; an empty list for what the run does not have."""

    grid: str
    study_area: str
    elevation: str | list[str]
    stations: str | list[str]
    surfaces: list[str]
    logs: list[str]
    residuals: list[str]
    errors: list[str]
    drivers: list[str]
    driver_errors: list[str]


class Outputs(Protocol):
    """Tables of the summary."""

    variables: str
    drivers: str
    residuals: str


class Fit(NamedTuple):
    """Files of one variable that was interpolated from stations."""

    log: str
    residuals: str
    error: str


class StudyArea(NamedTuple):
    """Raster and cells (H, W) of the study area, and their elevation [m], NaN where unknown."""

    grid: Grid
    mask_path: str
    inside: np.ndarray
    elevation: np.ndarray

    @classmethod
    def read(cls, inputs: Inputs) -> "StudyArea":
        """Study area of a run."""
        grid = Grid.load(inputs.grid)
        inside = rasters.read_mask(inputs.study_area, grid)
        elevation = np.full(inside.sum(), np.nan)
        if inputs.elevation:
            elevation = rasters.read(str(inputs.elevation), grid, bands=1)[inside]
        return cls(grid, inputs.study_area, inside, elevation)


def mean_surface(paths: Sequence[str], area: StudyArea) -> np.ndarray:
    """Mean of all months of all files at the cells of the study area (n,), by blocks of rows."""
    parts = []
    for rows in area.grid.row_blocks():
        years = (rasters.read(path, area.grid, rows=rows)[:, area.inside[rows]] for path in paths)
        parts.append(sum(year.sum(axis=0, dtype=float) for year in years))
    return np.concatenate(parts) / (12 * len(paths))


def describe_variable(
    name: str, surfaces: Sequence[str], fit: Fit | None, area: StudyArea
) -> dict[str, object]:
    """Row of one variable: method, fit where it comes from stations, correlation with elevation."""
    tags = rasters.tags(surfaces[0])
    row: dict[str, object] = {"variable": name, "unit": quantity(name).unit, "method": tags["method"]}
    if fit:
        row |= summary(pd.read_csv(fit.log), pd.read_csv(fit.residuals))
        row["mean_standard_error"] = np.nanmean(rasters.band_means(fit.error, area.mask_path, area.grid))
        row["error_correlation"] = float(rasters.tags(fit.error)["error_correlation"])
    mean = mean_surface(surfaces, area)
    row["r_with_elevation"] = elevation_correlation(mean, area.elevation)
    return row | {"remark": tags.get("flag", "")}


def describe_driver(name: str, mean: str, error: str | None, area: StudyArea) -> dict[str, object]:
    """Row of one mean annual driver: values in the study area, error, correlation with elevation."""
    values = rasters.read(mean, area.grid, bands=1)[area.inside]
    row: dict[str, object] = {"driver": name, "unit": quantity(name).unit}
    row |= {"mean": np.nanmean(values), "minimum": np.nanmin(values), "maximum": np.nanmax(values)}
    row["standard_deviation"] = np.nanstd(values)
    standard_error = np.nan
    if error:
        standard_error = float(np.nanmean(rasters.read(error, area.grid, bands=1)[area.inside]))
    row |= {"mean_standard_error": standard_error}
    row |= {"varies_less_than_error": varies_less_than_error(values, standard_error)}
    return row | {"r_with_elevation": elevation_correlation(values, area.elevation)}


def largest_residuals(fits: Mapping[str, Fit], names: Mapping[str, str]) -> pd.DataFrame:
    """First rows of the ranked residuals of each variable, with the names of the stations."""
    parts = [
        pd.read_csv(fit.residuals).head(LARGEST).assign(variable=variable, unit=quantity(variable).unit)
        for variable, fit in fits.items()
    ]
    if not parts:
        return pd.DataFrame(columns=["variable", "station"])
    table = pd.concat(parts)
    table.insert(0, "name", table["station"].map(names))
    return table[["variable", "unit", "month", "station", "name", "observed", "predicted", "residual", "z"]]


def summarise_climate(
    *,
    inputs: Inputs,
    output: Outputs,
    variables: Sequence[str],
    station_variables: Sequence[str],
    drivers: Sequence[str],
    drivers_with_error: Sequence[str],
) -> None:
    """Write the three tables; statistics of surfaces are those of the study area."""
    area = StudyArea.read(inputs)
    surfaces = np.reshape(inputs.surfaces, (len(variables), -1))
    files = zip(inputs.logs, inputs.residuals, inputs.errors, strict=True)
    fits = {name: Fit(*paths) for name, paths in zip(station_variables, files, strict=True)}
    rows = [
        describe_variable(name, paths.tolist(), fits.get(name), area)
        for name, paths in zip(variables, surfaces, strict=True)
    ]
    pd.DataFrame(rows).to_csv(output.variables, index=False)
    errors = dict(zip(drivers_with_error, inputs.driver_errors, strict=True))
    rows = [
        describe_driver(name, path, errors.get(name), area)
        for name, path in zip(drivers, inputs.drivers, strict=True)
    ]
    pd.DataFrame(rows).to_csv(output.drivers, index=False)
    names = {}
    if inputs.stations:
        names = pd.read_csv(str(inputs.stations), dtype=str).set_index("station")["name"].to_dict()
    largest_residuals(fits, names).to_csv(output.residuals, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        summarise_climate(
            inputs=snakemake.input,
            output=snakemake.output,
            variables=snakemake.params.variables,
            station_variables=snakemake.params.station_variables,
            drivers=snakemake.params.drivers,
            drivers_with_error=snakemake.params.drivers_with_error,
        )
