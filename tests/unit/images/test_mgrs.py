"""HLS and Sentinel-2: names, masks, offsets, bands of two sizes, onto the grid and onto OLI."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from rasterio.windows import Window

from nppdrivers.grid import Grid
from nppdrivers.images.landsat import read_ndvi
from nppdrivers.images.landsat_folders import FineFolders, find_images
from nppdrivers.quality import hls_clear, sentinel2_clear

CRS = "EPSG:32649"
GRID = Grid(CRS, Affine(30, 0, 600000, 0, -30, 4000020), 4, 4)
SAFE = "S2B_MSIL2A_20220301T030551_N0400_R075_T49SFV_20220301T061500.SAFE"
XML = """<n1:P xmlns:n1="x"><BOA_ADD_OFFSET band_id="3">-1000</BOA_ADD_OFFSET>
<BOA_ADD_OFFSET band_id="8">-1000</BOA_ADD_OFFSET></n1:P>"""


def write(path: Path, values, pixel=30, **about) -> Path:
    """A raster of one band from the corner of the grid."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = np.asarray(values)
    transform = Affine(pixel, 0, 600000, 0, -pixel, 4000020)
    size = {"height": values.shape[0], "width": values.shape[1], "crs": CRS, "transform": transform}
    with rasterio.open(path, "w", driver="GTiff", count=1, dtype=values.dtype, **size, **about) as target:
        target.write(values, 1)
    return path


def hls(folder: Path, fmask, product="S30", nir="B8A") -> None:
    """An image of red 0.04 and near infrared 0.36."""
    name = f"HLS.{product}.T49SFV.2022060T030551.v2.0"
    for layer, value in (("B04", 400), (nir, 3600)):
        write(folder / f"{name}.{layer}.tif", np.full((4, 4), value, "int16"), nodata=-9999)
    write(folder / f"{name}.Fmask.tif", np.asarray(fmask, "uint8"), nodata=255)


def safe(folder: Path, counts: int, xml: str = XML, name: str = SAFE) -> Path:
    """A product of red 0.04 and near infrared 0.36, with this number of counts added."""
    images = folder / name / "GRANULE" / "L2A_T49SFV_A1_20220301T030551" / "IMG_DATA"
    stem = "T49SFV_20220301T030551"
    write(images / "R10m" / f"{stem}_B04_10m.tif", np.full((12, 12), 400 + counts, "uint16"), 10)
    write(images / "R20m" / f"{stem}_B8A_20m.tif", np.full((6, 6), 3600 + counts, "uint16"), 20)
    write(images / "R20m" / f"{stem}_SCL_20m.tif", np.full((6, 6), 4, "uint8"), 20)
    if xml:
        (folder / name / "MTD_MSIL2A.xml").write_text(xml)
    return images


def test_fmask():
    """Cloud, shadow, snow and fill are never clear; next to cloud, and much aerosol, as asked; water is."""
    word = np.array([0, 1, 2, 4, 8, 16, 32, 0b1100_0000, 0b0100_0000, 255], "uint8")
    assert hls_clear(word).tolist() == [1, 1, 0, 0, 0, 0, 1, 1, 1, 0]
    assert hls_clear(word, adjacent=True).tolist() == [1, 1, 0, 1, 0, 0, 1, 1, 1, 0]
    assert hls_clear(word, aerosol=False).tolist() == [1, 1, 0, 0, 0, 0, 1, 0, 1, 0]


def test_scene_classification():
    """Vegetation, bare ground, water and unclassified pixels are clear."""
    assert np.flatnonzero(sentinel2_clear(np.arange(12, dtype="uint8"))).tolist() == [4, 5, 6, 7]


@pytest.mark.parametrize(("product", "nir"), [("S30", "B8A"), ("L30", "B05")])
def test_hls(tmp_path, product, nir):
    """Both products give NDVI of OLI as it is, masked by Fmask."""
    fmask = np.zeros((4, 4), "uint8")
    fmask[0, :3] = 2, 4, 8
    hls(tmp_path, fmask, product, nir)
    (scene,) = find_images(FineFolders(hls=str(tmp_path)))
    assert (scene.date, scene.sensor) == (date(2022, 3, 1), f"HLS{product}")
    ndvi, record = read_ndvi(scene, GRID)
    assert np.isnan(ndvi[0, :3]).all()
    np.testing.assert_allclose(ndvi[1:], 0.8, atol=1e-6)
    assert record["harmonised"] == "none"
    (kept,) = find_images(FineFolders(hls=str(tmp_path), adjacent="keep"))
    assert np.isfinite(read_ndvi(kept, GRID)[0][0]).tolist() == [False, True, False, True]


def offset_of(folder, **choices):
    """Counts that the only scene of a folder has added."""
    (scene,) = find_images(FineFolders(sentinel2=str(folder), **choices))
    return scene.add_offset


def test_offset_by_metadata(tmp_path):
    """The offset that a product states is applied once, whatever the setting; earlier ones have none."""
    safe(tmp_path, 1000)
    (scene,) = find_images(FineFolders(sentinel2=str(tmp_path), offset="applied"))
    red, nir, _ = scene.reflectance(Window(0, 0, 6, 6))
    np.testing.assert_allclose(red, 0.04, atol=1e-6)
    np.testing.assert_allclose(nir, 0.36, atol=1e-6)
    earlier = safe(tmp_path / "earlier", 0, "<P/>")
    assert offset_of(earlier) == 0


