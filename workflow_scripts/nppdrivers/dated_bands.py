"""Series of images by date, from rasters whose bands are named by date; images and maps put away in files."""

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import date
from itertools import pairwise
from pathlib import Path
from shutil import rmtree
from typing import Self

import numpy as np

from nppdrivers import rasters
from nppdrivers.grid import Grid

BLOCK_CELLS = 250_000  # of the grid, of which all images are in memory at a time


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


class PutAway:
    """Images of a grid that come one by one and are written together: those of a year do not fit in memory.

    They lie as files in a folder next to a result, which is removed at the end; one that a killed job left is
    emptied at the next try.

    Parameters
    ----------
    result : path
        File that the images lead to.
    """

    def __init__(self, result: str | Path) -> None:
        self._folder = Path(result).with_name(f".{Path(result).stem}.unfinished")
        self._paths: list[Path] = []

    def __enter__(self) -> Self:
        rmtree(self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True)
        return self

    def __exit__(self, *error: object) -> None:
        rmtree(self._folder)

    def add(self, image: np.ndarray) -> None:
        """Put away an image (..., H, W), or any array that is only to be read again as a whole."""
        self._paths.append(self._folder / f"{len(self._paths)}.npy")
        np.save(self._paths[-1], image)

    def __iter__(self) -> Iterator[np.ndarray]:
        return map(np.load, self._paths)

    def write(
        self,
        rasters_of: Mapping[str, tuple[str, Callable[[np.ndarray], np.ndarray]]],
        grid: Grid,
        *,
        bands: Sequence[str],
        **stated: str,
    ) -> None:
        """Write rasters with a band for each image, by blocks of rows.

        Parameters
        ----------
        rasters_of : mapping of path to (name, take)
            Quantity of each raster, and what it takes of rows of all images (images, ..., rows, W).
        grid : Grid
        bands : sequence of str
            Name of each image.
        **stated
            Tags of all rasters.
        """
        with ExitStack() as opened:
            targets = []
            for path, (name, take) in rasters_of.items():
                target = rasters.create(path, grid, name, bands=bands, legend=None, **stated)
                targets.append((opened.enter_context(target), take))
            for rows in grid.row_blocks(BLOCK_CELLS):
                images = np.stack([np.load(path, mmap_mode="r")[..., rows, :] for path in self._paths])
                for raster, take in targets:
                    raster.write(take(images), rows)


class StoredMaps:
    """Maps whose values at a cell lie next to each other in a file, which is gone when the process is.

    Parameters
    ----------
    shape : (int, int)
        Rows and columns of each map.
    maps : int
        How many there are; the file takes 4 bytes a cell for each.
    folder : path, optional
        Where the file lies; by default with other temporary files.
    """

    def __init__(self, shape: tuple[int, ...], maps: int, folder: str | Path | None = None) -> None:
        self._width, self._maps = shape[1], maps
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 (open as long as the maps)

    def write(self, values: np.ndarray, start: int) -> None:
        """Put away (rows, W, maps) float32 from this row on."""
        self._file.seek(self._offset(start, 0))
        self._file.write(np.ascontiguousarray(values, np.float32).data)
        self._file.flush()

    def at(self, places: np.ndarray) -> np.ndarray:
        """Values (n, maps) float32 of cells by row and column (n, 2)."""
        values = np.empty((len(places), self._maps), np.float32)
        order = np.argsort(places[:, 0], kind="stable")
        rows, starts = np.unique(places[order, 0], return_index=True)
        for row, (start, stop) in zip(rows.tolist(), pairwise([*starts, len(order)]), strict=True):
            here = order[start:stop]
            columns = places[here, 1]
            first, last = int(columns.min()), int(columns.max())
            values[here] = self._read(row, first, last)[columns - first]
        return values

    def _read(self, row: int, first: int, last: int) -> np.ndarray:
        """Values (columns, maps) of a part of a row."""
        size = (last + 1 - first) * self._maps * 4
        content = os.pread(self._file.fileno(), size, self._offset(row, first))
        return np.frombuffer(content, np.float32).reshape(-1, self._maps)

    def _offset(self, row: int, column: int) -> int:
        """Place of a cell in the file [bytes]."""
        return (row * self._width + column) * self._maps * 4


def day_numbers(dates: Iterable[date]) -> np.ndarray:
    """Days since 1970-01-01 [d]."""
    return np.array(list(dates), "datetime64[D]").astype(float)
