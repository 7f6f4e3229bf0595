"""Draw random points inside the study area and read NPP and all drivers there."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.job import running


def draw_cells(valid, number, seed):
    """Flat indices of that many different valid cells, all where there are fewer."""
    cells = np.flatnonzero(valid)
    if len(cells) < 30:
        raise ValueError(f"only {len(cells)} cells have NPP and every driver; attribution needs at least 30")
    drawn = np.random.default_rng(seed).choice(cells, size=min(number, len(cells)), replace=False)
    return np.sort(drawn)


def sample_points(*, grid_path, study_area, npp, drivers, driver_names, number, seed, points_path):
    """Write one row a point: place, NPP and drivers; cells with any value missing are not drawn."""
    grid = Grid.load(grid_path)
    layers = {"NPP": rasters.read(npp, grid, bands=1)}
    layers |= {
        name: rasters.read(path, grid, bands=1) for name, path in zip(driver_names, drivers, strict=True)
    }
    valid = rasters.read(study_area, grid, bands=1) == 1
    for layer in layers.values():
        valid &= np.isfinite(layer)
    cells = draw_cells(valid, number, seed)
    logging.info("%d points out of %d valid cells", len(cells), valid.sum())
    (x, y), (longitude, latitude) = grid.xy(), grid.lonlat()
    place = {"x": x, "y": y, "longitude": longitude, "latitude": latitude}
    table = pd.DataFrame({name: values.ravel()[cells] for name, values in (place | layers).items()})
    table.insert(0, "cell", cells)
    table.to_csv(points_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        sample_points(
            grid_path=snakemake.input.grid,
            study_area=snakemake.input.study_area,
            npp=snakemake.input.npp,
            drivers=snakemake.input.drivers,
            driver_names=snakemake.params.drivers,
            number=snakemake.params.points,
            seed=snakemake.params.seed,
            points_path=snakemake.output.points,
        )
