"""Files of newer sensors that the virtual basin writes: the same truth in their real forms."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from affine import Affine

from nppdrivers.grid import Grid
from nppdrivers.images.landsat import read_ndvi
from nppdrivers.images.landsat_folders import FineFolders, find_images
from nppdrivers.virtual_basin.landsat_scenes import Sky
from nppdrivers.virtual_basin.newer import hls, sentinel2

LAND = SimpleNamespace(domain=Grid("EPSG:32649", Affine(30, 0, 600015, 0, -30, 4000005), 21, 24))
SHAPE = LAND.domain.shape


@pytest.fixture
def sky():
    """A clear sky with one cell of each thing that hides the ground."""
    masks = {name: np.zeros(SHAPE, bool) for name in Sky.__dataclass_fields__}
    for column, name in enumerate(("cloud", "dilated", "cirrus", "shadow", "snow", "gap")):
        masks[name][3:9, 3 * column : 3 * column + 3] = True
    return Sky(**masks)


@pytest.fixture
def bands():
    """Reflectance that MSI measures where OLI sees NDVI from 0.1 to 0.8."""
    ndvi = np.linspace(0.1, 0.8, SHAPE[0] * SHAPE[1], dtype="float32").reshape(SHAPE)
    return ndvi, [0.2 * (1 - ndvi), 0.2 * (1 + ndvi)]


@pytest.mark.parametrize(("day", "offset"), [(date(2021, 7, 1), 0), (date(2022, 7, 1), -1000)])
def test_sentinel2(tmp_path, sky, bands, day, offset):
    """What is read back is what OLI would see, before and after baseline 04.00, where the ground is clear."""
    ndvi, oli = bands
    platform = sentinel2.SENTINELS[1]
    msi = [(band - line[0]) / line[1] for band, line in zip(oli, platform.seen_as.values(), strict=True)]
    sentinel2.write(tmp_path, platform, day, msi, sky, LAND)
    (scene,) = find_images(FineFolders(sentinel2=str(tmp_path)))
    assert (scene.date, scene.add_offset, scene.platform) == (day, offset, "S2B")
    seen, record = read_ndvi(scene, LAND.domain)
    hidden = np.zeros(SHAPE, bool)
    hidden[3:9, :18] = True
    assert np.isnan(seen[4:8, 1:17]).all()
    assert np.isfinite(seen[10:]).all()
    np.testing.assert_allclose(seen[10:], ndvi[10:], atol=2e-3)
    assert record["harmonised"] == "hls"


def test_hls(tmp_path, sky, bands):
    """NDVI of both products is that of OLI, on the pixels of the truth."""
    ndvi, oli = bands
    for number, platform in enumerate((hls.satellites()[0], hls.satellites()[-1])):
        hls.write(tmp_path, replace(platform, seen_as={}), date(2022, 7, 1 + number), oli, sky, LAND)
    scenes = find_images(FineFolders(hls=str(tmp_path)))
    assert [scene.sensor for scene in scenes] == ["HLSL30", "HLSS30"]
    for scene in scenes:
        seen, record = read_ndvi(scene, LAND.domain)
        assert np.isnan(seen[3:9, :18]).all()
        np.testing.assert_allclose(seen[9:], ndvi[9:], atol=5e-4)
        assert record["resampling"] == "exact"
