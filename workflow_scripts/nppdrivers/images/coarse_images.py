"""Coarse products as delivered, HDF-EOS tiles or a GeoTIFF a layer: cut, mosaicked, masked, on the grid."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from affine import Affine

from nppdrivers.grid import Grid
from nppdrivers.images.coarse_files import READERS, Layer, NoSuchLayerError, may_hold, read_layer
from nppdrivers.images.coarse_layers import Layers, StoredLayer
from nppdrivers.images.coarse_products import CoarseProduct, product_of_file
from nppdrivers.images.composites import counting, nominal_date
from nppdrivers.images.resampling import conserve_means
from nppdrivers.inputs.paths import files_below
from nppdrivers.quality import vi_usable
from nppdrivers.rasters import to_grid
from nppdrivers.vegetation_index import MAPPED, NDVI, Index

_START = re.compile(r"\.A(\d{7})|_doy(\d{7})", re.IGNORECASE)  # NASA and catalogues; AppEEARS
_EPOCH = date(1970, 1, 1)


def find_composites(folder: str | Path, *products: str) -> dict[date, list[Path]]:
    """Find the files of coarse products in a folder, grouped by the first day of their period.

    By their names: ``MOD13Q1.A2010129.h27v05.061.*.hdf`` or ``VNP13A1.A2014009.h27v05.002.*.h5`` as NASA
    delivers, or a GeoTIFF for each layer with the date as ``.A2010129`` or ``_doy2010129`` and the layer's
    name in the file name. Files of other products in the folder are ignored.

    Parameters
    ----------
    folder : path
        Its subfolders are searched too, those that are links as well; hidden files are left out.
    *products : str
        Beginnings of the file names; MOD13Q1 where none is given.

    Returns
    -------
    dict of start date to files, in order of date
    """
    return find_series(folder, products or ("MOD13Q1",))


def find_series(
    folder: str | Path, products: Sequence[str], change: str | None = None
) -> dict[date, list[Path]]:
    """Files of the composites that count: of each date those of the products of its sensor (`counting`).

    Parameters
    ----------
    folder, products
        As for `find_composites`.
    change : str, optional
        As for `counting`, where products of MODIS and VIIRS are read.
    """
    return series_of(find_by_product(folder, products), change)


def find_by_product(folder: str | Path, products: Iterable[str]) -> dict[str, dict[date, list[Path]]]:
    """Files of each of these products in a folder, as `find_composites` finds them."""
    found: dict[str, dict[date, list[Path]]] = {product: {} for product in products}
    for path in filter(can_be_read, files_below(folder).read):
        for product, own in found.items():
            if path.name.upper().startswith(product.upper()):
                own.setdefault(_start_of(path), []).append(path)
    return {product: dict(sorted(own.items())) for product, own in found.items()}


def series_of(
    found: Mapping[str, Mapping[date, list[Path]]], change: str | None = None
) -> dict[date, list[Path]]:
    """What counts (`find_series`) of the files of each product."""
    files = {
        start: [file for name in counting(start, list(found), change) for file in found[name].get(start, [])]
        for start in sorted({start for composites in found.values() for start in composites})
    }
    return {start: own for start, own in files.items() if own}


def can_be_read(path: Path) -> bool:
    """Whether the name of a file has a date and the suffix of a format that is read."""
    return bool(_START.search(path.name)) and path.suffix.lower() in READERS


def read_native(paths: Sequence[Path], name: str, grid: Grid | None = None) -> Layer | None:
    """Read a layer of one date from its files and mosaic the tiles on their own lattice.

    Values are as stored, so that the fill classes of MOD17A3HGF ("Npp_500m") stay distinct.

    Parameters
    ----------
    paths : sequence of Path
        The files of one date: tiles, or layers.
    name : str
        End of the layer's name.
    grid : Grid, optional
        Only its surroundings are read; everything by default.

    Returns
    -------
    Layer or None
        None when these files lack that layer.

    Raises
    ------
    ValueError
        When no file touches the grid, tiles lie on different lattices, or for the reasons of
        `coarse_files.read_layer`.
    """
    holding = [path for path in paths if may_hold(path, name)]
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


def product_of(paths: Sequence[Path]) -> CoarseProduct:
    """Product of the files of one date.

    Raises
    ------
    ValueError
        When it is not in `coarse_products`.
    """
    product = product_of_file(paths[0].name)
    if product is None:
        raise ValueError(f"{paths[0]}: the name begins with that of no coarse product that can be read")
    return product


def read_vegetation_index(
    paths: Sequence[Path], grid: Grid | None = None, index: Index = NDVI
) -> tuple[np.ndarray, np.ndarray, str, Affine]:
    """Read a composite on its own pixels: a vegetation index and the day it was observed.

    Parameters
    ----------
    paths, grid
        As for `read_native`.
    index : Index

    Returns
    -------
    values : (rows, columns) float32
        Index [1]; NaN by fill, valid range and the rule of the product with the quality layers there are.
    day : (rows, columns) float32
        Days since 1970-01-01; NaN where the index is.
    crs : str
    transform : Affine

    Raises
    ------
    ValueError
        When the product or the files have no layer of the index, or for the reasons of `read_native`.
    """
    start, layers = _start_of(paths[0]), product_of(paths).layers
    stored = read_native(paths, _index_layer(paths, index).name, grid)
    if stored is None:
        raise ValueError(f"{paths[0].parent}: no {index.name.upper()} layer for the composite of {start}")
    flags = _flags(paths, layers, grid)
    day_of_year = read_native(paths, layers.day.name, grid)
    usable = vi_usable(*flags, numbers=layers.usable)
    values = np.where(usable, stored.physical(), np.float32(np.nan))
    if day_of_year is None:
        days = np.full(values.shape, _epoch_days(nominal_date(start)), "float32")
    else:
        days = _days_since_epoch(day_of_year, start)
    days = np.where(np.isnan(values), np.float32(np.nan), days)
    return values, days, stored.crs, stored.transform


def read_composite(
    paths: Sequence[Path],
    grid: Grid,
    index: Index = MAPPED,
    *,
    resampling: str = "conserving",
    adjust: Callable[[np.ndarray, str, Affine], np.ndarray] | None = None,
) -> tuple[np.ndarray, np.ndarray]:
    """Read a vegetation index of a composite on the grid.

    Parameters
    ----------
    paths, grid, index
        As for `read_vegetation_index`.
    resampling : {"conserving", "bilinear"}
        Bilinear between the native pixels that are not masked, conserving the mean of each pixel
        (`resampling.conserve_means`) or not.
    adjust : callable, optional
        Given the index on its own pixels, their coordinate system and transform, returns what counts.

    Returns
    -------
    values : (H, W) float32
        Index [1]; NaN where the nearest pixel is masked.
    day : (H, W) float32
        Day of observation of the nearest native pixel, days since 1970-01-01; NaN where the index is.
    """
    values, day, crs, transform = read_vegetation_index(paths, grid, index)
    if adjust is not None:
        values = adjust(values, crs, transform)
    if resampling == "conserving":
        limits = _index_layer(paths, index).valid_range
        fine = conserve_means(values, crs, transform, grid, limits=limits)
    else:
        fine = to_grid(values, crs, transform, grid, resampling=resampling)
    fine_day = to_grid(day, crs, transform, grid, resampling="nearest")
    middle = np.float32(_epoch_days(nominal_date(_start_of(paths[0]))))
    fine_day = np.where(np.isnan(fine_day), middle, fine_day)
    return fine, np.where(np.isnan(fine), np.float32(np.nan), fine_day)


def read_bands(paths: Sequence[Path], grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Read red and near-infrared reflectance of a composite on the grid, as `read_composite` its NDVI.

    Parameters
    ----------
    paths, grid
        As for `read_vegetation_index`.

    Returns
    -------
    reflectance : (2, H, W) float32
        Red and near infrared [1]; NaN where NDVI or either band is.
    day : (H, W) float32
        See `read_composite`.

    Raises
    ------
    ValueError
        When the files have no layer of a band, or for the reasons of `read_vegetation_index`.
    """
    ndvi, day = read_composite(paths, grid, NDVI)
    usable, _, crs, transform = read_vegetation_index(paths, grid)
    bands = []
    layers = product_of(paths).layers
    for stored in (layers.red, layers.nir):
        layer = read_native(paths, stored.name, grid)
        if layer is None:
            raise ValueError(
                f"{paths[0].parent}: no layer {stored.name!r} for the composite of {_start_of(paths[0])}; "
                "add it, or set fusion.layers: ndvi"
            )
        values = np.where(np.isnan(usable), np.float32(np.nan), layer.physical())
        bands.append(conserve_means(values, crs, transform, grid, limits=stored.valid_range))
    missing = np.isnan(ndvi) | np.isnan(bands).any(axis=0)
    reflectance, day = (np.where(missing, np.float32(np.nan), values) for values in (np.stack(bands), day))
    return reflectance, day


