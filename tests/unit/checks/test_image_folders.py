"""Folders of images as they are on disks: everything in them is read, or counted and named."""

import shutil
import tarfile
from pathlib import Path

import numpy as np
import pytest
from input_mistakes import inspect, write_basin
from landsat_writers import name_of, write_scene

from nppdrivers.checks.image.folders import coarse_folder, tile_folder
from nppdrivers.checks.same_faults import joined
from nppdrivers.checks.study import Study
from nppdrivers.images.coarse_images import find_composites
from nppdrivers.images.landsat_folders import find_scenes, look_into
from nppdrivers.inputs.paths import files_below
from nppdrivers.inputs.problems import Problem
from nppdrivers.period import Period

NAMES = ("study_area", "landsat", "coarse")


@pytest.fixture(scope="module")
def basin(tmp_path_factory) -> Path:
    """Raw folder of a tiny virtual basin."""
    return write_basin(tmp_path_factory.mktemp("basin"))


@pytest.fixture
def raw(basin, tmp_path) -> Path:
    """Its area and images, to be changed."""
    for name in ("study_area.gpkg", "landsat", "coarse"):
        copy = shutil.copytree if (basin / name).is_dir() else shutil.copy
        copy(basin / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def reflectance():
    """Red and NIR of a few cells."""
    return np.full((20, 30), 0.05), np.full((20, 30), 0.3)


def messages(raw: Path) -> str:
    """All that is reported about the images."""
    seen = inspect(raw, NAMES)
    reported = [str(each) for each in (*seen.problems, *seen.warnings)]
    return "\n".join([*reported, *(facts for _, facts in seen.found.values())])


def test_links_are_followed_and_circles_end(tmp_path):
    """Files behind a link to a folder are found, each once; a link to a folder above ends the walk."""
    (tmp_path / "disk").mkdir()
    (tmp_path / "disk" / "a.tif").touch()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "linked").symlink_to(tmp_path / "disk")
    (tmp_path / "data" / "again").symlink_to(tmp_path / "disk")
    (tmp_path / "disk" / "circle").symlink_to(tmp_path / "data")
    (tmp_path / "data" / "nothing.tif").symlink_to(tmp_path / "gone.tif")
    (tmp_path / "data" / ".trash").mkdir()
    (tmp_path / "data" / ".trash" / "old.tif").touch()
    files = files_below(tmp_path / "data")
    assert [file.name for file in files.read] == ["a.tif"]
    assert [file.name for file in files.hidden] == ["old.tif"]
    assert [file.name for file in files.broken] == ["nothing.tif"]


def test_images_behind_links_and_in_capitals_count(raw):
    """With linked folders, suffixes of any case and `._` files the checks pass as before."""
    before = inspect(raw, NAMES).found["landsat"][1]
    shutil.move(raw / "landsat", raw / "elsewhere")
    (raw / "landsat").mkdir()
    for scene in (raw / "elsewhere").iterdir():
        for band in scene.iterdir():
            band.rename(band.with_suffix(".tiff" if "B3" in band.name else ".tif"))
        (raw / "landsat" / scene.name).symlink_to(scene)
        (scene / f"._{scene.name}_SR_B3.TIF").write_bytes(b"\0\5\x16\7")
    for path in list((raw / "coarse").iterdir()):
        path.rename(path.with_name(path.name.replace(".hdf", ".HDF")))
    seen = inspect(raw, NAMES)
    assert not seen.problems
    assert not seen.warnings
    assert seen.found["landsat"][1].splitlines()[0] == before.splitlines()[0]
    assert "base images on 3 of 3 days" in seen.found["landsat"][1]
    assert "3 hidden files, not read: ._LT05" in seen.found["landsat"][1]


OTHER_NAMES = {
    "LT05_L1TP_125035_20100614_20161015_01_T1": "1 Collection 1 products are not read: LT05_L1TP_125035",
    "LT051250352010061401T1-SC20170101": "1 Collection 1 products are not read: LT05125035",
    "LC08_L1TP_125035_20130614_20200912_02_T1": "1 Level-1 products (top of atmosphere) are not read",
    "LT51250352010165BJC00": "1 products from before the Collections are not read",
}


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_other_products_are_named(raw, name):
    """A product that is not read is named once, however many files it has, and the others are still used."""
    (raw / "landsat" / name).mkdir()
    for band in ("B3.TIF", "B4.TIF", "MTL.txt"):
        (raw / "landsat" / name / f"{name}_{band}").write_bytes(b"x")
    text = messages(raw)
    assert OTHER_NAMES[name] in text
    assert "base images on 3 of 3 days" in text


def test_packed_archives_and_other_files_are_named(raw):
    """A packed archive is to be unpacked; files of no product are counted and named."""
    (raw / "landsat" / "LT05_L2SP_125036_20100614_20200912_02_T1.tar.gz").write_bytes(b"x")
    (raw / "landsat" / "order.txt").write_text("x")
    (raw / "coarse" / "MOD13Q1.A2010129.h27v05.061.hdf.part").write_bytes(b"x")
    (raw / "coarse" / "readme.html").write_text("x")
    text = messages(raw)
    assert "1 packed archives are not read: LT05_L2SP" in text
    assert "1 files that are no part of a product, not read: order.txt" in text
    assert "1 files of MOD13Q1 are not read: MOD13Q1.A2010129.h27v05.061.hdf.part" in text
    assert "1 files of other names, not read: readme.html" in text


