"""Fine images that cannot be true are refused with the cause, the remedy mends them, and true ones pass."""

import shutil

import numpy as np
import pandas as pd
import pytest
import rasterio
from input_mistakes import copy_inputs, inspect, write_basin
from pyhdf.SD import SD, SDC

from nppdrivers.images.landsat_folders import find_scenes

NAMES = ("study_area", "landsat", "coarse")
TRUE = (2.75e-5, -0.2)
COLUMNS = ["path", "date", "sensor", "red_band", "nir_band", "scale", "offset"]


@pytest.fixture(scope="module")
def basin(tmp_path_factory):
    """Raw folder of a tiny virtual basin."""
    return write_basin(tmp_path_factory.mktemp("basin"))


@pytest.fixture
def raw(basin, tmp_path):
    """Its area and images, to be changed."""
    copy_inputs(basin, tmp_path / "raw", NAMES)
    return tmp_path / "raw"


def messages(raw, names=NAMES):
    """Problems and warnings, in words."""
    seen = inspect(raw, names)
    return [str(each) for each in (*seen.problems, *seen.warnings)]


def ready_images(raw, stored=TRUE, declared=None, bands=(1, 2), first=None):
    """Replace the scenes by a table of ready images of the same reflectance; first: of the first."""
    rows = []
    for number, scene in enumerate(find_scenes(raw / "landsat")):
        with rasterio.open(scene.file("QA_PIXEL")) as source:
            clear = source.read(1) & 0b111111 == 0
            about = source.profile | {"count": 2, "dtype": "float32", "nodata": -9999}
        with rasterio.open(raw / f"image{number}.tif", "w", **about) as target:
            for band, (path, index) in enumerate(scene.red_nir, start=1):
                with rasterio.open(path) as source:
                    reflectance = source.read(index) * TRUE[0] + TRUE[1]
                numbers = np.where(clear, (reflectance - stored[1]) / stored[0], -9999)
                target.write(np.rint(numbers) if stored[0] < 0.01 else numbers, band)
        scale, offset = (first if first and not number else declared) or stored
        rows.append((f"image{number}.tif", scene.date, scene.sensor, *bands, scale, offset))
    shutil.rmtree(raw / "landsat")
    pd.DataFrame(rows, columns=COLUMNS).to_csv(raw / "landsat", index=False)


@pytest.mark.parametrize("stored", [TRUE, (1e-4, 0.0), (1.0, 0.0)])
def test_true_images_pass(raw, stored):
    """Ready images of any scaling that is declared truly give no message."""
    ready_images(raw, stored)
    assert messages(raw) == []


SCALINGS = {
    "without offset": (TRUE, (2.75e-5, 0.0), "look like scale 0.0000275 and offset -0.2"),
    "Collection 2 as x 0.0001": (TRUE, (1e-4, 0.0), "look like scale 0.0000275 and offset -0.2"),
    "x 0.0001 without the offset": ((1e-4, -0.2), (1e-4, 0.0), "look like scale 0.0001 and offset -0.2"),
    "x 0.0001 as Collection 2": ((1e-4, 0.0), TRUE, "look like scale 0.0001 and offset 0"),
    "reflectance as x 0.0001": ((1.0, 0.0), (1e-4, 0.0), "multiply its scale by 10000"),
}


@pytest.mark.parametrize("name", SCALINGS)
def test_other_scalings_are_named_and_mended(raw, name):
    """The scaling that the numbers have is named; written into the table there is no message any more."""
    stored, declared, message = SCALINGS[name]
    ready_images(raw, stored, declared)
    text = "\n".join(messages(raw))
    assert message in text
    assert "the same in 2 further files" in text
    table = pd.read_csv(raw / "landsat").assign(scale=stored[0], offset=stored[1])
    table.to_csv(raw / "landsat", index=False)
    assert messages(raw) == []


def test_one_image_of_another_scale(raw):
    """One image of a table in another scale is named alone, also where its NDVI is as before."""
    ready_images(raw, (1e-4, 0.0), first=(1e-3, 0.0))
    text = "\n".join(messages(raw))
    assert "image0.tif" in text
    assert "image1.tif" not in text


def test_scales_that_leave_ndvi_alone(raw):
    """Reflectance ten times too small has the NDVI of the coarse images, but no near infrared of plants."""
    ready_images(raw, (1e-4, 0.0), (1e-5, 0.0))
    assert any("over plants" in text and "multiply its scale by 10" in text for text in messages(raw))


