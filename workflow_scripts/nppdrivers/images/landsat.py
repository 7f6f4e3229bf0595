"""Fine images to NDVI on the grid: scaled, masked, harmonised between sensors, mosaicked by day."""

from collections.abc import Iterable, Mapping
from datetime import date

import numpy as np
import rasterio
from rasterio.warp import transform_bounds
from rasterio.windows import Window, from_bounds

from nppdrivers.grid import Grid
from nppdrivers.images.landsat_files import Image
from nppdrivers.images.mgrs.sentinel2 import SentinelScene
from nppdrivers.rasters import to_grid
from nppdrivers.vegetation_index import MAPPED

# NDVI of OLI = intercept + slope x NDVI of ETM+, both of surface reflectance. Roy, D. P. et al. (2016).
# Characterization of Landsat-7 to Landsat-8 reflective wavelength and normalized difference vegetation index
# continuity. Remote Sensing of Environment 185, 57-70, Table 2. TM is treated as ETM+.
HARMONISATIONS = {"roy2016_rma": (0.0149, 1.0035), "roy2016_ols": (0.0235, 0.9723), "none": (0.0, 1.0)}
# The same of red and near-infrared reflectance (Table 2).
BAND_HARMONISATIONS = {
    "roy2016_rma": ((-0.0022, 0.9825), (-0.0021, 1.0073)),
    "roy2016_ols": ((0.0061, 0.9047), (0.0412, 0.8462)),
    "none": ((0.0, 1.0), (0.0, 1.0)),
}

# Red and near-infrared (band 8A) reflectance of OLI = intercept + slope x that of Sentinel-2's MSI by
# satellite: bandpass adjustment of Harmonized Landsat Sentinel-2,
# hls.gsfc.nasa.gov/algorithms/bandpass-adjustment. A satellite that it does not list is taken as Sentinel-2B.
MSI_HARMONISATIONS = {
    "S2A": ((0.0009, 0.9765), (-0.0001, 0.9983)),
    "S2B": ((0.0010, 0.9761), (0.0000, 0.9966)),
}

# How NDVI of other sensors is brought to OLI: a name above, or the intercept and slope of each sensor. Of MSI
# each name but "none" stands for its published adjustment.
Harmonisation = str | Mapping[str, tuple[float, float]]
# Sensors whose NDVI is that of OLI as it is
_LIKE_OLI = ("OLI", "HLSL30", "HLSS30")
_LEAST_SEEN = 0.5  # share of a cell that small pixels must show

_SCAN_LINE_CORRECTOR_FAILED = date(2003, 5, 31)
_MARGIN = 2  # source pixels read around the grid, for the interpolation


def read_ndvi(
    scene: Image,
    grid: Grid,
    harmonise: Harmonisation = "roy2016_rma",
    *,
    area: np.ndarray | None = None,
    bands: bool = False,
) -> tuple[np.ndarray, dict[str, object]]:
    """Read the NDVI of one image, or its red and near-infrared reflectance, on the grid.

    Scaling to reflectance, masks (quality, saturation, reflectance outside 0 to 1), NDVI and harmonisation
    happen on the image's own pixels; only then is NDVI brought to the grid: copied where the two lattices
    coincide, else bilinear over the unmasked pixels, and missing where the nearest pixel is missing. Pixels
    of Sentinel-2 are smaller than a cell: their reflectance is averaged over it, where half of it is
    unmasked, and NDVI is that of the means.

    Parameters
    ----------
    scene : Image
    grid : Grid
    harmonise : {"roy2016_rma", "roy2016_ols", "none"} or mapping of sensor to (intercept, slope)
        How NDVI of TM, ETM+ and MSI is brought to OLI; a mapping as from `harmonisation.onto_oli`.
    area : (H, W) bool array, optional
        Where shares are counted; the whole grid by default.
    bands : bool
        Red and near-infrared reflectance [1], harmonised each, in place of NDVI.

    Returns
    -------
    ndvi : (H, W) float32, or (2, H, W) with `bands`
        NaN where missing.
    record : dict
        product_id, date, sensor, harmonised (method, "hls", "refit" or "none"), resampling, slc_off,
        covered_percent and clear_percent [% of the area], remark ("" or why the image is of no use).

    Raises
    ------
    ValueError
        When the image has no coordinate system, or `harmonise` nothing for its sensor.
    """
    method, line = _line_of(scene.sensor, harmonise)
    with rasterio.open(scene.reference) as source:
        crs, transform, size = source.crs, source.transform, (source.width, source.height)
        if crs is None:
            raise ValueError(f"{source.name}: no coordinate system; assign the one it was made in")
    exact, window = _placed(grid, crs, transform, size)
    averaged = isinstance(scene, SentinelScene) and not exact
    record = {
        "product_id": scene.product_id,
        "date": scene.date.isoformat(),
        "sensor": scene.sensor,
        "harmonised": method,
        "resampling": "exact" if exact else "average" if averaged else "bilinear",
        "slc_off": is_slc_off(scene),
    }
    if window is None:
        covered = np.full(grid.shape, np.nan, "float32")
        ndvi = np.stack([covered, covered]) if bands else covered
    else:
        red, nir, covered = scene.reflectance(window)
        place = crs, rasterio.windows.transform(window, transform), grid
        if averaged:
            red, nir = _averaged(red, nir, place)
        if method == "hls" and isinstance(scene, SentinelScene):
            red, nir = _onto_oli(red, nir, scene.platform)
        ndvi = _harmonised_bands(red, nir, method) if bands else _harmonised(MAPPED.formula(red, nir), line)
        covered = np.where(covered, np.float32(1), np.float32(np.nan))
        if not exact:
            ndvi = ndvi if averaged else to_grid(ndvi, *place, resampling="bilinear")
            covered = to_grid(covered, *place, resampling="nearest")
    return ndvi, record | _shares(ndvi[0] if bands else ndvi, covered, area)


