"""Choose the base images of each interval between clear fine images."""

import logging
from collections.abc import Sequence

from nppdrivers.fusion.base_images import select_base_images
from nppdrivers.fusion.interval_images import clear_days
from nppdrivers.images.composites import composite_starts, nominal_date
from nppdrivers.job import running
from nppdrivers.period import Period


def write_intervals(
    *,
    scene_tables: Sequence[str],
    period: Period,
    products: Sequence[str],
    min_base_percent: float,
    images_each_side: int,
    intervals_path: str,
) -> None:
    """Write one row an interval: its name, its dates, the days of the base images, best first."""
    starts = composite_starts(period, products)
    dates = [nominal_date(start) for start in starts if start.year in period.years]
    chosen = select_base_images(
        clear_days(scene_tables),
        dates,
        min_clear_share=min_base_percent / 100,
        images_per_side=images_each_side,
    )
    ends = [chosen[name].dt.strftime("%Y%m%d") for name in ("first_date", "last_date")]
    chosen["interval"] = ends[0] + "_" + ends[1]
    for side in ("before", "after"):
        chosen[side] = chosen[side].map(" ".join)
    logging.info("%d intervals for %d dates", len(chosen), len(dates))
    chosen.to_csv(intervals_path, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        write_intervals(
            scene_tables=snakemake.input.scenes,
            period=Period(**snakemake.params.period),
            products=snakemake.params.products,
            min_base_percent=snakemake.params.min_base_percent,
            images_each_side=snakemake.params.images_each_side,
            intervals_path=snakemake.output.intervals,
        )
