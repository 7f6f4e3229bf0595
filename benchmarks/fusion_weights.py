"""ESTARFM alone and weighed with simpler predictions, on images left out and against the truth.

`python benchmarks/fusion_weights.py results/virtual_basin` takes a finished run of the virtual basin (folder
with grid, ndvi/landsat, ndvi/coarse and truth) and prints RMSE on a random share of the cells (`--share`): of
each clear image left out, weighed as learnt from the others, and of all composite dates against the truth.
Run with OMP_NUM_THREADS=1 and PYTHONPATH=workflow_scripts.
"""

import argparse
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.dated_bands import DatedBands
from nppdrivers.fusion.base_images import image_doubts, select_base_images
from nppdrivers.fusion.blocks import fuse_blocks, scene_of
from nppdrivers.fusion.combination import Departures, combined, fit_weights
from nppdrivers.fusion.interval_images import (
    IntervalImages,
    clear_days,
    image_differences,
    open_series,
)
from nppdrivers.grid import Grid
from nppdrivers.images.coarse_products import pixel_width_m


class Run:
    """Images of a finished run, and the cells to look at."""

    def __init__(self, folder: Path, share: float, min_clear_share: float, window: int) -> None:
        paths = {"fine": "ndvi/landsat/????.tif", "coarse": "ndvi/coarse/????.tif"}
        paths |= {"coarse_day": "ndvi/coarse/????_day.tif", "truth": "truth/ndvi/*.tif"}
        found = SimpleNamespace(**{name: sorted(folder.glob(pattern)) for name, pattern in paths.items()})
        self.grid = Grid.load(folder / "grid" / "grid.json")
        self.series = open_series(found, self.grid, pixel_width_m(["MOD13Q1"]))
        self.fine, self.coarse, self.truth = (
            DatedBands(vars(found)[name]) for name in ("fine", "coarse", "truth")
        )
        self.images = clear_days(sorted(folder.glob("ndvi/landsat/????.csv")))
        self.differences = image_differences(
            [date.fromisoformat(day) for day in self.images.index], self.series
        )
        self.selection = {"min_clear_share": min_clear_share, "images_per_side": 5}
        self.settings = {"method": "estarfm", "window": window, "classes": 4, "consistency": False}
        inside = rasters.read_mask(folder / "grid" / "study_area.tif", self.grid)
        self.cells = inside & (np.random.default_rng(0).random(self.grid.shape) < share)

    def fuse(self, chosen: Any, dates: list[date], expected: np.ndarray) -> Iterator[pd.DataFrame]:
        """Predictions of an interval by the model, their departures and what is expected, cell by cell."""
        before, after = ([date.fromisoformat(day) for day in chosen[side]] for side in ("before", "after"))
        images = IntervalImages(before, after, dates, **self.series)
        settings = images.settings(self.settings)
        for block in fuse_blocks(
            images, slice(0, self.grid.height), scene_of(images, settings), settings, self.cells
        ):
            cells = self.cells[block.rows]
            for day, fused, found, wanted in zip(
                dates, block.fused, block.departures(), expected, strict=True
            ):
                columns = {name: values[cells] for name, values in found._asdict().items()}
                columns |= {"fused": fused[cells], "expected": wanted[block.rows][cells]}
                yield pd.DataFrame(columns).assign(date=day.isoformat())

    def judged(self, without: str = "") -> pd.DataFrame:
        """The images, each with its doubt, as if one were not there."""
        kept = self.images.index != without
        return self.images[kept].assign(doubt=image_doubts(self.differences[kept]))

    def left_out(self) -> pd.DataFrame:
        """Each clear image, predicted from the others."""
        parts = []
        for label in self.images.index[self.images["clear_share"] >= self.selection["min_clear_share"]]:
            day = date.fromisoformat(label)
            chosen = select_base_images(self.judged(label), [day], **self.selection).iloc[0]
            parts += self.fuse(chosen, [day], self.fine.read([day], self.grid))
        return pd.concat(parts).dropna(subset=["fused", "expected", "model"])

    def all_dates(self) -> pd.DataFrame:
        """Each composite date, with the truth."""
        dates, parts = [day for day in self.coarse.dates if day in set(self.truth.dates)], []
        for _, chosen in select_base_images(self.judged(), dates, **self.selection).iterrows():
            first, last = chosen["first_date"].date(), chosen["last_date"].date()
            own = [day for day in dates if first <= day <= last]
            parts += self.fuse(chosen, own, self.truth.read(own, self.grid))
        return pd.concat(parts).dropna(subset=["fused", "expected", "model"])


def departures_of(table: pd.DataFrame) -> Departures:
    """Departures of the rows of a table."""
    return Departures(*[table[name].to_numpy() for name in Departures._fields])


def report(name: str, table: pd.DataFrame, weighed: np.ndarray) -> None:
    """RMSE of model, weighed prediction and line in time, and on how many dates weighing harms."""
    errors = pd.DataFrame(
        {"estarfm": table["fused"], "combined": weighed, "linear": table["fused"] - table["model"]}
    )
    squares = errors.sub(table["expected"], axis=0) ** 2
    rmse, by_date = np.sqrt(squares.mean()), np.sqrt(squares.groupby(table["date"]).mean())
    print(f"{name}: " + ", ".join(f"{way} {value:.4f}" for way, value in rmse.items()), end="; ")
    worse = {way: int((by_date["combined"] > 1.01 * by_date[way]).sum()) for way in ("estarfm", "linear")}
    print(f"combined is worse by over 1 % on {worse} of {len(by_date)} dates")


def print_weights(run: Run) -> None:
    """Errors on images left out and against the truth."""
    seen = run.left_out().reset_index(drop=True)
    weighed = np.empty(len(seen))
    for day, own in seen.groupby("date"):
        others = seen[seen["date"] != day]
        weights = fit_weights(
            departures_of(others),
            (others["fused"] - others["expected"]).to_numpy(),
            others["date"].to_numpy(),
        )
        weighed[own.index] = combined(own["fused"].to_numpy(), departures_of(own), weights)
    report("images left out", seen, weighed)
    weights = fit_weights(
        departures_of(seen), (seen["fused"] - seen["expected"]).to_numpy(), seen["date"].to_numpy()
    )
    print("weights:", {name: np.round(values, 2).tolist() for name, values in vars(weights).items()})
    table = run.all_dates().reset_index(drop=True)
    report("truth", table, combined(table["fused"].to_numpy(), departures_of(table), weights))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--share", type=float, default=0.04, help="share of the cells")
    parser.add_argument("--clear", type=float, default=0.8, help="clear share of a base image")
    parser.add_argument("--window", type=int, default=51, help="window of ESTARFM [cells]")
    options = parser.parse_args()
    print_weights(Run(options.folder, options.share, options.clear, options.window))
