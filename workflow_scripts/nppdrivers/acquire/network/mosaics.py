"""Windows of mosaics: a virtual raster (VRT) on a server, and those of its tiles that the area meets."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit
from xml.etree import ElementTree

import numpy as np
import rasterio
from affine import Affine
from rasterio.windows import Window

from nppdrivers.acquire.area import Area
from nppdrivers.acquire.network.ranges import RemoteFile, open_remote
from nppdrivers.acquire.network.web import AcquireError, Client, NoAnswerError, RefusedError, plain
from nppdrivers.acquire.network.windows import OutsideError, unfinished, window_around

_TRIES = 3


@dataclass(frozen=True)
class _Tile:
    """A tile: its address, and the columns and rows that it fills."""

    href: str
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class _Mosaic:
    """What a virtual raster states."""

    crs: str
    transform: Affine
    width: int
    height: int
    dtype: str
    nodata: float | None
    tiles: list[_Tile]


def fetch_mosaic(client: Client, href: str, path: Path, area: Area) -> None:
    """Write the part of a mosaic around the area, on the lattice of the mosaic.

    Parameters
    ----------
    client : Client
    href : str
        Of the virtual raster.
    path : Path
        Gets its name only when it is complete.
    area : Area

    Raises
    ------
    OutsideError
        When the mosaic does not touch the area.
    AcquireError
        When it cannot be read.
    """
    mosaic = _read(client.get(href).content, href)
    exact = area.within(mosaic.crs)
    window = window_around(exact, mosaic.transform, (mosaic.height, mosaic.width))
    if window is None:
        raise OutsideError(f"{plain(href)}: does not touch the area")
    values = np.full((window.height, window.width), mosaic.nodata or 0, mosaic.dtype)
    for tile in mosaic.tiles:
        _fill(client, tile, values, window)
    profile = {
        "driver": "GTiff",
        "dtype": mosaic.dtype,
        "count": 1,
        "width": window.width,
        "height": window.height,
        "crs": mosaic.crs,
        "transform": mosaic.transform @ Affine.translation(window.col_off, window.row_off),
        "nodata": mosaic.nodata,
        "compress": "deflate",
    }
    with unfinished(path) as temporary, rasterio.open(temporary, "w", **profile) as target:
        target.write(values, 1)


def _read(content: bytes, href: str) -> _Mosaic:
    """Content of a virtual raster of one band."""
    try:
        if b"<!DOCTYPE" in content:
            raise ElementTree.ParseError("with a document type")
        root = ElementTree.fromstring(content)
        band = root.findall("VRTRasterBand")[0]
        nodata = band.findtext("NoDataValue")
        numbers = [float(number) for number in _text(root, "GeoTransform").split(",")]
        return _Mosaic(
            _text(root, "SRS"),
            Affine.from_gdal(*numbers),
            int(root.attrib["rasterXSize"]),
            int(root.attrib["rasterYSize"]),
            _DTYPES[band.attrib["dataType"]],
            None if nodata is None else float(nodata),
            list(_tiles(band, href)),
        )
    except (ElementTree.ParseError, KeyError, IndexError, ValueError) as error:
        if isinstance(error, AcquireError):
            raise
        raise NoAnswerError(f"{plain(href)}: is no virtual raster ({error}); call again later") from None


_DTYPES = {"Byte": "uint8", "Int16": "int16", "UInt16": "uint16", "Int32": "int32", "Float32": "float32"}


def _text(element: ElementTree.Element, name: str) -> str:
    text = element.findtext(name)
    if text is None:
        raise KeyError(name)
    return text


def _tiles(band: ElementTree.Element, href: str) -> Iterator[_Tile]:
    for source in (*band.iter("SimpleSource"), *band.iter("ComplexSource")):
        address = urljoin(href, _text(source, "SourceFilename"))
        if urlsplit(address).netloc != urlsplit(href).netloc:
            raise RefusedError(f"{plain(address)}: a tile on another server than its mosaic")
        place = source.find("DstRect")
        if place is None:
            raise KeyError("DstRect")
        left, top, width, height = (
            round(float(place.attrib[key])) for key in ("xOff", "yOff", "xSize", "ySize")
        )
        yield _Tile(address, left, top, width, height)


def _fill(client: Client, tile: _Tile, values: np.ndarray, window: Window) -> None:
    """Put the part of a tile that lies in a window into its values; a tile that is absent stays nodata."""
    top, left = max(tile.top, window.row_off), max(tile.left, window.col_off)
    bottom = min(tile.top + tile.height, window.row_off + window.height)
    right = min(tile.left + tile.width, window.col_off + window.width)
    if top >= bottom or left >= right:
        return
    for number in range(1, _TRIES + 1):
        try:
            with open_remote(RemoteFile(client, tile.href)) as source:
                down, across = source.height / tile.height, source.width / tile.width
                part = Window(
                    (left - tile.left) * across,
                    (top - tile.top) * down,
                    (right - left) * across,
                    (bottom - top) * down,
                )
                # some tiles of SoilGrids have larger pixels than the mosaic: each is repeated
                found = source.read(1, window=part, out_shape=(bottom - top, right - left))
            rows = slice(top - window.row_off, bottom - window.row_off)
            values[rows, left - window.col_off : right - window.col_off] = found
            return
        except rasterio.errors.RasterioError as error:
            logging.getLogger(__name__).info("%s: is damaged, try %d (%s)", plain(tile.href), number, error)
    raise NoAnswerError(f"{plain(tile.href)}: arrives damaged, {_TRIES} times in a row; call again later")
