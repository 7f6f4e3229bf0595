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
from nppdrivers.change.land import Land, all_polygons, cells_of, land_of_controls, terrain_of
from nppdrivers.grid import Grid
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


def read_land(inputs: Inputs, grid: Grid, years: Sequence[int], free: np.ndarray) -> Land:
    """NPP of the years and all that controls are matched on, inside the study area."""
    inside = rasters.read_mask(inputs.study_area, grid)
    npp = np.empty((len(years), *grid.shape), np.float32)
    for i, path in enumerate(inputs.npp):
        npp[i] = np.where(inside, rasters.read(path, grid, bands=1), np.nan)
    soil = {Path(path).stem: rasters.read(path, grid, bands=1) for path in inputs.soil}
    terrain = {}
    if inputs.elevation:
        terrain = terrain_of(rasters.read(inputs.elevation, grid, bands=1), grid.cell_size_m)
    classes = np.nan_to_num(rasters.read(inputs.land_cover, grid, bands=1)).astype(np.uint8)
    return Land(np.array(years), npp, classes, terrain, soil, free & inside, grid.cell_size_m)


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
    land = read_land(inputs, grid, years, cells_of(free, grid))
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
