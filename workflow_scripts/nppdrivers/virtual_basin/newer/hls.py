"""HLSL30 and HLSS30 version 2.0 of the virtual basin: NDVI of both is that of OLI.

The tile begins at the corner of the simulated area, so that its pixels are the cells of the truth.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np

from nppdrivers.virtual_basin.landsat_scenes import PLATFORMS, Platform, Sky
from nppdrivers.virtual_basin.landscape import Landscape
from nppdrivers.virtual_basin.newer.rasters import write_band
from nppdrivers.virtual_basin.newer.sentinel2 import SENTINELS, TILE

SCALE, FILL = 1e-4, -9999
FMASK_FILL = 255
LOW_AEROSOL = 1 << 6


def satellites() -> Sequence[Platform]:
    """Landsat 8 and 9, and Sentinel-2 brought to OLI."""
    landsat = [platform for platform in PLATFORMS if platform.is_oli]
    return [*landsat, *(replace(platform, seen_as={}) for platform in SENTINELS)]


def write(
    folder: Path, platform: Platform, day: date, bands: list[np.ndarray], sky: Sky, land: Landscape
) -> None:
    """Write the files of one scene."""
    is_landsat = platform.prefix.startswith("LC")
    product, nir = ("L30", "B05") if is_landsat else ("S30", "B8A")
    name = f"HLS.{product}.T{TILE}.{day:%Y%j}T030551.v2.0"
    target = folder / name
    target.mkdir(parents=True)
    for layer, values in zip(("B04", nir), bands, strict=True):
        counts = np.where(sky.gap, FILL, np.round(values / SCALE)).astype(np.int16)
        write_band(target / f"{name}.{layer}.tif", counts, land.domain, FILL, scale=SCALE)
    write_band(target / f"{name}.Fmask.tif", fmask(sky), land.domain, FMASK_FILL)


def fmask(sky: Sky) -> np.ndarray:
    """Fmask word: cloud, next to it, shadow, snow, water, low aerosol."""
    word = (sky.cloud | sky.cirrus) * 2 + sky.dilated * 4 + sky.shadow * 8 + sky.snow * 16 + sky.water * 32
    return np.where(sky.gap, FMASK_FILL, word + LOW_AEROSOL).astype(np.uint8)