def _index_layer(paths: Sequence[Path], index: Index) -> StoredLayer:
    product = product_of(paths)
    if index.name not in product.layers.indices:
        raise ValueError(f"{product.name} has no layer of {index.name}; set fusion.layers: bands")
    return product.layers.indices[index.name]


def _flags(paths: Sequence[Path], layers: Layers, grid: Grid | None) -> list[np.ndarray | None]:
    """Pixel reliability and VI Quality, None for one that is not there and need not be."""
    flags = []
    for stored in (layers.reliability, layers.quality):
        layer = read_native(paths, stored.name, grid)
        if layer is None and stored.required:
            raise ValueError(
                f"{paths[0]}: the composite has no layer {stored.name!r}; give it: it alone says "
                "which pixels are no observation but an average of other years"
            )
        flags.append(None if layer is None else layer.values)
    return flags


def _mosaic(layers: list[Layer]) -> Layer:
    """Join layers on a common lattice; where they overlap the later counts."""
    first = layers[0]
    a, e = first.transform.a, first.transform.e
    offsets = [~first.transform @ (layer.transform.c, layer.transform.f) for layer in layers]
    corners = np.round(offsets).astype(int)
    aligned = np.allclose(corners, offsets, atol=1e-2)
    if not aligned or any(layer.crs != first.crs or not np.isclose(layer.transform.a, a) for layer in layers):
        raise ValueError("tiles of one date lie on different lattices; reproject them together beforehand")
    left, top = corners.min(axis=0)
    right, bottom = np.max(corners + [layer.values.shape[::-1] for layer in layers], axis=0)
    values = np.full((bottom - top, right - left), first.fills[0] if first.fills else 0, first.values.dtype)
    for (column, row), layer in zip(corners - (left, top), layers, strict=True):
        height, width = layer.values.shape
        values[row : row + height, column : column + width] = layer.values
    # to the micrometre: a whole tile and a window of it give the same bits on the grid
    x, y = round(first.transform.c + left * a, 6), round(first.transform.f + top * e, 6)
    moved = Affine(a, 0, x, 0, e, y)
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
        raise ValueError(f"{path}: the name has no date such as A2010129")
    return datetime.strptime(match[1] or match[2], "%Y%j").date()
