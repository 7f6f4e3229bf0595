"""Leave out each clear fine image of one year, predict it from its neighbours, compare."""

import logging
from datetime import date, timedelta

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.consistency import coarse_window, local_bias
from nppdrivers.dated_bands import DatedBands, day_numbers
from nppdrivers.fusion import fuse_interval, linear_in_time, select_base_images
from nppdrivers.fusion_error import gap_and_departure, nearest_clear
from nppdrivers.grid import Grid
from nppdrivers.interval_images import clear_days, coarse_on_days, read_pairs
from nppdrivers.job import running
from nppdrivers.validation import agreement

SCORES = ("rmse", "bias", "r")
METHODS = ("fused", "linear", "coarse")
TABLE_COLUMNS = ["date", "sensor", "n", *[f"{method}_{score}" for method in METHODS for score in SCORES]]
SAMPLE_COLUMNS = ["date", "gap", "departure", "error", "coarse_error"]
SAMPLED_CELLS = 2000  # of each image, for the error model
AROUND = timedelta(days=400)  # fine images for linear interpolation are looked for this far from the day


def linear_without(day, fine, grid):
    """Other fine images interpolated linearly to the day, without any coarse image."""
    others = [other for other in fine.dates if other != day and abs(other - day) <= AROUND]
    result = np.full(grid.shape, np.nan, "float32")
    for rows in grid.row_blocks(100_000) if others else ():
        result[rows] = linear_in_time(
            fine.read(others, grid, rows), day_numbers(others), day_numbers([day])[0]
        )
    return result


def predict_without(day, images, series, grid, selection, fusion):
    """Fused image of a day as if its fine image were not there, coarse image, and predictors of the error."""
    chosen = select_base_images(images.drop(day.isoformat()), [day], **selection).iloc[0]
    sides = [[date.fromisoformat(label) for label in chosen[side]] for side in ("before", "after")]
    coarse = coarse_on_days(series["coarse"], series["coarse_day"], [*sides[0], *sides[1], day], grid)
    before = read_pairs(sides[0], series["fine"], coarse, grid)
    after = read_pairs(sides[1], series["fine"], coarse[len(before) :], grid)
    fused = fuse_interval(before, after, coarse[-1:], **fusion)[0][0]
    ends = []
    for days, pairs in zip(sides, (before, after), strict=True):
        fine = np.array([pair[0] for pair in pairs], "float32").reshape(-1, *grid.shape)
        ends.append(nearest_clear(fine, day_numbers(days), day_numbers([day])[0]))
    gap, departure = gap_and_departure(*ends, fused)
    unbiased = coarse[-1] + local_bias([*before, *after], fusion["window"])
    return {"fused": fused, "coarse": coarse[-1], "unbiased": unbiased, "gap": gap, "departure": departure}


def compare(day, found, observed, rng):
    """Scores of each method, and errors of a random sample of cells with their predictors."""
    scores = {}
    for method in METHODS:
        result = agreement(found[method], observed)
        scores |= {f"{method}_{score}": getattr(result, score) for score in SCORES}
    clear = np.flatnonzero(np.isfinite(observed) & np.isfinite(found["fused"]))
    cells = rng.choice(clear, min(SAMPLED_CELLS, clear.size), replace=False)
    names = ("gap", "departure", "fused", "unbiased")
    sample = {name: found[name].ravel()[cells] for name in names} | {"observed": observed.ravel()[cells]}
    sample = pd.DataFrame(sample).assign(date=day.isoformat())
    sample["error"] = sample["fused"] - sample["observed"]
    sample["coarse_error"] = sample["unbiased"] - sample["observed"]
    return {"n": clear.size} | scores, sample[SAMPLE_COLUMNS]


def leave_one_out(*, year, inputs, output, min_base_percent, images_each_side, fusion, consistency):
    """Write the scores of every clear image of the year, and a sample of its errors."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    series = {name: DatedBands(getattr(inputs, name)) for name in ("fine", "coarse", "coarse_day")}
    images = clear_days(inputs.scenes)
    clear = images[images["clear_share"] >= min_base_percent / 100]
    selection = {"min_clear_share": min_base_percent / 100, "images_per_side": images_each_side}
    wide = coarse_window(grid.cell_size_m)
    fusion = fusion | {"coarse_window": wide, "consistency_window": wide if consistency else None}
    rows, samples = [], [pd.DataFrame(columns=SAMPLE_COLUMNS)]
    for label in clear.index[clear.index.str.startswith(str(year))] if len(clear) > 1 else ():
        day = date.fromisoformat(label)
        observed = np.where(inside, series["fine"].read([day], grid)[0], np.float32(np.nan))
        found = predict_without(day, images, series, grid, selection, fusion)
        found["linear"] = linear_without(day, series["fine"], grid)
        scores, sample = compare(day, found, observed, np.random.default_rng(day.toordinal()))
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
            fusion={"window": snakemake.params.window, "classes": snakemake.params.classes},
            consistency=snakemake.params.consistency,
        )
