"""Sum up the climate: a table of the variables, one of the mean annual drivers, the largest residuals."""

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.climate.diagnostics import elevation_correlation, summary
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.quantities import quantity

LARGEST = 5  # residuals named of each variable


def mean_surface(paths, grid):
    """Mean of all months of all files (H, W)."""
    total = sum(rasters.read(path, grid).sum(axis=0, dtype=float) for path in paths)
    return total / (12 * len(paths))


def of_variable(name, surfaces, fitted, inside, elevation, grid):
    """Row of one variable: method, fit where it comes from stations, correlation with elevation."""
    tags = rasters.tags(surfaces[0])
    row = {"variable": name, "unit": quantity(name).unit, "method": tags["method"]}
    if fitted:
        log, residuals, error = fitted
        row |= summary(pd.read_csv(log), pd.read_csv(residuals))
        row["mean_standard_error"] = np.nanmean(rasters.read(error, grid)[:, inside])
        row["error_correlation"] = float(rasters.tags(error)["error_correlation"])
    row["r_with_elevation"] = elevation_correlation(mean_surface(surfaces, grid)[inside], elevation)
    return row | {"remark": tags.get("flag", "")}


def of_driver(name, mean, error, inside, elevation, grid):
    """Row of one mean annual driver: values in the study area, error, correlation with elevation."""
    values = rasters.read(mean, grid, bands=1)[inside]
    row = {"driver": name, "unit": quantity(name).unit}
    row |= {"mean": np.nanmean(values), "minimum": np.nanmin(values), "maximum": np.nanmax(values)}
    row["standard_deviation"] = np.nanstd(values)
    row["mean_standard_error"] = np.nanmean(rasters.read(error, grid, bands=1)[inside]) if error else np.nan
    return row | {"r_with_elevation": elevation_correlation(values, elevation)}


def largest_residuals(fitted, names):
    """First rows of the ranked residuals of each variable, with the names of the stations."""
    parts = [
        pd.read_csv(residuals).head(LARGEST).assign(variable=variable, unit=quantity(variable).unit)
        for variable, (_, residuals, _) in fitted.items()
    ]
    if not parts:
        return pd.DataFrame(columns=["variable", "station"])
    table = pd.concat(parts)
    table.insert(0, "name", table["station"].map(names))
    return table[["variable", "unit", "month", "station", "name", "observed", "predicted", "residual", "z"]]


def summarise_climate(*, inputs, output, variables, station_variables, drivers, drivers_with_error):
    """Write the three tables; statistics of surfaces are those of the study area."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    elevation = np.full(inside.sum(), np.nan)
    if inputs.elevation:
        elevation = rasters.read(inputs.elevation, grid, bands=1)[inside]
    surfaces = np.reshape(inputs.surfaces, (len(variables), -1))
    fits = zip(inputs.logs, inputs.residuals, inputs.errors, strict=True)
    fitted = dict(zip(station_variables, fits, strict=True))
    rows = [
        of_variable(name, paths.tolist(), fitted.get(name), inside, elevation, grid)
        for name, paths in zip(variables, surfaces, strict=True)
    ]
    pd.DataFrame(rows).to_csv(output.variables, index=False)
    errors = dict(zip(drivers_with_error, inputs.driver_errors, strict=True))
    rows = [
        of_driver(name, path, errors.get(name), inside, elevation, grid)
        for name, path in zip(drivers, inputs.drivers, strict=True)
    ]
    pd.DataFrame(rows).to_csv(output.drivers, index=False)
    names = pd.read_csv(inputs.stations, dtype=str).set_index("station")["name"] if inputs.stations else {}
    largest_residuals(fitted, names).to_csv(output.residuals, index=False)


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
