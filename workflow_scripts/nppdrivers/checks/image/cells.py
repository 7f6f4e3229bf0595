"""Images at the nearest pixel of each cell of a coarse grid: reflectance as declared, and quality."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT

from nppdrivers.grid import Grid
from nppdrivers.images.landsat_files import Image, ReadyImage, Scene
from nppdrivers.images.mgrs.hls import HlsScene
from nppdrivers.images.mgrs.sentinel2 import SentinelScene

Delivered = Scene | HlsScene | SentinelScene  # images that come with a quality layer


class Sight(NamedTuple):
    """What an image shows of the cells of a grid.

    Attributes
    ----------
    red, nir : (H, W) float32
        Reflectance by the declared scale and offset, also where it is impossible; NaN outside the image.
    seen : (H, W) bool array
        Cells of the study area that its quality layer, where it has one, calls clear.
    """

    red: np.ndarray
    nir: np.ndarray
    seen: np.ndarray

    @property
    def possible(self) -> np.ndarray:
        """Cells seen with reflectance from 0 to 1 in both bands."""
        bands = np.stack([self.red, self.nir])
        return self.seen & ((bands >= 0) & (bands <= 1)).all(axis=0)


def quality_of(image: Delivered, grid: Grid) -> np.ndarray:
    """Quality layer of an image, (H, W); its fill outside."""
    path, fill = image.quality
    (quality,) = _read([(path, 1)], grid, fill)
    return quality


def sight_of(image: Image, grid: Grid, inside: np.ndarray, quality: np.ndarray | None) -> Sight:
    """Bands of an image at the cells of a grid; inside: those of the area; quality: its layer, if any."""
    if isinstance(image, ReadyImage):
        with rasterio.open(image.reference) as source:
            fill = 0.0 if source.nodata is None else source.nodata
    else:
        fill = image.fill
    red, nir = _read(image.red_nir, grid, fill)
    covered = inside & (red != fill) & (nir != fill) & np.isfinite(red) & np.isfinite(nir)
    seen = covered if quality is None or isinstance(image, ReadyImage) else covered & image.clear(quality)
    scale, offset = image.scaling
    red, nir = (
        np.where(covered, band * np.float32(scale) + np.float32(offset), np.float32(np.nan))
        for band in (red, nir)
    )
    return Sight(red, nir, seen)


def _read(bands: Iterable[tuple[str, int]], grid: Grid, fill: float) -> list[np.ndarray]:
    """Bands of rasters, each given by path and number, at the nearest pixel of each cell."""
    lattice = {"crs": grid.crs, "transform": grid.transform, "height": grid.height, "width": grid.width}
    lattice |= {"resampling": Resampling.nearest, "src_nodata": fill, "nodata": fill}
    read = []
    for path, band in bands:
        with rasterio.open(path) as source, WarpedVRT(source, **lattice) as warped:
            read.append(warped.read(band))
    return read
