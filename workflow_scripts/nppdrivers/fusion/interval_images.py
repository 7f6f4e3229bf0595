"""The images that serve an interval of the fusion, read from the files of a run block by block."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nppdrivers.dated_bands import DatedBands, day_numbers
from nppdrivers.fusion.base_images import Pair
from nppdrivers.fusion.combination import Weights
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.fusion.time_interpolation import coarse_on_date, fill_pinholes
from nppdrivers.fusion.windows import coarse_cell, coarse_window, square_means
from nppdrivers.grid import TILE_ROWS, Grid, widened, within
from nppdrivers.vegetation_index import as_index

# Composites this far around the dates wanted are read to interpolate the coarse series in time.
REACH = timedelta(days=80)
BLOCK_CELLS = 1_000_000
LEAST_BLOCK_ROWS = 128  # a block's margins are read with it: thin blocks would be mostly margin


def clear_days(scene_tables: Iterable[str | Path]) -> pd.DataFrame:
    """One row a day with a usable fine image: date, sensor, clear_share [0 ... 1]; the index is the date."""
    scenes = pd.concat([pd.read_csv(path) for path in scene_tables])
    days = scenes[scenes["kept"].astype(bool)].drop_duplicates("date").copy()
    days.index = list(days["date"])
    days["clear_share"] = days["mosaic_clear_percent"] / 100
    return days[["date", "sensor", "clear_share"]]


def read_fine_images(path: str | Path) -> pd.DataFrame:
    """Table of `judge_fine_images`, a row a day with a usable fine image; the index is the date."""
    images = pd.read_csv(path, dtype={"date": str})
    return images.set_axis(list(images["date"]), axis=0)


class Interval(NamedTuple):
    """Dates of an interval, and days of the base images before and after it, the best first."""

    dates: list[date]
    before: list[date]
    after: list[date]


def intervals_of_span(intervals_path: str | Path, span: str, days: Sequence[date]) -> list[Interval]:
    """Intervals of a span, each with its dates in a series.

    Parameters
    ----------
    intervals_path : table of the intervals: span, interval (YYYYMMDD_YYYYMMDD, both ends included), before
        and after (days of the base images)
    span : name of the span
    days : all composite dates, in order
    """
    table = pd.read_csv(intervals_path, keep_default_na=False)
    found = []
    for row in table[table["span"] == span].itertuples():
        first, last = map(date.fromisoformat, row.interval.split("_"))
        sides = ([date.fromisoformat(day) for day in side.split()] for side in (row.before, row.after))
        found.append(Interval([day for day in days if first <= day <= last], *sides))
    return found


def blocks_of_rows(rows: slice, width: int) -> Iterator[slice]:
    """Rows in blocks of about a million cells, but at least 128 rows."""
    step = max(LEAST_BLOCK_ROWS, BLOCK_CELLS // width)
    for start in range(rows.start, rows.stop, step):
        yield slice(start, min(start + step, rows.stop))


def is_one_block(grid: Grid) -> bool:
    """Whether the whole grid is one block."""
    return len(list(blocks_of_rows(slice(0, grid.height), grid.width))) == 1


class CoarseSeries:
    """Coarse images of a series, their pinholes filled.

    Successive intervals need mostly the same ones: of a grid of one block those read last are kept.

    Parameters
    ----------
    series : the coarse images, or their days of observation
    grid : Grid
    pixel_m : width of a pixel of the coarse product [m]
    """

    def __init__(self, series: DatedBands, grid: Grid, pixel_m: float) -> None:
        self.dates, self.pixel_m = series.dates, pixel_m
        self._series, self._grid = series, grid
        self._kept: dict[date, np.ndarray] = {}

    def read(self, days: Sequence[date], rows: slice) -> np.ndarray:
        """Images of these days, (days, rows, width) float32."""
        if not is_one_block(self._grid):
            return self._filled(days, rows)
        self._kept = {day: self._kept[day] for day in days if day in self._kept}
        if absent := [day for day in days if day not in self._kept]:
            images = self._filled(absent, slice(0, self._grid.height))
            self._kept |= {day: image.copy() for day, image in zip(absent, images, strict=True)}
        return np.stack([self._kept[day][rows] for day in days])

    def _filled(self, days: Sequence[date], rows: slice) -> np.ndarray:
        size = coarse_cell(self.pixel_m, self._grid.cell_size_m)
        around = widened(rows, size // 2, self._grid.height)
        return fill_pinholes(self._series.read(days, self._grid, around), size)[:, within(rows, around)]


class IntervalImages:
    """Base images before and after an interval and the coarse images of its dates, by rows.

    A grid of one block is read once, when it is first asked for, and kept until `forget`.

    Parameters
    ----------
    before, after : days of the base images, the best first
    dates : dates to predict
    fine, coarse : series of each layer: NDVI alone, or red and near infrared
    coarse_day : day of observation of the coarse images [d]
    grid : Grid
    """

    def __init__(
        self,
        before: Sequence[date],
        after: Sequence[date],
        dates: Sequence[date],
        *,
        fine: Sequence[DatedBands],
        coarse: Sequence[CoarseSeries],
        coarse_day: CoarseSeries,
        grid: Grid,
    ) -> None:
        self.before, self.after, self.dates, self.grid = list(before), list(after), list(dates), grid
        self._fine, self._coarse, self._coarse_day = fine, coarse, coarse_day
        self.layers = "ndvi" if len(fine) == 1 else "bands"
        self._check_days()
        self._kept: tuple[np.ndarray, np.ndarray] | None = None

    def _check_days(self) -> None:
        if not self.dates:
            raise ValueError(
                "no composite lies in the interval; compare its dates with those of the coarse images"
            )
        named = f"the interval {self.dates[0]} to {self.dates[-1]}"
        if not (self.before or self.after):
            raise ValueError(f"{named} has no base image before or after it; lower fusion.min_base_percent")
        if absent := [str(day) for day in (*self.before, *self.after) if day not in self._fine[0].dates]:
            raise ValueError(
                f"{named}: no fine image of {', '.join(absent)}, its base image; choose them anew"
            )
        early, late = max(self.before, default=date.min), min(self.after, default=date.max)
        if early > self.dates[0] or late < self.dates[-1]:
            raise ValueError(f"{named}: base images before it reach to {early}, those after begin on {late}")

    def settings(self, fusion: Mapping[str, Any], weights: Weights | None = None) -> FusionSettings:
        """Settings of the fusion of these images, from those of the run; windows fit the coarse product."""
        size = coarse_window(self._coarse_day.pixel_m, self.grid.cell_size_m)
        return FusionSettings.from_config(fusion, size, weights)

    def read(self, rows: slice) -> tuple[list[Pair], list[Pair], np.ndarray]:
        """Base images before and after, (fine, coarse), each (bands, rows, width), and of the dates."""
        if self._kept is None and is_one_block(self.grid):
            self._kept = self._read(slice(0, self.grid.height))
        fine, coarse = (
            (images[:, :, rows] for images in self._kept) if self._kept is not None else self._read(rows)
        )
        pairs = list(zip(fine, coarse, strict=False))
        return pairs[: len(self.before)], pairs[len(self.before) :], coarse[len(pairs) :]

    def forget(self) -> None:
        """Free the memory of images that are kept."""
        self._kept = None

    def _read(self, rows: slice) -> tuple[np.ndarray, np.ndarray]:
        """Fine images of the base days; coarse ones of these and of the dates: (days, bands, rows, width)."""
        base = [*self.before, *self.after]
        fine = np.stack([series.read(base, self.grid, rows) for series in self._fine], axis=1)
        return fine, self._coarse_on_days([*base, *self.dates], rows)

    def _coarse_on_days(self, wanted: Sequence[date], rows: slice) -> np.ndarray:
        """Coarse images interpolated in time to each of the days wanted; NaN where none is near them."""
        known = self._coarse[0].dates
        near = [day for day in known if min(wanted) - REACH <= day <= max(wanted) + REACH]
        shape = len(wanted), len(self._coarse), rows.stop - rows.start, self.grid.width
        result = np.full(shape, np.nan, "float32")
        if not near:
            return result
        # many composites are read for a few days; thinner than a row of tiles, a part would be mostly margin
        step = max(TILE_ROWS, BLOCK_CELLS // 10 // self.grid.width)
        for start in range(rows.start, rows.stop, step):
            part = slice(start, min(start + step, rows.stop))
            coarse_days = self._coarse_day.read(near, part)
            there = slice(part.start - rows.start, part.stop - rows.start)
            for band, series in enumerate(self._coarse):
                stack = series.read(near, part)
                result[:, band, there] = coarse_on_date(stack, coarse_days, day_numbers(wanted))
        return result


def image_differences(days: Sequence[date], series: dict[str, Any]) -> NDArray[np.float64]:
    """Fine less coarse index of these days, means over squares about two coarse pixels wide.

    Parameters
    ----------
    days : days of fine images, in order of time
    series : of `open_series`

    Returns
    -------
    array, (days, squares)
        [1]. The mean over the clear cells of each square; NaN where it has none.
    """
    grid, size = series["grid"], coarse_window(series["coarse_day"].pixel_m, series["grid"].cell_size_m)
    step = -(-max(LEAST_BLOCK_ROWS, BLOCK_CELLS // grid.width) // size) * size
    parts: list[list[NDArray]] = [[] for _ in days]
    for start in range(0, grid.height, step):
        rows = slice(start, min(start + step, grid.height))
        for squares, day in zip(parts, days, strict=True):
            (pair,), _, _ = IntervalImages([day], [], [day], **series).read(rows)
            fine, coarse = (as_index(image) for image in pair)
            squares.append(square_means(fine - coarse, size).ravel())
    return np.array([np.concatenate(squares) for squares in parts])


class SeriesInputs(Protocol):
    """Files of all years; where the bands are fused also fine_red, fine_nir, coarse_red and coarse_nir."""

    fine: list[str]
    coarse: list[str]
    coarse_day: list[str]


class IntervalInputs(SeriesInputs, Protocol):
    """Files of all years, and the table of the intervals."""

    intervals: str


def open_series(inputs: SeriesInputs, grid: Grid, coarse_pixel_m: float) -> dict[str, Any]:
    """Arguments of `IntervalImages` that all intervals share: fine, coarse, coarse_day, grid.

    Where the rule has red and near infrared (fine_red, fine_nir, ...) these stand in place of the index.
    """
    series = {}
    for name in ("fine", "coarse"):
        bands = [getattr(inputs, f"{name}_{band}", None) for band in ("red", "nir")]
        layers = [paths for paths in bands if paths] or [getattr(inputs, name)]
        series[name] = [DatedBands(paths) for paths in layers]
    return {
        "fine": series["fine"],
        "coarse": [CoarseSeries(layer, grid, coarse_pixel_m) for layer in series["coarse"]],
        "coarse_day": CoarseSeries(DatedBands(inputs.coarse_day), grid, coarse_pixel_m),
        "grid": grid,
    }


def open_span(span: str, inputs: IntervalInputs, grid: Grid, coarse_pixel_m: float) -> list[IntervalImages]:
    """Images of each interval of a span, from a rule's inputs: intervals, fine, coarse and coarse_day."""
    series = open_series(inputs, grid, coarse_pixel_m)
    return [
        IntervalImages(before, after, dates, **series)
        for dates, before, after in intervals_of_span(inputs.intervals, span, series["coarse_day"].dates)
    ]
