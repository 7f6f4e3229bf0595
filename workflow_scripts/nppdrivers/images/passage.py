"""The passage from MODIS to VIIRS: how much higher VIIRS sees NDVI, by land cover and season."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd
from affine import Affine
from rasterio import warp

from nppdrivers import rasters
from nppdrivers.grid import Grid

LEAST_DATES, LEAST_PIXELS = 3, 60  # of a group of its own
SEASONS = ("Dec-Feb", "Mar-May", "Jun-Aug", "Sep-Nov")
_MADS = 3.0  # differences beyond this many scaled median absolute deviations are dropped
_SCALED_MAD = 1.4826
COLUMNS = ["land_cover", "season", "pixels", "dates", "bias", "standard_error", "rmse_before", "rmse_after",
           "from"]  # fmt: skip


@dataclass(frozen=True)
class Overlap:
    """A date on which both sensors have a composite.

    Attributes
    ----------
    start : date
        First day of both composites.
    difference : (rows, columns) float32
        NDVI of VIIRS less NDVI of MODIS [1]; NaN where either is not usable.
    classes : (rows, columns) integer array
        Most frequent land cover class of each pixel, numbered from 1; 0 for none.
    """

    start: date
    difference: np.ndarray
    classes: np.ndarray


def season_of(day: date) -> str:
    """Season of a composite by the month of its first day."""
    return SEASONS[day.month % 12 // 3]


def read_classes(path: str | Path, grid: Grid) -> tuple[np.ndarray, list[str]]:
    """Land cover classes on the grid, and their names in the order of their numbers."""
    return rasters.read(path, grid, bands=1), rasters.tags(path)["classes"].split(",")


def classes_on(
    classes: np.ndarray, grid: Grid, crs: str, transform: Affine, shape: tuple[int, int]
) -> np.ndarray:
    """Most frequent class of the cells whose centre lies in each coarse pixel; 0 where there is none."""
    number = int(classes.max(initial=0)) + 1
    counts = np.zeros((shape[0] * shape[1], number), np.int64)
    for rows in grid.row_blocks():
        x, y = (np.asarray(each) for each in warp.transform(grid.crs, crs, *map(np.ravel, grid.xy(rows))))
        across, down = (np.floor(each).astype(int) for each in ~transform @ (x, y))
        inside = (across >= 0) & (across < shape[1]) & (down >= 0) & (down < shape[0])
        place = (down * shape[1] + across)[inside] * number + classes[rows].ravel()[inside]
        counts += np.bincount(place, minlength=counts.size).reshape(counts.shape)
    counts[:, 0] = 0
    return np.where(counts.any(axis=1), counts.argmax(axis=1), 0).reshape(shape)


def fit_passage(overlaps: Iterable[Overlap], names: Sequence[str]) -> pd.DataFrame:
    """Bias of VIIRS against MODIS by land cover class and season, from composites of the same days.

    bias = mean of the differences, without those beyond three scaled median absolute deviations (missed
    clouds, another day of a harvest). Pixels of a date err together, so the standard error is that of the
    mean over dates. A group with fewer than 3 dates or 60 pixels takes the bias of its class, or else of all.

    Parameters
    ----------
    overlaps : iterable of Overlap
    names : sequence of str
        Names of the classes in the order of their numbers.

    Returns
    -------
    DataFrame
        A row for each class that is there and season: land_cover, season, pixels, dates (of the group),
        bias, standard_error [1], rmse_before, rmse_after [1] (root mean square difference of the pixels of
        the group that are kept, without and with the bias removed), from (what the bias was found from).

    Raises
    ------
    ValueError
        When both sensors have too few composites in common.
    """
    values = pd.concat([_table(overlap) for overlap in overlaps] or [pd.DataFrame(columns=_KEYS)])
    found = _bias(values)
    if found is None:
        raise ValueError(
            f"MODIS and VIIRS have {values['start'].nunique()} composites of the same days with "
            f"{len(values)} usable pixels in common; {LEAST_DATES} and {LEAST_PIXELS} are needed: add "
            "composites of both for the same year, or take products of one sensor (coarse.products)"
        )
    rows = []
    for number in sorted(values["class"].unique()):
        own_class = values[values["class"] == number]
        for season in SEASONS:
            group = own_class[own_class["season"] == season]
            bias, error, source = next(
                (*estimate, source)
                for source, estimate in (
                    ("class and season", _bias(group)),
                    ("class", _bias(own_class)),
                    ("all classes", found),
                )
                if estimate is not None
            )
            scatter = [_root_mean_square(_kept(group)["difference"] - level) for level in (0.0, bias)]
            sizes = (len(group), group["start"].nunique())
            rows.append((names[number - 1], season, *sizes, bias, error, *scatter, source))
    return pd.DataFrame(rows, columns=COLUMNS)


_KEYS = ("start", "season", "class", "difference")


def _table(overlap: Overlap) -> pd.DataFrame:
    known = np.isfinite(overlap.difference) & (overlap.classes > 0)
    return pd.DataFrame(
        {
            "start": overlap.start,
            "season": season_of(overlap.start),
            "class": overlap.classes[known].astype(int),
            "difference": overlap.difference[known].astype(float),
        }
    )


def _bias(values: pd.DataFrame) -> tuple[float, float] | None:
    """Mean difference and its standard error; None for too few dates or pixels."""
    if values["start"].nunique() < LEAST_DATES or len(values) < LEAST_PIXELS:
        return None
    by_date = _kept(values).groupby("start")["difference"].agg(["mean", "size"])
    bias = float(np.average(by_date["mean"], weights=by_date["size"]))
    share = by_date["size"] / by_date["size"].sum()
    return bias, float(np.sqrt(np.sum((share * (by_date["mean"] - bias)) ** 2)))


def _kept(values: pd.DataFrame) -> pd.DataFrame:
    """Rows whose difference is not far from the median."""
    apart = (values["difference"] - values["difference"].median()).abs()
    return values[apart <= _MADS * _SCALED_MAD * max(float(apart.median()), 1e-6)] if len(values) else values


def _root_mean_square(values: pd.Series) -> float:
    return float(np.sqrt(np.mean(np.square(values)))) if len(values) else float("nan")


class Passage:
    """Bias and its error at each pixel or cell, from the table of `fit_passage`.

    Parameters
    ----------
    table : DataFrame
    classes : (H, W) uint8
        Land cover classes on the grid, numbered from 1.
    names : sequence of str
        Of the classes.
    grid : Grid
    """

    def __init__(self, table: pd.DataFrame, classes: np.ndarray, names: Sequence[str], grid: Grid) -> None:
        self._classes, self._grid = classes, grid
        self._pixels: dict[tuple[str, Affine, tuple[int, ...]], np.ndarray] = {}
        mean = {column: float(table[column].mean()) for column in ("bias", "standard_error")}
        self._levels = {
            (column, season): np.array(
                [mean[column], *(self._level(table, name, season, column, mean[column]) for name in names)]
            )
            for column in mean
            for season in SEASONS
        }

    @classmethod
    def load(cls, table_path: str | Path, land_cover_path: str | Path, grid: Grid) -> Self:
        """Read the table and the classes of a run."""
        return cls(pd.read_csv(table_path), *read_classes(land_cover_path, grid), grid)

    @staticmethod
    def _level(table: pd.DataFrame, name: str, season: str, column: str, otherwise: float) -> float:
        row = table[(table["land_cover"] == name) & (table["season"] == season)]
        return float(row[column].iloc[0]) if len(row) else otherwise

    def remove(self, ndvi: np.ndarray, crs: str, transform: Affine, *, start: date) -> np.ndarray:
        """NDVI of a VIIRS composite on its own pixels as MODIS would see it; without class: by the mean."""
        place = (crs, transform, ndvi.shape)
        if place not in self._pixels:  # the composites of a run share their lattice
            self._pixels[place] = classes_on(self._classes, self._grid, *place)
        classes = self._pixels[place]
        return ndvi - self._levels["bias", season_of(start)][classes].astype("float32")

    def standard_error(self, start: date, rows: slice = slice(None)) -> np.ndarray:
        """What removing the bias of a composite may be off by at each cell of some rows [1]."""
        return self._levels["standard_error", season_of(start)][self._classes[rows]].astype("float32")
