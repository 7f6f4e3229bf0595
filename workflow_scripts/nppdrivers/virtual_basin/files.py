"""Maps of the virtual basin: raw rasters and vectors in the forms that users have, and the truth."""

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyogrio
import rasterio
from rasterio.warp import Resampling, reproject, transform_bounds

from nppdrivers import rasters
from nppdrivers.virtual_basin.landscape import CRS, Landscape
from nppdrivers.virtual_basin.mining.hazards import Survey
from nppdrivers.virtual_basin.modis_files import COMPOSITE_DAYS, PERIODS
from nppdrivers.virtual_basin.noise import fractal, stream
from nppdrivers.virtual_basin.truth import Truth
from nppdrivers.virtual_basin.weather import Weather

ARC_SECOND = 1 / 3600
DEM_NODATA = -32768


def write_vectors(folder: Path, land: Landscape, hazards: Survey) -> None:
    """Write study_area.gpkg, river.gpkg, mines.gpkg and survey.gpkg."""
    # GDAL stamps the time of writing into a GeoPackage; a fixed one keeps the bytes the same.
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "2016-01-01T00:00:00.000Z"})
    area = gpd.GeoDataFrame({"name": ["Virtual Changhe Basin"]}, geometry=[land.outline], crs=CRS)
    river = gpd.GeoDataFrame({"name": ["Virtual Changhe"]}, geometry=[land.river], crs=CRS)
    area.to_file(folder / "study_area.gpkg", layer="study_area", engine="pyogrio")
    river.to_file(folder / "river.gpkg", layer="river", engine="pyogrio")
    hazards.mines.to_file(folder / "mines.gpkg", layer="mines", engine="pyogrio")
    for name, layer in hazards.layers.items():
        layer.to_file(folder / "survey.gpkg", layer=name, engine="pyogrio")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_land_cover(folder: Path, land: Landscape) -> None:
    """Write land_cover.tif on the simulated area."""
    grid = land.domain
    options = {"driver": "GTiff", "count": 1, "dtype": "uint8", "nodata": 0, "compress": "deflate"}
    size = {"width": grid.width, "height": grid.height, "crs": grid.crs, "transform": grid.transform}
    with rasterio.open(folder / "land_cover.tif", "w", **size, **options) as target:
        target.write(land.land_cover, 1)


def write_dem(folder: Path, land: Landscape, seed: int) -> None:
    """Write dem.tif: whole metres on a geographic grid of one arc-second, with an error of some metres."""
    error = 1.2 * fractal(stream(seed, "dem"), land.domain.shape, 20, 1.2)
    west, south, east, north = transform_bounds(CRS, "EPSG:4326", *land.domain.bounds)
    left, top = np.floor(west / ARC_SECOND) * ARC_SECOND, np.ceil(north / ARC_SECOND) * ARC_SECOND
    width, height = int(np.ceil((east - left) / ARC_SECOND)), int(np.ceil((top - south) / ARC_SECOND))
    transform = rasterio.Affine(ARC_SECOND, 0, left, 0, -ARC_SECOND, top)
    heights = np.full((height, width), np.nan, np.float32)
    reproject(
        (land.elevation + error).astype(np.float32),
        heights,
        src_crs=CRS,
        src_transform=land.domain.transform,
        dst_crs="EPSG:4326",
        dst_transform=transform,
        dst_nodata=np.nan,
        resampling=Resampling.bilinear,
    )
    whole = np.where(np.isnan(heights), DEM_NODATA, np.round(heights)).astype(np.int16)
    options = {"driver": "GTiff", "count": 1, "dtype": "int16", "nodata": DEM_NODATA, "compress": "deflate"}
    size = {"width": width, "height": height, "crs": "EPSG:4326", "transform": transform}
    with rasterio.open(folder / "dem.tif", "w", **size, **options) as target:
        target.write(whole, 1)


def write_truth(
    folder: Path, land: Landscape, truth: Truth, weather: Weather, years: range, about: dict[str, Any]
) -> None:
    """Write truth.json and the true maps on the grid of the study area's extent."""
    method = "truth of the virtual basin"
    part = land.in_box
    for year, npp in zip(years, truth.npp, strict=True):
        rasters.write(
            folder / f"npp_{year}.tif", npp[part], land.box, "npp_year", bands=[str(year)], method=method
        )
        _write_ndvi(folder / "ndvi" / f"{year}.tif", land, truth, weather, year, method)
    rasters.write(folder / "npp.tif", truth.npp.mean(axis=0)[part], land.box, "npp", method=method)
    rasters.write(folder / "LD.tif", truth.degradation[part], land.box, "LD", method=method)
    for name, values in (truth.climate | land.soil).items():
        rasters.write(folder / f"{name}.tif", values[part], land.box, name, method=method)
    for name, values in truth.contribution.items():
        path = folder / f"contribution_{name}.tif"
        rasters.write(path, values, land.box, "actual_contribution", bands=[name], method=method)
    if len(truth.planted):
        truth.planted.to_csv(folder / "planted.csv", index=False)
    (folder / "truth.json").write_text(json.dumps(about | truth.parameters, indent=2) + "\n")


def _write_ndvi(path: Path, land: Landscape, truth: Truth, weather: Weather, year: int, method: str) -> None:
    """Write the true NDVI of the middle day of each composite period of a year."""
    start = np.datetime64(f"{year}-01-01")
    days = [start + COMPOSITE_DAYS * number + COMPOSITE_DAYS // 2 for number in range(PERIODS)]
    ndvi = truth.ndvi.part(*land.in_box)
    with rasters.create(path, land.box, "ndvi", bands=[str(day) for day in days], method=method) as target:
        target.write(np.stack([ndvi.on(weather.index(day)) for day in days]))
