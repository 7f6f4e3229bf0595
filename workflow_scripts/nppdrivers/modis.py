"""MODIS products as delivered, HDF4-EOS tiles or one GeoTIFF a layer: cut, mosaicked, masked, on the grid."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from pyhdf.error import HDF4Error
from pyhdf.SD import SD, SDC
from pyproj import CRS
from rasterio.warp import transform_bounds

from nppdrivers.grid import Grid
from nppdrivers.ndvi import nominal_date
from nppdrivers.quality import modis_vi_usable
from nppdrivers.rasters import to_grid
from nppdrivers.resampling import conserve_means

_START = re.compile(r"\.A(\d{7})|_doy(\d{7})")
_TILE = re.compile(r"h\d{2}v\d{2}")
_VI_LAYERS = ("NDVI", "VI Quality", "pixel reliability", "composite day of the year")
_MARGIN = 3  # native pixels read around the grid, for the interpolation
_EPOCH = date(1970, 1, 1)
_NDVI_RANGE = (-0.2, 1.0)  # valid range of MOD13


class NoSuchLayerError(ValueError):
    """A file does not hold the layer asked for."""


@dataclass(frozen=True)
class Layer:
    """One layer of one or more tiles, numbers as stored.

    Attributes
    ----------
    values : (rows, columns) integer array
    crs : str
        WKT.
    transform : Affine
        Of these rows and columns.
    factor, offset : float
        Physical value = (stored - offset) x factor.
    fill : float or None
        Stored number that marks missing pixels.
    valid_range : (low, high) or None
        Stored numbers outside it are missing too.
    """

    values: np.ndarray
    crs: str
    transform: Affine
    factor: float
    offset: float
    fill: float | None
    valid_range: tuple[float, float] | None

    @property
    def valid(self) -> np.ndarray:
        """Where the stored number is neither fill nor out of range."""
        valid = np.ones(self.values.shape, bool) if self.fill is None else self.values != self.fill
        if self.valid_range is not None:
            valid &= (self.values >= self.valid_range[0]) & (self.values <= self.valid_range[1])
        return valid

    def physical(self) -> np.ndarray:
        """Values in the physical unit, float32 with NaN."""
        scaled = (self.values - np.float32(self.offset)) * np.float32(self.factor)
        return np.where(self.valid, scaled.astype("float32"), np.float32(np.nan))


def find_composites(folder: str | Path, product: str = "MOD13Q1") -> dict[date, list[Path]]:
    """Find the files of a MODIS product in a folder, grouped by the first day of their period.

    Known by their names: ``MOD13Q1.A2010129.h27v05.061.*.hdf`` as NASA delivers, or one GeoTIFF a layer
    with the date as ``.A2010129`` or ``_doy2010129`` and the layer's name in the file name.

    Returns
    -------
    dict of start date to files, in order of date
    """
    found: dict[date, list[Path]] = {}
    for path in sorted(Path(folder).rglob(f"{product}*")):
        match = _START.search(path.name)
        if match and path.suffix.lower() in (".hdf", ".tif", ".tiff"):
            start = datetime.strptime(match[1] or match[2], "%Y%j").date()
            found.setdefault(start, []).append(path)
    return dict(sorted(found.items()))


def read_layer(path: str | Path, name: str, grid: Grid | None = None) -> Layer:
    """Read one layer of one file, of a grid only the part that covers it.

    Parameters
    ----------
    path : path of an HDF4-EOS file or of a GeoTIFF that holds one layer
    name : str
        End of the layer's name, for example "NDVI" for "250m 16 days NDVI"; not used for a GeoTIFF.
    grid : Grid, optional

    Raises
    ------
    ValueError
        When the file cannot be read, has no such layer, or has no known projection; a tile that does not
        touch the grid gives a layer of no pixels.
    """
    path = Path(path)
    return _read_hdf(path, name, grid) if path.suffix == ".hdf" else _read_geotiff(path, grid)


def read_native(paths: Sequence[Path], name: str, grid: Grid | None = None) -> Layer | None:
    """Read one layer of one date from its files and mosaic the tiles on their own lattice.

    Used as it is for MOD17A3HGF ("Npp_500m"): every fill class stays to be told apart.

    Returns
    -------
    Layer or None
        None when these files do not hold that layer.
    """
    holding = [path for path in paths if path.suffix == ".hdf" or _names_layer(path, name)]
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
        fine = conserve_means(ndvi, crs, transform, grid, limits=_NDVI_RANGE)
    else:
        fine = to_grid(ndvi, crs, transform, grid, resampling=resampling)
    fine_day = to_grid(day, crs, transform, grid, resampling="nearest")
    middle = np.float32(_epoch_days(nominal_date(_start_of(paths[0]))))
    fine_day = np.where(np.isnan(fine_day), middle, fine_day)
    return fine, np.where(np.isnan(fine), np.float32(np.nan), fine_day)


def _read_hdf(path: Path, name: str, grid: Grid | None) -> Layer:
    try:
        content = SD(str(path), SDC.READ)
    except HDF4Error as error:
        raise ValueError(f"{path}: cannot be read as HDF4 ({error}); download it again") from error
    try:
        wanted = [stored for stored in content.datasets() if _same_layer(stored, name)]
        if len(wanted) != 1:
            raise NoSuchLayerError(f"{path}: no layer {name!r}; it holds {', '.join(content.datasets())}")
        layer = content.select(wanted[0])
        crs, transform = _hdf_grid(path, content.attributes().get("StructMetadata.0", ""))
        shape = tuple(layer.info()[2])
        rows, columns = _window(grid, crs, transform, shape)
        values = np.asarray(layer[rows, columns]) if _size(rows) * _size(columns) else np.empty((0, 0))
        about = layer.attributes()
    except HDF4Error as error:
        raise ValueError(f"{path}: layer {name!r} cannot be read ({error}); download it again") from error
    finally:
        content.end()
    scale = about.get("scale_factor", 1.0)
    return Layer(
        values,
        crs,
        transform @ Affine.translation(columns.start, rows.start),
        # MOD13 states the number to divide by, other products the number to multiply with
        1 / scale if scale > 1 else scale,
        about.get("add_offset", 0.0),
        about.get("_FillValue"),
        tuple(about["valid_range"]) if "valid_range" in about else None,
    )


def _read_geotiff(path: Path, grid: Grid | None) -> Layer:
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise ValueError(f"{path}: no coordinate system; assign the one it was made in")
            crs, transform = source.crs.to_wkt(), source.transform
            rows, columns = _window(grid, crs, transform, source.shape)
            values = source.read(1, window=((rows.start, rows.stop), (columns.start, columns.stop)))
            fill, factor = source.nodata, source.scales[0]
    except rasterio.RasterioIOError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    is_index = _names_layer(path, "NDVI")
    if is_index and np.issubdtype(values.dtype, np.integer):
        # GeoTIFF copies rarely keep the scale of 1e-4 and the fill of -3000 that the product guide gives
        factor, fill = (1e-4 if factor == 1 else factor), (-3000 if fill is None else fill)
    valid_range = tuple(limit / factor for limit in _NDVI_RANGE) if is_index else None
    moved = transform @ Affine.translation(columns.start, rows.start)
    return Layer(values, crs, moved, factor, 0.0, fill, valid_range)


def _hdf_grid(path: Path, structure: str) -> tuple[str, Affine]:
    """Coordinate system and transform from the HDF-EOS metadata (corners are outer edges of pixels)."""
    stated = dict(re.findall(r"(\w+)=\(?([^\n()]*)\)?\n", structure))
    if stated.get("Projection") not in ("GCTP_SNSOID", "16"):
        raise ValueError(
            f"{path}: projection {stated.get('Projection', 'missing')} in StructMetadata.0; "
            "only the sinusoidal grid of the MODIS land products is read"
        )
    radius = float(stated["ProjParams"].split(",")[0])
    left, top = map(float, stated["UpperLeftPointMtrs"].split(","))
    right, bottom = map(float, stated["LowerRightMtrs"].split(","))
    columns, rows = int(stated["XDim"]), int(stated["YDim"])
    crs = CRS.from_proj4(f"+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R={radius} +units=m +no_defs")
    return crs.to_wkt(), Affine((right - left) / columns, 0, left, 0, (bottom - top) / rows, top)


def _window(grid: Grid | None, crs: str, transform: Affine, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a raster that cover the grid with a margin; all of them without a grid."""
    if grid is None:
        return slice(0, shape[0]), slice(0, shape[1])
    west, south, east, north = transform_bounds(grid.crs, crs, *grid.bounds)
    left, top = ~transform @ (west, north)
    right, bottom = ~transform @ (east, south)
    edges = [top - _MARGIN, bottom + _MARGIN], [left - _MARGIN, right + _MARGIN]
    limits = [np.clip(np.round(pair), 0, size).astype(int) for pair, size in zip(edges, shape, strict=True)]
    return tuple(slice(int(start), int(stop)) for start, stop in limits)


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


def _names_layer(path: Path, name: str) -> bool:
    return _same_layer(_TILE.sub("", path.stem), name)


def _same_layer(stored: str, name: str) -> bool:
    plain = re.sub(r"[\s_]+", " ", stored).lower()
    return plain.endswith(re.sub(r"[\s_]+", " ", name).lower())


def _size(part: slice) -> int:
    return max(0, part.stop - part.start)
