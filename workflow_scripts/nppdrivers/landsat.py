"""Landsat images to NDVI on the grid: scaled, masked, harmonised between sensors, mosaicked by day."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import rasterio
from rasterio.warp import transform_bounds
from rasterio.windows import Window, from_bounds

from nppdrivers.grid import Grid
from nppdrivers.ndvi import normalized_difference
from nppdrivers.quality import landsat_clear, landsat_unsaturated
from nppdrivers.rasters import to_grid

# NDVI of OLI = intercept + slope x NDVI of ETM+, both of surface reflectance. Roy, D. P. et al. (2016).
# Characterization of Landsat-7 to Landsat-8 reflective wavelength and normalized difference vegetation index
# continuity. Remote Sensing of Environment 185, 57-70, Table 2. TM is treated as ETM+.
HARMONISATIONS = {"roy2016_rma": (0.0149, 1.0035), "roy2016_ols": (0.0235, 0.9723), "none": (0.0, 1.0)}

_PRODUCT = re.compile(
    r"(?P<id>L[CETO](?P<satellite>0[45789])_L2S[PR]_(?P<path>\d{3})(?P<row>\d{3})_(?P<date>\d{8})"
    r"_(?P<processed>\d{8})_02_(?P<tier>T1|T2|RT))"
)
_SENSORS = {"LT": "TM", "LE": "ETM+", "LC": "OLI", "LO": "OLI"}
_RED_NIR = {"TM": (3, 4), "ETM+": (3, 4), "OLI": (4, 5)}
_SCALE, _OFFSET, _FILL = 2.75e-5, -0.2, 0  # Collection 2 surface reflectance
_SCAN_LINE_CORRECTOR_FAILED = date(2003, 5, 31)
_MARGIN = 2  # source pixels read around the grid, for the interpolation


@dataclass(frozen=True)
class Scene:
    """One Landsat Collection 2 Level-2 product: a folder of GeoTIFFs, or the tar file as delivered.

    Attributes
    ----------
    product_id : str
    sensor : {"TM", "ETM+", "OLI"}
    date : date of acquisition
    path, row : int
        WRS-2.
    folder : Path
        Folder or .tar file that holds the bands.
    """

    product_id: str
    sensor: str
    date: date
    path: int
    row: int
    folder: Path

    @property
    def reference(self) -> str:
        """Raster that gives the coordinate system and the lattice."""
        return self.file(f"SR_B{_RED_NIR[self.sensor][0]}")

    def file(self, band: str) -> str:
        """Name under which GDAL opens a band, for example QA_PIXEL."""
        if self.folder.suffix == ".tar":
            return f"/vsitar/{self.folder}/{self.product_id}_{band}.TIF"
        named = [self.folder / f"{self.product_id}_{band}{suffix}" for suffix in (".TIF", ".tif")]
        return str(next((path for path in named if path.exists()), named[0]))

    def reflectance(self, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Red and NIR reflectance [1], NaN where not clear, and where the scene holds data at all."""
        bands = _RED_NIR[self.sensor]
        red, nir = (_read(self.file(f"SR_B{band}"), 1, window) for band in bands)
        covered = (red != _FILL) & (nir != _FILL)
        usable = covered & landsat_clear(_read(self.file("QA_PIXEL"), 1, window, outside=1))
        usable &= landsat_unsaturated(_read(self.file("QA_RADSAT"), 1, window), bands)
        return *_scaled(red, nir, _SCALE, _OFFSET, usable), covered


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

    def reflectance(self, window: Window) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Red and NIR reflectance [1], NaN where invalid, and where the image holds data at all."""
        with rasterio.open(self.file_path) as source:
            fill = _FILL if source.nodata is None else source.nodata
        red, nir = (_read(self.file_path, band, window, fill) for band in (self.red_band, self.nir_band))
        covered = (red != fill) & (nir != fill) & np.isfinite(red) & np.isfinite(nir)
        return *_scaled(red, nir, self.scale, self.offset, covered), covered


def find_scenes(folder: str | Path) -> list[Scene]:
    """Find the Landsat Collection 2 Level-2 products in a folder and the folders below it, by date.

    A product is known by its red band or by its .tar file. Of one acquisition that was delivered more than
    once, the best tier and then the latest processing is kept.
    """
    found: dict[tuple, tuple] = {}
    for path in sorted(Path(folder).rglob("L*")):
        match = _PRODUCT.match(path.name)
        if match is None or not _is_red_or_tar(path, match):
            continue
        scene = _scene(match, path if path.suffix == ".tar" else path.parent)
        rank = (match["tier"] != "RT", match["tier"] != "T2", match["processed"])
        key = (scene.product_id[:4], scene.path, scene.row, scene.date)
        if key not in found or rank > found[key][0]:
            found[key] = rank, scene
    return sorted((scene for _, scene in found.values()), key=lambda scene: (scene.date, scene.product_id))


def read_ready_table(path: str | Path) -> list[ReadyImage]:
    """Read the table of ready reflectance images: path, date, sensor, red_band, nir_band, scale, offset.

    Paths are relative to the table's folder.

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
    images = [_ready_image(path, line, row) for line, row in enumerate(table.to_dict("records"), start=2)]
    return sorted(images, key=lambda image: (image.date, image.product_id))


