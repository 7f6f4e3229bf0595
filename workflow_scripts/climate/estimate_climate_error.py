"""Estimate the standard error of a mean annual climate driver from those of its monthly variables."""

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


def calendar_months(years):
    """The months of the first year, whose lengths and radiation stand for those of all years."""
    return np.arange(f"{years[0]}-01", f"{years[0] + 1}-01", dtype="datetime64[M]")


def mean_climate(paths, years, grid, rows):
    """Mean calendar months (12, rows, width) of the variables of STEPS, from a file a variable and year."""
    by_variable = np.reshape(paths, (len(STEPS), len(years)))
    return {
        name: np.mean([rasters.read(path, grid, rows=rows) for path in of_years], axis=0, dtype=float)
        for name, of_years in zip(STEPS, by_variable, strict=True)
    }


def changes_of_driver(driver, variables, inputs, years, angstrom_b, grid, rows):
    """Change of the driver with each calendar month of each variable: a number, or (12, rows, width)."""
    months, latitude = calendar_months(years), grid.lonlat(rows)[1]
    changes = dict.fromkeys(variables, 1 / 12 if driver == "MAT" else 1.0)
    if driver == "MAE":
        climate = mean_climate(inputs.monthly, years, grid, rows)
        height = rasters.read(inputs.elevation, grid, bands=1, rows=rows).astype(float)
        for variable in variables:
            name = "solar_radiation" if variable == "sunshine" else variable
            changes[variable] = evapotranspiration_sensitivity(name, climate, months, latitude, height)
    if "sunshine" in variables:
        changes["sunshine"] = changes["sunshine"] * radiation_sensitivity(months, latitude, angstrom_b)
    return changes


def estimate_climate_error(*, driver, variables, inputs, years, error_path):
    """Write the standard error of the driver; the errors of its variables count as independent."""
    angstrom_b = float(pd.read_csv(inputs.angstrom)["b"].item()) if inputs.angstrom else None
    grid = Grid.load(inputs.grid)
    errors = dict(zip(variables, inputs.errors, strict=True))
    correlation = {name: float(rasters.tags(path)["error_correlation"]) for name, path in errors.items()}
    stated = {"method": "errors of the monthly surfaces, propagated", "years": len(years)}
    with rasters.create(error_path, grid, f"{driver}_sd", bands=[driver], **stated) as target:
        for rows in grid.row_blocks(50_000):
            changes = changes_of_driver(driver, variables, inputs, years, angstrom_b, grid, rows)
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
