"""Choose the base images of each interval between clear fine images."""

import logging
from collections.abc import Sequence

import pandas as pd

from nppdrivers.fusion.base_images import number_spans, select_base_images
from nppdrivers.fusion.interval_images import read_fine_images
from nppdrivers.grid import Grid
from nppdrivers.images.composites import composite_starts, nominal_date
from nppdrivers.job import running
from nppdrivers.period import Period

# Most values, of cells and dates, that a job fuses if it fuses several intervals. To start a job takes about
# as long as to fuse a million.
VALUES_OF_SPAN = 8_000_000


def write_intervals(
    *,
    images_path: str,
    grid_path: str,
    period: Period,
    products: Sequence[str],
    change: str | None = None,
    min_base_percent: float,
    images_each_side: int,
    intervals_path: str,
) -> None:
    """Write one row an interval: span, which one job fuses, name, dates, base images, the best first."""
    starts = composite_starts(period, products, change)
    dates = pd.DatetimeIndex([nominal_date(start) for start in starts if start.year in period.years])
    chosen = select_base_images(
        read_fine_images(images_path),
        dates,
        min_clear_share=min_base_percent / 100,
        images_per_side=images_each_side,
    )
    ends = [chosen[name].dt.strftime("%Y%m%d") for name in ("first_date", "last_date")]
    chosen["interval"] = ends[0] + "_" + ends[1]
    for side in ("before", "after"):
        chosen[side] = chosen[side].map(" ".join)
    height, width = Grid.load(grid_path).shape
    numbers = [((dates >= row.first_date) & (dates <= row.last_date)).sum() for row in chosen.itertuples()]
    span = number_spans([height * width * number for number in numbers], VALUES_OF_SPAN)
    first, last = ends[0].groupby(span).transform("first"), ends[1].groupby(span).transform("last")
    chosen.insert(0, "span", first + "_" + last)
    logging.info("%d intervals for %d dates", len(chosen), len(dates))
    chosen.to_csv(intervals_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        write_intervals(
            images_path=snakemake.input.images,
            grid_path=snakemake.input.grid,
            period=Period(**snakemake.params.period),
            products=snakemake.params.products,
            change=snakemake.params.change,
            min_base_percent=snakemake.params.min_base_percent,
            images_each_side=snakemake.params.images_each_side,
            intervals_path=snakemake.output.intervals,
        )
