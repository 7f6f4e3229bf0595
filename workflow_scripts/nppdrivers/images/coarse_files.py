"""Single layers of coarse images: HDF4-EOS (MODIS), HDF5-EOS (VIIRS), or a GeoTIFF of one layer."""

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import rasterio
from affine import Affine
from pyhdf.error import HDF4Error
from pyhdf.SD import SD, SDC
from pyproj import CRS
from rasterio.warp import transform_bounds

from nppdrivers.grid import Grid
from nppdrivers.images.coarse_layers import StoredLayer
from nppdrivers.images.coarse_products import product_of_file

# Parts of a file name that may follow the name of the layer: the tile, and what AppEEARS adds
_AFTER_LAYER = re.compile(r"h\d{2}v\d{2}|_doy\d{7,13}|[._]aid\d+")
# Attributes of a layer that say what its numbers stand for
_NUMBERS = ("scale_factor", "add_offset", "_FillValue", "valid_range")
_MARGIN = 3  # native pixels read around the grid, for the interpolation


class NoSuchLayerError(ValueError):
    """A file lacks the layer asked for."""


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
    fills : tuple of float
        Stored numbers that mark missing pixels.
    valid_range : (low, high) or None
        Stored numbers outside it are missing too.
    """

    values: np.ndarray
    crs: str
    transform: Affine
    factor: float
    offset: float
    fills: tuple[float, ...]
    valid_range: tuple[float, float] | None

    @property
    def valid(self) -> np.ndarray:
        """Where the stored number is neither a fill nor out of range."""
        valid = ~np.isin(self.values, self.fills)
        if self.valid_range is not None:
            valid &= (self.values >= self.valid_range[0]) & (self.values <= self.valid_range[1])
        return valid

    def physical(self) -> np.ndarray:
        """Values in the physical unit, float32 with NaN."""
        scaled = (self.values - np.float32(self.offset)) * np.float32(self.factor)
        return np.where(self.valid, scaled.astype("float32"), np.float32(np.nan))


def read_layer(path: str | Path, name: str, grid: Grid | None = None) -> Layer:
    """Read a layer of a file, or the part of it that covers a grid.

    Parameters
    ----------
    path : path of an HDF4-EOS or HDF5-EOS file, or of a GeoTIFF of one layer
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
    return READERS[path.suffix.lower()](path, name, grid)


def short_name(path: Path) -> str | None:
    """Product that an HDF file states in its own metadata; None where it states none."""
    if path.suffix.lower() == ".h5":
        with suppress(OSError), h5py.File(path) as content:
            stated = content.attrs.get("ShortName")
            return None if stated is None else bytes(np.ravel(stated)[0]).decode("ascii", "replace")
    if path.suffix.lower() == ".hdf":
        with suppress(HDF4Error):
            core = _text_of(path, "CoreMetadata.0")
            match = re.search(r"SHORTNAME.*?VALUE\s*=\s*\"(\w+)\"", core, re.DOTALL)
            return match[1] if match else None
    return None


def may_hold(path: Path, name: str) -> bool:
    """Whether a file may have a layer: a GeoTIFF has only the one that its name ends with."""
    return path.suffix.lower() not in _ONE_LAYER or _names_layer(path, name)


def _names_layer(path: Path, name: str) -> bool:
    return _same_layer(_AFTER_LAYER.sub("", path.stem), name)


def _same_layer(stored: str, name: str) -> bool:
    plain = re.sub(r"[\s_]+", " ", stored).lower()
    return plain.endswith(re.sub(r"[\s_]+", " ", name).lower())


def _size(part: slice) -> int:
    return max(0, part.stop - part.start)


