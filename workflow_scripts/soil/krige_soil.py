"""Map one soil property by kriging of the samples, with its error."""

import json
import logging
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs import tables
from nppdrivers.job import running
from nppdrivers.kriging.choice import choose_model
from nppdrivers.quantities import quantity


def read_samples(path, columns, property_, grid, dem):
    """One row a sample: sample, x, y [m], value, and where there is an elevation model elevation [m]."""
    read = tables.read_soil_samples(path, grid.crs, columns)
    places = {"sample": read["sample"], "x": read.geometry.x, "y": read.geometry.y, "value": read[property_]}
    samples = pd.DataFrame(places)
    if dem:
        samples["elevation"] = rasters.sample(dem, read["longitude"], read["latitude"]).astype(float)
        bare = samples["elevation"].isna()
        if bare.any():
            logging.warning("%d samples have no elevation in %s and are not used", bare.sum(), dem)
        samples = samples[~bare]
    return samples


def krige_soil(*, property_, inputs, columns, output, block_km):
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
    choice.table.to_csv(output.candidates, index=False)
    choice.outliers.merge(samples[["sample", "x", "y"]]).to_csv(output.outliers, index=False)
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