def test_page_of_an_error_under_the_name_of_an_image(raw):
    """HTML under the names of a composite and of a band is reported with both names."""
    composite = sorted((raw / "coarse").iterdir())[5]
    band = next((raw / "landsat").glob("*/*SR_B3.TIF"))
    for path in (composite, band):
        path.write_text("<html><head><title>404 Not Found</title></head></html>")
    text = messages(raw)
    assert composite.name in text
    assert band.name in text


def test_a_scene_that_has_lost_its_red_band_is_reported(raw):
    """A product is found by any of its images, so that a lost red band is a problem, not silence."""
    next((raw / "landsat").glob("*/*SR_B3.TIF")).unlink()
    assert "SR_B3.TIF: no such file" in messages(raw)


def test_second_deliveries_and_real_time_products(tmp_path, reflectance):
    """Of an acquisition the best tier and the latest processing counts; the others are named."""
    for processed, tier in (("20190101", "T1"), ("20200912", "T1"), ("20220101", "RT")):
        write_scene(tmp_path, name_of("LC08", processed=processed, tier=tier), *reflectance)
    content = look_into(tmp_path)
    (scene,) = content.scenes
    assert (scene.tier, scene.processed) == ("T1", "20200912")
    assert {old for old, _ in content.replaced} == {
        name_of("LC08", processed="20190101"),
        name_of("LC08", processed="20220101", tier="RT"),
    }
    assert {new for _, new in content.replaced} == {scene.product_id}


def test_archive_with_a_folder_in_it(tmp_path, reflectance):
    """Bands in a folder inside a .TAR file, with suffixes in small letters, are read."""
    name = name_of("LC08")
    home = write_scene(tmp_path / "out", name, *reflectance)
    with tarfile.open(tmp_path / f"{name}.TAR", "w") as content:
        for band in sorted(home.iterdir()):
            content.add(band, f"{name}/{band.with_suffix('.tif').name}")
    shutil.rmtree(tmp_path / "out")
    (scene,) = find_scenes(tmp_path)
    red, nir, covered = scene.reflectance(((0, 20), (0, 30)))
    np.testing.assert_allclose([red, nir], reflectance, atol=2e-5)
    assert covered.all()


def test_names_in_small_letters(tmp_path):
    """A composite whose name is written in small letters is found."""
    (tmp_path / "mod13q1.a2010129.h27v05.061.hdf").touch()
    assert len(find_composites(tmp_path, "MOD13Q1")) == 1


def test_the_same_fault_of_many_files_is_one_problem():
    """Faults that differ in numbers and names alone are one problem; another fault or input is another."""
    cut = [Problem(f"d/{n}.tif", "", f"is cut off: {n} of 90 bytes", "copy it", "landsat") for n in range(9)]
    lost = Problem("d/x.tif", "", "no such file", "copy it", "landsat")
    foreign = Problem("e/0.tif", "", "is cut off: 3 of 90 bytes", "copy it", "dem")
    first, second, third = joined([*cut, lost, foreign])
    assert first.file == "d/0.tif"
    assert first.problem == (
        "is cut off: 0 of 90 bytes; the same in 8 further files: 1.tif, 2.tif, 3.tif and 5 more"
    )
    assert (second, third) == (lost, foreign)


def test_lines_of_one_file_stay_apart():
    """Two faults at different lines of one file are two problems."""
    problems = [Problem("a.csv", f"line {n}", f"{n} is not a date", "write dates", "plots") for n in (3, 5)]
    assert joined(problems) == problems


def test_second_deliveries_of_viirs(tmp_path):
    """A tile of VIIRS that was delivered again is named, and what is read in place of another format."""
    for name in ("002.2022180040000.h5", "002.2023180040000.h5", "002.nc"):
        (tmp_path / f"VNP13A1.A2022129.h27v05.{name}").touch()
    unread, twice = coarse_folder(tmp_path, ["VNP13A1"])
    assert "VNP13A1.A2022129.h27v05.002.nc" in unread.problem and ".h5" in unread.remedy
    assert twice == "1 tiles were delivered again, the later counts: VNP13A1.A2022129.h27v05"


@pytest.mark.parametrize(("nir", "other"), [("B8A", "B08"), ("B08", "B8A")])
def test_sentinel_bands_that_are_asked_for(tmp_path, nir, other):
    """Scenes without the band of the settings are named, not those without another one."""
    for tile, bands in (("49SFV", ("B04", "B08", "B8A")), ("49SGV", ("B04", other))):
        for band in bands:
            (tmp_path / f"T{tile}_20220301T030551_{band}_10m.jp2").touch()
    study = Study({"sentinel2": tmp_path}, Period("2022-01", "2022-12"), fine_choices={"nir": nir})
    (warning,) = tile_folder(study, tmp_path, "sentinel2")
    assert warning.problem.startswith(f"no band {nir} for 1 images, so that {other} is read: S2_T49SGV")
    assert warning.remedy == f"add {nir} of these, or set sentinel2.nir to {other}"
    for path in tmp_path.glob("T49SGV*"):
        path.unlink()
    assert list(tile_folder(study, tmp_path, "sentinel2")) == []
