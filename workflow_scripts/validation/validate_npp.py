"""Compare mean annual NPP with MOD17A3HGF by land cover class, and with biomass plots."""

import logging

import numpy as np
import pandas as pd
from pyproj import Transformer

from nppdrivers import rasters
from nppdrivers.agreement import agreement
from nppdrivers.grid import Grid
from nppdrivers.images import modis
from nppdrivers.inputs import tables
from nppdrivers.job import running
from nppdrivers.npp.comparison import aggregate_to_cells, compare_classes, compare_plots, decode_mod17_npp
from nppdrivers.npp.polygons import cells_around
from nppdrivers.npp.reference_models import CARBON_SHARE

CELL_SHARE = 0.8  # least share of a 500 m cell that must have NPP


def read_reference(folder, years, grid):
    """Mean annual MOD17 NPP [gC m-2 yr-1] of the cells around the grid, and the layer they come from."""
    found = {day.year: paths for day, paths in modis.find_composites(folder, "MOD17A3HGF").items()}
    if not (used := [year for year in years if year in found]):
        raise ValueError(f"{folder}: holds no MOD17A3HGF file of the years {years[0]} to {years[-1]}")
    layers = [modis.read_native(found[year], "Npp_500m", grid) for year in used]
    decoded = [decode_mod17_npp(layer.values) for layer in layers]
    logging.info("MOD17A3HGF of %s; fill cells of the first year: %s", used, decoded[0][1])
    return np.mean([npp for npp, _ in decoded], axis=0), layers[0]


def coarse_cell_of(grid, layer):
    """Number of the coarse cell that holds the centre of each fine cell, -1 outside the layer."""
    x, y = Transformer.from_crs(grid.crs, layer.crs, always_xy=True).transform(*grid.xy())
    column, row = (np.floor(part).astype(int) for part in ~layer.transform @ (x, y))
    height, width = layer.values.shape
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    return np.where(inside, row * width + column, -1)


def majority(classes, cell, n_cells, names):
    """Most frequent class of each coarse cell."""
    counts = np.stack(
        [np.bincount(cell[(classes == code) & (cell >= 0)], minlength=n_cells) for code in names]
    )
    return np.array(list(names.values()))[counts.argmax(axis=0)]


def plot_cells(plots, npp, grid):
    """NPP of the cells of each square plot."""
    for plot in plots.to_crs(grid.crs).itertuples():
        yield cells_around(npp, grid, plot.geometry.x, plot.geometry.y, plot.size_m)


def validate_npp(*, inputs, output, mod17, years, plot_columns):
    """Write Table 2 and, for the figure, one row a coarse cell."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    names = dict(zip(parameters["number"], parameters["class"], strict=True))
    npp = rasters.read(inputs.npp, grid, bands=1)
    classes = rasters.read(inputs.land_cover, grid, bands=1) * rasters.read(inputs.study_area, grid, bands=1)
    reference, layer = read_reference(mod17, years, grid)
    cell = coarse_cell_of(grid, layer)
    whole = abs(layer.transform.a * layer.transform.e) / grid.cell_area_m2
    simulated, shares = aggregate_to_cells(npp, cell, reference.size, CELL_SHARE, whole)
    cells = pd.DataFrame(
        {
            "class": majority(classes, cell, reference.size, names),
            "reference": reference.ravel(),
            "simulated": simulated,
            "valid_share": shares,
        }
    )
    cells = cells[np.isfinite(cells["simulated"])]
    cells.to_csv(output.cells, index=False)
    compared = [compare_classes(npp, classes, names, cell, reference.ravel())]
    if inputs.plots:
        plots = tables.read_plots(inputs.plots, grid.crs, plot_columns)
        measured = plots["biomass_g_m2_yr"] * CARBON_SHARE
        compared.append(compare_plots(plots["plot"], measured, list(plot_cells(plots, npp, grid))))
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
