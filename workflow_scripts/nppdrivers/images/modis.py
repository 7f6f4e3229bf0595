"""MODIS products as delivered, HDF4-EOS tiles or one GeoTIFF a layer: cut, mosaicked, masked, on the grid."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from affine import Affine

from nppdrivers.grid import Grid
from nppdrivers.images.composites import nominal_date
from nppdrivers.images.modis_files import (
    NDVI_RANGE,
    REFLECTANCE_RANGE,
    Layer,
    NoSuchLayerError,
    names_layer,
    read_layer,
)
from nppdrivers.images.resampling import conserve_means
from nppdrivers.quality import modis_vi_usable
from nppdrivers.rasters import to_grid

_START = re.compile(r"\.A(\d{7})|_doy(\d{7})")  # NASA and catalogues; AppEEARS
_VI_LAYERS = ("NDVI", "VI Quality", "pixel reliability", "composite day of the year")
_REFLECTANCE_LAYERS = ("red reflectance", "NIR reflectance")
_EPOCH = date(1970, 1, 1)


def find_composites(folder: str | Path, *products: str) -> dict[date, list[Path]]:
    """Find the files of MODIS products in a folder, grouped by the first day of their period.

    Known by their names: ``MOD13Q1.A2010129.h27v05.061.*.hdf`` as NASA delivers, or one GeoTIFF a layer
    with the date as ``.A2010129`` or ``_doy2010129`` and the layer's name in the file name. Files of other
    products in the folder are left alone; MOD13Q1 is looked for where no product is named.

    Returns
    -------
    dict of start date to files, in order of date
    """
    found: dict[date, list[Path]] = {}
    for product in products or ("MOD13Q1",):
        for path in sorted(Path(folder).rglob(f"{product}*")):
            if _START.search(path.name) and path.suffix.lower() in (".hdf", ".tif", ".tiff"):
                found.setdefault(_start_of(path), []).append(path)
    return dict(sorted(found.items()))


def read_native(paths: Sequence[Path], name: str, grid: Grid | None = None) -> Layer | None:
    """Read one layer of one date from its files and mosaic the tiles on their own lattice.

    Used as it is for MOD17A3HGF ("Npp_500m"): every fill class stays to be told apart.

    Returns
    -------
    Layer or None
        None when these files do not hold that layer.
    """
    holding = [path for path in paths if path.suffix == ".hdf" or names_layer(path, name)]
    layers = []
    for path in holding:
        with suppress(NoSuchLayerError):
            layers.append(read_layer(path, name, grid))
    if not layers:
        return None
    touching = [layer for layer in layers if layer.values.size]
    if not touching:
        raise ValueError(f"{', '.join(path.name for path in holding)}: none touches the study grid ({grid})")
    return _mosaic(touching)


def read_vegetation_index(
    paths: Sequence[Path], grid: Grid | None = None
) -> tuple[np.ndarray, np.ndarray, str, Affine]:
    """Read a 16-day composite on its own pixels: NDVI and the day it was observed.

    Returns
    -------
    ndvi : (rows, columns) float32
        NDVI [1]; NaN by fill, valid range and `quality.modis_vi_usable` with the quality layers there are.
    day : (rows, columns) float32
        Days since 1970-01-01; NaN where NDVI is.
    crs : str
    transform : Affine
    """
    start = _start_of(paths[0])
    ndvi, quality, reliability, day_of_year = (read_native(paths, name, grid) for name in _VI_LAYERS)
    if ndvi is None:
        raise ValueError(f"{paths[0].parent}: no NDVI layer for the composite of {start}")
    flags = [None if layer is None else layer.values for layer in (reliability, quality)]
    usable = modis_vi_usable(*flags)
    values = np.where(usable, ndvi.physical(), np.float32(np.nan))
    if day_of_year is None:
        days = np.full(values.shape, _epoch_days(nominal_date(start)), "float32")
    else:
        days = _days_since_epoch(day_of_year, start)
    days = np.where(np.isnan(values), np.float32(np.nan), days)
    return values, days, ndvi.crs, ndvi.transform


def read_composite(
    paths: Sequence[Path], grid: Grid, *, resampling: str = "conserving"
) -> tuple[np.ndarray, np.ndarray]:
    """Read a 16-day composite on the grid.

    Parameters
    ----------
    paths : sequence of Path
        The files of one date: tiles, or layers.
    grid : Grid
    resampling : {"conserving", "bilinear"}
        Bilinear between the native pixels that are not masked, conserving the mean of each pixel
        (`resampling.conserve_means`) or not.

    Returns
    -------
    ndvi : (H, W) float32
        NDVI [1]; NaN where the nearest pixel is masked.
    day : (H, W) float32
        Day of observation of the nearest native pixel, days since 1970-01-01; NaN where NDVI is.
    """
    ndvi, day, crs, transform = read_vegetation_index(paths, grid)
    if resampling == "conserving":
        fine = conserve_means(ndvi, crs, transform, grid, limits=NDVI_RANGE)
    else:
        fine = to_grid(ndvi, crs, transform, grid, resampling=resampling)
    fine_day = to_grid(day, crs, transform, grid, resampling="nearest")
    middle = np.float32(_epoch_days(nominal_date(_start_of(paths[0]))))
    fine_day = np.where(np.isnan(fine_day), middle, fine_day)
    return fine, np.where(np.isnan(fine), np.float32(np.nan), fine_day)


def read_bands(paths: Sequence[Path], grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Read red and near-infrared reflectance of a 16-day composite on the grid, as `read_composite` NDVI.

    Returns
    -------
    reflectance : (2, H, W) float32
        Red and near infrared [1]; NaN where NDVI or one of them is.
    day : (H, W) float32
        See `read_composite`.
    """
    ndvi, day = read_composite(paths, grid)
    usable, _, crs, transform = read_vegetation_index(paths, grid)
    bands = []
    for name in _REFLECTANCE_LAYERS:
        layer = read_native(paths, name, grid)
        if layer is None:
            raise ValueError(
                f"{paths[0].parent}: no layer {name!r} for the composite of {_start_of(paths[0])}; "
                "add it, or set fusion.fuse: ndvi"
            )
        values = np.where(np.isnan(usable), np.float32(np.nan), layer.physical())
        bands.append(conserve_means(values, crs, transform, grid, limits=REFLECTANCE_RANGE))
    missing = np.isnan(ndvi) | np.isnan(bands).any(axis=0)
    return tuple(np.where(missing, np.float32(np.nan), values) for values in (np.stack(bands), day))


