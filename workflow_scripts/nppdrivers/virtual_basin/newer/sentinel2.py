"""Sentinel-2 Level-2A products of the virtual basin, in SAFE form with JPEG 2000 bands.

Truth is constant within a cell of 30 m: a pixel of 10 m has the value of its cell, one of 20 m the mean of
four. The tile begins at the corner of the simulated area. Products from 25 January 2022 on have the offset of
processing baseline 04.00.
"""

from datetime import date
from pathlib import Path

import numpy as np
from affine import Affine

from nppdrivers.grid import Grid
from nppdrivers.images.landsat import MSI_HARMONISATIONS
from nppdrivers.virtual_basin.landsat_scenes import Platform, Sky
from nppdrivers.virtual_basin.landscape import Landscape
from nppdrivers.virtual_basin.newer.rasters import write_band

TILE = "49SFV"
SCALE, FILL = 1e-4, 0
OFFSET, OFFSET_FROM = -1000, date(2022, 1, 25)
REVISIT_DAYS = 10
WIDE_NIR = 0.97  # reflectance of band 8 over that of band 8A
_GREEN = 0.3  # NDVI from which the scene classification calls land vegetation


def _seen_as(satellite: str) -> dict[str, tuple[float, float]]:
    red, nir = MSI_HARMONISATIONS[satellite]
    return {"red": red, "nir": nir}


SENTINELS = (
    Platform(
        "S2A", "Sentinel-2A", "MSI", date(2015, 7, 6), date(2015, 7, 1), date(2100, 1, 1), (4, 8),
        _seen_as("S2A"), REVISIT_DAYS,
    ),
    Platform(
        "S2B", "Sentinel-2B", "MSI", date(2017, 7, 11), date(2017, 7, 1), date(2100, 1, 1), (4, 8),
        _seen_as("S2B"), REVISIT_DAYS,
    ),
)  # fmt: skip


def write(
    folder: Path, platform: Platform, day: date, bands: list[np.ndarray], sky: Sky, land: Landscape
) -> None:
    """Write one product."""
    offset = OFFSET if day >= OFFSET_FROM else 0
    baseline = "0400" if offset else "0301"
    taken = f"{day:%Y%m%d}T030551"
    product = folder / f"{platform.prefix}_MSIL2A_{taken}_N{baseline}_R075_T{TILE}_{day:%Y%m%d}T061500.SAFE"
    images = product / "GRANULE" / f"L2A_T{TILE}_A000001_{taken}" / "IMG_DATA"
    red, nir = (np.clip(np.round(band / SCALE) - offset, 1, 65535) for band in bands)
    red, nir = (np.where(sky.gap, FILL, band) for band in (red, nir))
    small = [np.repeat(np.repeat(values, 3, 0), 3, 1) for values in (red, nir, classes(bands, sky))]
    grid10, grid20 = lattice(land.domain, 10), lattice(land.domain, 20)
    wide = np.where(small[1] == FILL, FILL, np.round(WIDE_NIR * (small[1] + offset) - offset))
    for layer, values in (("B04", small[0]), ("B08", wide)):
        path = images / "R10m" / f"T{TILE}_{taken}_{layer}_10m.jp2"
        write_band(path, values.astype(np.uint16), grid10, FILL)
    large = np.round(_means(small[1], grid20)).astype(np.uint16)
    write_band(images / "R20m" / f"T{TILE}_{taken}_B8A_20m.jp2", large, grid20, FILL)
    scl = small[2][: 2 * grid20.height : 2, : 2 * grid20.width : 2]
    write_band(images / "R20m" / f"T{TILE}_{taken}_SCL_20m.jp2", scl.astype(np.uint8), grid20, FILL)
    (product / "MTD_MSIL2A.xml").write_text(metadata(product.name, baseline, offset), encoding="utf-8")


def lattice(domain: Grid, pixel_m: int) -> Grid:
    """Pixels of this size over the simulated area, whole ones alone."""
    height, width = (int(cells * domain.cell_size_m // pixel_m) for cells in domain.shape)
    return Grid(domain.crs, domain.transform @ Affine.scale(pixel_m / domain.cell_size_m), height, width)


def _means(values: np.ndarray, grid: Grid) -> np.ndarray:
    """Means of two by two pixels, fill where any is."""
    blocks = values[: 2 * grid.height, : 2 * grid.width].reshape(grid.height, 2, grid.width, 2)
    return np.where((blocks == FILL).any(axis=(1, 3)), FILL, blocks.mean(axis=(1, 3)))


def classes(bands: list[np.ndarray], sky: Sky) -> np.ndarray:
    """Scene classification."""
    red, nir = bands
    green = (nir - red) > _GREEN * (nir + red)
    masks = [sky.gap, sky.cloud, sky.dilated, sky.cirrus, sky.shadow, sky.snow, sky.water, green]
    return np.select(masks, [0, 9, 8, 10, 3, 11, 6, 4], 5)


def metadata(name: str, baseline: str, offset: int) -> str:
    """Text of MTD_MSIL2A.xml: what readers of reflectance need."""
    offsets = "".join(
        f'        <BOA_ADD_OFFSET band_id="{number}">{offset}</BOA_ADD_OFFSET>\n' for number in range(13)
    )
    listed = f"      <BOA_ADD_OFFSET_VALUES_LIST>\n{offsets}      </BOA_ADD_OFFSET_VALUES_LIST>\n"
    values = listed if offset else ""
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n'
        '<n1:Level-2A_User_Product xmlns:n1="https://psd-14.sentinel2.eo.esa.int/PSD/User_Product_Level-2A.xsd">\n'
        "  <n1:General_Info>\n    <Product_Info>\n"
        f"      <PRODUCT_URI>{name}</PRODUCT_URI>\n"
        f"      <PROCESSING_BASELINE>{baseline[:2]}.{baseline[2:]}</PROCESSING_BASELINE>\n"
        "    </Product_Info>\n    <Product_Image_Characteristics>\n"
        '      <QUANTIFICATION_VALUES_LIST>\n        <BOA_QUANTIFICATION_VALUE unit="none">10000'
        "</BOA_QUANTIFICATION_VALUE>\n      </QUANTIFICATION_VALUES_LIST>\n"
        f"{values}    </Product_Image_Characteristics>\n  </n1:General_Info>\n</n1:Level-2A_User_Product>\n"
    )
