"""The images that serve an interval of the fusion, read from the files of a run."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.dated_bands import DatedBands, day_numbers
from nppdrivers.fusion import Pair, coarse_on_date
from nppdrivers.grid import Grid

# Composites this far around the dates wanted are read to interpolate the coarse series in time.
REACH = timedelta(days=80)


def clear_days(scene_tables: Iterable[str | Path]) -> pd.DataFrame:
    """One row a day with a usable fine image: date, sensor, clear_share [0 ... 1]; the index is the date."""
    scenes = pd.concat([pd.read_csv(path) for path in scene_tables])
    days = scenes[scenes["kept"].astype(bool)].drop_duplicates("date").copy()
    days.index = list(days["date"])
    days["clear_share"] = days["mosaic_clear_percent"] / 100
    return days[["date", "sensor", "clear_share"]]


def base_days(intervals_path: str | Path, interval: str) -> tuple[list[date], list[date]]:
    """Days of the base images before and after an interval, best first."""
    row = pd.read_csv(intervals_path, keep_default_na=False).set_index("interval").loc[interval]
    return tuple([date.fromisoformat(day) for day in row[side].split()] for side in ("before", "after"))


def dates_of_interval(interval: str, coarse: DatedBands) -> list[date]:
    """Composite dates in an interval named YYYYMMDD_YYYYMMDD, both ends included."""
    first, last = (date.fromisoformat(day) for day in interval.split("_"))
    return [day for day in coarse.dates if first <= day <= last]


def coarse_on_days(
    coarse: DatedBands, coarse_day: DatedBands, wanted: Sequence[date], grid: Grid
) -> np.ndarray:
    """Coarse images interpolated in time to each of the days wanted [their unit], (days, height, width)."""
    near = [day for day in coarse.dates if min(wanted) - REACH <= day <= max(wanted) + REACH]
    result = np.empty((len(wanted), *grid.shape), "float32")
    for rows in grid.row_blocks(100_000):
        stack, observed = coarse.read(near, grid, rows), coarse_day.read(near, grid, rows)
        result[:, rows] = coarse_on_date(stack, observed, day_numbers(wanted))
    return result


def read_pairs(days: Sequence[date], fine: DatedBands, coarse_of_days: np.ndarray, grid: Grid) -> list[Pair]:
    """Fine image of each day, with the coarse image of the same day."""
    if not days:
        return []
    return list(zip(fine.read(days, grid), coarse_of_days[: len(days)], strict=True))
