"""Build the analysis grid from the study area, or take the grid of a given raster."""

import logging

import numpy as np
from rasterio.features import rasterize

from nppdrivers import rasters
from nppdrivers.grid import Grid, utm_crs
from nppdrivers.inputs.layers import read_layer
from nppdrivers.inputs.raster.lattice import lattice_faults
from nppdrivers.job import running


def make_grid(
    *,
    study_area: str | list[str],
    like: str | list[str],
    grid_path: str,
    mask_path: str,
    cell_size_m: float,
    crs: str,
    origin_m: float,
) -> None:
    """Write the grid as JSON and the cells inside the study area (their centre is) as a raster."""
    area = read_layer(str(study_area)) if study_area else None
    if like:
        grid = rasters.open_grid(str(like))
    else:
        if crs == "auto":
            crs = utm_crs(*np.ravel(area.to_crs("EPSG:4326").union_all().centroid.coords))
        grid = Grid.around(tuple(area.to_crs(crs).total_bounds), crs, cell_size_m, origin_m)
    if area is None:
        inside = np.ones(grid.shape, "uint8")
    else:
        shapes = area.to_crs(grid.crs).geometry
        inside = rasterize(shapes, out_shape=grid.shape, transform=grid.transform, dtype="uint8")
    row, column = grid.height // 2, grid.width // 2
    longitude, latitude = (float(axis[0, column]) for axis in grid.lonlat(slice(row, row + 1)))
    if fault := lattice_faults(grid.crs, longitude, latitude, grid.transform)[0]:
        raise ValueError(f"{like or 'grid.crs'}: {fault}; take square cells in metres, as in the UTM zone")
    if not inside.any():
        raise ValueError(f"{study_area}: the study area has no cell of the grid ({grid})")
    logging.info("grid: %s; %d cells inside the study area", grid, inside.sum())
    rasters.write(mask_path, inside, grid, "study_area")
    grid.save(grid_path)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        make_grid(
            study_area=snakemake.input.study_area,
            like=snakemake.input.like,
            grid_path=snakemake.output.grid,
            mask_path=snakemake.output.study_area,
            cell_size_m=snakemake.params.cell_size_m,
            crs=snakemake.params.crs,
            origin_m=snakemake.params.origin_m,
        )