def _read_hdf4(path: Path, name: str, grid: Grid | None) -> Layer:
    try:
        content = SD(str(path), SDC.READ)
    except HDF4Error as error:
        raise ValueError(f"{path}: cannot be read as HDF4 ({error}); download it again") from error
    try:
        layer = content.select(_stored_name(path, content.datasets(), name))
        place = _hdf4_grid(path, path.stat().st_mtime_ns)
        rows, columns = _window(grid, *place, tuple(layer.info()[2]))
        values = np.asarray(layer[rows, columns]) if _size(rows) * _size(columns) else np.empty((0, 0))
        about = layer.attributes()
    except HDF4Error as error:
        raise ValueError(f"{path}: layer {name!r} cannot be read ({error}); download it again") from error
    finally:
        content.end()
    return _described(values, place, (rows, columns), about)


def _read_hdf5(path: Path, name: str, grid: Grid | None) -> Layer:
    try:
        with h5py.File(path) as content:
            fields = _fields(path, content)
            layer = fields[_stored_name(path, fields, name)]
            place = _hdf5_grid(path, path.stat().st_mtime_ns)
            rows, columns = _window(grid, *place, layer.shape)
            values = layer[rows, columns] if _size(rows) * _size(columns) else np.empty((0, 0))
            about = {key: np.ravel(layer.attrs[key]).tolist() for key in _NUMBERS if key in layer.attrs}
    except OSError as error:
        raise ValueError(f"{path}: cannot be read as HDF5 ({error}); download it again") from error
    return _described(values, place, (rows, columns), about)


def _fields(path: Path, content: h5py.File) -> h5py.Group:
    """Layers of the one grid of an HDF5-EOS file."""
    grids = content.get("HDFEOS/GRIDS")
    if grids is None or len(grids) != 1:
        raise ValueError(f"{path}: is no HDF5-EOS file of one grid; give files as NASA delivers them")
    return next(iter(grids.values()))["Data Fields"]


def _stored_name(path: Path, stored: Iterable[str], name: str) -> str:
    """Whole name of a layer of a file."""
    names = list(stored)
    matching = [each for each in names if _same_layer(each, name)]
    if len(matching) != 1:
        raise NoSuchLayerError(f"{path}: no layer {name!r}; it has {', '.join(names)}")
    return matching[0]


def _described(
    values: np.ndarray, place: tuple[str, Affine], window: tuple[slice, slice], about: Mapping[str, Any]
) -> Layer:
    """Layer of a window of a file, by the numbers that come with it."""
    stated = {key: np.ravel(about[key]).tolist() for key in _NUMBERS if key in about}
    scale = stated.get("scale_factor", [1.0])[0]
    crs, transform = place
    rows, columns = window
    return Layer(
        values,
        crs,
        transform @ Affine.translation(columns.start, rows.start),
        # MOD13 states the number to divide by, other products the number to multiply with
        1 / scale if scale > 1 else scale,
        stated.get("add_offset", [0.0])[0],
        tuple(stated.get("_FillValue", ())),
        tuple(stated["valid_range"]) if "valid_range" in stated else None,
    )


def _read_geotiff(path: Path, name: str, grid: Grid | None) -> Layer:
    try:
        with rasterio.open(path) as source:
            if source.crs is None:
                raise ValueError(f"{path}: no coordinate system; assign the one it was made in")
            crs, transform = source.crs.to_wkt(), source.transform
            rows, columns = _window(grid, crs, transform, source.shape)
            values = source.read(1, window=((rows.start, rows.stop), (columns.start, columns.stop)))
            fills = () if source.nodata is None else (source.nodata,)
            factor = source.scales[0]
    except rasterio.RasterioIOError as error:
        raise ValueError(f"{path}: cannot be read ({error})") from error
    stored = _stored_layer(path)
    if stored and np.issubdtype(values.dtype, np.integer):
        # GeoTIFF copies rarely keep the scale and all fills that the product guide gives
        factor, fills = (stored.scale if factor == 1 else factor), (*fills, *stored.fills)
    valid_range = (stored.valid_range[0] / factor, stored.valid_range[1] / factor) if stored else None
    moved = transform @ Affine.translation(columns.start, rows.start)
    return Layer(values, crs, moved, factor, 0.0, fills, valid_range)


