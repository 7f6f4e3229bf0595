"""Pixels of a band as stored, and as reflectance."""

from pathlib import Path

import numpy as np
import rasterio
from rasterio.windows import Window


def read_window(path: str | Path, band: int, window: Window, outside: float) -> np.ndarray:
    """Stored numbers of a band in a window, with another number where the window leaves the raster."""
    with rasterio.open(path) as source:
        return source.read(band, window=window, boundless=True, fill_value=outside)


def scaled(
    red: np.ndarray, nir: np.ndarray, scale: float, offset: float, usable: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Reflectance, NaN where not usable or where either band is outside 0 to 1 (over-corrected, stripes)."""
    red, nir = (band * np.float32(scale) + np.float32(offset) for band in (red, nir))
    valid = usable & (red >= 0) & (red <= 1) & (nir >= 0) & (nir <= 1)
    return np.where(valid, red, np.float32(np.nan)), np.where(valid, nir, np.float32(np.nan))
