"""Harmonized Landsat Sentinel-2 (HLS) version 2.0 as it lies in folders: a GeoTIFF a layer."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
from rasterio.windows import Window

from nppdrivers.images.fine_products import Tabulated
from nppdrivers.images.mgrs.pixels import read_window, scaled
from nppdrivers.quality import hls_clear

_LAYER = re.compile(
    r"(?P<id>HLS\.(?P<product>[LS]30)\.T(?P<tile>\d{2}[A-Z]{3})\.(?P<date>\d{7})T\d{6}\.v(?P<version>\d\.\d))"
    r"\.(?P<layer>\w+)\.tiff?$",
    re.IGNORECASE,
)
FMASK_FILL = 255


@dataclass(frozen=True)
class HlsScene(Tabulated):
    """An image of a tile and a day.

    Attributes
    ----------
    product_id : str
    sensor : {"HLSL30", "HLSS30"}
        NDVI of both is that of OLI already.
    date : date of acquisition
    tile, version : str
    folder : Path
    suffix : str
        Of its files, ".tif".
    adjacent : {"drop", "keep"}
        Pixels next to cloud or shadow.
    aerosol : {"keep", "drop_high"}
        Pixels under much aerosol.
    """

    product_id: str
    sensor: str
    date: date
    tile: str
    version: str
    folder: Path
    suffix: str
    adjacent: str = "drop"
    aerosol: str = "keep"

    @property
    def reference(self) -> str:
        """Raster that gives the coordinate system and the lattice."""
        return self.file(self.product.red)

    @property
    def files(self) -> list[str]:
        """Rasters that are read."""
        return [self.file(layer) for layer in (self.product.red, self.product.nir, self.product.quality)]

    @property
    def red_nir(self) -> list[tuple[str, int]]:
        """Raster and band number of red and of near infrared."""
        return [(self.file(self.product.red), 1), (self.file(self.product.nir), 1)]

    @property
    def quality(self) -> tuple[str, int]:
        """Raster of the quality layer, and its number where there is no image."""
        return self.file(self.product.quality), FMASK_FILL

    def file(self, layer: str) -> str:
        """Path of a layer, for example Fmask."""
        return str(self.folder / f"{self.product_id}.{layer}{self.suffix}")

    def covered(self, quality: np.ndarray) -> np.ndarray:
        """Pixels with an image, by the quality layer."""
        return quality != FMASK_FILL

    def clear(self, quality: np.ndarray) -> np.ndarray:
        """Pixels that show clear ground or water, by the quality layer."""
        return hls_clear(quality, adjacent=self.adjacent == "keep", aerosol=self.aerosol == "keep")

    def reflectance(self, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Red and NIR reflectance [1], NaN where not clear, and where the scene has data at all."""
        red, nir = (read_window(path, band, window, self.fill) for path, band in self.red_nir)
        covered = (red != self.fill) & (nir != self.fill)
        quality = read_window(self.quality[0], 1, window, FMASK_FILL)
        return *scaled(red, nir, *self.scaling, covered & self.clear(quality)), covered


def match_hls(name: str) -> re.Match[str] | None:
    """Parts of the name of a file of HLS version 2; None for any other file."""
    return _LAYER.match(name)


def hls_scenes(
    files: Iterable[Path], *, adjacent: str = "drop", aerosol: str = "keep"
) -> tuple[list[HlsScene], list[Path]]:
    """Scenes of these files by date, and the files that are none of HLS."""
    scenes: dict[tuple[str, Path], HlsScene] = {}
    others = []
    for path in files:
        match = match_hls(path.name)
        if match is None:
            others.append(path)
            continue
        day = datetime.strptime(match["date"], "%Y%j").date()
        scene = HlsScene(
            match["id"],
            f"HLS{match['product'].upper()}",
            day,
            match["tile"].upper(),
            match["version"],
            path.parent,
            path.suffix,
            adjacent,
            aerosol,
        )
        scenes.setdefault((match["id"], path.parent), scene)
    return sorted(scenes.values(), key=lambda scene: (scene.date, scene.product_id)), others
