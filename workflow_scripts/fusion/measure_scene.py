"""Measure what all tiles of the intervals of one span share."""

import json
from pathlib import Path
from typing import Any, Protocol

from nppdrivers.fusion.blocks import scene_of
from nppdrivers.fusion.interval_images import IntervalInputs, open_span
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(IntervalInputs, Protocol):
    """Files of the rule."""

    grid: str


def write_scene(
    *, span: str, inputs: Inputs, fusion: dict[str, Any], coarse_pixel_m: float, scene_path: str
) -> None:
    """Write what the parts of each interval share (`scene.Scene`) as JSON."""
    grid = Grid.load(inputs.grid)
    scenes = []
    for images in open_span(span, inputs, grid, coarse_pixel_m):
        scenes.append(scene_of(images, images.settings(fusion)).as_numbers())
        images.forget()
    Path(scene_path).write_text(json.dumps(scenes))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        write_scene(
            span=snakemake.wildcards.span,
            inputs=snakemake.input,
            fusion=snakemake.params.fusion,
            coarse_pixel_m=snakemake.params.coarse_pixel_m,
            scene_path=snakemake.output.scene,
        )
