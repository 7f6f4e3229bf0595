"""Fuse fine and coarse NDVI on the composite dates of successive intervals between base images."""

import json
import logging
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.fusion.base_images import SOURCES
from nppdrivers.fusion.blocks import fuse_blocks, scene_of
from nppdrivers.fusion.combination import Weights
from nppdrivers.fusion.interval_images import IntervalImages, IntervalInputs, open_span
from nppdrivers.fusion.models.table import MODELS
from nppdrivers.fusion.scene import Scene
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.fusion.sums import add_sums, shares_of_sources, sums_of_block
from nppdrivers.grid import Grid, tile_rows, within
from nppdrivers.job import running
from nppdrivers.vegetation_index import MAPPED


class Inputs(IntervalInputs, Protocol):
    """Files of the rule; scenes where the intervals are cut into tiles, weights where a method has them."""

    grid: str
    study_area: str
    scene: str
    weights: str


class Outputs(Protocol):
    """Files of the span, or of a tile of it."""

    ndvi: str
    source: str
    sums: str


class Part(NamedTuple):
    """Some rows of an interval, fused: NDVI, what made each value, sums by date."""

    rows: slice
    fused: np.ndarray
    source: np.ndarray
    sums: pd.DataFrame


def fuse_one(
    images: IntervalImages, scene: Scene | None, rows: slice, study_area: str, settings: FusionSettings
) -> Iterator[Part]:
    """Fuse these rows of an interval, block by block."""
    scene = scene or scene_of(images, settings)
    for block in fuse_blocks(images, rows, scene, settings):
        inside = rasters.read_mask(study_area, images.grid, block.rows)
        part = Part(block.rows, block.fused, block.source, sums_of_block(block, inside))
        del block  # before the next is made
        yield part
    images.forget()


def fuse(
    *,
    span: str,
    tile: str,
    inputs: Inputs,
    output: Outputs,
    fusion: dict[str, Any],
    coarse_pixel_m: float,
) -> None:
    """Write the fused NDVI of a span's intervals, what made each value, and sums by date."""
    grid = Grid.load(inputs.grid)
    intervals = open_span(span, inputs, grid, coarse_pixel_m)
    scenes: list[Scene | None] = [None] * len(intervals)
    if inputs.scene:
        scenes = [Scene.from_numbers(scene) for scene in json.loads(Path(inputs.scene).read_text())]
    weights = Weights(**json.loads(Path(inputs.weights).read_text())) if inputs.weights else None
    rows = tile_rows(tile, grid.height)
    names = [day.isoformat() for images in intervals for day in images.dates]
    tags = {"method": MODELS[fusion["method"]].name, "fuse": intervals[0].layers}
    tags |= {name: value for name, value in fusion.items() if name != "method"}
    parts: list[Iterable[Part]] = [
        fuse_one(images, scene, rows, inputs.study_area, images.settings(fusion, weights))
        for images, scene in zip(intervals, scenes, strict=True)
    ]
    if len(parts) > 1:  # small ones, each finished before the images of the next are read
        parts = [list(blocks) for blocks in parts]
    sums = []
    with ExitStack() as open_rasters:
        ndvi, source = (
            open_rasters.enter_context(rasters.create(path, grid.part(rows), product, bands=names, **about))
            for path, product, about in (
                (output.ndvi, MAPPED.name, tags),
                (output.source, "fusion_source", {"legend": SOURCES}),
            )
        )
        for blocks in zip(*parts, strict=True):
            there = within(blocks[0].rows, rows)
            ndvi.write(np.concatenate([block.fused for block in blocks]), there)
            source.write(np.concatenate([block.source for block in blocks]), there)
            sums.append(pd.concat([block.sums for block in blocks], ignore_index=True))
    total = add_sums(sums).set_axis(names).rename_axis("date")
    total.to_csv(output.sums)
    logging.info("shares of the sources [%%]:\n%s", shares_of_sources(total).round(3).to_string())


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        fuse(
            span=snakemake.wildcards.span,
            tile=snakemake.params.tile,
            inputs=snakemake.input,
            output=snakemake.output,
            fusion=snakemake.params.fusion,
            coarse_pixel_m=snakemake.params.coarse_pixel_m,
        )
