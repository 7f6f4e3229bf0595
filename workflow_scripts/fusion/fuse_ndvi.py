"""Fuse fine and coarse NDVI on the composite dates of one interval between base images."""

import json
import logging
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

from nppdrivers import rasters
from nppdrivers.fusion.blocks import fuse_blocks, scene_of
from nppdrivers.fusion.interval import SOURCES
from nppdrivers.fusion.interval_images import IntervalInputs, open_interval, tile_rows
from nppdrivers.fusion.models.table import MODELS
from nppdrivers.fusion.scene import Scene
from nppdrivers.fusion.sums import add_sums, shares_of_sources, sums_of_block
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.vegetation_index import MAPPED


class Inputs(IntervalInputs, Protocol):
    """Files of the rule; the scene where the interval is cut into tiles."""

    grid: str
    study_area: str
    scene: str


class Outputs(Protocol):
    """Files of the interval, or of a tile of it."""

    ndvi: str
    source: str
    sums: str


def fuse(
    *,
    interval: str,
    tile: str,
    inputs: Inputs,
    output: Outputs,
    fusion: dict[str, Any],
    coarse_pixel_m: float,
) -> None:
    """Write the fused NDVI of the interval's dates, what made each value, and sums by date."""
    grid = Grid.load(inputs.grid)
    images = open_interval(interval, inputs, grid, coarse_pixel_m)
    settings = images.settings(fusion)
    if inputs.scene:
        scene = Scene.from_numbers(json.loads(Path(inputs.scene).read_text()))
    else:
        scene = scene_of(images, settings)
    rows = tile_rows(tile, grid.height)
    names = [day.isoformat() for day in images.dates]
    tags = {"method": MODELS[settings.method].name, "fuse": images.layers}
    tags |= {name: value for name, value in fusion.items() if name != "method"}
    tags["base_images"] = " ".join(map(str, [*images.before, *images.after]))
    parts = []
    with ExitStack() as open_rasters:
        ndvi, source = (
            open_rasters.enter_context(rasters.create(path, grid.part(rows), product, bands=names, **about))
            for path, product, about in (
                (output.ndvi, MAPPED.name, tags),
                (output.source, "fusion_source", {"legend": SOURCES}),
            )
        )
        for block in fuse_blocks(images, rows, scene, settings):
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
