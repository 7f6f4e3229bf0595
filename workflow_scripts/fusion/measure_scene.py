"""Measure what all tiles of one interval of the fusion share."""

import json
from pathlib import Path

from nppdrivers.fusion.blocks import scene_of
from nppdrivers.fusion.interval_images import open_interval
from nppdrivers.grid import Grid
from nppdrivers.job import running


def write_scene(*, interval, inputs, window, coarse_pixel_m, scene_path):
    """Write thresholds, season and sensor difference of the interval as JSON."""
    grid = Grid.load(inputs.grid)
    images = open_interval(interval, inputs, grid, coarse_pixel_m)
    scene = scene_of(images, window)
    Path(scene_path).write_text(json.dumps(scene.as_numbers()))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        write_scene(
            interval=snakemake.wildcards.interval,
            inputs=snakemake.input,
            window=snakemake.params.window,
            coarse_pixel_m=snakemake.params.coarse_pixel_m,
            scene_path=snakemake.output.scene,
        )