def test_exchanged_bands(raw):
    """Bands in the wrong order are named; in the right order there is no message."""
    ready_images(raw, bands=(2, 1))
    assert any("with exchanged bands" in text for text in messages(raw))
    pd.read_csv(raw / "landsat").assign(red_band=1, nir_band=2).to_csv(raw / "landsat", index=False)
    assert messages(raw) == []


def test_bands_of_scenes_exchanged(raw):
    """Files of the red and the near-infrared band under each other's name are found in scenes too."""
    for red in list((raw / "landsat").glob("*/*SR_B3.TIF")):
        nir = red.with_name(red.name.replace("B3", "B4"))
        other = red.with_name("other")
        red.rename(other), nir.rename(red), other.rename(nir)
    assert any("with exchanged bands" in text for text in messages(raw))


def test_clouds_that_a_false_quality_layer_lets_pass(raw):
    """Clouds in a scene whose quality layer calls all clear are found by their brightness."""
    scene = max(find_scenes(raw / "landsat"), key=lambda scene: scene.date.month in (7, 8))
    for path, _ in scene.red_nir:
        with rasterio.open(path, "r+") as source:
            values = source.read(1)
            values[:, ::2] = np.where(values[:, ::2] == 0, 0, 24000)
            values[:, 1::2] = np.where(values[:, 1::2] == 0, 0, 23000)
            source.write(values, 1)
    text = "\n".join(messages(raw))
    assert scene.product_id in text
    assert "clouds that pass" in text


@pytest.mark.parametrize("layer", ["reflectance", "pixel_qa", "zeros"])
def test_another_layer_under_the_name_of_the_quality(raw, layer):
    """Reflectance, the older pixel_qa and zeros are no QA_PIXEL."""
    for path in (raw / "landsat").glob("*/*QA_PIXEL.TIF"):
        red = path.with_name(path.name.replace("QA_PIXEL", "SR_B3"))
        with rasterio.open(red) as source:
            numbers = source.read(1)
        numbers = {"reflectance": numbers, "pixel_qa": numbers * 0 + 66, "zeros": numbers * 0}[layer]
        with rasterio.open(path, "r+") as target:
            target.write(numbers.astype(target.dtypes[0]), 1)
    assert any("is no QA_PIXEL" in text for text in messages(raw))


def test_images_of_a_run_without_composites_are_judged_by_their_levels(raw):
    """Without coarse images impossible reflectance is still explained."""
    ready_images(raw, TRUE, (1e-4, 0.0))
    assert any("look like scale 0.0000275" in text for text in messages(raw, ("study_area", "landsat")))


def test_fine_images_for_a_part_of_the_area(raw):
    """When all scenes end in the middle of the area, the part without is named."""
    for path in (raw / "landsat").glob("*/*.TIF"):
        with rasterio.open(path, "r+") as target:
            values = target.read(1)
            values[:, values.shape[1] // 2 :] = 1 if "QA_PIXEL" in path.name else 0
            target.write(values, 1)
    text = "\n".join(messages(raw))
    assert "of the study area, in the north-east, east and south-east, is without a fine image" in text


def test_composites_for_a_part_of_the_area(raw):
    """Composites that are fill in a part of the area are refused with the place."""
    for path in (raw / "coarse").iterdir():
        content = SD(str(path), SDC.WRITE)
        layer = content.select("250m 16 days NDVI")
        values = layer[:]
        values[values.shape[0] // 2 :] = -3000
        layer[:] = values
        layer.endaccess(), content.end()
    assert any("south" in text and "is without NDVI" in text for text in messages(raw))


def test_quality_without_any_cloud_is_doubted(raw):
    """Four scenes whose quality layers hold one number each give a warning, and the run goes on."""
    (first, *_) = find_scenes(raw / "landsat")
    copy = first.folder.with_name(first.product_id.replace("125035", "125036"))
    shutil.copytree(first.folder, copy)
    for band in copy.iterdir():
        band.rename(band.with_name(band.name.replace("125035", "125036")))
    for path in (raw / "landsat").glob("*/*QA_PIXEL.TIF"):
        with rasterio.open(path, "r+") as target:
            target.write(np.full(target.shape, 5440, target.dtypes[0]), 1)
    seen = inspect(raw, NAMES)
    assert any("have one number each" in warning.problem for warning in seen.warnings)
