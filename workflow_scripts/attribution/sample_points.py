"""Draw points inside the study area, anywhere or by land cover, and read NPP and all drivers there."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.attribution.points import draw_cells
from nppdrivers.categories import category
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.quantities import quantity


def describe(points, category_drivers):
    """Table 1: category, unit, source and the values at the points of each driver."""
    rows = []
    for key, names in category_drivers.items():
        for name in names:
            kind, values = quantity(name), points[name]
            about = {"category": key, "driver": name, "long_name": kind.long_name, "unit": kind.unit}
            spread = {"min": values.min(), "mean": values.mean(), "max": values.max(), "sd": values.std()}
            rows.append(about | {"source": category(key).source} | spread)
    return pd.DataFrame(rows)


def sample_points(*, inputs, output, category_drivers, number, seed):
    """Write one row a point (place, NPP, drivers; cells with any value missing are not drawn) and Table 1."""
    grid = Grid.load(inputs.grid)
    names = [name for drivers in category_drivers.values() for name in drivers]
    paths = {"NPP": inputs.npp, **dict(zip(names, inputs.drivers, strict=True))}
    layers = {name: rasters.read(path, grid, bands=1) for name, path in paths.items()}
    valid = rasters.read_mask(inputs.study_area, grid)
    for layer in layers.values():
        valid &= np.isfinite(layer)
    classes = rasters.read(inputs.land_cover, grid, bands=1) if inputs.land_cover else None
    cells = draw_cells(valid, number, seed, classes)
    logging.info("%d points out of %d valid cells", len(cells), valid.sum())
    (x, y), (longitude, latitude) = grid.xy(), grid.lonlat()
    place = {"x": x, "y": y, "longitude": longitude, "latitude": latitude}
    table = pd.DataFrame({name: values.ravel()[cells] for name, values in (place | layers).items()})
    table.insert(0, "cell", cells)
    table.to_csv(output.points, index=False)
    describe(table, category_drivers).to_csv(output.drivers, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        sample_points(
            inputs=snakemake.input,
            output=snakemake.output,
            category_drivers=snakemake.params.category_drivers,
            number=snakemake.params.number,
            seed=snakemake.params.seed,
        )
