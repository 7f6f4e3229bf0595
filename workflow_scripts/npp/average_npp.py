"""Average NPP over the years and summarise it by class, by polygon and by side of the river."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs.vectors import layer_if_given
from nppdrivers.job import running
from nppdrivers.npp import zones
from nppdrivers.npp.classes import account, month_weights
from nppdrivers.npp.polygons import polygon_statistics
from nppdrivers.npp.sides import cells_of_sides
from nppdrivers.period import Period


def mean_year(monthly_paths, grid, period):
    """Mean of each calendar month over the years that have it in the period, (12, H, W)."""
    weights = month_weights([rasters.band_names(path) for path in monthly_paths], period)
    mean = np.zeros((12, *grid.shape))
    for path, of_year in zip(monthly_paths, weights, strict=True):
        for month in np.flatnonzero(of_year):
            mean[month] += of_year[month] * rasters.read(path, grid, bands=int(month) + 1)
    if (absent := np.flatnonzero(weights.sum(axis=0) == 0)).size:
        logging.warning("no data for month(s) %s: the annual mean lacks them", absent + 1)
    return mean


def monthly_means_by_class(monthly, classes, names):
    """Mean of each month and class, one row a month."""
    rows = []
    for month, values in enumerate(monthly, start=1):
        means = zones.zone_statistics(values, classes, 1.0, names).set_index("name")["mean"]
        rows.append({"month": month} | means.to_dict())
    return pd.DataFrame(rows)


def zone_tables(npp, grid, classes, names, inside, polygons):
    """Statistics of the whole area, of each class and of each polygon that has cells, one under the other."""
    parts = {"area": (inside.astype("uint8"), {1: "study area"}), "land cover": (classes, names)}
    described = [
        zones.zone_statistics(npp, labels, grid.cell_area_m2, of).assign(kind=kind)
        for kind, (labels, of) in parts.items()
    ]
    for kind, path in polygons.items():
        if path:
            described.append(polygon_statistics(npp, grid, layer_if_given(path)).assign(kind=kind))
    table = pd.concat(described).query("n > 0")
    return table[["kind", *table.columns.drop("kind")]]


def compare_sides(npp, grid, area_path, river_path):
    """West against east of the river as one row; an empty table where the run has no river."""
    if not (area_path and river_path):
        return pd.DataFrame()
    sides = cells_of_sides(area_path, river_path, grid)
    values = np.where(sides["east"] | sides["west"], npp, np.nan)
    return pd.DataFrame([vars(zones.west_east(values, sides["east"], rng=np.random.default_rng(0)))])


def average_npp(*, inputs, output, period):
    """Write the mean annual NPP (sum of the twelve mean months) and its tables."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    names = dict(zip(parameters["number"], parameters["class"], strict=True))
    inside = rasters.read_mask(inputs.study_area, grid)
    classes = np.where(inside, rasters.read(inputs.land_cover, grid, bands=1), 0)
    monthly = mean_year(inputs.monthly, grid, period)
    npp = monthly.sum(axis=0)
    cells = account(npp, classes, inside, parameters, grid.cell_area_m2)
    logging.info("cells of the study area:\n%s", cells.to_string(index=False))
    cells.to_csv(output.cells, index=False)
    rasters.write(output.npp, npp, grid, "npp", years=len(inputs.monthly), **vars(period))
    monthly_means_by_class(monthly, classes, names).to_csv(output.monthly_means, index=False)
    polygons = {"mine": inputs.mines, "zone": inputs.zones}
    zone_tables(npp, grid, classes, names, inside, polygons).to_csv(output.statistics, index=False)
    compare_sides(npp, grid, inputs.area, inputs.river).to_csv(output.sides, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        average_npp(
            inputs=snakemake.input,
            output=snakemake.output,
            period=Period(**snakemake.params.period),
        )