def test_offset_of_a_catalogue(tmp_path):
    """An item that says the offset is applied counts more than its baseline; else the baseline does."""
    folder = tmp_path / "S2B_49SFV_20220301_0_L2A"
    for layer, pixel, side, value in (("B04", 10, 12, 400), ("B8A", 20, 6, 3600), ("SCL", 20, 6, 4)):
        write(folder / f"{layer}.tif", np.full((side, side), value, "uint16"), pixel)
    assert offset_of(tmp_path) is None
    item = folder / "S2B_49SFV_20220301_0_L2A.json"
    item.write_text(json.dumps({"properties": {"s2:processing_baseline": "04.00"}}))
    assert offset_of(tmp_path) == -1000
    applied = {"s2:processing_baseline": "04.00", "earthsearch:boa_offset_applied": True}
    item.write_text(json.dumps({"properties": applied}))
    assert offset_of(tmp_path) == 0


def test_unknown_offset_is_refused(tmp_path):
    """Without metadata nothing says whether the offset is applied: refused, unless the settings say it."""
    images = safe(tmp_path, 1000, xml="", name="copies")
    (scene,) = find_images(FineFolders(sentinel2=str(images)))
    with pytest.raises(ValueError, match=r"offset of processing baseline 04.00.*sentinel2.offset"):
        scene.reflectance(Window(0, 0, 6, 6))
    assert offset_of(images, offset="applied") == 0
    assert offset_of(images, offset="to_apply") == -1000


def test_later_baseline_counts(tmp_path):
    """Of two deliveries the later baseline is read; two parts of a tile, of one baseline, both are."""
    safe(tmp_path, 1000)
    for part in ("T061500", "T082200"):
        images = safe(tmp_path, 1000, name=SAFE.replace("N0400", "N0510").replace("T061500", part))
        write(images.parent / "QI_DATA" / "MSK_QUALIT_B04.tif", np.zeros((12, 12), "uint8"), 10)
    scenes = find_images(FineFolders(sentinel2=str(tmp_path)))
    assert [scene.baseline for scene in scenes] == ["0510", "0510"]
    assert all("MSK" not in file for scene in scenes for file in scene.files)


def test_onto_the_grid_and_onto_oli(tmp_path):
    """NDVI is that of the mean reflectance of a cell, by the published lines of the satellite."""
    images = safe(tmp_path, 1000)
    red = np.full((12, 12), 1400, "uint16")
    red[:3, :3] = 1100 + 100 * np.arange(9).reshape(3, 3)  # mean 0.05
    write(images / "R10m" / "T49SFV_20220301T030551_B04_10m.tif", red, 10)
    write(images / "R10m" / "T49SFV_20220301T030551_B08_10m.tif", np.full((12, 12), 4000, "uint16"), 10)
    (scene,) = find_images(FineFolders(sentinel2=str(tmp_path)))
    plain, record = read_ndvi(scene, GRID, "none")
    assert plain[0, 0] == pytest.approx((0.36 - 0.05) / (0.36 + 0.05), abs=1e-5)
    assert plain[2, 2] == pytest.approx(0.8, abs=1e-5)
    assert (record["resampling"], record["harmonised"]) == ("average", "none")
    ndvi, record = read_ndvi(scene, GRID)
    red, nir = 0.0010 + 0.9761 * 0.04, 0.9966 * 0.36
    assert ndvi[2, 2] == pytest.approx((nir - red) / (nir + red), abs=1e-5)
    assert record["harmonised"] == "hls"


def test_band_8_gives_the_detail(tmp_path):
    """Within a pixel of 20 m near infrared follows band 8; its mean stays that of band 8A."""
    images = safe(tmp_path, 1000)
    wide = np.full((12, 12), 4000, "uint16")
    wide[0, 0], wide[1, 1] = 5000, 3000
    write(images / "R10m" / "T49SFV_20220301T030551_B08_10m.tif", wide, 10)
    (scene,) = find_images(FineFolders(sentinel2=str(tmp_path)))
    nir = scene.reflectance(Window(0, 0, 5, 7))[1]
    assert nir.shape == (7, 5)
    np.testing.assert_allclose(nir[:2, :2], [[0.48, 0.36], [0.36, 0.24]], atol=1e-5)
    assert nir[:2, :2].mean() == pytest.approx(0.36, abs=1e-5)


def test_half_a_cell_must_be_seen(tmp_path):
    """A cell counts where at least half of it is unmasked."""
    images = safe(tmp_path, 1000)
    scl = np.full((6, 6), 4, "uint8")
    scl[:, 0] = 9  # 20 of the 30 m of the first column of cells
    write(images / "R20m" / "T49SFV_20220301T030551_SCL_20m.tif", scl, 20)
    (scene,) = find_images(FineFolders(sentinel2=str(tmp_path)))
    ndvi, _ = read_ndvi(scene, GRID)
    assert np.isnan(ndvi[:, 0]).all()
    assert np.isfinite(ndvi[:, 1:]).all()
