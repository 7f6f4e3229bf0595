"""Leave out each clear fine image of one year, predict it from its neighbours, compare."""

import logging
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.agreement import AgreementInParts
from nppdrivers.dated_bands import DatedBands, StoredMaps, day_numbers
from nppdrivers.fusion.base_images import select_base_images
from nppdrivers.fusion.blocks import fuse_blocks, scene_of
from nppdrivers.fusion.combination import DEPARTURE_COLUMNS
from nppdrivers.fusion.interval_images import IntervalImages, SeriesInputs, open_series, read_fine_images
from nppdrivers.fusion.time_interpolation import linear_in_time
from nppdrivers.grid import Grid
from nppdrivers.job import running

SCORES = ("rmse", "bias", "r")
METHODS = ("fused", "linear", "coarse")
TABLE_COLUMNS = ["date", "sensor", "n", *[f"{method}_{score}" for method in METHODS for score in SCORES]]
SAMPLE_COLUMNS = ["date", *DEPARTURE_COLUMNS, "observed", "error", "coarse_error"]
SAMPLED = [*DEPARTURE_COLUMNS, "fused", "unbiased"]
SAMPLED_CELLS = 2000  # of each image, for the error model
AROUND = timedelta(days=400)  # fine images for linear interpolation are looked for this far from the day


class Inputs(SeriesInputs, Protocol):
    """Files of the rule."""

    grid: str
    study_area: str
    images: str


class Outputs(Protocol):
    """Files of the rule."""

    scores: str
    errors: str


def nearest_values(
    days: Sequence[date], wanted: np.ndarray, fine: DatedBands, grid: Grid, rows: slice
) -> np.ndarray:
    """Value of the first of these days on which each wanted cell is clear, and that day: (2, rows, width)."""
    found = np.full((2, *wanted.shape), np.nan, "float32")
    for day in days:
        missing = wanted & np.isnan(found[0])
        if not missing.any():  # mostly after a few of many images
            break
        image = fine.read([day], grid, rows)[0]
        missing &= np.isfinite(image)
        found[0, missing], found[1, missing] = image[missing], day_numbers([day])[0]
    return found


def linear_without(day: date, wanted: np.ndarray, fine: DatedBands, grid: Grid, rows: slice) -> np.ndarray:
    """Other fine images interpolated linearly to the day, without any coarse image, where that is wanted."""
    near = [other for other in fine.dates if other != day and abs(other - day) <= AROUND]
    sides = [other for other in near[::-1] if other < day], [other for other in near if other > day]
    ends = np.stack([nearest_values(side, wanted[rows], fine, grid, rows) for side in sides], axis=1)
    return linear_in_time(*ends, day_numbers([day])[0])


def predict_without(
    day: date,
    wanted: np.ndarray,
    images: pd.DataFrame,
    series: dict[str, Any],
    selection: dict[str, Any],
    fusion: dict[str, Any],
) -> Iterator[tuple[slice, dict[str, np.ndarray]]]:
    """Model's prediction of a day as if its fine image were not there, coarse image, predictors of the error.

    By blocks of rows. The fused values are those of the cells that are wanted; others may be missing.
    """
    chosen = select_base_images(images.drop(day.isoformat()), [day], **selection).iloc[0]
    before, after = ([date.fromisoformat(label) for label in chosen[side]] for side in ("before", "after"))
    interval = IntervalImages(before, after, [day], **series)
    settings = interval.settings(fusion)
    scene = scene_of(interval, settings)
    for block in fuse_blocks(interval, slice(0, len(wanted)), scene, settings, wanted):
        rows, fused, coarse = block.rows, block.fused[0], block.index_p[0]
        unbiased = coarse + block.bias(settings.window)
        departures = dict(zip(DEPARTURE_COLUMNS, next(block.departures()), strict=True))
        del block  # before the next is made
        yield rows, {"fused": fused, "coarse": coarse, "unbiased": unbiased} | departures


def compare(
    day: date, found: Iterable[tuple[slice, dict[str, np.ndarray]]], observed: np.ndarray, folder: Path
) -> tuple[dict[str, float], pd.DataFrame]:
    """Scores of each method, and errors of a random sample of cells with their predictors."""
    scores = {method: AgreementInParts() for method in METHODS}
    maps, clear = StoredMaps(observed.shape, len(SAMPLED), folder), np.zeros(observed.shape, bool)
    for rows, values in found:
        for method, score in scores.items():
            score.add(values[method], observed[rows])
        sampled = [values[name].astype(np.float32) for name in SAMPLED]
        maps.write(np.stack(sampled, axis=-1), rows.start)
        clear[rows] = np.isfinite(observed[rows]) & np.isfinite(values["fused"])
    numbers, rng = np.flatnonzero(clear), np.random.default_rng(day.toordinal())
    cells = np.unravel_index(
        rng.choice(numbers, min(SAMPLED_CELLS, numbers.size), replace=False), clear.shape
    )
    sample = pd.DataFrame(maps.at(np.column_stack(cells)), columns=SAMPLED)
    sample = sample.assign(date=day.isoformat(), observed=observed[cells])
    sample["error"] = sample["fused"] - sample["observed"]
    sample["coarse_error"] = sample["unbiased"] - sample["observed"]
    row = {"n": numbers.size}
    for method, score in scores.items():
        row |= {f"{method}_{name}": getattr(score.result(), name) for name in SCORES}
    return row, sample[SAMPLE_COLUMNS]


def leave_one_out(
    *,
    year: str,
    inputs: Inputs,
    output: Outputs,
    min_base_percent: float,
    images_each_side: int,
    fusion: dict[str, Any],
    coarse_pixel_m: float,
) -> None:
    """Write the scores of every clear image of the year, and a sample of its errors."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    fine, series = DatedBands(inputs.fine), open_series(inputs, grid, coarse_pixel_m)
    images = read_fine_images(inputs.images)
    clear = images[images["clear_share"] >= min_base_percent / 100]
    selection = {"min_clear_share": min_base_percent / 100, "images_per_side": images_each_side}
    rows, samples = [], [pd.DataFrame(columns=SAMPLE_COLUMNS)]
    for label in clear.index[clear.index.str.startswith(str(year))] if len(clear) > 1 else ():
        day = date.fromisoformat(label)
        observed = np.where(inside, fine.read([day], grid)[0], np.float32(np.nan))
        wanted = np.isfinite(observed)
        blocks = predict_without(day, wanted, images, series, selection, fusion)
        found = (
            (part, values | {"linear": linear_without(day, wanted, fine, grid, part)})
            for part, values in blocks
        )
        scores, sample = compare(day, found, observed, Path(output.errors).parent)
        rows.append({"date": label, "sensor": clear.loc[label, "sensor"]} | scores)
        samples.append(sample)
        logging.info("%s: RMSE %.4f", label, scores["fused_rmse"])
    pd.DataFrame(rows, columns=TABLE_COLUMNS).to_csv(output.scores, index=False, float_format="%.5f")
    pd.concat([s for s in samples if len(s)] or samples).to_csv(
        output.errors, index=False, float_format="%.6g"
    )


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        leave_one_out(
            year=snakemake.wildcards.year,
            inputs=snakemake.input,
            output=snakemake.output,
            min_base_percent=snakemake.params.min_base_percent,
            images_each_side=snakemake.params.images_each_side,
            fusion=snakemake.params.fusion,
            coarse_pixel_m=snakemake.params.coarse_pixel_m,
        )
