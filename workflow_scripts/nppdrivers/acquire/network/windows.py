"""Windows of remote rasters: the part around the area, on its own lattice, numbers and marks as they are."""

import logging
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rasterio
from affine import Affine
from rasterio.windows import Window, from_bounds

from nppdrivers.acquire.area import Area, Bounds
from nppdrivers.acquire.network.ranges import RemoteFile, open_remote
from nppdrivers.acquire.network.web import AcquireError, Client, NoAnswerError, plain

MARGIN_PIXELS = 6  # around the area: for interpolation, and for what a change of system rounds away
_TRIES = 3  # of a file that arrives whole but damaged
_BLOCK = 256


class OutsideError(AcquireError):
    """A raster does not touch the area."""


def fetch_window(client: Client, href: str, path: Path, area: Area, collection: str = "") -> None:
    """Write the part of a remote raster around the area.

    Data type, nodata, scales, offsets, colours, tags and lattice stay as they are.

    Parameters
    ----------
    client : Client
    href : str
    path : Path
        Gets its name only when it is complete.
    area : Area
    collection : str

    Raises
    ------
    OutsideError
        When the raster does not touch the area.
    AcquireError
        When it cannot be read.
    """
    for number in range(1, _TRIES + 1):
        remote = RemoteFile(client, href, collection)
        try:
            with open_remote(remote) as source, unfinished(path) as target:
                window = _window(source, area, href)
                _write(source, window, target)
            return
        except rasterio.errors.RasterioError as error:
            logging.getLogger(__name__).info("%s: is damaged, try %d (%s)", plain(href), number, error)
    raise NoAnswerError(f"{plain(href)}: arrives damaged, {_TRIES} times in a row; call again later")


@contextmanager
def unfinished(path: Path) -> Iterator[Path]:
    """Hidden name to write to; the file gets its own name when it is complete and on the disk."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    try:
        yield temporary
        descriptor = os.open(temporary, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def window_around(bounds: Bounds, transform: Affine, shape: tuple[int, int]) -> Window | None:
    """Whole pixels around a box that a raster has, with a margin; None where it has none."""
    exact = from_bounds(*bounds, transform=transform)
    top, left = math.floor(exact.row_off) - MARGIN_PIXELS, math.floor(exact.col_off) - MARGIN_PIXELS
    bottom = math.ceil(exact.row_off + exact.height) + MARGIN_PIXELS
    right = math.ceil(exact.col_off + exact.width) + MARGIN_PIXELS
    top, bottom = max(top, 0), min(bottom, shape[0])
    left, right = max(left, 0), min(right, shape[1])
    if top >= bottom or left >= right:
        return None
    return Window(left, top, right - left, bottom - top)


def _window(source: rasterio.DatasetReader, area: Area, href: str) -> Window:
    """Window of an open raster around the area."""
    if source.crs is None:
        raise AcquireError(f"{plain(href)}: has no coordinate system")
    window = window_around(area.within(source.crs.to_wkt()), source.transform, source.shape)
    if window is None:
        raise OutsideError(f"{plain(href)}: does not touch the area")
    return window


def _write(source: rasterio.DatasetReader, window: Window, path: Path) -> None:
    """Write a window with all that describes the raster."""
    profile = {
        "driver": "GTiff",
        "dtype": source.dtypes[0],
        "count": source.count,
        "width": window.width,
        "height": window.height,
        "crs": source.crs,
        "transform": source.window_transform(window),
        "nodata": source.nodata,
        "compress": "deflate",
    }
    if window.width > _BLOCK and window.height > _BLOCK:
        profile |= {"tiled": True, "blockxsize": _BLOCK, "blockysize": _BLOCK}
    values = source.read(window=window)
    with rasterio.open(path, "w", **profile) as target:
        target.write(values)
        target.scales, target.offsets = source.scales, source.offsets
        target.descriptions = source.descriptions
        target.units = source.units
        target.update_tags(**source.tags())
        for band in source.indexes:
            target.update_tags(band, **source.tags(band))
        if source.colorinterp[0] == rasterio.enums.ColorInterp.palette:
            target.write_colormap(1, source.colormap(1))
