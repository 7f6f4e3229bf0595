"""Fuse fine and coarse NDVI on the composite dates of one interval between base images."""

import logging
from datetime import date, timedelta

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands, day_numbers
from nppdrivers.fusion import SOURCES, coarse_on_date, fuse_interval
from nppdrivers.grid import Grid
from nppdrivers.job import running

# Composites this far around the dates wanted are read to interpolate the coarse series in time.
REACH = timedelta(days=80)


def base_days(intervals_path, interval):
    """Days of the base images before and after the interval, best first."""
    row = pd.read_csv(intervals_path, keep_default_na=False).set_index("interval").loc[interval]
    return tuple([date.fromisoformat(day) for day in row[side].split()] for side in ("before", "after"))


def coarse_series(inputs, grid, wanted):
    """Coarse NDVI on each of the days wanted, (days, H, W)."""
    series, days = DatedBands(inputs.coarse), DatedBands(inputs.coarse_day)
    near = [day for day in series.dates if min(wanted) - REACH <= day <= max(wanted) + REACH]
    result = np.empty((len(wanted), *grid.shape), "float32")
    for rows in grid.row_blocks(100_000):
        stack, observed = series.read(near, grid, rows), days.read(near, grid, rows)
        result[:, rows] = coarse_on_date(stack, observed, day_numbers(wanted))
    return result


def shares_of_sources(source, inside, dates):
    """Share [%] of the study area by source, one row a date."""
    counts = {name: (source[:, inside] == code).mean(axis=1) * 100 for code, name in SOURCES.items()}
    return pd.DataFrame({"date": dates, **counts})


def fuse(*, interval, inputs, output, window, classes):
    """Write the fused NDVI of the interval's dates, what made each value, and the shares of the sources."""
    grid = Grid.load(inputs.grid)
    first, last = (np.datetime64(f"{day[:4]}-{day[4:6]}-{day[6:]}") for day in interval.split("_"))
    dates = [day for day in DatedBands(inputs.coarse).dates if first <= np.datetime64(day) <= last]
    before, after = base_days(inputs.intervals, interval)
    base = before + after
    coarse = coarse_series(inputs, grid, [*base, *dates])
    pairs = list(zip(DatedBands(inputs.fine).read(base, grid), coarse[: len(base)], strict=True))
    fused, source = fuse_interval(
        pairs[: len(before)], pairs[len(before) :], coarse[len(base) :], window=window, classes=classes
    )
    names = [day.isoformat() for day in dates]
    stated = {
        "method": "ESTARFM",
        "window": window,
        "classes": classes,
        "base_images": " ".join(map(str, base)),
    }
    rasters.write(output.ndvi, fused, grid, "ndvi", bands=names, **stated)
    rasters.write(output.source, source, grid, "fusion_source", bands=names, legend=SOURCES)
    shares = shares_of_sources(source, rasters.read(inputs.study_area, grid, bands=1) == 1, names)
    shares.to_csv(output.shares, index=False, float_format="%.3f")
    logging.info("shares of the sources [%%]:\n%s", shares.to_string(index=False))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        fuse(
            interval=snakemake.wildcards.interval,
            inputs=snakemake.input,
            output=snakemake.output,
            window=snakemake.params.window,
            classes=snakemake.params.classes,
        )
