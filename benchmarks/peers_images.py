"""Fine images left out and predicted, for `peers.py`: this project's fusion and own codings of others.

The folder has `fine_YYYY-MM-DD.tif` and `coarse_YYYY-MM-DD.tif` on one grid: one band of an index, or two
of red and near infrared reflectance; missing values are NaN or the nodata value. Coarse images of other
days than the fine ones are interpolated in time. Each fine image that is clear over half of the area is
left out in turn and predicted from the others; the weights of the weighed prediction are learnt from all
other images left out. With one base image, each is predicted from the nearest before and from the nearest
after it alone, with the weights of a run that can leave no image out.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import rasterio
from peers_of_fusion import base_and_change, fit_fc, fsdaf

from nppdrivers.dated_bands import day_numbers
from nppdrivers.fusion.base_images import image_doubts, select_base_images
from nppdrivers.fusion.blocks import FusedBlock, fuse_blocks, scene_of
from nppdrivers.fusion.combination import Departures, Weights, fit_weights
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.fusion.time_interpolation import coarse_on_date, linear_in_time
from nppdrivers.fusion.windows import square_means
from nppdrivers.vegetation_index import as_index

CLEAR = 0.5  # of an image that is left out
PEERS = {"base + change": base_and_change, "Fit-FC": fit_fc, "FSDAF": fsdaf}
OURS = "combined"


def read_series(folder: Path, kind: str) -> dict[date, np.ndarray]:
    """Index images by date, (height, width)."""
    series = {}
    for path in sorted(folder.glob(f"{kind}_*.tif")):
        with rasterio.open(path) as raster:
            bands = raster.read(masked=True).astype(np.float32).filled(np.nan)
        series[date.fromisoformat(path.stem.split("_")[1])] = as_index(bands)
    if not series:
        raise SystemExit(f"{folder} has no {kind}_YYYY-MM-DD.tif")
    return series


class Series:
    """Fine images and the coarse ones of the same days."""

    def __init__(self, folder: Path, coarse_size: int, window: int) -> None:
        coarse = read_series(folder, "coarse")
        fine = read_series(folder, "fine")
        self.fine = {day: image for day, image in fine.items() if min(coarse) <= day <= max(coarse)}
        for day in fine.keys() - self.fine.keys():
            print(f"{day}: not used, since the coarse images end before it or begin after it")
        stack = np.stack(list(coarse.values()))
        seen = coarse_on_date(stack, day_numbers(list(coarse)), day_numbers(list(self.fine)))
        self.coarse = {day: coarse.get(day, image) for day, image in zip(self.fine, seen, strict=True)}
        self.size, self.shape = coarse_size, stack.shape[1:]
        self.differences = {
            day: square_means(image - self.coarse[day], 2 * coarse_size + 1).ravel()
            for day, image in self.fine.items()
        }
        self.settings = {"window": window, "coarse_window": 2 * coarse_size + 1}
        share = [np.isfinite(image).mean() for image in self.fine.values()]
        self.table = pd.DataFrame(
            {"date": list(self.fine), "sensor": "", "clear_share": share}, list(self.fine)
        )

    def clear_days(self) -> list[date]:
        """Days of the images that are left out, in order."""
        return sorted(day for day, share in self.table["clear_share"].items() if share >= CLEAR)

    def sides(self, day: date) -> list[list[date]]:
        """Days of the base images before and after a day, the best first, as if the day had no image."""
        others = self.table.drop(day)
        others["doubt"] = image_doubts(np.stack([self.differences[other] for other in others.index]))
        most = min(CLEAR, others["clear_share"].max())
        chosen = select_base_images(others, [day], min_clear_share=most, images_per_side=5).iloc[0]
        return [list(chosen["before"]), list(chosen["after"])]

    def fuse(
        self, day: date, weights: Weights | None = None, base: list[list[date]] | None = None
    ) -> FusedBlock:
        """The stage's prediction of a day, from its base images or those given, before and after."""
        before, after = base or self.sides(day)
        pairs = [(self.fine[other][None], self.coarse[other][None]) for other in before + after]
        target = self.coarse[day][None, None]

        def read(rows: slice) -> tuple:
            cut = [(fine[:, rows], coarse[:, rows]) for fine, coarse in pairs]
            return cut[: len(before)], cut[len(before) :], target[:, :, rows]

        grid = SimpleNamespace(height=self.shape[0], width=self.shape[1], shape=self.shape)
        images = SimpleNamespace(before=before, after=after, dates=[day], read=read, grid=grid)
        settings = FusionSettings(**self.settings, weights=weights)
        return next(fuse_blocks(images, slice(0, grid.height), scene_of(images, settings), settings))

    def peers(self, day: date, others: list[date]) -> Iterator[tuple[str, np.ndarray]]:
        """Predictions by the others: from the nearest of the images that is clear in a cell."""
        stack = np.stack([self.fine[other] for other in others])
        yield "linear", linear_in_time(stack, day_numbers(others), day_numbers([day])[0])
        near = sorted(others, key=lambda other: abs(other - day))
        for name, predict in PEERS.items():
            found = np.full(self.shape, np.nan)
            for other in near:
                if np.isnan(found).any():
                    pair = self.fine[other].astype(float), self.coarse[other].astype(float)
                    made = predict(*pair, self.coarse[day].astype(float), self.size)
                    found = np.where(np.isnan(found), made, found)
            yield name, np.clip(found, -1.0, 1.0)


