"""Resample the elevation model to the grid."""

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs.raster.door import read_onto
from nppdrivers.job import running
from nppdrivers.quantities import quantity


def prepare_dem(*, dem: str, grid_path: str, elevation_path: str) -> None:
    """Write elevation [m] on the grid, bilinear: the cells of a DEM are about as large."""
    grid = Grid.load(grid_path)
    elevation = read_onto(dem, grid, quantity("elevation"), resampling="bilinear")
    rasters.write(elevation_path, elevation, grid, "elevation", method="bilinear resampling")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        prepare_dem(
            dem=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            elevation_path=snakemake.output.elevation,
        )
