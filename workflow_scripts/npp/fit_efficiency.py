"""Fit the light use efficiency of the classes to measured NPP."""

import logging
from collections.abc import Mapping
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.casa import Options
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.npp.cells import Cells
from nppdrivers.npp.efficiency import fit_classes
from nppdrivers.npp.sites import cells_of_sites, mean_annual_npp, read_sites
from nppdrivers.period import Period


class Inputs(Protocol):
    """Files that the rule reads, besides the tables of sites; those of a year in the order of the years."""

    grid: str
    study_area: str
    land_cover: str
    parameters: str
    ndvi: list[str]
    temperature: list[str]
    precipitation: list[str]
    radiation: list[str]


class Outputs(Protocol):
    """Parameters with the efficiencies that are taken, how these were found, and the sites."""

    parameters: str
    efficiencies: str
    sites: str


def simulate_sites(
    inputs: Inputs,
    sites: pd.DataFrame,
    parameters: pd.DataFrame,
    grid: Grid,
    options: Options,
    period: Period,
) -> pd.DataFrame:
    """Sites with their class, a cell of theirs, number of cells, and NPP by the published efficiency."""
    codes = rasters.read(inputs.land_cover, grid, bands=1) * rasters.read(inputs.study_area, grid, bands=1)
    names = dict(zip(parameters["number"], parameters["class"], strict=True))
    sites["class"], cells = cells_of_sites(sites, codes, names, grid)
    numbers, mask = np.unique(np.concatenate(cells)), np.zeros(grid.shape, bool)
    mask.flat[numbers] = True
    wanted = Cells(grid, mask, codes[mask])
    paths = {name: getattr(inputs, name) for name in ("ndvi", "temperature", "precipitation", "radiation")}
    npp = pd.Series(mean_annual_npp(wanted, paths, parameters, options, period), numbers).dropna()
    known = [npp[npp.index.intersection(own)] for own in cells]
    sites["cells"] = [len(own) for own in known]
    sites["cell"] = [own.index[len(own) // 2] if len(own) else -1 for own in known]
    sites["simulated"] = [own.mean() for own in known]
    return sites


def fit_efficiency(
    *,
    inputs: Inputs,
    output: Outputs,
    tables: Mapping[str, str],
    columns: Mapping[str, Mapping[str, str]],
    options: Options,
    period: Period,
) -> None:
    """Write the parameters of the classes with fitted efficiencies, their table, and that of the sites."""
    grid = Grid.load(inputs.grid)
    parameters = pd.read_csv(inputs.parameters)
    sites = read_sites(tables, columns, grid.crs)
    sites = simulate_sites(inputs, sites, parameters, grid, options, period)
    table, sites["left_out"] = fit_classes(sites, parameters)
    if unused := list(sites["site"][sites["simulated"].isna()]):
        logging.warning("without a cell of their class that has NPP, and not used: %s", ", ".join(unused))
    logging.info("efficiencies fitted to measured NPP:\n%s", table.to_string(index=False))
    taken = parameters["class"].map(table.set_index("class")["epsilon_max"])
    parameters["epsilon_max"] = taken.fillna(parameters["epsilon_max"])
    parameters.to_csv(output.parameters, index=False)
    table.to_csv(output.efficiencies, index=False)
    shown = ["source", "site", "class", "cells", "measured", "simulated", "left_out"]
    sites[shown].to_csv(output.sites, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        fit_efficiency(
            inputs=snakemake.input,
            output=snakemake.output,
            tables={kind: getattr(snakemake.input, kind) for kind in snakemake.params.tables},
            columns=snakemake.params.columns,
            options=Options(**snakemake.params.options),
            period=Period(**snakemake.params.period),
        )
