"""Estimate what opening, closing and reclaiming did to NPP of polygons, against land that resembles them."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import box

from nppdrivers import rasters
from nppdrivers.change.effects import tables
from nppdrivers.change.events import read_events
from nppdrivers.change.gaps import Rules
from nppdrivers.change.land import TERRAIN, Land, all_polygons, cells_of, land_of_controls, slope_of
from nppdrivers.grid import Grid, widened, within
from nppdrivers.inputs.vectors import read_named
from nppdrivers.job import running

WGS84 = "EPSG:4326"
MARKED = (
    "effect [gC m-2 yr-1]",
    "effect [% of control]",
    "p",
    "recovered",
)  # numbers that the polygons carry


class Inputs(Protocol):
    """Files that the rule reads; those of the years in their order; elevation and mines empty without."""

    grid: str
    study_area: str
    land_cover: str
    elevation: str
    soil: list[str]
    npp: list[str]
    mines: str

    def __getitem__(self, kind: str) -> str:
        """Layer of polygons with years."""


class Outputs(Protocol):
    """Tables, and the polygons with their effects."""

    effects: str
    years: str
    carbon: str
    balance: str
    places: str


def covariates_of(inputs: Inputs, grid: Grid, rows: slice) -> list[np.ndarray]:
    """Terrain and soil of some rows (rows, W)."""
    soil = [rasters.read(path, grid, bands=1, rows=rows) for path in inputs.soil]
    if not inputs.elevation:
        return soil
    around = widened(rows, 1, grid.height)
    elevation = rasters.read(inputs.elevation, grid, bands=1, rows=around)
    terrain = elevation, slope_of(elevation, grid.cell_size_m)
    return [*(values[within(rows, around)] for values in terrain), *soil]


def read_land(inputs: Inputs, grid: Grid, years: Sequence[int], free: np.ndarray, folder: Path) -> Land:
    """NPP of the years and all that controls are matched on, inside the study area."""
    inside = rasters.read_mask(inputs.study_area, grid)
    names = TERRAIN if inputs.elevation else (), [Path(path).stem for path in inputs.soil]
    land = Land.empty(years, *names, free & inside, grid.cell_size_m, folder)
    for rows in grid.row_blocks():
        npp = [rasters.read(path, grid, bands=1, rows=rows) for path in inputs.npp]
        classes = np.nan_to_num(rasters.read(inputs.land_cover, grid, bands=1, rows=rows)).astype(np.uint8)
        covariates = covariates_of(inputs, grid, rows)
        land.fill([np.where(inside[rows], year, np.nan) for year in npp], classes, covariates, rows.start)
    return land


def marked_places(places: gpd.GeoDataFrame, effects: pd.DataFrame) -> gpd.GeoDataFrame:
    """Polygons in longitude and latitude, with the numbers of each event in columns of their own."""
    marked = places.to_crs(WGS84)
    for event, rows in effects.groupby("event") if len(effects) else []:
        rows = rows.set_index(rows["polygon"] - 1)
        for quantity in MARKED:
            marked[f"{event}: {quantity}"] = rows[quantity].astype(float)
    return marked


def estimate_effects(
    *,
    inputs: Inputs,
    output: Outputs,
    kinds: Sequence[str],
    columns: Mapping[str, Mapping[str, str]],
    years: Sequence[int],
    controls: Mapping[str, Any],
) -> None:
    """Write the tables, and the polygons as GeoJSON."""
    grid = Grid.load(inputs.grid)
    layers = {kind: read_events(inputs[kind], columns[kind]).to_crs(grid.crs) for kind in kinds}
    places = pd.concat([layer.assign(kind=kind) for kind, layer in layers.items()], ignore_index=True)
    barred = list(layers.values())
    if inputs.mines and "mines" not in layers:
        barred.append(read_named(inputs.mines, columns["mines"]))
    area = gpd.GeoSeries([box(*grid.bounds)], crs=grid.crs)
    free = land_of_controls(area, all_polygons(barred, grid.crs), controls["distance_m"])
    land = read_land(inputs, grid, years, cells_of(free, grid), Path(output.effects).parent)
    logging.info("%d cells may be controls", (land.usable & land.free).sum())
    rules = Rules(controls["distance_m"], controls["block_m"], controls["caliper"], controls["fakes"])
    found = tables(
        land, places, lambda number: cells_of(places.geometry[[number]], grid), rules, controls["seed"]
    )
    for name, table in found.items():
        table.to_csv(output[name], index=False)
    marked_places(places, found["effects"]).to_file(output.places, driver="GeoJSON")
    logging.info("%d polygons, %d events", len(places), len(found["effects"]))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        estimate_effects(
            inputs=snakemake.input,
            output=snakemake.output,
            kinds=snakemake.params.kinds,
            columns=snakemake.params.columns,
            years=snakemake.params.years,
            controls=snakemake.params.controls,
        )
