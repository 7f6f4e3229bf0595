"""Raster files: a reader that refuses another grid, a writer that adds unit, product and legend."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.warp import reproject
from rasterio.windows import Window

from nppdrivers import __version__
from nppdrivers.grid import TILE_ROWS, Grid, ThinnedGrid
from nppdrivers.quantities import Quantity, quantity

_LAYOUT = {
    "driver": "GTiff",
    "tiled": True,
    "blockxsize": 512,  # flat tiles: rasters are read and written by blocks of rows
    "blockysize": TILE_ROWS,
    "interleave": "band",
    "compress": "zstd",
    "zstd_level": 1,
    "bigtiff": "if_safer",
}
_OWN_TAGS = {"software", "product", "long_name", "units", "AREA_OR_POINT"}


def read(
    path: str | Path, grid: Grid, *, bands: int | Sequence[int] | None = None, rows: slice = slice(None)
) -> np.ndarray:
    """Read a raster of this grid; continuous values as float32 with NaN, class codes as they are.

    Parameters
    ----------
    path : path of the raster
    grid : Grid
        Grid the raster must lie on; of a thinned one only its cells are kept, a block of rows at a time.
    bands : int, sequence of int or None
        One-based band (gives (rows, width)) or bands (gives (bands, rows, width)); None: all bands.
    rows : slice
        Rows to read.

    Raises
    ------
    ValueError
        When the raster lies on another grid; both are shown.
    """
    if isinstance(grid, ThinnedGrid):
        return _read_thinned(path, grid, bands, rows)
    with rasterio.open(path) as source:
        _refuse_other_grid(source, grid)
        start, stop, _ = rows.indices(grid.height)
        values = source.read(bands, window=Window(0, start, grid.width, stop - start))
        return _with_nan(values, source.nodata)


def _read_thinned(
    path: str | Path, grid: ThinnedGrid, bands: int | Sequence[int] | None, rows: slice
) -> np.ndarray:
    """Cells of a raster that stand for all."""
    taken, columns = grid.taken()
    taken = taken[rows]
    parts = []
    for block in grid.whole.row_blocks():
        here = taken[(taken >= block.start) & (taken < block.stop)] - block.start
        if here.size:
            values = read(path, grid.whole, bands=bands, rows=block)
            parts.append(values[..., here[:, np.newaxis], columns])
    return np.concatenate(parts, axis=-2)


def read_mask(path: str | Path, grid: Grid, rows: slice = slice(None)) -> np.ndarray:
    """Cells of this grid whose first band holds 1: the study area, where its raster is given."""
    return read(path, grid, bands=1, rows=rows) == 1


def read_inside(
    path: str | Path, study_area: str | Path, grid: Grid, rows: slice = slice(None)
) -> np.ndarray:
    """First band of a continuous raster of this grid, NaN outside the study area."""
    inside = read_mask(study_area, grid, rows)
    return np.where(inside, read(path, grid, bands=1, rows=rows), np.float32(np.nan))


def read_layers(
    names: Sequence[str], paths: Sequence[str | Path], study_area: str | Path, grid: Grid
) -> dict[str, np.ndarray]:
    """First band of one raster a name, NaN outside the study area."""
    return {name: read_inside(path, study_area, grid) for name, path in zip(names, paths, strict=True)}


def read_columns(
    paths: Sequence[str | Path], study_area: str | Path, grid: Grid, rows: slice = slice(None)
) -> np.ndarray:
    """First bands of some rasters as columns (cells, rasters) float64, NaN outside the study area."""
    layers = [read(path, grid, bands=1, rows=rows).ravel() for path in paths]
    columns = np.stack(layers, axis=-1).astype("float64")
    columns[read(study_area, grid, bands=1, rows=rows).ravel() != 1] = np.nan
    return columns


def read_mean(paths: Sequence[str | Path], grid: Grid) -> np.ndarray:
    """Mean (bands, height, width) of rasters with as many bands, cell by cell over those that have a value.

    One raster is in memory at a time; NaN where none has a value.
    """
    shape = (len(band_names(paths[0])), *grid.shape)
    total, count = np.zeros(shape, np.float32), np.zeros(shape, np.uint16)
    for path in paths:
        values = read(path, grid)
        known = np.isfinite(values)
        total += np.where(known, values, 0)
        count += known
    with np.errstate(invalid="ignore"):
        return total / np.where(count > 0, count, np.float32(np.nan))


def band_means(path: str | Path, study_area: str | Path, grid: Grid) -> np.ndarray:
    """Mean (bands,) float64 of each band over the cells of the study area that have a value; NaN without any.

    A block of rows is in memory at a time.
    """
    total = count = np.zeros(len(band_names(path)))
    for rows in grid.row_blocks():
        values = read(path, grid, rows=rows)[:, read_mask(study_area, grid, rows)]
        known = np.isfinite(values)
        total = total + np.where(known, values, 0).sum(axis=1, dtype=np.float64)
        count = count + known.sum(axis=1)
    return total / np.where(count > 0, count, np.nan)


def band_names(path: str | Path) -> list[str]:
    """Descriptions of the bands of a raster."""
    with rasterio.open(path) as source:
        return list(source.descriptions)


def tags(path: str | Path) -> dict[str, str]:
    """Tags of a raster: long name, unit and what else was stated when it was written."""
    with rasterio.open(path) as source:
        return source.tags()


def legend(path: str | Path) -> dict[int, str]:
    """Name of every code of a raster of classes that was written with a legend.

    Raises
    ------
    ValueError
        When the raster has no legend.
    """
    text = tags(path).get("legend")
    if text is None:
        raise ValueError(f"{path}: no legend in its tags; write the raster again")
    return {int(code): name for code, name in json.loads(text).items()}


def metadata(path: str | Path) -> tuple[str, dict[str, Any]]:
    """Quantity of a raster, and legend and tags that it was written with: to write another like it."""
    found = tags(path)
    further: dict[str, Any] = {name: text for name, text in found.items() if name not in _OWN_TAGS}
    if "legend" in further:
        further["legend"] = legend(path)
    return found["product"], further


def open_grid(path: str | Path) -> Grid:
    """Grid of an existing raster."""
    with rasterio.open(path) as source:
        return Grid(_crs_name(source.crs), source.transform, source.height, source.width)


def write(
    path: str | Path,
    values: np.ndarray,
    grid: Grid,
    name: str,
    *,
    bands: Sequence[str] = (),
    dtype: str | None = None,
    legend: Mapping[int, str] | None = None,
    **stated: object,
) -> None:
    """Write one whole raster; see `create` for the parameters."""
    values = np.atleast_3d(values) if values.ndim < 2 else values.reshape(-1, *grid.shape)
    with create(path, grid, name, bands=bands or [name], dtype=dtype, legend=legend, **stated) as target:
        target.write(values)


class Target:
    """Open raster that takes blocks of rows in their order.

    The file gets a row of its tiles at a time, whatever the blocks: its bytes depend on the values alone, and
    a tile that two blocks share is compressed once.
    """

    def __init__(self, dataset: rasterio.io.DatasetWriter, entry: Quantity, path: Path) -> None:
        self._dataset, self._entry, self._path = dataset, entry, path
        self._top = 0  # first row that is not in the file yet
        self._waiting = np.empty((dataset.count, 0, dataset.width), dataset.dtypes[0])

    def write(self, values: np.ndarray, rows: slice = slice(None)) -> None:
        """Write (bands, rows, width) or, for one band, (rows, width) at these rows.

        Raises
        ------
        ValueError
            For values outside the range of the quantity, and rows that do not follow the last ones.
        """
        start, stop, _ = rows.indices(self._dataset.height)
        values = values.reshape(-1, stop - start, self._dataset.width)
        self._entry.check(values, str(self._path))
        values = values.astype(self._dataset.dtypes[0], copy=False)
        if self._waiting.shape[1]:
            values = np.concatenate([self._waiting, values], axis=1)
        if stop - values.shape[1] != self._top:
            expected = self._top + self._waiting.shape[1]
            raise ValueError(
                f"{self._path}: row {start} is written, row {expected} is the next; keep the order"
            )
        while stop - self._top >= TILE_ROWS or (stop == self._dataset.height and self._top < stop):
            height = min(TILE_ROWS, stop - self._top)
            self._dataset.write(values[:, :height], window=Window(0, self._top, values.shape[2], height))
            values, self._top = values[:, height:], self._top + height
        self._waiting = values.copy()

    def refuse_gaps(self) -> None:
        """Raise ValueError where rows were not written."""
        if self._top < self._dataset.height:
            missing = self._top + self._waiting.shape[1]
            raise ValueError(f"{self._path}: rows from {missing} on were not written; write all of them")


@contextmanager
def create(
    path: str | Path,
    grid: Grid,
    name: str,
    *,
    bands: Sequence[str],
    dtype: str | None = None,
    legend: Mapping[int, str] | None = None,
    **stated: object,
) -> Iterator[Target]:
    """Open a new raster to write by blocks of rows; it gets its name only when it is complete.

    Parameters
    ----------
    path : path of the raster
    grid : Grid
    name : str
        Quantity in the register: gives data type, nodata, unit, long name, valid range.
    bands : sequence of str
        Name of each band: what distinguishes it (a date, a driver), never empty.
    dtype : str or None
        Data type, where that of the quantity is not precise enough: float64 for parts that must add up.
    legend : mapping of int to str, optional
        Name of every class code; `legend` reads it back.
    **stated
        Further tags: method, source, number of months, ...

    Raises
    ------
    ValueError
        When a written value lies outside the range of the quantity.
    """
    path, entry = Path(path), quantity(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.unfinished.tif")
    layout = _LAYOUT | ({} if entry.kind == "classes" else {"predictor": 3})
    with rasterio.open(
        unfinished,
        "w",
        width=grid.width,
        height=grid.height,
        count=len(bands),
        dtype=dtype or entry.dtype,
        crs=grid.crs,
        transform=grid.transform,
        nodata=entry.nodata,
        **layout,
    ) as dataset:
        dataset.descriptions = tuple(bands)
        dataset.units = tuple(entry.unit for _ in bands)
        about: dict[str, object] = {"product": entry.name, "long_name": entry.long_name, "units": entry.unit}
        if legend is not None:
            about["legend"] = json.dumps(dict(legend))
        about |= stated
        dataset.update_tags(software=f"nppdrivers {__version__}", **{k: str(v) for k, v in about.items()})
        target = Target(dataset, entry, path)
        yield target
        target.refuse_gaps()
    unfinished.replace(path)


def to_grid(
    values: np.ndarray, crs: object, transform: rasterio.Affine, grid: Grid, *, resampling: str
) -> np.ndarray:
    """Resample (..., rows, columns) float32 values with NaN to the grid; the result is float32 with NaN."""
    flat = values.reshape(-1, *values.shape[-2:]).astype("float32", copy=False)
    result = np.full((len(flat), *grid.shape), np.nan, "float32")
    for source, target in zip(flat, result, strict=True):
        reproject(
            source,
            target,
            src_crs=crs,
            src_transform=transform,
            src_nodata=np.nan,
            dst_crs=grid.crs,
            dst_transform=grid.transform,
            dst_nodata=np.nan,
            resampling=Resampling[resampling],
        )
    return result.reshape(*values.shape[:-2], *grid.shape)


def _refuse_other_grid(source: rasterio.DatasetReader, grid: Grid) -> None:
    """Raise ValueError with both grids where a raster lies on another grid."""
    if source.crs is None or not grid.matches(source.crs, source.transform, source.shape):
        other = Grid(_crs_name(source.crs), source.transform, source.height, source.width)
        raise ValueError(
            f"{source.name}: lies on another grid.\n  raster: {other}\n  grid:   {grid}\n"
            "Delete the results made with the older grid, or resample the raster."
        )


def _crs_name(crs: rasterio.crs.CRS | None) -> str:
    """Authority code or WKT."""
    if crs is None:
        return "no coordinate system"
    code = crs.to_epsg()
    return f"EPSG:{code}" if code else crs.to_wkt()


def _with_nan(values: np.ndarray, nodata: float | None) -> np.ndarray:
    """Continuous values as float32 with NaN in place of nodata; class codes as they are."""
    if values.dtype == np.uint8 and (nodata is None or nodata == 0):
        return values
    missing = np.zeros(1, bool) if nodata is None or np.isnan(nodata) else values == nodata
    values = values.astype("float32", copy=False)
    return np.where(missing, np.float32(np.nan), values) if missing.any() else values
