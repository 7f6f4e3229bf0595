"""Measure what all tiles of one interval of the fusion share."""

import json
from pathlib import Path
from typing import Any, Protocol

from nppdrivers.fusion.blocks import scene_of
from nppdrivers.fusion.interval_images import IntervalInputs, open_interval
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(IntervalInputs, Protocol):
    """Files of the rule."""

    grid: str


def write_scene(
    *, interval: str, inputs: Inputs, fusion: dict[str, Any], coarse_pixel_m: float, scene_path: str
) -> None:
    """Write constants of the fusion model, season and sensor difference of the interval as JSON."""
    grid = Grid.load(inputs.grid)
    images = open_interval(interval, inputs, grid, coarse_pixel_m)
    scene = scene_of(images, images.settings(fusion))
    Path(scene_path).write_text(json.dumps(scene.as_numbers()))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        write_scene(
            interval=snakemake.wildcards.interval,
            inputs=snakemake.input,
            fusion=snakemake.params.fusion,
            coarse_pixel_m=snakemake.params.coarse_pixel_m,
            scene_path=snakemake.output.scene,
        )