def sample_of(block: FusedBlock, observed: np.ndarray, day: date) -> pd.DataFrame:
    """Departures and errors of the model's prediction in every cell."""
    columns = {name: values.ravel() for name, values in next(block.departures())._asdict().items()}
    return pd.DataFrame(columns).assign(error=(block.fused[0] - observed).ravel(), day=day).dropna()


def weights_without(day: date, samples: pd.DataFrame) -> Weights:
    """Weights learnt on all other dates."""
    others = samples[samples["day"] != day]
    found = Departures(*[others[name].to_numpy(float) for name in Departures._fields])
    return fit_weights(found, others["error"].to_numpy(), others["day"].map(str).to_numpy())


def compare(series: Series) -> Iterator[pd.DataFrame]:
    """Scores by date and method, each predicted from all other dates."""
    days = series.clear_days()
    blocks = {day: series.fuse(day) for day in days}
    samples = pd.concat([sample_of(blocks[day], series.fine[day], day) for day in days])
    for day in days:
        made = dict(series.peers(day, [other for other in series.fine if other != day]))
        made |= {"ESTARFM": blocks[day].fused[0]}
        made[OURS] = series.fuse(day, weights_without(day, samples)).fused[0]
        yield scores_of(made, series.fine[day]).assign(date=str(day))


def compare_one_image(series: Series) -> Iterator[pd.DataFrame]:
    """Scores by date and method, each predicted from the nearest clear image on one side of it."""
    days = series.clear_days()
    for number, day in enumerate(days):
        for base in ([days[number - 1 : number], []], [[], days[number + 1 : number + 2]]):
            if other := [*base[0], *base[1]]:
                made = dict(series.peers(day, other)) | {"ESTARFM": series.fuse(day, None, base).fused[0]}
                made[OURS] = series.fuse(day, Weights(), base).fused[0]
                yield scores_of(made, series.fine[day]).assign(date=f"{day} from {other[0]}")


def scores_of(made: dict[str, np.ndarray], observed: np.ndarray) -> pd.DataFrame:
    """RMSE and detail of each prediction, a row each, on the cells that all have; how many these are."""
    there = np.all([np.isfinite(image - observed) for image in made.values()], axis=0)
    seen = np.where(there, observed, np.nan)
    edges = np.nansum(edge(seen))
    rows = {
        name: {
            "cells": int(there.sum()),
            "rmse": np.sqrt(np.nanmean((image - seen) ** 2)),
            "detail": np.nansum(edge(image + 0 * seen)) / edges - 1,
        }
        for name, image in made.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index")


def edge(image: np.ndarray) -> np.ndarray:
    """Roberts' edge: sum of the differences along both diagonals of each four cells."""
    falling, rising = image[:-1, :-1] - image[1:, 1:], image[:-1, 1:] - image[1:, :-1]
    return np.abs(falling) + np.abs(rising)


def print_images(folder: Path, coarse_size: int, window: int, one_image: bool) -> None:
    """Print RMSE and detail by date, and pooled over dates of equal weight, and the best other method."""
    series = Series(folder, coarse_size, window)
    rows = compare_one_image(series) if one_image else compare(series)
    table = pd.concat(rows).rename_axis("method").set_index("date", append=True)
    rmse, detail = (table[name].unstack("method", sort=False) for name in ("rmse", "detail"))
    rmse.insert(0, "cells", table["cells"].groupby("date").first())
    print(f"RMSE\n{rmse.round(4).to_string()}")
    pooled = np.sqrt((rmse.drop(columns="cells") ** 2).mean())
    others = pooled.drop(OURS)
    print("pooled:", ", ".join(f"{name} {value:.4f}" for name, value in pooled.items()))
    print(f"{OURS} is {pooled[OURS] / others.min():.3f} times the best other, {others.idxmin()}")
    print(f"\ndetail: sum of Roberts' edges as a share of the image's, less 1\n{detail.round(3).to_string()}")
    print("mean:", ", ".join(f"{name} {value:+.3f}" for name, value in detail.mean().items()))
