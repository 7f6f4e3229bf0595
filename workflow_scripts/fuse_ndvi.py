"""Fuse fine and coarse NDVI on the composite dates of one interval between base images."""

import logging

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.consistency import coarse_residual, coarse_window, local_bias
from nppdrivers.dated_bands import DatedBands
from nppdrivers.fusion import SOURCES, fuse_interval
from nppdrivers.grid import Grid
from nppdrivers.interval_images import base_days, coarse_on_days, dates_of_interval, read_pairs
from nppdrivers.job import running


def shares_of_sources(source, inside, dates):
    """Share [%] of the study area by source, one row a date."""
    counts = {name: (source[:, inside] == code).mean(axis=1) * 100 for code, name in SOURCES.items()}
    return pd.DataFrame({"date": dates, **counts})


def residuals(fused, coarse, images, inside, window, dates):
    """Bias between the sensors and residual of the fused image at the coarse scale, one row a date."""
    residual = coarse_residual(fused, coarse, images, window)[:, inside]
    return pd.DataFrame(
        {
            "date": dates,
            "sensor_bias": local_bias(images, window)[inside].mean(),
            "residual_mean": np.nanmean(residual, axis=1),
            "residual_rms": np.sqrt(np.nanmean(residual**2, axis=1)),
        }
    )


def fuse(*, interval, inputs, output, window, classes, consistency):
    """Write the fused NDVI of the interval's dates, what made each value, and two tables by date."""
    grid = Grid.load(inputs.grid)
    series = DatedBands(inputs.coarse)
    dates = dates_of_interval(interval, series)
    days_before, days_after = base_days(inputs.intervals, interval)
    base = days_before + days_after
    coarse = coarse_on_days(series, DatedBands(inputs.coarse_day), [*base, *dates], grid)
    pairs = read_pairs(base, DatedBands(inputs.fine), coarse, grid)
    coarse = coarse[len(base) :]
    wide = coarse_window(grid.cell_size_m)
    fused, source = fuse_interval(
        pairs[: len(days_before)],
        pairs[len(days_before) :],
        coarse,
        window=window,
        classes=classes,
        coarse_window=wide,
        consistency_window=wide if consistency else None,
    )
    names = [day.isoformat() for day in dates]
    stated = {
        "method": "ESTARFM",
        "window": window,
        "classes": classes,
        "consistency": consistency,
        "base_images": " ".join(map(str, base)),
    }
    rasters.write(output.ndvi, fused, grid, "ndvi", bands=names, **stated)
    rasters.write(output.source, source, grid, "fusion_source", bands=names, legend=SOURCES)
    inside = rasters.read_mask(inputs.study_area, grid)
    residuals(fused, coarse, pairs, inside, wide, names).to_csv(
        output.residuals, index=False, float_format="%.5f"
    )
    shares = shares_of_sources(source, inside, names)
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
            consistency=snakemake.params.consistency,
        )
