"""Estimate the standard error of a mean annual climate driver from those of its monthly variables."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.climate.standard_error import (
    STEPS,
    evapotranspiration_sensitivity,
    mean_annual_variance,
    radiation_sensitivity,
)
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(Protocol):
    """Files that the rule reads; an empty list for what the driver does not need."""

    grid: str
    elevation: str | list[str]
    errors: list[str]
    angstrom: str | list[str]
    monthly: list[str]


def calendar_months(years: Sequence[int]) -> np.ndarray:
    """The months of the first year, whose lengths and radiation stand for those of all years."""
    return np.arange(f"{years[0]}-01", f"{years[0] + 1}-01", dtype="datetime64[M]")


def mean_climate(paths: Sequence[str], years: int, grid: Grid, rows: slice) -> dict[str, np.ndarray]:
    """Mean calendar months (12, rows, width) of the variables of STEPS, from a file a variable and year."""
    means = {}
    for name, first in zip(STEPS, range(0, len(paths), years), strict=True):
        own = [rasters.read(path, grid, rows=rows) for path in paths[first : first + years]]
        means[name] = np.mean(own, axis=0, dtype=float)
    return means


def driver_changes(
    driver: str, variables: Sequence[str], inputs: Inputs, years: Sequence[int], grid: Grid, rows: slice
) -> dict[str, np.ndarray | float]:
    """Change of the driver with each calendar month of each variable: a number, or (12, rows, width)."""
    months, latitude = calendar_months(years), grid.lonlat(rows)[1]
    changes: dict[str, np.ndarray | float] = dict.fromkeys(variables, 1 / 12 if driver == "MAT" else 1.0)
    if driver == "MAE":
        climate = mean_climate(inputs.monthly, len(years), grid, rows)
        height = rasters.read(str(inputs.elevation), grid, bands=1, rows=rows).astype(float)
        for variable in variables:
            name = "solar_radiation" if variable == "sunshine" else variable
            changes[variable] = evapotranspiration_sensitivity(name, climate, months, latitude, height)
    if "sunshine" in variables:
        b = float(pd.read_csv(str(inputs.angstrom))["b"].item())
        changes["sunshine"] = changes["sunshine"] * radiation_sensitivity(months, latitude, b)
    return changes


def estimate_climate_error(
    *, driver: str, variables: Sequence[str], inputs: Inputs, years: Sequence[int], error_path: str
) -> None:
    """Write the standard error of the driver; the errors of its variables count as independent."""
    grid = Grid.load(inputs.grid)
    errors = dict(zip(variables, inputs.errors, strict=True))
    correlation = {name: float(rasters.tags(path)["error_correlation"]) for name, path in errors.items()}
    stated = {"method": "errors of the monthly surfaces, propagated", "years": len(years)}
    with rasters.create(error_path, grid, f"{driver}_sd", bands=[driver], **stated) as target:
        for rows in grid.row_blocks(50_000):
            changes = driver_changes(driver, variables, inputs, years, grid, rows)
            variance = sum(
                mean_annual_variance(
                    rasters.read(errors[name], grid, rows=rows), changes[name], correlation[name], len(years)
                )
                for name in variables
            )
            target.write(np.sqrt(variance), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        estimate_climate_error(
            driver=snakemake.wildcards.driver,
            variables=snakemake.params.variables,
            inputs=snakemake.input,
            years=snakemake.params.years,
            error_path=snakemake.output.error,
        )