def read_ndvi(
    scene: Scene | ReadyImage,
    grid: Grid,
    harmonise: str = "roy2016_rma",
    *,
    area: np.ndarray | None = None,
) -> tuple[np.ndarray, dict[str, object]]:
    """Read the NDVI of one image on the grid.

    Scaling to reflectance, masks (quality, saturation, reflectance outside 0 to 1), NDVI and harmonisation
    happen on the image's own pixels; only then is NDVI brought to the grid: copied where the two lattices
    coincide, else bilinear over the unmasked pixels, and missing where the nearest pixel is missing.

    Parameters
    ----------
    scene : Scene or ReadyImage
    grid : Grid
    harmonise : {"roy2016_rma", "roy2016_ols", "none"}
        How NDVI of TM and ETM+ is brought to OLI.
    area : (H, W) bool array, optional
        Where shares are counted; the whole grid by default.

    Returns
    -------
    ndvi : (H, W) float32
        NaN where missing.
    record : dict
        product_id, date, sensor, harmonised (method or "none"), resampling, slc_off, covered_percent and
        clear_percent [% of the area], remark ("" or why the image is of no use).
    """
    if harmonise not in HARMONISATIONS:
        raise ValueError(f"harmonise is {harmonise!r}; choose one of {', '.join(HARMONISATIONS)}")
    if scene.sensor == "OLI":
        harmonise = "none"
    with rasterio.open(scene.reference) as source:
        crs, transform, size = source.crs, source.transform, (source.width, source.height)
        if crs is None:
            raise ValueError(f"{source.name}: no coordinate system; assign the one it was made in")
    exact, window = _placed(grid, crs, transform, size)
    record = {
        "product_id": scene.product_id,
        "date": scene.date.isoformat(),
        "sensor": scene.sensor,
        "harmonised": harmonise,
        "resampling": "exact" if exact else "bilinear",
        "slc_off": scene.sensor == "ETM+" and scene.date > _SCAN_LINE_CORRECTOR_FAILED,
    }
    if window is None:
        ndvi = covered = np.full(grid.shape, np.nan, "float32")
    else:
        red, nir, covered = scene.reflectance(window)
        ndvi = _harmonised(normalized_difference(red, nir), harmonise)
        covered = np.where(covered, np.float32(1), np.float32(np.nan))
        if not exact:
            place = crs, rasterio.windows.transform(window, transform), grid
            ndvi = to_grid(ndvi, *place, resampling="bilinear")
            covered = to_grid(covered, *place, resampling="nearest")
    return ndvi, record | _shares(ndvi, covered, area)


def read_day(
    scenes: Sequence[Scene | ReadyImage],
    grid: Grid,
    harmonise: str = "roy2016_rma",
    *,
    area: np.ndarray | None = None,
) -> tuple[np.ndarray, list[dict[str, object]]]:
    """Mosaic the images of one day: each cell takes the first image that is clear there.

    Neighbouring rows of one pass show the same ground in their overlap, so the order does not matter.

    Returns
    -------
    ndvi : (H, W) float32
    records : list of dict
        One an image, see `read_ndvi`; `mosaic_clear_percent` is the share of the mosaic.
    """
    ndvi, records = np.full(grid.shape, np.nan, "float32"), []
    for scene in scenes:
        one, record = read_ndvi(scene, grid, harmonise, area=area)
        ndvi = np.where(np.isfinite(ndvi), ndvi, one)
        records.append(record)
    clear = _percent(np.isfinite(ndvi), area)
    return ndvi, [record | {"mosaic_clear_percent": clear} for record in records]


