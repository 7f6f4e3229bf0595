"""The one door for rasters that users bring: numbers as stored become values in the unit of the project.

The checks and the stages read through it, so that both see the same values: scale and offset that the file
declares are applied, the unit that it states is converted, and numbers that no value can have, such as -9999,
count as missing whether declared or not.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
from affine import Affine
from pyproj import CRS
from rasterio.warp import transform as to_coordinates
from rasterio.warp import transform_bounds
from rasterio.windows import Window, from_bounds

from nppdrivers.grid import Grid
from nppdrivers.inputs.raster.unit_names import conversion
from nppdrivers.quantities import Quantity
from nppdrivers.rasters import to_grid

# Numbers that often mean "no value"; taken for it only where no value of the quantity can be that number
_CODES = (-32768, -32767, -99999, -9999, -9998, -999.9, -999, -99.9, -99, 9999, 32767, 65535, 99999, 999999)
_HUGE = 1e20  # beyond it lie the fill values of floating-point files
_MARGIN = 3  # source pixels read around the grid, for the interpolation


class OutsideError(ValueError):
    """A raster does not touch the place where it is needed."""


class Meaning(NamedTuple):
    """What the numbers of a band mean: value = stored x factor + shift.

    Attributes
    ----------
    factor, shift : float
        Of scale and offset declared in the file, its unit, and a factor of the settings.
    nodata : float or None
        Declared in the file.
    codes : tuple of float
        Undeclared numbers that count as missing.
    remark : str
        What was converted, or a unit that is not known; else empty.
    """

    factor: float
    shift: float
    nodata: float | None
    codes: tuple[float, ...]
    remark: str = ""

    def values(self, stored: np.ndarray) -> np.ndarray:
        """Values of stored numbers, float32 with NaN."""
        values = stored.astype("float32")
        missing = ~(np.abs(values) < _HUGE)
        for code in (self.nodata, *self.codes):
            if code is not None and not np.isnan(code):
                missing |= stored == code
        if (self.factor, self.shift) != (1.0, 0.0):
            values = values * np.float32(self.factor) + np.float32(self.shift)
        return np.where(missing, np.float32(np.nan), values) if missing.any() else values

    def codes_in(self, stored: np.ndarray) -> list[float]:
        """Undeclared codes for missing values that occur."""
        return [code for code in self.codes if (stored == code).any()]


class Part(NamedTuple):
    """Part of a raster: values (bands, rows, columns) float32 with NaN, their place and their meaning."""

    values: np.ndarray
    crs: rasterio.CRS
    transform: Affine
    meaning: Meaning
    undeclared: list[float]


def meaning_of(
    source: rasterio.DatasetReader, quantity: Quantity, band: int = 1, factor: float = 1.0
) -> Meaning:
    """Meaning of the numbers of a band.

    Parameters
    ----------
    source : open raster
    quantity : Quantity
        What the values should be; codes of classes are taken as they are, and 0 as missing.
    band : int
        One-based.
    factor : float
        Of the settings, what brings the values to the unit wanted; a unit in the file is then not looked at.

    Raises
    ------
    ValueError
        For a scale of 0, or a unit that cannot be converted.
    """
    if quantity.kind == "classes":
        return Meaning(1.0, 0.0, source.nodata, (0,))
    scale, offset = source.scales[band - 1], source.offsets[band - 1]
    if not scale:
        raise ValueError(f"{source.name}: band {band} declares the scale 0; correct it")
    unit, remark = (1.0, 0.0), ""
    if factor == 1:
        unit, remark = conversion(_stated_unit(source, band, quantity), quantity, source.name)
    total, shift = scale * unit[0] * factor, (offset * unit[0] + unit[1]) * factor
    codes = tuple(
        code
        for code in _CODES
        if code != source.nodata and not quantity.minimum <= code * total + shift <= quantity.maximum
    )
    return Meaning(total, shift, source.nodata, codes, remark)


def _stated_unit(source: rasterio.DatasetReader, band: int, quantity: Quantity) -> str:
    """Unit that a file states for a band, of elevation also by its vertical coordinate system; or nothing."""
    tags = {**source.tags(), **source.tags(band)}
    stated = source.units[band - 1] or next((tags[key] for key in ("units", "unit") if key in tags), "")
    if not stated and quantity.name == "elevation" and source.crs is not None:
        parts = CRS.from_user_input(source.crs).sub_crs_list
        vertical = [part for part in parts if part.is_vertical]
        return vertical[0].axis_info[0].unit_name if vertical else ""
    return stated or ""


def read_part(
    path: str | Path,
    quantity: Quantity,
    grid: Grid | None,
    *,
    bands: Sequence[int] = (1,),
    factor: float = 1.0,
    largest: int | None = None,
) -> Part:
    """Read the part of a raster around a grid.

    Parameters
    ----------
    path : path of any raster that GDAL reads
    quantity, factor
        As for `meaning_of`.
    grid : Grid or None
        None: the whole raster.
    bands : sequence of int
        One-based; the first of the raster gives the meaning of all.
    largest : int, optional
        Rows and columns to which a larger part is thinned.

    Raises
    ------
    OutsideError
        When the raster does not touch the grid.
    ValueError
        When it has no coordinate system, or for the reasons of `meaning_of`.
    """
    with rasterio.open(path) as source:
        if source.crs is None:
            raise ValueError(f"{path}: no coordinate system; assign the one it was made in")
        meaning = meaning_of(source, quantity, factor=factor)
        window = _window(source, grid, path)
        size = [int(window.height), int(window.width)]
        if largest is not None:
            size = [min(length, largest) for length in size]
        stored = source.read(list(bands), window=window, out_shape=(len(bands), *size))
        moved = rasterio.windows.transform(window, source.transform)
        transform = moved @ Affine.scale(window.width / size[1], window.height / size[0])
        return Part(meaning.values(stored), source.crs, transform, meaning, meaning.codes_in(stored))


def _window(source: rasterio.DatasetReader, grid: Grid | None, path: str | Path) -> Window:
    """Part of a raster around a grid with a margin."""
    whole = Window(0, 0, source.width, source.height)
    if grid is None:
        return whole
    bounds = transform_bounds(grid.crs, source.crs, *grid.bounds)
    around = from_bounds(*bounds, transform=source.transform)
    left, top = (np.floor(edge) - _MARGIN for edge in (around.col_off, around.row_off))
    right = np.ceil(around.col_off + around.width) + _MARGIN
    bottom = np.ceil(around.row_off + around.height) + _MARGIN
    try:
        return Window(left, top, right - left, bottom - top).intersection(whole)
    except rasterio.errors.WindowError as error:
        raise OutsideError(f"{path}: holds no valid value inside the study grid ({grid})") from error


def read_onto(path: str | Path, grid: Grid, quantity: Quantity, *, resampling: str) -> np.ndarray:
    """Read the first band of a raster of any grid and resample it, as float32 with NaN outside.

    Parameters
    ----------
    path : path of any raster that GDAL reads
    grid : Grid
    quantity : Quantity
    resampling : {"nearest", "bilinear", "cubic", "average", "mode"}

    Raises
    ------
    ValueError
        As for `read_part`, and when no value lies inside the grid.
    """
    part = read_part(path, quantity, grid)
    warped = to_grid(part.values[0], part.crs, part.transform, grid, resampling=resampling)
    if not np.isfinite(warped).any():
        raise OutsideError(f"{path}: holds no valid value inside the study grid ({grid})")
    return warped


def sample(path: str | Path, longitude: np.ndarray, latitude: np.ndarray, quantity: Quantity) -> np.ndarray:
    """Values of the first band of any raster at places [deg], float32 with NaN where it has none."""
    with rasterio.open(path) as source:
        there = to_coordinates("EPSG:4326", source.crs, np.asarray(longitude), np.asarray(latitude))
        places = list(zip(*there, strict=True))
        # masked, since without a nodata value the value outside is 0, on the eastern and southern bounds too
        stored = np.ma.stack(list(source.sample(places, masked=True)))[:, 0]
        known = meaning_of(source, quantity).values(stored.data)
    return np.where(np.ma.getmaskarray(stored), np.float32(np.nan), known)