def _mosaic(layers: list[Layer]) -> Layer:
    """Join layers of one lattice; where they overlap the later one counts."""
    first = layers[0]
    a, e = first.transform.a, first.transform.e
    offsets = [~first.transform @ (layer.transform.c, layer.transform.f) for layer in layers]
    corners = np.round(offsets).astype(int)
    aligned = np.allclose(corners, offsets, atol=1e-2)
    if not aligned or any(layer.crs != first.crs or not np.isclose(layer.transform.a, a) for layer in layers):
        raise ValueError("tiles of one date lie on different lattices; reproject them together beforehand")
    left, top = corners.min(axis=0)
    right, bottom = np.max(corners + [layer.values.shape[::-1] for layer in layers], axis=0)
    values = np.full((bottom - top, right - left), first.fill or 0, first.values.dtype)
    for (column, row), layer in zip(corners - (left, top), layers, strict=True):
        height, width = layer.values.shape
        values[row : row + height, column : column + width] = layer.values
    moved = Affine(a, 0, first.transform.c + left * a, 0, e, first.transform.f + top * e)
    return replace(first, values=values, transform=moved)


def _days_since_epoch(day_of_year: Layer, start: date) -> np.ndarray:
    """Days since 1970; a day of the year before the start belongs to the next year; NaN where missing."""
    day = day_of_year.values.astype("float32")
    first_day = _epoch_days(date(start.year, 1, 1))
    next_year = _epoch_days(date(start.year + 1, 1, 1))
    begin = np.where(day < start.timetuple().tm_yday, np.float32(next_year), np.float32(first_day))
    middle = np.float32(_epoch_days(nominal_date(start)))
    return np.where(day_of_year.valid & (day >= 1), begin + day - 1, middle)


def _epoch_days(day: date) -> int:
    return (day - _EPOCH) // timedelta(1)


def _start_of(path: Path) -> date:
    match = _START.search(path.name)
    if match is None:
        raise ValueError(f"{path}: the name holds no date such as A2010129")
    return datetime.strptime(match[1] or match[2], "%Y%j").date()
