"""Compare mean annual NPP with models of climate alone, and with NPP measured at points."""

import logging
from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.agreement import agreement
from nppdrivers.grid import Grid
from nppdrivers.inputs import tables
from nppdrivers.job import running
from nppdrivers.npp.cells import cells_around
from nppdrivers.npp.comparison import compare_plots
from nppdrivers.npp.reference_models import miami, thornthwaite_memorial


class Inputs(Protocol):
    """Files that the rule reads; an empty list for points that the run does not have."""

    grid: str
    study_area: str
    land_cover: str
    parameters: str
    npp: str
    temperature: str
    precipitation: str
    points: str | list[str]


class Outputs(Protocol):
    """Both tables."""

    models: str
    points: str


def climate_models(inputs: Inputs, grid: Grid) -> dict[str, np.ndarray]:
    """NPP that climate allows by the models Miami and Thornthwaite Memorial [gC m-2 yr-1], (H, W) each."""
    models = {"miami": miami, "thornthwaite_memorial": thornthwaite_memorial}
    maps = {name: np.empty(grid.shape) for name in models}
    for rows in grid.row_blocks():
        paths = inputs.temperature, inputs.precipitation
        climate = [rasters.read(path, grid, bands=1, rows=rows) for path in paths]
        for name, model in models.items():
            maps[name][rows] = model(*climate)
    return maps


def compare_models(
    maps: Mapping[str, np.ndarray], classes: np.ndarray, names: Mapping[int, str]
) -> pd.DataFrame:
    """Means of the area and of each class by CASA and the models [gC m-2 yr-1], and shares of these [%]."""
    shares = {f"casa_percent_of_{model}": model for model in maps if model != "casa"}
    known = np.ones(classes.shape, bool)
    for values in maps.values():
        known &= ~np.isnan(values)
    rows = []
    for zone, code in {"study area": None, **{name: code for code, name in names.items()}}.items():
        cells = known if code is None else known & (classes == code)
        if n := int(cells.sum()):
            means = {model: float(values[cells].mean(dtype="float64")) for model, values in maps.items()}
            percent = {column: 100 * means["casa"] / means[model] for column, model in shares.items()}
            rows.append({"zone": zone, "n": n, **means, **percent})
    return pd.DataFrame(rows, columns=["zone", "n", *maps, *shares])


def compare_points(
    path: str | list[str], columns: Mapping[str, str], npp: np.ndarray, grid: Grid
) -> pd.DataFrame:
    """Rows of Table 2 for points of measured NPP; an empty table where the run has none."""
    if not path:
        return pd.DataFrame()
    points = tables.read_npp_points(path, grid.crs, columns)
    cells = [cells_around(npp, grid, point.x, point.y) for point in points.geometry]
    table = compare_plots(points["place"], points["npp_gC_m2_yr"], cells).assign(kind="point")
    scores = agreement(table["simulated"], table["reference"])
    logging.info("simulated against measured points: %s", scores)
    return table


def compare_npp(*, inputs: Inputs, point_columns: Mapping[str, str], output: Outputs) -> None:
    """Write both tables."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    names = dict(zip(parameters["number"], parameters["class"], strict=True))
    npp = rasters.read_inside(inputs.npp, inputs.study_area, grid)
    classes = rasters.read(inputs.land_cover, grid, bands=1)
    models = compare_models({"casa": npp} | climate_models(inputs, grid), classes, names)
    logging.info("CASA and models of climate alone:\n%s", models.to_string(index=False))
    models.to_csv(output.models, index=False)
    compare_points(inputs.points, point_columns, npp, grid).to_csv(output.points, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        compare_npp(
            inputs=snakemake.input,
            point_columns=snakemake.params.point_columns,
            output=snakemake.output,
        )