def _stored_layer(path: Path) -> StoredLayer | None:
    """Entry of the layer in a GeoTIFF in the table of products, if it is a layer of physical values."""
    product = product_of_file(path.name)
    layers = product.layers.physical if product else []
    return next((layer for layer in layers if _names_layer(path, layer.name)), None)


@lru_cache(maxsize=512)  # pyhdf reads text letter by letter, and a composite has several layers
def _hdf4_grid(path: Path, changed_ns: int) -> tuple[str, Affine]:
    return _grid_of(_text_of(path, "StructMetadata.0"), path)


def _text_of(path: Path, name: str) -> str:
    """An attribute of an HDF4 file that is text; empty without it."""
    content = SD(str(path), SDC.READ)
    attribute = content.attr(name)
    try:
        attribute.index()  # without it `get` looks for a method that pyhdf does not have
        return str(attribute.get())
    except HDF4Error:
        return ""
    finally:
        content.end()


@lru_cache(maxsize=512)
def _hdf5_grid(path: Path, changed_ns: int) -> tuple[str, Affine]:
    with h5py.File(path) as content:
        stored = content.get("HDFEOS INFORMATION/StructMetadata.0")
        structure = "" if stored is None else bytes(stored[()]).decode("ascii", "replace")
    return _grid_of(structure, path)


def _grid_of(structure: str, path: Path) -> tuple[str, Affine]:
    """Coordinate system and transform from the HDF-EOS metadata (corners are outer edges of pixels)."""
    stated = dict(re.findall(r"(\w+)=\(?([^\n()]*)\)?\n", structure))
    if stated.get("Projection") not in ("GCTP_SNSOID", "HE5_GCTP_SNSOID", "16"):
        raise ValueError(
            f"{path}: projection {stated.get('Projection', 'missing')} in StructMetadata.0; "
            "only the sinusoidal grid of the MODIS and VIIRS land products is read"
        )
    radius = float(stated["ProjParams"].split(",")[0])
    left, top = map(float, stated["UpperLeftPointMtrs"].split(","))
    right, bottom = map(float, stated["LowerRightMtrs"].split(","))
    columns, rows = int(stated["XDim"]), int(stated["YDim"])
    return _sinusoidal(radius), Affine((right - left) / columns, 0, left, 0, (bottom - top) / rows, top)


@cache
def _sinusoidal(radius: float) -> str:
    return CRS.from_proj4(f"+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R={radius} +units=m +no_defs").to_wkt()


@cache
def _bounds(grid: Grid, crs: str) -> tuple[float, float, float, float]:
    return transform_bounds(grid.crs, crs, *grid.bounds)


def _window(grid: Grid | None, crs: str, transform: Affine, shape: tuple[int, ...]) -> tuple[slice, slice]:
    """Rows and columns of a raster that cover the grid with a margin; all of them without a grid."""
    if grid is None:
        return slice(0, shape[0]), slice(0, shape[1])
    west, south, east, north = _bounds(grid, crs)
    left, top = ~transform @ (west, north)
    right, bottom = ~transform @ (east, south)
    edges = [top - _MARGIN, bottom + _MARGIN], [left - _MARGIN, right + _MARGIN]
    rows, columns = (
        np.clip(np.round(pair), 0, size).astype(int) for pair, size in zip(edges, shape, strict=True)
    )
    return slice(int(rows[0]), int(rows[1])), slice(int(columns[0]), int(columns[1]))


# Reader of each file format, by suffix: a product in another format needs its reader here.
READERS = {
    ".hdf": _read_hdf4,
    ".h5": _read_hdf5,
    ".tif": _read_geotiff,
    ".tiff": _read_geotiff,
}
_ONE_LAYER = (".tif", ".tiff")
