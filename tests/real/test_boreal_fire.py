"""The fusion stage across a forest fire: Landsat of August 2010 and 2011, MODIS composites of both years."""

import datetime as dt

import numpy as np
import pytest
import rasterio
from rasterio.warp import Resampling, reproject
from scipy import ndimage

from nppdrivers import fusion

pytestmark = pytest.mark.real

BEFORE, AFTER = dt.date(2010, 8, 17), dt.date(2011, 8, 12)
FIRE = dt.date(2011, 7, 28)  # start of the first composite that shows the scar


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


def test_the_scar_is_not_painted_into_the_year_before(images):
    """Before the fire the scar's contrast with its surroundings is that of MODIS, as is the season."""
    (fine_m, fine_n), coarse, days = images
    middle = np.array([day.toordinal() + 8 for day in days])
    between = [i for i, day in enumerate(middle) if BEFORE.toordinal() <= day < AFTER.toordinal()]
    pairs = [
        [(fine, fusion.coarse_on_date(coarse, middle, date.toordinal()))]
        for fine, date in ((fine_m, BEFORE), (fine_n, AFTER))
    ]
    fused, source = fusion.fuse_interval(*pairs, coarse[between])
    scar = ndimage.binary_erosion(fine_m - fine_n > 0.3, iterations=2)
    away = ndimage.distance_transform_edt(~scar)
    ring = (away > 10) & (away <= 25)

    def contrast(image):
        return np.mean(image[scar]) - np.mean(image[ring])

    assert np.isfinite(fused).all()
    assert np.mean(source[:, scar] == fusion.OWN_SIDE) > 0.95
    assert np.mean(source[:, away > 25] == fusion.OWN_SIDE) < 0.002
    for i, image in zip(between, fused, strict=True):
        if days[i] < FIRE:
            assert abs(contrast(image) - contrast(coarse[i])) < 0.06, days[i]
        assert abs(np.mean(image) - np.mean(coarse[i])) < 0.06, days[i]
    assert contrast(fused[-1]) < -0.5
