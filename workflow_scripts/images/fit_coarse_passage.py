"""Find how NDVI of VIIRS differs from that of MODIS, from composites of both of the same days."""

import logging
from collections.abc import Iterator, Sequence

import numpy as np

from nppdrivers.grid import Grid
from nppdrivers.images import coarse_images, passage
from nppdrivers.images.coarse_products import coarse_product
from nppdrivers.job import running


def overlaps(
    folder: str, products: Sequence[str], grid: Grid, classes: np.ndarray
) -> Iterator[passage.Overlap]:
    """Differences on every day on which a composite of each sensor begins."""
    modis, viirs = (
        coarse_images.find_composites(
            folder, *[name for name in products if coarse_product(name).sensor == sensor]
        )
        for sensor in ("MODIS", "VIIRS")
    )
    for start in sorted(set(modis) & set(viirs)):
        old, _, crs, transform = coarse_images.read_vegetation_index(modis[start], grid)
        new, _, _, other = coarse_images.read_vegetation_index(viirs[start], grid)
        if old.shape != new.shape or not transform.almost_equals(other, 1e-3):
            raise ValueError(
                f"{modis[start][0]} and {viirs[start][0]}: pixels of MODIS and of VIIRS lie on different "
                "lattices; give both as NASA delivers them, not reprojected"
            )
        place = passage.classes_on(classes, grid, crs, transform, old.shape)
        yield passage.Overlap(start, new - old, place)


def fit_coarse_passage(
    *, folder: str, products: Sequence[str], grid_path: str, land_cover_path: str, table_path: str
) -> None:
    """Write bias, error and scatter by class and season."""
    grid = Grid.load(grid_path)
    classes, names = passage.read_classes(land_cover_path, grid)
    table = passage.fit_passage(overlaps(folder, products, grid, classes), names)
    logging.info("VIIRS less MODIS:\n%s", table.to_string(index=False))
    table.to_csv(table_path, index=False, float_format="%.6g")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        fit_coarse_passage(
            folder=snakemake.params.folder,
            products=snakemake.params.products,
            grid_path=snakemake.input.grid,
            land_cover_path=snakemake.input.land_cover,
            table_path=snakemake.output.table,
        )
