"""Fuse fine and coarse NDVI on the composite dates of one interval between base images."""

import json
import logging
from contextlib import ExitStack
from pathlib import Path

from nppdrivers import rasters
from nppdrivers.fusion.blocks import fuse_blocks, scene_of
from nppdrivers.fusion.interval import SOURCES
from nppdrivers.fusion.interval_images import open_interval, tile_rows
from nppdrivers.fusion.scene import Scene
from nppdrivers.fusion.sums import add_sums, shares_of_sources, sums_of_block
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.vegetation_index import MAPPED


def fuse(*, interval, tile, inputs, output, fusion, coarse_pixel_m):
    """Write the fused NDVI of the interval's dates, what made each value, and sums by date."""
    grid = Grid.load(inputs.grid)
    images = open_interval(interval, inputs, grid, coarse_pixel_m)
    if inputs.scene:
        scene = Scene.from_numbers(json.loads(Path(inputs.scene).read_text()))
    else:
        scene = scene_of(images, fusion["window"])
    rows = tile_rows(tile, grid.height)
    names = [day.isoformat() for day in images.dates]
    stated = {
        "method": "ESTARFM",
        "fuse": images.fuses,
        **fusion,
        "base_images": " ".join(map(str, [*images.before, *images.after])),
    }
    parts = []
    with ExitStack() as open_rasters:
        ndvi, source = (
            open_rasters.enter_context(rasters.create(path, grid.part(rows), product, bands=names, **about))
            for path, product, about in (
                (output.ndvi, MAPPED.name, stated),
                (output.source, "fusion_source", {"legend": SOURCES}),
            )
        )
        for block in fuse_blocks(images, rows, scene, **fusion):
            there = slice(block.rows.start - rows.start, block.rows.stop - rows.start)
            ndvi.write(block.fused, there)
            source.write(block.source, there)
            inside = rasters.read_mask(inputs.study_area, grid, block.rows)
            parts.append(sums_of_block(block, inside))
    sums = add_sums(parts).set_axis(names).rename_axis("date")
    sums.to_csv(output.sums)
    logging.info("shares of the sources [%%]:\n%s", shares_of_sources(sums).round(3).to_string())


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        fuse(
            interval=snakemake.wildcards.interval,
            tile=snakemake.params.tile,
            inputs=snakemake.input,
            output=snakemake.output,
            fusion=snakemake.params.fusion,
            coarse_pixel_m=snakemake.params.coarse_pixel_m,
        )
