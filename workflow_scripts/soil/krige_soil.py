"""Map one soil property by kriging of the samples, with its error."""

import json
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs.raster.door import sample
from nppdrivers.inputs.soil import read_soil_samples
from nppdrivers.job import running
from nppdrivers.kriging.choice import KrigingChoice, choose_model
from nppdrivers.quantities import quantity


class Inputs(Protocol):
    """Files that the rule reads; an empty list for an elevation model that the run does not have."""

    grid: str
    samples: str
    dem: str | list[str]
    elevation: str | list[str]


class Outputs(Protocol):
    """Maps of the property, its model, and the tables behind the choice."""

    mean: str
    sd: str
    interval: str
    model: str
    candidates: str
    variogram: str
    residuals: str


def read_samples(
    path: str, columns: Mapping[str, str], property_: str, grid: Grid, dem: str | list[str]
) -> pd.DataFrame:
    """One row a sample: sample, x, y [m], value, and where there is an elevation model elevation [m]."""
    table = read_soil_samples(path, grid.crs, columns)
    places = {"sample": table["sample"], "x": table.geometry.x, "y": table.geometry.y}
    samples = pd.DataFrame(places | {"value": table[property_]})
    if dem:
        ground = sample(str(dem), table["longitude"], table["latitude"], quantity("elevation"))
        samples["elevation"] = ground.astype(float)
        outside = samples["elevation"].isna()
        if outside.any():
            logging.warning("%d samples have no elevation in %s and are not used", outside.sum(), dem)
        samples = samples[~outside]
    return samples


def write_tables(choice: KrigingChoice, samples: pd.DataFrame, output: Outputs) -> None:
    """Write the candidates compared, the residuals of samples left out, and the empirical variogram."""
    choice.table.to_csv(output.candidates, index=False)
    choice.cross_validation.merge(samples[["sample", "x", "y"]]).to_csv(output.residuals, index=False)
    distance, semivariance, pairs = choice.empirical_variogram()
    variogram = {"distance_m": distance, "semivariance": semivariance, "pairs": pairs}
    pd.DataFrame(variogram).to_csv(output.variogram, index=False)


def write_maps(
    choice: KrigingChoice, property_: str, elevation: np.ndarray | None, grid: Grid, output: Outputs
) -> int:
    """Write mean, standard deviation and 90 % interval; the number of cells clipped to the bounds."""
    clipped = 0
    with (
        rasters.create(output.mean, grid, property_, bands=[property_]) as mean,
        rasters.create(output.sd, grid, f"{property_}_sd", bands=[property_]) as sd,
        rasters.create(output.interval, grid, property_, bands=["5 % quantile", "95 % quantile"]) as interval,
    ):
        for rows in grid.row_blocks(100_000):
            targets = np.stack([part.ravel() for part in grid.xy(rows)], axis=1)
            target_drift = None if elevation is None else elevation[rows].reshape(-1, 1).astype(float)
            maps = choice.predict(targets, target_drift)
            clipped += maps.clipped
            mean.write(maps.mean, rows)
            sd.write(maps.sd, rows)
            interval.write(np.stack([maps.q05, maps.q95]), rows)
    return clipped


def krige_soil(
    *, property_: str, inputs: Inputs, columns: Mapping[str, str], output: Outputs, block_km: float
) -> None:
    """Write mean, standard deviation, 90 % interval, the model chosen and the candidates compared."""
    grid = Grid.load(inputs.grid)
    elevation = rasters.read(inputs.elevation, grid, bands=1) if inputs.elevation else None
    samples = read_samples(inputs.samples, columns, property_, grid, inputs.dem)
    kind = quantity(property_)
    choice = choose_model(
        samples[["x", "y"]].to_numpy(),
        samples["value"].to_numpy(),
        drift=samples[["elevation"]].to_numpy() if inputs.dem else None,
        bounds=(kind.minimum, kind.maximum),
    )
    logging.info("%s: %s", property_, choice.parameters())
    write_tables(choice, samples, output)
    clipped = write_maps(choice, property_, elevation, grid, output)
    logging.info("%d cells clipped to %g to %g %s", clipped, kind.minimum, kind.maximum, kind.unit)
    scores = choice.scores() | choice.blocked_scores(block_km * 1000)
    counts = {"outlying": len(choice.outliers), "clipped_cells": clipped}
    Path(output.model).write_text(
        json.dumps(choice.parameters() | scores | counts, indent=2, default=float) + "\n"
    )


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        krige_soil(
            property_=snakemake.wildcards.property,
            inputs=snakemake.input,
            columns=snakemake.params.columns,
            output=snakemake.output,
            block_km=snakemake.params.block_km,
        )