def read_day(
    scenes: Iterable[Image],
    grid: Grid,
    harmonise: Harmonisation = "roy2016_rma",
    *,
    area: np.ndarray | None = None,
    bands: bool = False,
) -> tuple[np.ndarray, list[dict[str, object]]]:
    """Mosaic the images of one day: each cell takes the first image that is clear there.

    Neighbouring rows of one pass show the same ground in their overlap, so the order does not matter.

    Parameters
    ----------
    scenes : iterable of Image
    grid, harmonise, area, bands
        As for `read_ndvi`.

    Returns
    -------
    ndvi : (H, W) float32, or (2, H, W) with `bands`
        NaN where no image is clear.
    records : list of dict
        For each image as from `read_ndvi`, with `mosaic_clear_percent`, the clear share of the mosaic [%].
    """
    mosaic, records = np.full((2, *grid.shape) if bands else grid.shape, np.nan, "float32"), []
    for scene in scenes:
        ndvi, record = read_ndvi(scene, grid, harmonise, area=area, bands=bands)
        mosaic = np.where(np.isfinite(mosaic), mosaic, ndvi)
        records.append(record)
    clear = _percent(np.isfinite(mosaic[0] if bands else mosaic), area)
    return mosaic, [record | {"mosaic_clear_percent": clear} for record in records]


def is_slc_off(scene: Image) -> bool:
    """Whether Landsat 7 took an image after its scan line corrector failed: a fifth of it is missing."""
    return scene.sensor == "ETM+" and scene.date > _SCAN_LINE_CORRECTOR_FAILED


def by_day(scenes: Iterable[Image]) -> dict[date, list[Image]]:
    """Group images by day of acquisition, for `read_day`."""
    days: dict[date, list[Image]] = {}
    for scene in scenes:
        days.setdefault(scene.date, []).append(scene)
    return days


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


def _averaged(red: np.ndarray, nir: np.ndarray, place: tuple) -> tuple[np.ndarray, np.ndarray]:
    """Mean reflectance of the unmasked pixels of each cell, NaN where they are less than half of it."""
    seen = np.isfinite(red).astype("float32")
    share = to_grid(seen, *place, resampling="average")
    red, nir = (to_grid(band, *place, resampling="average") for band in (red, nir))
    enough = share >= _LEAST_SEEN
    return np.where(enough, red, np.float32(np.nan)), np.where(enough, nir, np.float32(np.nan))


def _onto_oli(red: np.ndarray, nir: np.ndarray, satellite: str) -> tuple[np.ndarray, np.ndarray]:
    """Reflectance of MSI as OLI would measure it."""
    lines = MSI_HARMONISATIONS.get(satellite, MSI_HARMONISATIONS["S2B"])
    red, nir = (np.float32(a) + np.float32(b) * band for band, (a, b) in zip((red, nir), lines, strict=True))
    return red, nir


def _harmonised_bands(red: np.ndarray, nir: np.ndarray, method: str) -> np.ndarray:
    both = zip((red, nir), BAND_HARMONISATIONS.get(method, BAND_HARMONISATIONS["none"]), strict=True)
    return np.stack([np.clip(np.float32(a) + np.float32(b) * band, 0, 1) for band, (a, b) in both])


def _line_of(sensor: str, harmonise: Harmonisation) -> tuple[str, tuple[float, float]]:
    """Name of the method, and intercept and slope onto OLI."""
    if isinstance(harmonise, Mapping):
        method, lines = "refit", harmonise
    elif harmonise in HARMONISATIONS:
        method, lines = harmonise, dict.fromkeys(("TM", "ETM+"), HARMONISATIONS[harmonise])
    else:
        raise ValueError(f"harmonise is {harmonise!r}; choose one of {', '.join(HARMONISATIONS)}")
    if sensor in _LIKE_OLI:
        return "none", HARMONISATIONS["none"]
    if sensor == "MSI" and method != "refit":
        return "none" if method == "none" else "hls", HARMONISATIONS["none"]
    if sensor not in lines:
        raise ValueError(f"harmonise has no intercept and slope for {sensor}, only for {', '.join(lines)}")
    return method, lines[sensor]


def _harmonised(ndvi: np.ndarray, line: tuple[float, float]) -> np.ndarray:
    intercept, slope = line
    if line == HARMONISATIONS["none"]:
        return ndvi
    return np.clip(np.float32(intercept) + np.float32(slope) * ndvi, *MAPPED.valid_range)


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