def by_day(scenes: Sequence[Scene | ReadyImage]) -> dict[date, list[Scene | ReadyImage]]:
    """Group images by day of acquisition, for `read_day`."""
    days: dict[date, list[Scene | ReadyImage]] = {}
    for scene in scenes:
        days.setdefault(scene.date, []).append(scene)
    return days


def _is_red_or_tar(path: Path, match: re.Match) -> bool:
    red = _RED_NIR[_SENSORS[match["id"][:2]]][0]
    return path.name[match.end() :] in (f"_SR_B{red}.TIF", f"_SR_B{red}.tif", ".tar")


def _scene(match: re.Match, folder: Path) -> Scene:
    day = datetime.strptime(match["date"], "%Y%m%d").date()
    return Scene(match["id"], _SENSORS[match["id"][:2]], day, int(match["path"]), int(match["row"]), folder)


def _ready_image(table: Path, line: int, row: dict[str, str]) -> ReadyImage:
    try:
        image = ReadyImage(
            table.parent / row["path"],
            date.fromisoformat(row["date"]),
            row["sensor"],
            int(row["red_band"]),
            int(row["nir_band"]),
            float(row["scale"]),
            float(row["offset"]),
        )
    except (TypeError, ValueError) as error:
        raise ValueError(f"{table}, line {line}: {error}") from error
    if image.sensor not in _RED_NIR:
        raise ValueError(f"{table}, line {line}: sensor is {image.sensor!r}, not {', '.join(_RED_NIR)}")
    return image


def _read(path: str | Path, band: int, window: Window, outside: float = _FILL) -> np.ndarray:
    with rasterio.open(path) as source:
        return source.read(band, window=window, boundless=True, fill_value=outside)


def _scaled(
    red: np.ndarray, nir: np.ndarray, scale: float, offset: float, usable: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Reflectance, NaN where not usable or where either band is outside 0 to 1 (over-corrected, stripes)."""
    red, nir = (band * np.float32(scale) + np.float32(offset) for band in (red, nir))
    valid = usable & (red >= 0) & (red <= 1) & (nir >= 0) & (nir <= 1)
    return np.where(valid, red, np.float32(np.nan)), np.where(valid, nir, np.float32(np.nan))


def _placed(grid: Grid, crs: object, transform: rasterio.Affine, size: tuple) -> tuple[bool, Window | None]:
    """Whether the lattices coincide, and the window of the image to read (None where it misses the grid)."""
    column, row = ~transform @ grid.transform @ (0, 0)
    whole = np.allclose([column, row], np.round([column, row]), atol=1e-3, rtol=0)
    same_cells = np.allclose(
        [transform.a, transform.e, transform.b, transform.d],
        [grid.transform.a, grid.transform.e, 0, 0],
        rtol=1e-9,
        atol=1e-9,
    )
    exact = whole and same_cells and crs == rasterio.CRS.from_user_input(grid.crs)
    if exact:
        window = Window(round(column), round(row), grid.width, grid.height)
    else:
        around = from_bounds(*transform_bounds(grid.crs, crs, *grid.bounds), transform=transform)
        left, top = (int(np.floor(edge)) - _MARGIN for edge in (around.col_off, around.row_off))
        window = Window(
            left,
            top,
            int(np.ceil(around.col_off + around.width)) + _MARGIN - left,
            int(np.ceil(around.row_off + around.height)) + _MARGIN - top,
        )
    touches = (
        window.col_off < size[0]
        and window.row_off < size[1]
        and window.col_off + window.width > 0
        and window.row_off + window.height > 0
    )
    return exact, window if touches else None


def _harmonised(ndvi: np.ndarray, method: str) -> np.ndarray:
    intercept, slope = HARMONISATIONS[method]
    if method == "none":
        return ndvi
    return np.clip(np.float32(intercept) + np.float32(slope) * ndvi, -1, 1)


def _shares(ndvi: np.ndarray, covered: np.ndarray, area: np.ndarray | None) -> dict[str, object]:
    covered_percent = _percent(np.isfinite(covered), area)
    clear_percent = _percent(np.isfinite(ndvi), area)
    remark = ""
    if covered_percent == 0:
        remark = "does not touch the study area"
    elif clear_percent == 0:
        remark = "no clear pixel in the study area"
    return {"covered_percent": covered_percent, "clear_percent": clear_percent, "remark": remark}


def _percent(which: np.ndarray, area: np.ndarray | None) -> float:
    return round(100 * float(np.mean(which if area is None else which[area])), 3)
