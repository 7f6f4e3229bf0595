"""Tabulate NDVI and NPP of each month in the study area and in each mine and zone."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import geopandas as gpd
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs.vectors import read_named
from nppdrivers.job import running
from nppdrivers.npp.polygons import monthly_means


class Inputs(Protocol):
    """Files that the rule reads; an empty list for what the run does not have."""

    grid: str
    study_area: str
    ndvi: list[str]
    npp: list[str]
    mines: str | list[str]
    zones: str | list[str]


def table_of_months(
    paths: Sequence[str],
    quantity: str,
    study_area: str,
    grid: Grid,
    polygons: Mapping[str, gpd.GeoDataFrame],
) -> pd.DataFrame:
    """One row a place and month, with the mean of a quantity: the study area, and each polygon."""
    tables = []
    for path in paths:
        months = rasters.band_names(path)
        area = {"kind": "area", "zone": 1, "name": "study area", "month": months}
        tables.append(pd.DataFrame(area | {quantity: rasters.band_means(path, study_area, grid)}))
        for kind, named in polygons.items():
            means = monthly_means(path, months, grid, named).rename(columns={"mean": quantity})
            tables.append(means.assign(kind=kind))
    return pd.concat(tables, ignore_index=True)


def tabulate_months(*, inputs: Inputs, columns: Mapping[str, Mapping[str, str]], months_path: str) -> None:
    """Write kind, zone, name, month, ndvi, npp [gC m-2 month-1]."""
    polygons = {
        kind: read_named(str(path), columns.get(f"{kind}s"))
        for kind, path in (("mine", inputs.mines), ("zone", inputs.zones))
        if path
    }
    keys = ["kind", "zone", "name", "month"]
    grid = Grid.load(inputs.grid)
    ndvi, npp = (
        table_of_months(paths, quantity, inputs.study_area, grid, polygons)
        for quantity, paths in (("ndvi", inputs.ndvi), ("npp", inputs.npp))
    )
    table = ndvi.merge(npp, on=keys, how="outer", sort=False).sort_values(keys, kind="stable")
    table[[*keys, "ndvi", "npp"]].to_csv(months_path, index=False, float_format="%.6g")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        tabulate_months(
            inputs=snakemake.input,
            columns=snakemake.params.columns,
            months_path=snakemake.output.months,
        )
