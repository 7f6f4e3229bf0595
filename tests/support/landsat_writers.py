"""Landsat Collection 2 products as files, for tests."""

from pathlib import Path

import numpy as np
import rasterio
from affine import Affine

from nppdrivers.grid import Grid

CLEAR = {"LC08": 21824, "LC09": 21824, "LE07": 5440, "LT05": 5440}
GRID = Grid("EPSG:32649", Affine(30, 0, 650025, 0, -30, 3940005), 20, 30)


def write_tif(
    path: Path, values: np.ndarray, transform: Affine, nodata: float | None, crs="EPSG:32649"
) -> None:
    """Write one or more bands."""
    bands = values.reshape(-1, *values.shape[-2:])
    layout = {"count": len(bands), "height": bands.shape[1], "width": bands.shape[2], "dtype": values.dtype}
    with rasterio.open(
        path, "w", driver="GTiff", crs=crs, transform=transform, nodata=nodata, **layout
    ) as out:
        out.write(bands)


def write_scene(folder: Path, name: str, red, nir, *, transform=GRID.transform, qa=None, radsat=None) -> Path:
    """Write a Collection 2 product with these reflectances."""
    home = folder / name
    home.mkdir(parents=True)
    first = 4 if name.startswith("LC") else 3
    for band, reflectance in ((first, red), (first + 1, nir)):
        numbers = np.where(np.isnan(reflectance), 0, np.round((reflectance + 0.2) / 2.75e-5)).astype("uint16")
        write_tif(home / f"{name}_SR_B{band}.TIF", numbers, transform, 0)
    fill = np.isnan(red)
    qa = np.where(fill, 1, CLEAR[name[:4]] if qa is None else qa).astype("uint16")
    write_tif(home / f"{name}_QA_PIXEL.TIF", qa, transform, 1)
    radsat = np.zeros(red.shape) if radsat is None else radsat
    write_tif(home / f"{name}_QA_RADSAT.TIF", radsat.astype("uint16"), transform, None)
    return home


def name_of(
    satellite: str, day: str = "20130704", row: int = 35, processed: str = "20200912", tier="T1"
) -> str:
    """Product identifier."""
    return f"{satellite}_L2SP_125{row:03d}_{day}_{processed}_02_{tier}"
