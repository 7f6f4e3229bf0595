"""Compare mean annual NPP with MOD17A3HGF by land cover class, and with biomass plots."""

import logging
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd
from pyproj import Transformer

from nppdrivers import rasters
from nppdrivers.agreement import agreement
from nppdrivers.grid import Grid
from nppdrivers.images import coarse_images
from nppdrivers.images.coarse_files import Layer
from nppdrivers.inputs import tables
from nppdrivers.job import running
from nppdrivers.npp.cells import cells_around
from nppdrivers.npp.comparison import aggregate_to_cells, compare_classes, compare_plots, decode_mod17_npp
from nppdrivers.npp.reference_models import CARBON_SHARE

CELL_SHARE = 0.8  # least share of a 500 m cell that must have NPP


class Inputs(Protocol):
    """Files that the rule reads; an empty list for plots that the run does not have."""

    grid: str
    study_area: str
    land_cover: str
    parameters: str
    npp: str
    plots: str | list[str]


class Outputs(Protocol):
    """Tables of classes and plots, of coarse cells, and of their agreement."""

    table: str
    cells: str
    agreement: str


def read_annual_npp(folder: str, paths: Sequence[Path], grid: Grid) -> Layer:
    """Annual NPP of one year around the grid, as delivered."""
    layer = coarse_images.read_native(paths, "Npp_500m", grid)
    if layer is None:
        names = ", ".join(path.name for path in paths)
        raise ValueError(f"{folder}: no layer Npp_500m in {names}; add the files that have it")
    return layer


def read_reference(folder: str, years: Sequence[int], grid: Grid) -> tuple[np.ndarray, Layer]:
    """Mean annual MOD17 NPP [gC m-2 yr-1] of the cells around the grid, and the layer they come from."""
    paths = {day.year: files for day, files in coarse_images.find_composites(folder, "MOD17A3HGF").items()}
    if not (used := [year for year in years if year in paths]):
        raise ValueError(f"{folder}: no MOD17A3HGF file of the years {years[0]} to {years[-1]}; add one")
    layers = [read_annual_npp(folder, paths[year], grid) for year in used]
    decoded = [decode_mod17_npp(layer.values) for layer in layers]
    logging.info("MOD17A3HGF of %s; fill cells of the first year: %s", used, decoded[0][1])
    return np.mean([npp for npp, _ in decoded], axis=0), layers[0]


def number_coarse_cells(grid: Grid, layer: Layer) -> np.ndarray:
    """Number of the coarse cell that contains the centre of each fine cell, -1 outside the layer."""
    to_layer = Transformer.from_crs(grid.crs, layer.crs, always_xy=True)
    height, width = layer.values.shape
    numbers = np.empty(grid.shape, np.int32)
    for rows in grid.row_blocks():
        x, y = to_layer.transform(*grid.xy(rows))
        column, row = (np.floor(part).astype(int) for part in ~layer.transform @ (x, y))
        inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
        numbers[rows] = np.where(inside, row * width + column, -1)
    return numbers


def majority(classes: np.ndarray, cell: np.ndarray, n_cells: int, names: Mapping[int, str]) -> np.ndarray:
    """Most frequent class of each coarse cell."""
    counts = np.stack(
        [np.bincount(cell[(classes == code) & (cell >= 0)], minlength=n_cells) for code in names]
    )
    return np.array(list(names.values()))[counts.argmax(axis=0)]


def compare_with_plots(path: str, columns: Mapping[str, str], npp: np.ndarray, grid: Grid) -> pd.DataFrame:
    """Rows of Table 2 for biomass plots: carbon measured, and NPP of the cells of each."""
    plots = tables.read_plots(path, grid.crs, columns)
    placed = plots.to_crs(grid.crs)
    cells = [
        cells_around(npp, grid, point.x, point.y, size_m)
        for point, size_m in zip(placed.geometry, placed["size_m"], strict=True)
    ]
    return compare_plots(plots["plot"], plots["biomass_g_m2_yr"] * CARBON_SHARE, cells)


def coarse_cell_table(
    npp: np.ndarray,
    reference: np.ndarray,
    cell: np.ndarray,
    classes: np.ndarray,
    names: Mapping[int, str],
    whole_cell: float,
) -> pd.DataFrame:
    """One row a coarse cell with enough NPP: most frequent class, both values, valid share."""
    simulated, shares = aggregate_to_cells(npp, cell, reference.size, CELL_SHARE, whole_cell)
    table = pd.DataFrame(
        {
            "class": majority(classes, cell, reference.size, names),
            "reference": reference.ravel(),
            "simulated": simulated,
            "valid_share": shares,
        }
    )
    return table[np.isfinite(table["simulated"])]


def validate_npp(
    *, inputs: Inputs, output: Outputs, mod17: str, years: Sequence[int], plot_columns: Mapping[str, str]
) -> None:
    """Write Table 2 and, for the figure, one row a coarse cell."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    names = dict(zip(parameters["number"], parameters["class"], strict=True))
    npp = rasters.read(inputs.npp, grid, bands=1)
    classes = rasters.read(inputs.land_cover, grid, bands=1) * rasters.read(inputs.study_area, grid, bands=1)
    reference, layer = read_reference(mod17, years, grid)
    cell = number_coarse_cells(grid, layer)
    whole_cell = abs(layer.transform.a * layer.transform.e) / grid.cell_area_m2
    cells = coarse_cell_table(npp, reference, cell, classes, names, whole_cell)
    cells.to_csv(output.cells, index=False)
    compared = [compare_classes(npp, classes, names, cell, reference.ravel())]
    if inputs.plots:
        compared.append(compare_with_plots(inputs.plots, plot_columns, npp, grid))
    scores = agreement(cells["simulated"], cells["reference"])
    logging.info("coarse cells against MOD17A3HGF: %s", scores)
    pd.DataFrame([vars(scores)]).to_csv(output.agreement, index=False)
    pd.concat(compared).to_csv(output.table, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        validate_npp(
            inputs=snakemake.input,
            output=snakemake.output,
            mod17=snakemake.params.mod17,
            years=snakemake.params.years,
            plot_columns=snakemake.params.plot_columns,
        )
