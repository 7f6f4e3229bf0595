"""Map one soil property by kriging of the samples, with its error."""

import json
import logging
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers import rasters, tables
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.kriging_choice import choose_model
from nppdrivers.products import product


def sample_values(path, property_, grid, elevation):
    """Places [m], values and, where elevation is given, its value at the samples as drift (n, 1)."""
    samples = tables.read_soil_samples(path, grid.crs)
    samples = samples[samples[property_].notna()]
    xy = np.stack([samples.geometry.x, samples.geometry.y], axis=1)
    if elevation is None:
        return xy, samples[property_].to_numpy(), None
    row, column = grid.cell_of(*xy.T)
    if (row < 0).any():
        logging.warning("%d samples lie outside the grid and are not used", (row < 0).sum())
    used = row >= 0
    return (
        xy[used],
        samples[property_].to_numpy()[used],
        elevation[row[used], column[used], None].astype(float),
    )


def krige_soil(*, property_, inputs, output, block_km):
    """Write mean, standard deviation, 90 % interval, the model chosen and the candidates compared."""
    grid = Grid.load(inputs.grid)
    elevation = rasters.read(inputs.elevation, grid, bands=1) if inputs.elevation else None
    xy, values, drift = sample_values(inputs.samples, property_, grid, elevation)
    kind = product(property_)
    choice = choose_model(xy, values, drift=drift, bounds=(kind.minimum, kind.maximum))
    logging.info("%s: %s", property_, choice.parameters())
    choice.table.to_csv(output.candidates, index=False)
    columns = ("distance_m", "semivariance", "pairs")
    variogram = dict(zip(columns, choice.empirical_variogram(), strict=True))
    pd.DataFrame(variogram).to_csv(output.variogram, index=False)
    clipped = 0
    with (
        rasters.create(output.mean, grid, property_, bands=[property_]) as mean,
        rasters.create(output.sd, grid, f"{property_}_sd", bands=[property_]) as sd,
        rasters.create(output.interval, grid, property_, bands=["5 % quantile", "95 % quantile"]) as interval,
    ):
        for rows in grid.row_blocks(100_000):
            targets = np.stack([part.ravel() for part in grid.xy(rows)], axis=1)
            of_targets = None if elevation is None else elevation[rows].reshape(-1, 1).astype(float)
            maps = choice.predict(targets, of_targets)
            clipped += maps.clipped
            mean.write(maps.mean, rows)
            sd.write(maps.sd, rows)
            interval.write(np.stack([maps.q05, maps.q95]), rows)
    logging.info("%d cells clipped to %g to %g %s", clipped, kind.minimum, kind.maximum, kind.unit)
    scores = choice.blocked_scores(block_km * 1000)
    Path(output.model).write_text(json.dumps(choice.parameters() | scores, indent=2, default=float) + "\n")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        krige_soil(
            property_=snakemake.wildcards.property,
            inputs=snakemake.input,
            output=snakemake.output,
            block_km=snakemake.params.block_km,
        )
