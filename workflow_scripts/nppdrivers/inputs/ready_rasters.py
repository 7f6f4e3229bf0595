"""Ready rasters of soil and climate, such as SoilGrids layers, brought onto the analysis grid."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
from rasterio.transform import array_bounds
from rasterio.warp import calculate_default_transform

from nppdrivers.grid import Grid
from nppdrivers.inputs.raster.door import Part, read_part
from nppdrivers.inputs.unit_mistakes import likely_units
from nppdrivers.quantities import Quantity
from nppdrivers.rasters import to_grid

# A raster with pixels of more cells than this says little about differences between cells.
COARSE_CELLS = 10.0
SAMPLED = 1_000_000  # cells of a month that show its unit


class Ready(NamedTuple):
    """A raster that is brought onto the grid, band by band: all bands of a large one do not fit in memory.

    Attributes
    ----------
    path : path
    grid : Grid
    quantity : Quantity
    bands : int
    factor : float
        See `open_ready`.
    pixel_m : float
        Edge of its own pixels [m].
    resampling : str
    """

    path: str | Path
    grid: Grid
    quantity: Quantity
    bands: int
    factor: float
    pixel_m: float
    resampling: str

    def read(self) -> Iterator[tuple[Part, np.ndarray]]:
        """Each band as it is around the grid, and on the grid: (H, W) float32 with NaN.

        Raises
        ------
        ValueError
            For a band without a value inside the grid.
        """
        for band in range(1, self.bands + 1):
            part = read_part(self.path, self.quantity, self.grid, bands=[band], factor=self.factor)
            place = part.crs, part.transform, self.grid
            values = to_grid(part.values[0], *place, resampling=self.resampling)
            if not np.isfinite(values).any():
                raise ValueError(f"{self.path}: holds no valid value inside the study grid ({self.grid})")
            yield part, values


def open_ready(path: str | Path, grid: Grid, quantity: Quantity, *, bands: int, factor: float = 1.0) -> Ready:
    """Open a raster of any grid to resample it: the mean of smaller pixels, bilinear between larger ones.

    Only the part around the grid is read, by `raster.door.read_part`.

    Parameters
    ----------
    path : path of any raster that GDAL reads
    grid : Grid
    quantity : Quantity
    bands : int
        Number of bands that it must have.
    factor : float
        What brings its values to the unit of the quantity; 1: the unit that the file states counts.

    Returns
    -------
    Ready

    Raises
    ------
    ValueError
        For another number of bands, or no coordinate system.
    """
    with rasterio.open(path) as source:
        if source.count != bands:
            wanted = "one band" if bands == 1 else f"{bands} bands, January to December,"
            raise ValueError(f"{path}: {source.count} bands; {wanted} must be given")
        if source.crs is None:
            raise ValueError(f"{path}: no coordinate system; assign the one it was made in")
        pixel_m = _pixel_m(source, grid)
    resampling = "average" if pixel_m < grid.cell_size_m else "bilinear"
    return Ready(path, grid, quantity, bands, factor, pixel_m, resampling)


def _pixel_m(source: rasterio.DatasetReader, grid: Grid) -> float:
    """Edge [m] of the pixels of a raster at the centre of the grid."""
    longitude, latitude = grid.lonlat(slice(grid.height // 2, grid.height // 2 + 1))
    middle = slice(grid.width // 2, grid.width // 2 + 1)
    (x,), (y,) = rasterio.warp.transform("EPSG:4326", source.crs, longitude[0, middle], latitude[0, middle])
    a, _, _, _, e, _ = list(source.transform)[:6]
    here = rasterio.transform.from_origin(x, y, abs(a), abs(e))
    bounds = array_bounds(1, 1, here)
    return float(calculate_default_transform(source.crs, grid.crs, 1, 1, *bounds)[0].a)


def coarseness(pixel_m: float, grid: Grid) -> str:
    """Warning where the pixels of a raster are coarser than ten cells, else an empty string."""
    if pixel_m <= COARSE_CELLS * grid.cell_size_m:
        return ""
    return (
        f"pixels of {pixel_m:.0f} m are {pixel_m / grid.cell_size_m:.0f} cells wide: the map holds no detail "
        "finer than that, and correlations with it are those of broad patterns"
    )


def refuse_other_unit(
    values: np.ndarray,
    quantity: Quantity,
    path: str | Path,
    remedy: str,
    ends: tuple[float, float] | None = None,
) -> None:
    """Raise ValueError naming the likely unit where values [of the quantity] are untypical or impossible.

    Least and greatest value are given where the values are a sample.
    """
    known = values[np.isfinite(values)]
    units = likely_units(quantity, known, float(np.median(known)))
    low, high = ends or (float(known.min()), float(known.max()))
    if units or low < quantity.minimum or high > quantity.maximum:
        guess = f"; they look like {' or like '.join(units)}" if units else ""
        raise ValueError(
            f"{path}: values from {low:g} to {high:g}, unlikely in {quantity.unit}{guess}; {remedy}"
        )


def refuse_other_months(
    months: Iterable[np.ndarray], quantity: Quantity, days: np.ndarray, path: str | Path
) -> None:
    """Raise ValueError where monthly values are unlikely in the unit, or not possible in a day or a month.

    Parameters
    ----------
    months : twelve (H, W) arrays [unit of the quantity]
        NaN = missing.
    quantity : Quantity
    days : (12,) array
        Days of the months.
    path : path
        Where the values come from.
    """
    sample, lows, highs, month_ends = [], [], [], []
    for values, length in zip(months, days, strict=True):
        per_day = values / length if quantity.is_monthly_sum else values
        sample.append(per_day.ravel()[:: max(1, per_day.size // SAMPLED)])
        lows.append(float(np.nanmin(per_day)))
        highs.append(float(np.nanmax(per_day)))
        month_ends += [np.nanmin(values), np.nanmax(values)]
    ends = min(lows), max(highs)
    refuse_other_unit(np.concatenate(sample), quantity.daily, path, "convert the raster", ends)
    quantity.check(np.array(month_ends), str(path))
