"""Landsat images as they lie in folders: Collection 2 Level-2 products, and ready reflectance images."""

import re
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from rasterio.windows import Window

from nppdrivers.images.fine_products import Tabulated
from nppdrivers.images.mgrs.hls import HlsScene
from nppdrivers.images.mgrs.pixels import read_window, scaled
from nppdrivers.images.mgrs.sentinel2 import SentinelScene
from nppdrivers.quality import landsat_clear, landsat_unsaturated

_PRODUCT = re.compile(
    r"(?P<id>L[CETO](?P<satellite>0[45789])_L2S[PR]_(?P<path>\d{3})(?P<row>\d{3})_(?P<date>\d{8})"
    r"_(?P<processed>\d{8})_02_(?P<tier>T1|T2|RT))",
    re.IGNORECASE,
)
_IMAGES = (".tif", ".tiff")
_SENSORS = {"LT": "TM", "LE": "ETM+", "LC": "OLI", "LO": "OLI"}
_READY_SENSORS = ("TM", "ETM+", "OLI")
_FILL = 0
QA_FILL = 1


@dataclass(frozen=True)
class Scene(Tabulated):
    """One Landsat Collection 2 Level-2 product: a folder of GeoTIFFs, or the tar file as delivered.

    Attributes
    ----------
    product_id : str
    sensor : {"TM", "ETM+", "OLI"}
    date : date of acquisition
    path, row : int
        WRS-2.
    folder : Path
        Folder or .tar file with the bands.
    tier, processed : str
        T1, T2 or RT (real time), and the day of processing as YYYYMMDD.
    """

    product_id: str
    sensor: str
    date: date
    path: int
    row: int
    folder: Path
    tier: str = "T1"
    processed: str = ""

    @property
    def rank(self) -> tuple[bool, bool, str]:
        """Of several deliveries of an acquisition the greatest counts: the best tier, then the latest."""
        return self.tier != "RT", self.tier != "T2", self.processed

    @property
    def is_archive(self) -> bool:
        """Whether the bands lie in a tar file."""
        return self.folder.suffix.lower() == ".tar"

    @property
    def reference(self) -> str:
        """Raster that gives the coordinate system and the lattice."""
        return self.file(self._bands[0])

    @property
    def files(self) -> list[str]:
        """Rasters that are read."""
        return [self.file(band) for band in (*self._bands, self.product.quality, "QA_RADSAT")]

    @property
    def red_nir(self) -> list[tuple[str, int]]:
        """Raster and band number of red and of near infrared."""
        return [(self.file(band), 1) for band in self._bands]

    @property
    def quality(self) -> tuple[str, int]:
        """Raster of the quality layer, and its number where there is no image."""
        return self.file(self.product.quality), QA_FILL

    def covered(self, quality: np.ndarray) -> np.ndarray:
        """Pixels with an image, by the quality layer."""
        return quality & QA_FILL == 0

    def clear(self, quality: np.ndarray) -> np.ndarray:
        """Pixels that show clear ground or water, by the quality layer."""
        return landsat_clear(quality)

    @property
    def _bands(self) -> tuple[str, str]:
        return self.product.red, self.product.nir

    def file(self, band: str) -> str:
        """Name under which GDAL opens a band, for example QA_PIXEL."""
        name = f"{self.product_id}_{band}.TIF"
        if self.is_archive:
            return f"/vsitar/{self.folder}/{members(self.folder).get(name.lower(), name)}"
        if (self.folder / name).exists():
            return str(self.folder / name)
        alike = (path for path in self.folder.iterdir() if _plain(path.name) == name.lower())
        return str(next(alike, self.folder / name))

    def reflectance(self, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Red and NIR reflectance [1], NaN where not clear, and where the scene has data at all."""
        red, nir = (read_window(self.file(band), 1, window, self.fill) for band in self._bands)
        covered = (red != self.fill) & (nir != self.fill)
        usable = covered & self.clear(read_window(self.quality[0], 1, window, QA_FILL))
        numbers = (int(self.product.red[-1]), int(self.product.nir[-1]))
        usable &= landsat_unsaturated(read_window(self.file("QA_RADSAT"), 1, window, 0), numbers)
        return *scaled(red, nir, *self.scaling, usable), covered


@dataclass(frozen=True)
class ReadyImage:
    """One surface reflectance image that is not a USGS product, described by a row of a table.

    Attributes
    ----------
    file_path : Path
    date : date of acquisition
    sensor : {"TM", "ETM+", "OLI"}
    red_band, nir_band : int
        One-based band numbers in the file.
    scale, offset : float
        Reflectance [1] = DN x scale + offset.
    """

    file_path: Path
    date: date
    sensor: str
    red_band: int
    nir_band: int
    scale: float
    offset: float

    @property
    def product_id(self) -> str:
        """Name of the file."""
        return self.file_path.name

    @property
    def reference(self) -> str:
        """Raster that gives the coordinate system and the lattice."""
        return str(self.file_path)

    @property
    def files(self) -> list[str]:
        """Rasters that are read."""
        return [self.reference]

    @property
    def red_nir(self) -> list[tuple[str, int]]:
        """Raster and band number of red and of near infrared."""
        return [(self.reference, self.red_band), (self.reference, self.nir_band)]

    @property
    def scaling(self) -> tuple[float, float]:
        """Scale and offset: reflectance [1] = stored x scale + offset."""
        return self.scale, self.offset

    def reflectance(self, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Red and NIR reflectance [1], NaN where invalid, and where the image has data at all."""
        with rasterio.open(self.file_path) as source:
            fill = _FILL if source.nodata is None else source.nodata
        bands = (self.red_band, self.nir_band)
        red, nir = (read_window(self.file_path, band, window, fill) for band in bands)
        covered = (red != fill) & (nir != fill) & np.isfinite(red) & np.isfinite(nir)
        return *scaled(red, nir, self.scale, self.offset, covered), covered


Image = Scene | ReadyImage | HlsScene | SentinelScene


def members(archive: Path) -> Mapping[str, str]:
    """Path of each image in a tar file by its name in small letters, .tif as .TIF; none of a damaged one."""
    about = archive.stat()
    return _members(archive, about.st_size, about.st_mtime_ns)


@cache
def _members(archive: Path, size: int, changed: int) -> Mapping[str, str]:
    try:
        with tarfile.open(archive, "r:") as content:
            paths = content.getnames()
    except tarfile.TarError:
        return {}  # the check of the file says so
    return {_plain(Path(path).name): path for path in paths if not Path(path).name.startswith(".")}


def _plain(name: str) -> str:
    """Name of an image in small letters, with the suffix .tif."""
    return re.sub(r"\.tiff$", ".tif", name.lower())


def match_product(name: str) -> re.Match[str] | None:
    """Parts of the name of a file of a Collection 2 Level-2 product; None for any other file."""
    return _PRODUCT.match(name)


def is_image(name: str, product: re.Match[str]) -> bool:
    """Whether a file of a product is one of its rasters or its .tar file."""
    rest = name[product.end() :].lower()
    return rest == ".tar" or (rest.startswith(("_sr_", "_qa_")) and rest.endswith(_IMAGES))


def scene_of(match: re.Match[str], folder: Path) -> Scene:
    """Product of this name in a folder or .tar file."""
    return Scene(
        match["id"],
        _SENSORS[match["id"][:2].upper()],
        datetime.strptime(match["date"], "%Y%m%d").date(),
        int(match["path"]),
        int(match["row"]),
        folder,
        match["tier"].upper(),
        match["processed"],
    )


def read_ready_table(path: str | Path, folder: str | Path | None = None) -> list[ReadyImage]:
    """Read the table of ready reflectance images: path, date, sensor, red_band, nir_band, scale, offset.

    Parameters
    ----------
    path : path of the table
    folder : path, optional
        Where relative paths in the table start; the folder of the table by default.

    Raises
    ------
    ValueError
        Naming the row, when a column is missing or a value cannot be read.
    """
    path = Path(path)
    table = pd.read_csv(path, dtype=str, skipinitialspace=True)
    expected = ["path", "date", "sensor", "red_band", "nir_band", "scale", "offset"]
    missing = [name for name in expected if name not in table]
    if missing:
        raise ValueError(f"{path}: no column {', '.join(missing)}; it needs {', '.join(expected)}")
    folder = Path(folder) if folder else path.parent
    images = [
        _ready_image(path, folder, line, row) for line, row in enumerate(table.to_dict("records"), start=2)
    ]
    return sorted(images, key=lambda image: (image.date, image.product_id))


def _ready_image(table: Path, folder: Path, line: int, row: dict[str, str]) -> ReadyImage:
    try:
        image = ReadyImage(
            folder / row["path"],
            date.fromisoformat(row["date"]),
            row["sensor"],
            int(row["red_band"]),
            int(row["nir_band"]),
            float(row["scale"]),
            float(row["offset"]),
        )
    except (TypeError, ValueError) as error:
        raise ValueError(f"{table}, line {line}: {error}") from error
    if image.sensor not in _READY_SENSORS:
        raise ValueError(f"{table}, line {line}: sensor is {image.sensor!r}, not {', '.join(_READY_SENSORS)}")
    return image
