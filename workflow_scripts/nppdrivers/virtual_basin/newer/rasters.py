"""Bands as GeoTIFF or JPEG 2000."""

from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from nppdrivers.grid import Grid

_FORMATS: dict[str, dict[str, Any]] = {
    ".tif": {"driver": "GTiff", "compress": "deflate", "zlevel": 1, "tiled": True},
    ".jp2": {"driver": "JP2OpenJPEG", "QUALITY": "100", "REVERSIBLE": "YES"},
}


def write_band(path: Path, values: np.ndarray, grid: Grid, nodata: int, scale: float | None = None) -> None:
    """Write one band of integers; scale: stated in the file, where the product does so."""
    path.parent.mkdir(parents=True, exist_ok=True)
    size = {"width": grid.width, "height": grid.height, "crs": grid.crs, "transform": grid.transform}
    about = {"count": 1, "dtype": values.dtype.name, **size, **_FORMATS[path.suffix]}
    if path.suffix == ".tif":
        about["nodata"] = nodata
    with rasterio.open(path, "w", **about) as target:
        target.write(values, 1)
        if scale is not None:
            target.scales = (scale,)
