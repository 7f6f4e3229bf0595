"""Average NPP over the years and summarise it by class, by polygon and by side of the river."""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs.vectors import read_named
from nppdrivers.job import running
from nppdrivers.npp import zones
from nppdrivers.npp.classes import account, month_weights
from nppdrivers.npp.polygons import polygon_statistics
from nppdrivers.npp.sides import cells_of_sides
from nppdrivers.period import Period


class Inputs(Protocol):
    """Files that the rule reads; an empty list for what the run does not have."""

    grid: str
    study_area: str
    land_cover: str
    parameters: str
    unobserved: str
    monthly: list[str]
    river: str | list[str]
    area: str | list[str]
    mines: str | list[str]
    zones: str | list[str]


class Outputs(Protocol):
    """The map and its tables."""

    npp: str
    cells: str
    statistics: str
    monthly_means: str
    sides: str


def mean_months(monthly_paths: Sequence[str], grid: Grid, period: Period) -> Iterator[np.ndarray]:
    """Mean of each calendar month over the years that have it in the period, one (H, W) after the other."""
    weights = month_weights([rasters.band_names(path) for path in monthly_paths], period)
    for month in range(12):
        mean = np.zeros(grid.shape)
        for path, weight in zip(monthly_paths, weights[:, month], strict=True):
            if weight:
                mean += weight * rasters.read(path, grid, bands=month + 1)
        yield mean
    if (absent := np.flatnonzero(weights.sum(axis=0) == 0)).size:
        logging.warning("no data for month(s) %s: the annual mean lacks them", absent + 1)


def average_months(
    months: Iterable[np.ndarray], classes: np.ndarray, names: Mapping[int, str]
) -> tuple[np.ndarray, pd.DataFrame]:
    """Sum of the twelve mean months, and the mean of each month and class, one row a month."""
    npp, rows = np.zeros(classes.shape), []
    for month, values in enumerate(months, start=1):
        npp += values
        means = zones.zone_statistics(values, classes, 1.0, names).set_index("name")["mean"]
        rows.append({"month": month} | means.to_dict())
    return npp, pd.DataFrame(rows)


def zone_tables(
    npp: np.ndarray,
    grid: Grid,
    inside: np.ndarray,
    classes: np.ndarray,
    names: Mapping[int, str],
    polygons: Mapping[str, str | list[str]],
    columns: Mapping[str, Mapping[str, str]],
) -> pd.DataFrame:
    """Statistics of the whole area, of each class and of each polygon that has cells, one under the other."""
    area = zones.zone_statistics(npp, inside.astype("uint8"), grid.cell_area_m2, {1: "study area"})
    land_cover = zones.zone_statistics(npp, classes, grid.cell_area_m2, names)
    tables = [area.assign(kind="area"), land_cover.assign(kind="land cover")]
    for kind, path in polygons.items():
        if path:
            named = read_named(str(path), columns.get(f"{kind}s"))
            tables.append(polygon_statistics(npp, grid, named).assign(kind=kind))
    table = pd.concat(tables).query("n > 0")
    return table[["kind", *table.columns.drop("kind")]]


def compare_sides(
    npp: np.ndarray, grid: Grid, area_path: str | list[str], river_path: str | list[str]
) -> pd.DataFrame:
    """West against east of the river as one row; an empty table where the run has no river."""
    if not (area_path and river_path):
        return pd.DataFrame()
    sides = cells_of_sides(area_path, river_path, grid)
    values = np.where(sides["east"] | sides["west"], npp, np.nan)
    return pd.DataFrame([vars(zones.west_east(values, sides["east"], rng=np.random.default_rng(0)))])


def unobserved_percent(path: str, grid: Grid, npp: np.ndarray, period: Period) -> float:
    """Share [%] of the months of NDVI that rest on no observation, over the cells with NPP."""
    bands = (rasters.read(path, grid, bands=month) for month in range(1, 13))
    months = sum(bands)[np.isfinite(npp)]
    return float(100 * months.mean() / len(period.months)) if months.size else float("nan")


def average_npp(
    *, inputs: Inputs, output: Outputs, period: Period, columns: Mapping[str, Mapping[str, str]]
) -> None:
    """Write the mean annual NPP (sum of the twelve mean months) and its tables."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    names = dict(zip(parameters["number"], parameters["class"], strict=True))
    inside = rasters.read_mask(inputs.study_area, grid)
    classes = np.where(inside, rasters.read(inputs.land_cover, grid, bands=1), 0)
    months = mean_months(inputs.monthly, grid, period)
    npp, monthly_means = average_months(months, classes, names)
    cells = account(npp, classes, inside, parameters, grid.cell_area_m2)
    logging.info("cells of the study area:\n%s", cells.to_string(index=False))
    is_npp = cells["cells"] == "NPP"
    unobserved = unobserved_percent(inputs.unobserved, grid, npp, period)
    cells["months_without_observation_percent"] = np.where(is_npp, unobserved, np.nan)
    cells.to_csv(output.cells, index=False)
    tags = {"years": len(inputs.monthly), **vars(period)}
    if period.part_of_year:
        tags["months_added_up"] = f"{period.part_of_year} alone: not of a whole year"
    rasters.write(output.npp, npp, grid, "npp", **tags)
    monthly_means.to_csv(output.monthly_means, index=False)
    polygons = {"mine": inputs.mines, "zone": inputs.zones}
    zone_tables(npp, grid, inside, classes, names, polygons, columns).to_csv(output.statistics, index=False)
    compare_sides(npp, grid, inputs.area, inputs.river).to_csv(output.sides, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        average_npp(
            inputs=snakemake.input,
            output=snakemake.output,
            period=Period(**snakemake.params.period),
            columns=snakemake.params.columns,
        )
