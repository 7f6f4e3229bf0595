"""Simulate monthly and annual NPP of one year by CASA."""

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.casa import Options, simulate
from nppdrivers.grid import Grid
from nppdrivers.job import running


def by_pixel(parameters, name, classes):
    """Value of a class constant at each pixel; NaN without class and where nothing grows."""
    grows = parameters["vegetated"] & parameters["optimum_temperature"].notna()
    of_class = np.r_[np.nan, parameters[name].where(grows, np.nan)]
    return of_class[classes]


def simulate_npp(*, inputs, monthly_path, annual_path, period, options):
    """Write twelve bands of monthly NPP and the sum of the months that lie in the period."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    months = rasters.band_names(inputs.ndvi)
    inside = np.array([period["first_month"] <= month <= period["last_month"] for month in months])
    stated = {"method": "CASA", "months": int(inside.sum()), **vars(options)}
    with (
        rasters.create(monthly_path, grid, "npp_month", bands=months, **stated) as monthly,
        rasters.create(annual_path, grid, "npp_year", bands=[months[0][:4]], **stated) as annual,
    ):
        for rows in grid.row_blocks(200_000):
            classes = rasters.read(inputs.land_cover, grid, bands=1, rows=rows)
            classes = classes * rasters.read(inputs.study_area, grid, bands=1, rows=rows)
            climate = (inputs.temperature, inputs.precipitation, inputs.radiation)
            constants = ("ndvi_min", "ndvi_max", "epsilon_max", "optimum_temperature")
            npp = simulate(
                rasters.read(inputs.ndvi, grid, rows=rows),
                *(rasters.read(path, grid, rows=rows) for path in climate),
                **{name: by_pixel(parameters, name, classes) for name in constants},
                options=options,
                tree=by_pixel(parameters, "tree", classes) == 1,
            ).npp
            monthly.write(npp, rows)
            annual.write(npp[inside].sum(axis=0), rows)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        simulate_npp(
            inputs=snakemake.input,
            monthly_path=snakemake.output.monthly,
            annual_path=snakemake.output.annual,
            period=snakemake.params.period,
            options=Options(**snakemake.params.options),
        )
