"""Mistakes with images of VIIRS, HLS and Sentinel-2: each one clear problem with its file and its remedy."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import h5py
import numpy as np
import pytest
import rasterio

from nppdrivers.checks.inspection import inspect
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import report
from nppdrivers.inputs.settings.virtual_images import Sensors
from nppdrivers.period import Period
from nppdrivers.virtual_basin.simulation import simulate

BOTH = ("MOD13A1", "VNP13A1")


@pytest.fixture(scope="module")
def basin(tmp_path_factory) -> Path:
    """Raw folder of a tiny basin of 2022: MODIS until June, VIIRS all year, few images of Sentinel-2."""
    folder = tmp_path_factory.mktemp("basin")
    sensors = Sensors("modis_then_viirs", "hls", "2022-06")
    year = {"first_month": "2022-01", "last_month": "2022-12"}
    simulate(folder / "raw", folder / "truth", size=0.1, sensors=sensors, **year)
    raw = folder / "raw"
    for path in (raw / "coarse").iterdir():
        if not "A2022097" <= path.name.split(".")[1] <= "A2022241":
            path.unlink()  # fewer files are quicker to check
    for path in (raw / "hls").iterdir():
        if not "2022150" <= path.name.split(".")[3] <= "2022240":
            shutil.rmtree(path)
    return raw


@pytest.fixture
def raw(basin, tmp_path) -> Path:
    """A copy of its area and images, to be spoilt."""
    shutil.copy(basin / "study_area.gpkg", tmp_path)
    shutil.copytree(basin / "coarse", tmp_path / "coarse")
    return tmp_path


def seen(raw: Path, products=("VNP13A1",), change=None, names=("coarse",), **settings):
    """Problems and warnings of these inputs, as text."""
    inputs = {"study_area": raw / "study_area.gpkg", **{name: raw / name for name in names}}
    study = Study(
        inputs, Period("2022-05", "2022-08"), coarse_products=products, coarse_change=change, **settings
    )
    found = inspect(study)
    return found.problems, report([*found.problems, *found.warnings])


def files(raw: Path, product: str) -> list[Path]:
    """Files of a product."""
    return sorted((raw / "coarse").glob(f"{product}*"))


def test_clean_composites(raw):
    """The basin as it is gives no message, by VIIRS alone or after MODIS."""
    assert seen(raw)[1] == report([])
    problems, text = seen(raw, BOTH, "2022-07")
    assert problems == [], text


def test_mixed_versions(raw):
    """Two versions of a product are named, with the fewer files."""
    path = files(raw, "VNP13A1")[5]
    path.rename(path.with_name(path.name.replace(".002.", ".001.")))
    (problem,), text = seen(raw)
    assert "different versions, 1 of 001 and" in text and "latest version" in problem.remedy


def test_viirs_under_a_name_of_modis_or_of_another_satellite(raw):
    """A file that is another product by its own metadata is named, with what it is."""
    for path in files(raw, "VNP13A1"):
        path.rename(path.with_name(path.name.replace("VNP13A1", "VJ113A1")))
    problems, text = seen(raw, ("VJ113A1",))
    assert "is VNP13A1 by its own metadata, not VJ113A1 as its name says" in text
    assert "name that it had at download" in problems[0].remedy


def test_a_rank_taken_for_a_reliability(raw):
    """Ranks of VIIRS in a layer that is called reliability of MODIS are no reliability of MODIS."""
    for path in files(raw, "MOD13A1"):
        path.unlink()
    for source in files(raw, "VNP13A1")[::2]:
        day = source.name[8:16]
        with h5py.File(source) as content:
            grid = content["HDFEOS/GRIDS/VIIRS_Grid_16Day_VI_500m"]
            x, y, fields = grid["XDim"][:], grid["YDim"][:], grid["Data Fields"]
            cell = x[1] - x[0]
            place = {"transform": rasterio.Affine(cell, 0, x[0], 0, -cell, y[0])}
            place |= {"crs": "+proj=sinu +R=6371007.181 +units=m +no_defs", "driver": "GTiff", "count": 1}
            for layer in ("NDVI", "pixel_reliability"):
                values = fields[f"500 m 16 days {layer.replace('_', ' ')}"][:].astype("int16")
                size = {"height": len(y), "width": len(x), "dtype": "int16"}
                name = f"MOD13A1.{day}.h27v05.061.2022_500m_16_days_{layer}.tif"
                with rasterio.open(raw / "coarse" / name, "w", **size, **place) as target:
                    target.write(values, 1)
    problems, text = seen(raw, ("MOD13A1",))
    assert "which MOD13A1 has not" in text and "ranks of VIIRS" in text
    assert problems


def test_composites_of_another_width(raw):
    """Composites of 500 m under a name of 250 m are named, and so is a setting that asks for other files."""
    (problem,), text = seen(raw, ("MOD13Q1",))
    assert "no file named as MOD13Q1" in text
    assert "set coarse.products to MOD13A1 and VNP13A1" in problem.remedy
    for path in files(raw, "MOD13A1"):
        path.rename(path.with_name(path.name.replace("MOD13A1", "MOD13Q1")))
    _, text = seen(raw, ("MOD13Q1",))
    assert "has pixels of 463 m, MOD13Q1 has such of 232 m" in text
    assert "set coarse.products to what it is" in text


def test_a_product_that_cannot_be_read(raw):
    """Monthly composites in place of those of 16 days are named, with what to download."""
    for path in files(raw, "VNP13A1"):
        path.rename(path.with_name(path.name.replace("VNP13A1", "VNP13A3")))
    for path in files(raw, "MOD13A1"):
        path.unlink()
    (problem,), _ = seen(raw)
    assert problem.problem.endswith("but files of VNP13A3, which cannot be read")
    assert problem.remedy.startswith("download VNP13A1")


def test_both_where_modis_has_ended(raw):
    """Dates of MODIS that are missing, where the two take turns, may mean that there is a change."""
    problems, text = seen(raw, BOTH, "both")
    assert len(problems) == 1 and "give the month in coarse.change" in problems[0].remedy, text


def test_no_overlap(raw):
    """A passage without composites of both of the same days is refused, with what to add."""
    for path in files(raw, "VNP13A1"):
        if path.name < "VNP13A1.A2022169":
            path.unlink()
    problems, text = seen(raw, BOTH, "2022-07")
    assert "MODIS and VIIRS have 1 composites of the same days" in text
    assert any("add composites of both" in problem.remedy for problem in problems)


def test_hls(basin, raw):
    """Images of HLS give no message; two versions are named, and so are those of Landsat given twice."""
    shutil.copytree(basin / "hls", raw / "hls")
    problems, text = seen(raw, names=("hls", "coarse"))
    assert problems == [], text
    (raw / "landsat").mkdir()
    first = sorted((raw / "hls").iterdir())[0]
    for path in first.iterdir():
        path.rename(path.with_name(path.name.replace("v2.0", "v1.5")))
    problems, text = seen(raw, names=("landsat", "hls"))
    assert "images of HLS versions 1.5 and 2.0" in text
    assert "HLSL30 has the same images as the folder of Landsat" in text


def test_an_older_version_of_hls_alone(raw):
    """A folder with no image of version 2 is named once."""
    (raw / "hls").mkdir()
    (raw / "hls" / "HLS.L30.T49SFV.2022151.v1.4.hdf").write_text("")
    problems, _ = seen(raw, names=("hls", "coarse"))
    assert [problem.problem for problem in problems] == [
        "contains no image of 2022-05 to 2022-08 that can be read"
    ]


def sentinel(basin: Path, raw: Path, counts: int, metadata: str) -> None:
    """Write the images of HLS as bands of Sentinel-2, with counts added and metadata of a product."""
    for source in sorted((basin / "hls").iterdir()):
        day = rasterio.open(next(source.glob("*B04.tif")))
        taken = (date(2022, 1, 1) + timedelta(int(source.name[19:22]) - 1)).strftime("%Y%m%d")
        folder = raw / "sentinel2" / f"S2B_MSIL2A_{taken}T030551_N0400_R075_T49SFV_x.SAFE"
        folder.mkdir(parents=True)
        about = {"driver": "GTiff", "count": 1, "crs": day.crs, "transform": day.transform}
        about |= {"height": day.height, "width": day.width}
        stem = f"T49SFV_{taken}T030551"
        for layer, band in (("B04", "B04"), ("B8A", "B05"), ("B8A", "B8A")):
            for path in source.glob(f"*.{band}.tif"):
                with rasterio.open(path) as read:
                    values = np.where(read.read(1) < 0, 0, read.read(1) + counts).clip(0).astype("uint16")
                with rasterio.open(folder / f"{stem}_{layer}.tif", "w", dtype="uint16", **about) as target:
                    target.write(values, 1)
        with rasterio.open(next(source.glob("*Fmask.tif"))) as read:
            classes = np.where(read.read(1) & 0b1_1110, 9, 4).astype("uint8")
        with rasterio.open(folder / f"{stem}_SCL.tif", "w", dtype="uint8", **about) as target:
            target.write(classes, 1)
        day.close()
        if metadata:
            (folder / "MTD_MSIL2A.xml").write_text(metadata)


STATED = (
    '<P><BOA_ADD_OFFSET band_id="3">-1000</BOA_ADD_OFFSET>'
    '<BOA_ADD_OFFSET band_id="8">-1000</BOA_ADD_OFFSET></P>'
)


@pytest.mark.parametrize(
    ("counts", "metadata", "message"),
    [
        (1000, STATED, ""),
        (1000, "<P/>", "the offset of baseline 04.00 is still to be applied"),
        (0, STATED, "the offset of baseline 04.00 is applied already"),
    ],
)
def test_offset_of_sentinel2(basin, raw, counts, metadata, message):
    """An offset that is not taken off, or taken off twice, is named with what to set; a right one is not."""
    sentinel(basin, raw, counts, metadata)
    problems, text = seen(raw, names=("sentinel2", "coarse"))
    if message:
        assert message in text
        assert [problem.input for problem in problems] == ["sentinel2"]
    else:
        assert problems == [], text


def test_level_1c_and_packed_products_of_sentinel2(basin, raw):
    """Products of the wrong level are not read as the right one; these and archives are named."""
    sentinel(basin, raw, 1000, STATED)
    first, second, *_ = sorted((raw / "sentinel2").iterdir())
    first.rename(first.with_name(first.name.replace("MSIL2A", "MSIL1C")))
    shutil.make_archive(str(second), "zip", second)
    problems, text = seen(raw, names=("sentinel2", "coarse"))
    assert problems == []
    assert "4 files of Level-1C are not read" in text and "download the Level-2A products" in text
    assert "1 packed archives are not read" in text and "unpack them" in text
