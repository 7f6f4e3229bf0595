"""Bring a ready raster of one soil property onto the grid."""

import json
import logging
from pathlib import Path

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs.ready_rasters import coarseness, open_ready, refuse_other_unit
from nppdrivers.job import running
from nppdrivers.quantities import quantity


def resample_soil(
    *, property_: str, grid_path: str, raster: str, factor: float, mean_path: str, model_path: str
) -> None:
    """Write the property on the grid, and its origin in place of a model."""
    grid = Grid.load(grid_path)
    ready = open_ready(raster, grid, quantity(property_), bands=1, factor=factor)
    ((_, values),) = ready.read()
    refuse_other_unit(values, quantity(property_), raster, "give the factor in soil.raster_factors")
    if warning := coarseness(ready.pixel_m, grid):
        logging.warning("%s: %s", raster, warning)
    tags = {"method": f"{ready.resampling} resampling of a ready raster", "source": Path(raster).name}
    rasters.write(mean_path, values, grid, property_, **tags, pixel_m=round(ready.pixel_m, 1))
    model = {"kind": "raster", "flag": warning, "source": Path(raster).name, "pixel_m": ready.pixel_m}
    Path(model_path).write_text(json.dumps(model, indent=2) + "\n")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        resample_soil(
            property_=snakemake.wildcards.property,
            grid_path=snakemake.input.grid,
            raster=snakemake.input.raster,
            factor=snakemake.params.factor,
            mean_path=snakemake.output.mean,
            model_path=snakemake.output.model,
        )
