"""Series of rasters whose bands are named by date: which file holds which date."""

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid


class DatedBands:
    """Bands of several rasters in order of their dates; bands that are not named by a date are left out.

    Parameters
    ----------
    paths : iterable of path
        Rasters with band names YYYY-MM-DD.
    """

    def __init__(self, paths: Iterable[str | Path]) -> None:
        found = {}
        for path in paths:
            for band, name in enumerate(rasters.band_names(path), start=1):
                if name[:1].isdigit():
                    found[date.fromisoformat(name)] = (path, band)
        self._found = dict(sorted(found.items()))

    @property
    def dates(self) -> list[date]:
        """All dates, in order."""
        return list(self._found)

    def read(self, wanted: Iterable[date], grid: Grid, rows: slice = slice(None)) -> np.ndarray:
        """Bands of these dates as (dates, rows, width) float32 with NaN; KeyError for a date without band."""
        places = [self._found[day] for day in wanted]
        start, stop, _ = rows.indices(grid.height)
        images = np.empty((len(places), stop - start, grid.width), np.float32)
        for path in dict(places):  # each file is opened once
            here = [i for i, (own, _) in enumerate(places) if own == path]
            images[here] = rasters.read(path, grid, bands=[places[i][1] for i in here], rows=rows)
        return images


def day_numbers(dates: Iterable[date]) -> np.ndarray:
    """Days since 1970-01-01 [d]."""
    return np.array(list(dates), "datetime64[D]").astype(float)
