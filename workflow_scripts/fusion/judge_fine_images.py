"""List the fine images, each with the error that the images around it show: haze that its mask missed."""

import logging
from datetime import date
from typing import Protocol

from nppdrivers.fusion.base_images import image_doubts
from nppdrivers.fusion.interval_images import SeriesInputs, clear_days, image_differences, open_series
from nppdrivers.grid import Grid
from nppdrivers.job import running


class Inputs(SeriesInputs, Protocol):
    """Files of the rule."""

    grid: str
    scenes: list[str]


def judge_fine_images(*, inputs: Inputs, images_path: str, coarse_pixel_m: float) -> None:
    """Write one row a day with a usable fine image: date, sensor, clear share, doubt [NDVI]."""
    images = clear_days(inputs.scenes).sort_values("date")
    series = open_series(inputs, Grid.load(inputs.grid), coarse_pixel_m)
    days = [date.fromisoformat(day) for day in images["date"]]
    images["doubt"] = image_doubts(image_differences(days, series))
    doubtful = images[images["doubt"] > 0]
    logging.info("%d images, %d of them doubtful\n%s", len(images), len(doubtful), doubtful.to_string())
    images.to_csv(images_path, index=False, float_format="%.5f")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        judge_fine_images(
            inputs=snakemake.input,
            images_path=snakemake.output.images,
            coarse_pixel_m=snakemake.params.coarse_pixel_m,
        )
