"""Landsat 5, 7, 8 and 9 Collection 2 Level-2 scenes of the virtual basin: the truth seen by their sensors.

The truth is the NDVI that OLI would measure. TM and ETM+ see it through the inverse of the published band
relations, so that harmonising them is worth the while.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from scipy import ndimage

from nppdrivers.virtual_basin.landscape import CELL_M, WATER, Landscape
from nppdrivers.virtual_basin.noise import fractal, skip_fractal, stream
from nppdrivers.virtual_basin.phenology import NdviModel
from nppdrivers.virtual_basin.weather import Weather

PATH, ROW = 125, 35
REVISIT_DAYS = 16
SCALE, OFFSET = 2.75e-5, -0.2
# OLI = intercept + slope x ETM+ in surface reflectance (reduced major axis). Roy, D. P. et al. (2016). Remote
# Sensing of Environment 185, 57-70, Table 2.
OLI_FROM_ETM = {"red": (-0.0022, 0.9825), "nir": (-0.0021, 1.0073)}
MISSED = 0.05  # share of passes that were not acquired
NOISE = (0.0022, 0.016)  # standard deviation of a band: absolute, and as a share of the reflectance
SCENE_BIAS = 0.0015  # standard deviation of what the atmospheric correction leaves in a scene
# Red + NIR reflectance of a class, bright for soil and dark for closed canopies and water.
BRIGHTNESS = np.array([0.0, 0.30, 0.37, 0.38, 0.40, 0.07], np.float32)
# Rows between stripes, and their width at the western and eastern edge.
SLC_PERIOD, SLC_GAP = 33.0, (4.4, 6.6)
SLC_FAILURE = date(2003, 5, 31)
SLC_TILT = 0.19  # rows down per column to the east
SEASON_ENDS = (3, 5, 7, 9, 12)  # last months of the seasons that have at least one clear pass
SNOW_SEEN_MM = 0.3  # water of the snow below which the ground shows
CLOUD_LOW, CLOUD_HIGH = 0.02, 0.97  # cloud shares below and above these are drawn as none and all


@dataclass(frozen=True)
class Platform:
    """A satellite over the area: product prefix, name, a day it passed, first and last day in use.

    seen_as: OLI = intercept + slope x what it measures, by band; empty where it measures as OLI.
    """

    prefix: str
    spacecraft: str
    sensor: str
    pass_day: date
    first: date
    last: date
    bands: tuple[int, int]
    seen_as: Mapping[str, tuple[float, float]] = field(default_factory=lambda: OLI_FROM_ETM)
    revisit_days: int = REVISIT_DAYS

    @property
    def is_oli(self) -> bool:
        """Whether it sees cirrus, as Landsat 8 and 9 and Sentinel-2 do."""
        return self.prefix[:2] in ("LC", "S2")

    def is_striped(self, day: date) -> bool:
        """Whether it is Landsat 7 after its scan line corrector failed."""
        return self.prefix == "LE07" and day >= SLC_FAILURE


# Landsat 5 and 8 pass on the same days of the 16-day cycle, Landsat 7 and 9 eight days later.
PLATFORMS = (
    Platform("LT05", "LANDSAT_5", "TM", date(2010, 5, 18), date(1984, 3, 1), date(2011, 11, 18), (3, 4)),
    Platform("LE07", "LANDSAT_7", "ETM", date(2010, 5, 10), date(1999, 7, 1), date(2022, 4, 6), (3, 4)),
    Platform(
        "LC08", "LANDSAT_8", "OLI_TIRS", date(2013, 5, 26), date(2013, 4, 11), date(2100, 1, 1), (4, 5), {}
    ),
    Platform(
        "LC09", "LANDSAT_9", "OLI_TIRS", date(2021, 11, 16), date(2021, 11, 1), date(2100, 1, 1), (4, 5), {}
    ),
)


def write_scenes(
    folder: Path,
    land: Landscape,
    ndvi: NdviModel,
    weather: Weather,
    years: range,
    seed: int,
    products: tuple[Sequence[Platform], Callable[..., None]] | None = None,
) -> int:
    """Write every scene of these years into its own folder; the number of scenes.

    products: satellites and the writer of their files; those of Landsat by default.
    """
    platforms, write = products or (PLATFORMS, _write)
    passes = sorted(_passes(platforms, years, seed), key=lambda one: (one[1], one[0].prefix))
    fair = _fair_days([day for _, day in passes], weather)
    for platform, day in passes:
        index = weather.index(day)
        rng = stream(seed, "scene", platform.prefix, day)
        share = 1.0 - weather.sunshine[index] / 0.88 + rng.normal(0, 0.07)
        share = 0.0 if day in fair else float(np.clip(share, 0, 1))
        sky = _sky(platform, day, share, land, weather.snow[index], rng)
        red, nir = reflectance(ndvi.on(index), land)
        bands = [_observed(values, name, platform, sky, rng) for name, values in (("red", red), ("nir", nir))]
        write(folder, platform, day, bands, sky, land)
    return len(passes)


def _passes(platforms: Sequence[Platform], years: range, seed: int) -> Iterator[tuple[Platform, date]]:
    """Platform and day of each pass that gives a scene."""
    for platform in platforms:
        first = max(platform.first, date(years[0], 1, 1))
        last = min(platform.last, date(years[-1], 12, 31))
        day = first + timedelta((platform.pass_day - first).days % platform.revisit_days)
        while day <= last:
            if stream(seed, "pass", platform.prefix, day).random() >= MISSED:
                yield platform, day
            day += timedelta(platform.revisit_days)


def _fair_days(days: list[date], weather: Weather) -> set[date]:
    """The sunniest pass of each season, without snow if there is one: no season stays without an image."""

    def fairness(day: date) -> float:
        index = weather.index(day)
        return weather.sunshine[index] - (weather.snow[index] > SNOW_SEEN_MM)

    seasons: dict[tuple[int, int], list[date]] = {}
    for day in days:
        seasons.setdefault((day.year, int(np.searchsorted(SEASON_ENDS, day.month))), []).append(day)
    return {max(passes, key=fairness) for passes in seasons.values()}


def reflectance(ndvi: np.ndarray, land: Landscape) -> tuple[np.ndarray, np.ndarray]:
    """Red and NIR surface reflectance that give this NDVI."""
    total = BRIGHTNESS[land.land_cover] * (1.08 - 0.16 * np.clip(ndvi, 0, 1))
    return total * (1 - ndvi) / 2, total * (1 + ndvi) / 2


@dataclass(frozen=True)
class Sky:
    """What hides the ground on a pass: bool masks, optical share of the cloud, and the snow."""

    cloud: np.ndarray
    dilated: np.ndarray
    cirrus: np.ndarray
    shadow: np.ndarray
    snow: np.ndarray
    gap: np.ndarray
    water: np.ndarray
    opacity: np.ndarray
    shade: np.ndarray

    @property
    def cloud_percent(self) -> float:
        """Share of cloud in the scene."""
        return 100 * float(self.cloud.mean())


def _sky(
    platform: Platform, day: date, share: float, land: Landscape, snow_mm: float, rng: np.random.Generator
) -> Sky:
    """Clouds of this share, their shadows, cirrus, snow and stripes."""
    shape = land.domain.shape
    north, west = _shadow_shift(day, land, rng)
    field = fractal(rng, (shape[0] + north, shape[1] + west), 0.6 * max(shape), 2.1)
    opacity = _opacity(field, share)
    shade = opacity[north:, west:]  # of the cloud to the south-east, where the morning sun stands
    field, opacity = field[: shape[0], : shape[1]], opacity[: shape[0], : shape[1]]
    cloud = opacity > 0.12
    dilated = ndimage.binary_dilation(cloud, iterations=3) & ~cloud
    cirrus, longest = np.zeros(shape, bool), 0.8 * max(shape)
    if platform.is_oli and share > 0.15:
        cirrus = fractal(rng, shape, longest, 2.6) > 1.6
    else:
        skip_fractal(rng, shape, longest)
    shadow = (shade > 0.12) & ~cloud
    snow = (snow_mm * (0.3 + (land.elevation - 650) / 500) + 0.4 * field > 1.0) & ~cloud & ~shadow
    snow &= snow_mm > SNOW_SEEN_MM
    gap = _stripes(shape, rng) if platform.is_striped(day) else np.zeros(shape, bool)
    water = (land.land_cover == WATER) & ~snow & ~cloud
    return Sky(cloud, dilated, cirrus & ~cloud, shadow, snow & ~cirrus, gap, water, opacity, shade)


def _opacity(field: np.ndarray, share: float) -> np.ndarray:
    """Opacity of clouds that cover this share of the area, thin at their edges."""
    if share < CLOUD_LOW:
        return np.zeros_like(field)
    if share > CLOUD_HIGH:
        return np.clip(0.75 + 0.12 * field, 0.4, 0.97)
    return 1 - np.exp(-2.2 * np.maximum(field - np.quantile(field, 1 - share), 0))


def _shadow_shift(day: date, land: Landscape, rng: np.random.Generator) -> tuple[int, int]:
    """Cells to the north and to the west from a cloud to its shadow."""
    season = np.cos(2 * np.pi * (day.timetuple().tm_yday - 172) / 365)  # 1 in midsummer
    height_m = rng.uniform(900, 3200) * max(land.size, 0.3)
    length = height_m * (0.85 - 0.5 * season) / CELL_M
    azimuth = np.radians(145 - 22 * season)
    return round(-length * np.cos(azimuth)), round(length * np.sin(azimuth))


def _stripes(shape: tuple[int, ...], rng: np.random.Generator) -> np.ndarray:
    """Gaps of the failed scan line corrector, wider towards the edge of the scene."""
    row, column = np.mgrid[: shape[0], : shape[1]]
    phase = (row - SLC_TILT * column + rng.uniform(0, SLC_PERIOD)) % SLC_PERIOD
    return phase < SLC_GAP[0] + (SLC_GAP[1] - SLC_GAP[0]) * column / shape[1]


def _observed(
    truth: np.ndarray, band: str, platform: Platform, sky: Sky, rng: np.random.Generator
) -> np.ndarray:
    """Surface reflectance as the sensor delivers it: ground, snow, shadow and cloud, with noise."""
    value = np.where(sky.snow, 0.82 if band == "red" else 0.74, truth)
    value = value * (1 - 0.62 * sky.shade)
    veil = sky.opacity + np.where(sky.cirrus, 0.10, 0.0)
    value = value * (1 - veil) + veil * (0.62 if band == "red" else 0.60)
    if platform.seen_as:
        intercept, slope = platform.seen_as[band]
        value = (value - intercept) / slope
    noise = rng.standard_normal(value.shape, dtype=np.float32)
    value = value + (NOISE[0] + NOISE[1] * value) * noise + SCENE_BIAS * rng.standard_normal()
    return np.clip(value, -0.15, 1.2)


def quality_bits(sky: Sky, oli: bool) -> np.ndarray:
    """QA_PIXEL word of Collection 2 (bits as documented by the USGS)."""
    clear = ~(sky.cloud | sky.dilated)
    word = sky.dilated * 2 + sky.cloud * 8 + sky.shadow * 16 + sky.snow * 32 + clear * 64 + sky.water * 128
    confidence = [(sky.cloud, 8), (sky.shadow, 10), (sky.snow, 12)] + [(sky.cirrus, 14)] * oli
    for mask, bit in confidence:
        word = word + (np.where(mask, 3, 1) << bit)
    word = word + sky.cirrus * 4 * oli
    return np.where(sky.gap, 1, word).astype(np.uint16)


def product_id(platform: Platform, day: date) -> str:
    """Name of the product, as the USGS forms it."""
    processed = date(2020, 8, 19) + timedelta(day.toordinal() % 19)
    return f"{platform.prefix}_L2SP_{PATH:03d}{ROW:03d}_{day:%Y%m%d}_{processed:%Y%m%d}_02_T1"


def _write(
    folder: Path, platform: Platform, day: date, bands: list[np.ndarray], sky: Sky, land: Landscape
) -> None:
    """Write the files of one scene, named and scaled as the USGS does."""
    name = product_id(platform, day)
    target = folder / name
    target.mkdir(parents=True)
    saturated = np.zeros(land.domain.shape, np.uint16)
    for number, values in zip(platform.bands, bands, strict=True):
        digital = np.clip(np.round((values - OFFSET) / SCALE), 1, 65535)
        if not platform.is_oli:
            saturated |= (values > 0.95).astype(np.uint16) << (number - 1)
        _raster(target / f"{name}_SR_B{number}.TIF", np.where(sky.gap, 0, digital), land, 0)
    _raster(target / f"{name}_QA_PIXEL.TIF", quality_bits(sky, platform.is_oli), land, 1)
    _raster(target / f"{name}_QA_RADSAT.TIF", np.where(sky.gap, 0, saturated), land, None)
    (target / f"{name}_MTL.txt").write_text(_metadata(name, platform, day, sky, land))


def _raster(path: Path, values: np.ndarray, land: Landscape, nodata: int | None) -> None:
    """Write one band of a scene."""
    grid = land.domain
    options = {
        "driver": "GTiff",
        "count": 1,
        "dtype": "uint16",
        "compress": "deflate",
        "zlevel": 1,
        "predictor": 2,
    }
    size = {"width": grid.width, "height": grid.height, "crs": grid.crs, "transform": grid.transform}
    with rasterio.open(path, "w", **size, **options, nodata=nodata) as target:
        target.update_tags(AREA_OR_POINT="Point")
        target.write(values.astype(np.uint16), 1)


def _metadata(name: str, platform: Platform, day: date, sky: Sky, land: Landscape) -> str:
    """Text of the MTL file of a scene."""
    red, nir = platform.bands
    groups: dict[str, dict[str, Any]] = {
        "PRODUCT_CONTENTS": {
            "LANDSAT_PRODUCT_ID": name,
            "PROCESSING_LEVEL": "L2SP",
            "COLLECTION_NUMBER": 2,
            "COLLECTION_CATEGORY": "T1",
            f"FILE_NAME_BAND_{red}": f"{name}_SR_B{red}.TIF",
            f"FILE_NAME_BAND_{nir}": f"{name}_SR_B{nir}.TIF",
            "FILE_NAME_QUALITY_L1_PIXEL": f"{name}_QA_PIXEL.TIF",
            "FILE_NAME_QUALITY_L1_RADIOMETRIC_SATURATION": f"{name}_QA_RADSAT.TIF",
        },
        "IMAGE_ATTRIBUTES": {
            "SPACECRAFT_ID": platform.spacecraft,
            "SENSOR_ID": platform.sensor,
            "WRS_PATH": PATH,
            "WRS_ROW": ROW,
            "DATE_ACQUIRED": day,
            "CLOUD_COVER": round(sky.cloud_percent, 2),
        },
        "PROJECTION_ATTRIBUTES": {
            "MAP_PROJECTION": "UTM",
            "DATUM": "WGS84",
            "UTM_ZONE": 49,
            "GRID_CELL_SIZE_REFLECTIVE": f"{CELL_M:.2f}",
            "REFLECTIVE_LINES": land.domain.height,
            "REFLECTIVE_SAMPLES": land.domain.width,
        },
        "LEVEL2_SURFACE_REFLECTANCE_PARAMETERS": {
            f"REFLECTANCE_MULT_BAND_{red}": SCALE,
            f"REFLECTANCE_MULT_BAND_{nir}": SCALE,
            f"REFLECTANCE_ADD_BAND_{red}": OFFSET,
            f"REFLECTANCE_ADD_BAND_{nir}": OFFSET,
        },
    }
    quoted = (str, date)
    lines = ["GROUP = LANDSAT_METADATA_FILE"]
    for group, fields in groups.items():
        lines.append(f"  GROUP = {group}")
        for key, value in fields.items():
            bare = not isinstance(value, quoted) or key in ("DATE_ACQUIRED", "GRID_CELL_SIZE_REFLECTIVE")
            lines.append(f"    {key} = {value}" if bare else f'    {key} = "{value}"')
        lines.append(f"  END_GROUP = {group}")
    return "\n".join([*lines, "END_GROUP = LANDSAT_METADATA_FILE", "END", ""])
