"""Whether the file of a raster is whole: it has a place, and none of its blocks lies behind its end."""

import struct
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np
import rasterio

from nppdrivers.inputs.problems import InputError, Problem

_OFFSETS, _COUNTS, _GEO_KEYS = (273, 324), (279, 325), 34735  # of strips and of tiles; a coordinate system
_SIZES = {3: "u2", 4: "u4", 16: "u8"}  # types of the lists of blocks
_ENDS = {b"II": "<", b"MM": ">"}


class _Directory(NamedTuple):
    """What the first directory of a TIFF says: the last byte of its blocks, and if it has geographic keys."""

    end: int
    has_keys: bool


def refuse_damaged(path: str) -> None:
    """Refuse a raster without coordinate system, and a GeoTIFF of which some blocks lie behind its end."""
    directory = _directory(path)
    try:
        if directory is None or not directory.has_keys:
            with rasterio.open(path) as source:
                if source.crs is None:
                    message, remedy = "no coordinate system", "assign the one it was made in"
                    raise InputError([Problem(path, "", message, remedy)])
    except rasterio.RasterioIOError as error:
        message, remedy = f"cannot be opened ({error})", "copy or download it again"
        raise InputError([Problem(path, "", message, remedy)]) from error
    size = Path(path).stat().st_size if directory else 0
    if directory and directory.end > size:
        message = f"is cut off: {size} of at least {directory.end} bytes"
        raise InputError([Problem(path, "", message, "copy or download it again")])


def _directory(path: str) -> _Directory | None:
    """Directory of a TIFF, read without GDAL, which is slow for many files; None for any other file."""
    try:
        with Path(path).open("rb") as file:
            head = file.read(16)
            end, big = _ENDS.get(head[:2]), head[2:4] in (b"+\0", b"\0+")
            if end is None:
                return None
            (start,) = struct.unpack_from(end + ("Q" if big else "I"), head, 8 if big else 4)
            file.seek(start)
            (entries,) = struct.unpack(end + ("Q" if big else "H"), file.read(8 if big else 2))
            step, form = (20, "HHQ8s") if big else (12, "HHI4s")
            stored = struct.iter_unpack(end + form, file.read(step * entries))
            found = {tag: (kind, length, inline) for tag, kind, length, inline in stored}
            tags = [pair[pair[0] not in found] for pair in (_OFFSETS, _COUNTS)]
            offsets, counts = (_numbers(file, *found[tag], end) for tag in tags)
            return _Directory(int((offsets + counts).max()), _GEO_KEYS in found)
    except (OSError, struct.error, ValueError, KeyError):
        return None  # GDAL says what is wrong with it


def _numbers(file: BinaryIO, kind: int, length: int, inline: bytes, end: str) -> np.ndarray:
    """Numbers of an entry: in the entry itself, or where it points to."""
    form = np.dtype(end + _SIZES[kind])
    stored = inline
    if length * form.itemsize > len(inline):
        file.seek(int.from_bytes(inline, "little" if end == "<" else "big"))
        stored = file.read(length * form.itemsize)
    return np.frombuffer(stored, form, length).astype("int64")
