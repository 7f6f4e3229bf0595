"""Score every stage against the truth of the virtual basin."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers import contribution, rasters
from nppdrivers.agreement import agreement
from nppdrivers.change.events import EVENTS
from nppdrivers.change.planted import EFFECT, PLANTED, held, with_planted
from nppdrivers.dated_bands import DatedBands, day_numbers
from nppdrivers.fusion.time_interpolation import linear_in_time
from nppdrivers.grid import Grid
from nppdrivers.job import running

SURE = 0.8  # share of the replicates that give the same leading category
EXPECTED = {"NPP": ">= 0.9", "LD": ">= 0.95"}  # r of a map with its truth
# What is expected of the share of cells whose largest contribution is the planted one: among cells with one
# planted category above 60 %, and among sure cells.
EXPECTED_SHARES = {"actual contribution": ("", ""), "Shapley value": (">= 0.7", ">= 0.75")}

Score = tuple[str, float, str]  # what, its value, the value expected or an empty text


class Inputs(Protocol):
    """Files that the rule reads; those of a year or interval in order of time; of effects empty without."""

    grid: str
    study_area: str
    truth: str
    fine: list[str]
    fused: list[str]
    npp: str
    soil: list[str]
    drivers: list[str]
    forest: str
    actual_contribution: str
    actual_contribution_dominant: str
    actual_contribution_probability: str
    shapley: str
    shapley_dominant: str
    shapley_probability: str
    effects: str
    places: str


def squared_errors(
    grid: Grid, inside: np.ndarray, fused: DatedBands, fine: DatedBands, truth: DatedBands
) -> np.ndarray:
    """Squared errors of fusion and of linear interpolation on dates without fine image, and their number."""
    dates = sorted(set(fused.dates) & set(truth.dates) - set(fine.dates))
    total = np.zeros(3)
    for rows in grid.row_blocks(20_000):
        observed = fine.read(fine.dates, grid, rows)
        linear = linear_in_time(observed, day_numbers(fine.dates), day_numbers(dates))
        true = np.where(inside[rows], truth.read(dates, grid, rows), np.nan)
        errors = fused.read(dates, grid, rows) - true, linear - true
        both = np.isfinite(errors[0]) & np.isfinite(errors[1])
        total += [*(np.sum(error[both] ** 2, dtype=float) for error in errors), both.sum()]
    return total


def fusion_scores(grid: Grid, inside: np.ndarray, inputs: Inputs) -> Iterator[Score]:
    """Fused NDVI and linear interpolation in time of the clear fine images, against truth."""
    series = (inputs.fused, inputs.fine, sorted(Path(inputs.truth, "ndvi").glob("*.tif")))
    fusion, linear, number = squared_errors(grid, inside, *map(DatedBands, series))
    yield "fused NDVI RMSE, dates without a fine image", np.sqrt(fusion / number), "<= 0.05"
    yield (
        "linear interpolation in time RMSE, same cells",
        np.sqrt(linear / number),
        "larger than the fused one",
    )


def map_scores(grid: Grid, inside: np.ndarray, inputs: Inputs, names: Sequence[str]) -> Iterator[Score]:
    """Mean annual NPP and each driver against truth."""
    for name, path in {"NPP": inputs.npp, **dict(zip(names, inputs.drivers, strict=True))}.items():
        true_path = Path(inputs.truth, "npp.tif" if name == "NPP" else f"{name}.tif")
        values, true = (rasters.read(file, grid, bands=1)[inside] for file in (path, true_path))
        scores = agreement(values, true)
        label = "mean annual NPP" if name == "NPP" else name
        yield f"{label} r", scores.r, EXPECTED.get(name, "")
        yield f"{label} bias", scores.bias, ""


def soil_scores(paths: Sequence[str]) -> Iterator[Score]:
    """Soil maps in blocked cross-validation: R2 above 0 is better than the mean of the samples."""
    for path in paths:
        scores = json.loads(Path(path).read_text())
        yield f"{Path(path).stem} blocked cross-validation R2", scores["blocked_cv_r2"], "> 0"


def forest_scores(path: str) -> Iterator[Score]:
    """Out-of-bag and blocked R2 of the forests on all drivers."""
    scores = pd.read_csv(path).iloc[0]
    yield "forest out-of-bag R2", scores["oob_r2"], ">= 0.6"
    yield "forest blocked cross-validation R2", scores["blocked_cv_r2"], ""


def contribution_scores(grid: Grid, inside: np.ndarray, inputs: Inputs) -> Iterator[Score]:
    """Contributions against those planted: their size, the largest one, and how sure it is."""
    names = rasters.band_names(inputs.actual_contribution)
    paths = [Path(inputs.truth, f"contribution_{name}.tif") for name in names]
    planted = np.stack([rasters.read(path, grid, bands=1)[inside] for path in paths])
    clear = contribution.shares(planted).max(axis=0) > 60
    yield "share of cells with one planted category above 60 %", clear.mean(), ""
    for method, (expected_clear, expected_sure) in EXPECTED_SHARES.items():
        stem = method.removesuffix(" value").replace(" ", "_").lower()
        mapped = rasters.read(getattr(inputs, stem), grid)[:, inside]
        for name, true, values in zip(names, planted, mapped, strict=True):
            yield f"{method} of {name} r", agreement(values, true).r, ""
        right = np.abs(mapped).argmax(axis=0) == np.abs(planted).argmax(axis=0)
        yield (
            f"largest {method} is the planted one, cells with one above 60 %",
            right[clear].mean(),
            expected_clear,
        )
        agreed = rasters.read(getattr(inputs, f"{stem}_probability"), grid, bands=2)[inside]
        path = getattr(inputs, f"{stem}_dominant")
        unsure = [code for code, name in rasters.legend(path).items() if name == contribution.INDISTINCT]
        is_indistinct = np.isin(rasters.read(path, grid, bands=1)[inside], unsure)
        sure = ~is_indistinct & (agreed >= SURE)
        yield f"share of cells distinct and sure by 80 % or more, {method}", sure.mean(), ""
        yield (
            f"largest {method} is the planted one, cells sure by 80 % or more",
            right[sure].mean(),
            expected_sure,
        )


def effect_scores(inputs: Inputs, years: Sequence[int]) -> Iterator[Score]:
    """Effects of events with years before them against those planted; nothing where none were estimated."""
    if not inputs.effects:
        return
    events = gpd.read_file(inputs.places).set_index("name")[list(EVENTS)].astype(float)
    planted = pd.read_csv(Path(inputs.truth, "planted.csv"))
    rows = with_planted(pd.read_csv(inputs.effects), events, planted, np.array(years))
    rows = rows[rows["compared"] == "before and after"]
    yield "effects of events with years before them, number", len(rows), ""
    yield "effects of events, share of 90 % intervals with the planted effect", held(rows).mean(), ">= 0.85"
    yield "effects of events bias", (rows[EFFECT] - rows[PLANTED]).mean(), ""


def score_truth(*, inputs: Inputs, drivers: Sequence[str], years: Sequence[int], scores_path: str) -> None:
    """Write one row a score: its value and, where the project promises one, the value expected."""
    grid = Grid.load(inputs.grid)
    inside = rasters.read_mask(inputs.study_area, grid)
    rows = [
        *fusion_scores(grid, inside, inputs),
        *map_scores(grid, inside, inputs, drivers),
        *soil_scores(inputs.soil),
        *forest_scores(inputs.forest),
        *contribution_scores(grid, inside, inputs),
        *effect_scores(inputs, years),
    ]
    table = pd.DataFrame(rows, columns=["score", "value", "wanted"])
    table.to_csv(scores_path, index=False, float_format="%.4f")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        score_truth(
            inputs=snakemake.input,
            drivers=snakemake.params.drivers,
            years=snakemake.params.years,
            scores_path=snakemake.output.scores,
        )
