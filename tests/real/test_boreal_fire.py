"""The fusion stage across a forest fire: Landsat of August 2010 and 2011, MODIS composites of both years."""

import datetime as dt

import numpy as np
import pytest
import rasterio
from rasterio.warp import Resampling, reproject
from scipy import ndimage

from nppdrivers.fusion import base_images, interval
from nppdrivers.fusion.time_interpolation import coarse_on_date

pytestmark = pytest.mark.real

BEFORE, AFTER = dt.date(2010, 8, 17), dt.date(2011, 8, 12)


@pytest.fixture(scope="module")
def images(real_data):
    """NDVI of both Landsat images, of all composites on the Landsat grid, and the composites' first days."""
    folder = real_data / "boreal"
    fine, profile = [], None
    for path in sorted(folder.glob("landsat*.tif")):
        with rasterio.open(path) as file:
            blue_to_nir, profile = file.read([1, 2, 3, 4]).astype(np.float32), file.profile
        red, nir = blue_to_nir[2:]
        fine.append(np.where((blue_to_nir > 0).all(axis=0), (nir - red) / (nir + red), np.nan))
    paths = sorted(folder.glob("MOD13Q1*NDVI.tif"))
    coarse = np.full((len(paths), *fine[0].shape), np.nan, np.float32)
    for path, out in zip(paths, coarse, strict=True):
        with rasterio.open(path) as file:
            values = file.read(1)
            source = np.where(values == file.nodata, np.nan, values * 1e-4).astype(np.float32)
            grids = {"src_transform": file.transform, "src_crs": file.crs}
        grids |= {"dst_transform": profile["transform"], "dst_crs": profile["crs"]}
        reproject(source, out, src_nodata=np.nan, resampling=Resampling.bilinear, **grids)
    days = [dt.datetime.strptime(path.name.split(".")[1], "A%Y%j").date() for path in paths]
    return fine, coarse, days


def test_the_scar_has_the_contrast_that_modis_saw(images):
    """On every composite of both years, before and after the fire, the scar is what the coarse series says.

    NDVI in the scar minus that of a ring around it: within 0.06 of MODIS in the growing seasons, within 0.15
    on other composites; no cell below -0.2 where MODIS is above 0. Land away from it has no abrupt change.
    """
    (fine_m, fine_n), coarse, days = images
    middle = np.array([day.toordinal() + 8 for day in days])
    base = [day.toordinal() for day in (BEFORE, AFTER)]
    before, after = ([(f, coarse_on_date(coarse, middle, d))] for f, d in zip(images[0], base, strict=True))
    part = np.searchsorted(base, middle, side="right")
    sides = ([], before + after), (before, after), (after + before, [])
    done = [interval.fuse_interval(*side, coarse[part == i]) for i, side in enumerate(sides)]
    scar = ndimage.binary_erosion(fine_m - fine_n > 0.3, iterations=2)
    away = ndimage.distance_transform_edt(~scar)
    ring = (away > 10) & (away <= 25)

    def contrast(image):
        return np.mean(image[scar]) - np.mean(image[ring])

    source = done[1][1]
    assert np.mean(source[:, scar] == base_images.OWN_SIDE) > 0.95
    assert np.mean(source[:, away > 25] == base_images.OWN_SIDE) < 0.002
    for day, image, seen in zip(days, np.concatenate([fused for fused, _ in done]), coarse, strict=True):
        assert np.isfinite(image).all(), day
        limit = 0.06 if np.mean(seen) > 0.4 else 0.15
        assert abs(contrast(image) - contrast(seen)) < limit, day
        assert abs(np.mean(image) - np.mean(seen)) < 0.06, day
        assert not ((image < -0.2) & (seen > 0)).any(), day
    assert contrast(fine_n) < -0.6
