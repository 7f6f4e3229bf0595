"""Landsat: names, masks, scaling, harmonisation, placing on the grid, mosaics, ready images."""

import tarfile
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import rasterio
from affine import Affine
from landsat_writers import GRID, name_of, write_scene, write_tif

from images.prepare_landsat import days_of_year
from nppdrivers.grid import Grid
from nppdrivers.images import landsat, landsat_files, landsat_folders
from nppdrivers.vegetation_index import as_index


@pytest.fixture
def reflectance():
    """Red and NIR of the grid's cells."""
    rng = np.random.default_rng(1)
    return rng.uniform(0.02, 0.15, GRID.shape), rng.uniform(0.2, 0.5, GRID.shape)


def test_scenes_are_found_by_name(tmp_path, reflectance):
    """Sensor, date, path and row come from the product name, in order of date."""
    for name in (name_of("LC08"), name_of("LT05", "20100511"), name_of("LE07", "20120703", 36)):
        write_scene(tmp_path / "deep", name, *reflectance)
    scenes = landsat_folders.find_scenes(tmp_path)
    assert [(s.sensor, s.date, s.path, s.row) for s in scenes] == [
        ("TM", date(2010, 5, 11), 125, 35),
        ("ETM+", date(2012, 7, 3), 125, 36),
        ("OLI", date(2013, 7, 4), 125, 35),
    ]


def test_landsat_9_is_read_as_oli(tmp_path, reflectance):
    """Landsat 9 has the bands of Landsat 8 and is not harmonised."""
    write_scene(tmp_path, name_of("LC09", "20220704"), *reflectance)
    (scene,) = landsat_folders.find_scenes(tmp_path)
    ndvi, record = landsat.read_ndvi(scene, GRID)
    red, nir = reflectance
    np.testing.assert_allclose(ndvi, (nir - red) / (nir + red), atol=2e-4)
    assert (record["sensor"], record["harmonised"]) == ("OLI", "none")


def test_second_delivery_is_left_out(tmp_path, reflectance):
    """Of one acquisition the best tier, then the latest processing is kept."""
    for processed, tier in (("20200912", "T1"), ("20190101", "T1"), ("20211231", "T2"), ("20220101", "RT")):
        write_scene(tmp_path, name_of("LC08", processed=processed, tier=tier), *reflectance)
    assert [scene.product_id for scene in landsat_folders.find_scenes(tmp_path)] == [name_of("LC08")]


def test_ndvi_of_a_clear_scene_on_its_own_lattice(tmp_path, reflectance):
    """On the scene's own lattice NDVI is exact to the rounding of the stored numbers."""
    write_scene(tmp_path, name_of("LC08"), *reflectance)
    ndvi, record = landsat.read_ndvi(landsat_folders.find_scenes(tmp_path)[0], GRID)
    red, nir = reflectance
    np.testing.assert_allclose(ndvi, (nir - red) / (nir + red), atol=2e-4)
    assert record["resampling"] == "exact"
    assert record["covered_percent"] == record["clear_percent"] == 100
    assert not record["slc_off"]


def test_masks_are_local(tmp_path, reflectance):
    """Cloud, saturation, fill and impossible reflectance make their own cells NaN and no others."""
    red, nir = (band.copy() for band in reflectance)
    qa = np.full(GRID.shape, 21824)
    radsat = np.zeros(GRID.shape)
    qa[0, 0], qa[0, 1], qa[0, 2] = 22280, 23888, 54596
    radsat[1, 0], radsat[1, 1] = 1 << 3, 1 << 5  # band 4 is read, band 6 is not
    red[2, 0] = np.nan
    red[3, 0], nir[3, 1] = -0.05, 1.2
    write_scene(tmp_path, name_of("LC08"), red, nir, qa=qa, radsat=radsat)
    ndvi, record = landsat.read_ndvi(landsat_folders.find_scenes(tmp_path)[0], GRID)
    missing = [(0, 0), (0, 1), (0, 2), (1, 0), (2, 0), (3, 0), (3, 1)]
    assert list(zip(*np.nonzero(np.isnan(ndvi)), strict=True)) == missing
    assert record["covered_percent"] == pytest.approx(100 * 599 / 600, abs=1e-3)
    assert record["clear_percent"] == pytest.approx(100 * 593 / 600, abs=1e-3)


@pytest.mark.parametrize(
    ("satellite", "bits", "missing"),
    [
        ("LE07", [2, 3, 9, 0, 11], [True, True, True, False, True]),
        ("LC08", [3, 4, 11, 2, 8], [True, True, True, False, False]),
    ],
)
def test_saturated_and_dropped_pixels(tmp_path, reflectance, satellite, bits, missing):
    """Saturation of the two bands read, dropped pixels and hidden terrain are missing, nothing else."""
    radsat = np.zeros(GRID.shape, int)
    radsat[7, : len(bits)] = [1 << bit for bit in bits]
    write_scene(tmp_path, name_of(satellite), *reflectance, radsat=radsat)
    ndvi, _ = landsat.read_ndvi(landsat_folders.find_scenes(tmp_path)[0], GRID)
    assert np.isnan(ndvi[7, : len(bits)]).tolist() == missing
    assert np.isnan(ndvi).sum() == sum(missing)


@pytest.mark.parametrize(
    ("method", "expected"), [("roy2016_rma", 0.7314), ("roy2016_ols", 0.7177), ("none", 0.714)]
)
@pytest.mark.parametrize("satellite", ["LE07", "LT05"])
def test_harmonisation(tmp_path, satellite, method, expected):
    """NDVI 0.714 of ETM+ and TM becomes 0.0149 + 1.0035 x 0.714 (RMA) or 0.0235 + 0.9723 x 0.714 (OLS)."""
    red = np.full(GRID.shape, 0.05)
    write_scene(tmp_path, name_of(satellite), red, red * 1.714 / 0.286)
    ndvi, record = landsat.read_ndvi(landsat_folders.find_scenes(tmp_path)[0], GRID, method)
    np.testing.assert_allclose(ndvi, expected, atol=3e-4)
    assert record["harmonised"] == method
    assert record["slc_off"] == (satellite == "LE07")


def test_harmonisation_by_own_lines(tmp_path, reflectance):
    """A line of each sensor can be given; a sensor without one is an error that names it."""
    write_scene(tmp_path, name_of("LE07"), *reflectance)
    (scene,) = landsat_folders.find_scenes(tmp_path)
    plain, _ = landsat.read_ndvi(scene, GRID, "none")
    ndvi, record = landsat.read_ndvi(scene, GRID, {"ETM+": (0.01, 0.95)})
    np.testing.assert_allclose(ndvi, 0.01 + 0.95 * plain, atol=1e-6)
    assert record["harmonised"] == "refit"
    with pytest.raises(ValueError, match=r"for ETM\+, only for TM"):
        landsat.read_ndvi(scene, GRID, {"TM": (0.01, 0.95)})


def test_striped_images_can_be_dropped(tmp_path, reflectance):
    """Of Landsat 5, 7 and 8 only 7 after May 2003 counts as striped; dropping leaves the others."""
    for satellite, day in (
        ("LT05", "20100511"), ("LE07", "20100503"), ("LE07", "20030501"), ("LC08", "20130704"),
    ):  # fmt: skip
        write_scene(tmp_path, name_of(satellite, day), *reflectance)
    sources = {"landsat": str(tmp_path)}
    striped = [
        scene.date.year for scene in landsat_folders.find_scenes(tmp_path) if landsat.is_slc_off(scene)
    ]
    assert striped == [2010]
    assert list(days_of_year("2010", sources, "keep")) == [date(2010, 5, 3), date(2010, 5, 11)]
    assert list(days_of_year("2010", sources, "drop")) == [date(2010, 5, 11)]


@pytest.mark.parametrize(
    ("method", "expected"),
    [("roy2016_rma", (0.04693, 0.29973)), ("roy2016_ols", (0.05134, 0.29475)), ("none", (0.05, 0.29964))],
)
def test_harmonisation_of_the_bands(tmp_path, method, expected):
    """ETM+ red 0.05 and NIR 0.29964 become a + b times them, band by band (Roy et al. 2016, Table 2)."""
    red = np.full(GRID.shape, 0.05)
    write_scene(tmp_path, name_of("LE07"), red, red * 1.714 / 0.286)
    bands, _ = landsat.read_ndvi(landsat_folders.find_scenes(tmp_path)[0], GRID, method, bands=True)
    np.testing.assert_allclose(bands[:, 0, 0], expected, atol=3e-5)


def test_bands_of_a_day_have_the_gaps_and_the_index_of_its_ndvi(tmp_path, reflectance):
    """Red and NIR of OLI are missing where NDVI is, give the same NDVI, and count the same clear share."""
    red, nir = reflectance
    red[3, 4] = np.nan
    write_scene(tmp_path, name_of("LC08"), red, nir)
    scenes = landsat_folders.find_scenes(tmp_path)
    (bands, one), (ndvi, other) = (landsat.read_day(scenes, GRID, bands=kind) for kind in (True, False))
    np.testing.assert_allclose(as_index(bands), ndvi, atol=1e-6)
    assert np.isnan(bands[:, 3, 4]).all()
    assert one == other


def test_oli_is_never_harmonised(tmp_path, reflectance):
    """NDVI of OLI does not depend on the method."""
    write_scene(tmp_path, name_of("LC08"), *reflectance)
    scene = landsat_folders.find_scenes(tmp_path)[0]
    (one, record), (other, _) = (landsat.read_ndvi(scene, GRID, method) for method in ("roy2016_rma", "none"))
    np.testing.assert_array_equal(one, other)
    assert record["harmonised"] == "none"


def test_unknown_harmonisation(tmp_path, reflectance):
    """A method that does not exist is an error that lists those that do."""
    write_scene(tmp_path, name_of("LC08"), *reflectance)
    with pytest.raises(ValueError, match="roy2016_rma"):
        landsat.read_ndvi(landsat_folders.find_scenes(tmp_path)[0], GRID, "roy")


def test_part_of_a_scene(tmp_path, reflectance):
    """A grid that reaches beyond the scene gets the scene's cells at their place and NaN outside."""
    write_scene(tmp_path, name_of("LC08"), *reflectance)
    scene = landsat_folders.find_scenes(tmp_path)[0]
    whole, _ = landsat.read_ndvi(scene, GRID)
    moved = Grid(GRID.crs, GRID.transform @ Affine.translation(5, -4), 10, 30)
    part, record = landsat.read_ndvi(scene, moved)
    np.testing.assert_array_equal(part[4:, :25], whole[:6, 5:])
    assert np.isnan(part[:4]).all()
    assert np.isnan(part[:, 25:]).all()
    assert record["covered_percent"] == pytest.approx(100 * 6 * 25 / 300, abs=1e-3)


def test_scene_elsewhere(tmp_path, reflectance):
    """A scene that does not touch the grid is all NaN, and its record says so."""
    write_scene(tmp_path, name_of("LC08"), *reflectance)
    far = Grid(GRID.crs, Affine(30, 0, 100005, 0, -30, 3940005), 20, 30)
    ndvi, record = landsat.read_ndvi(landsat_folders.find_scenes(tmp_path)[0], far)
    assert np.isnan(ndvi).all()
    assert record["remark"] == "does not touch the study area"


@pytest.mark.parametrize("crs", ["EPSG:32649", "EPSG:32650", "EPSG:4547"])
def test_other_lattices_and_zones(tmp_path, crs):
    """A plane of NDVI is reproduced on shifted lattices and in other projections, and no cloud leaks."""
    column, row = np.meshgrid(np.arange(200), np.arange(200))
    ndvi = 0.2 + 0.002 * column + 0.001 * row
    red = np.full(ndvi.shape, 0.1)
    nir = red * (1 + ndvi) / (1 - ndvi)
    qa = np.full(ndvi.shape, 21824)
    cloud = (column > 90) & (column < 110) & (row > 95) & (row < 105)
    nir[cloud], qa[cloud] = red[cloud], 22280  # NDVI of cloud is 0: any leak shows
    write_scene(tmp_path, name_of("LC08"), red, nir, qa=qa)
    middle = rasterio.warp.transform("EPSG:32649", crs, [650025 + 3000], [3940005 - 3000])
    x, y = middle[0][0], middle[1][0]
    grid = Grid.around((x - 1500, y - 1500, x + 1500, y + 1500), crs, 30)
    result, record = landsat.read_ndvi(landsat_folders.find_scenes(tmp_path)[0], grid)
    here = rasterio.warp.transform(crs, "EPSG:32649", *(axis.ravel() for axis in grid.xy()))
    column, row = ~GRID.transform @ np.array(here)
    expected = (0.2 + 0.002 * (column - 0.5) + 0.001 * (row - 0.5)).reshape(grid.shape)
    clear = np.isfinite(result)
    assert record["resampling"] == "bilinear"
    np.testing.assert_allclose(result[clear], expected[clear], atol=2e-3)
    assert 0.85 < clear.mean() < 1


def test_tar_is_read_like_a_folder(tmp_path, reflectance):
    """A product in the tar file as delivered gives the same NDVI as its folder."""
    home = write_scene(tmp_path / "folder", name_of("LC08"), *reflectance)
    (tmp_path / "tar").mkdir()
    with tarfile.open(tmp_path / "tar" / f"{home.name}.tar", "w") as archive:
        for path in home.iterdir():
            archive.add(path, path.name)
    one, other = (
        landsat.read_ndvi(landsat_folders.find_scenes(tmp_path / place)[0], GRID)[0]
        for place in ("folder", "tar")
    )
    np.testing.assert_array_equal(one, other)


def test_rows_of_one_day_are_mosaicked(tmp_path, reflectance):
    """Two rows of one pass fill each other's gaps, in whatever order."""
    red, nir = reflectance
    for row, gap in ((35, np.s_[12:]), (36, np.s_[:8])):
        holed = red.copy()
        holed[gap] = np.nan
        write_scene(tmp_path, name_of("LC08", row=row), holed, nir)
    days = landsat.by_day(landsat_folders.find_scenes(tmp_path))
    ((day, scenes),) = days.items()
    assert day == date(2013, 7, 4)
    ndvi, records = landsat.read_day(scenes, GRID)
    np.testing.assert_allclose(ndvi, (nir - red) / (nir + red), atol=2e-4)
    np.testing.assert_array_equal(ndvi, landsat.read_day(scenes[::-1], GRID)[0])
    assert [record["mosaic_clear_percent"] for record in records] == [100, 100]
    assert [record["clear_percent"] for record in records] == [60, 60]


def test_zones_of_one_day_are_mosaicked(tmp_path):
    """Images of one day in two UTM zones join on the grid: each fills what the other does not cover."""
    ndvi = np.full((260, 260), 0.6)
    ndvi[:, 130:] = np.nan
    write_scene(tmp_path, name_of("LC08", row=35), 0.2 * (1 - ndvi), 0.2 * (1 + ndvi))
    ((x,), (y,)) = rasterio.warp.transform("EPSG:32649", "EPSG:32650", [650025 + 3600], [3940005 + 300])
    home = write_scene(
        tmp_path, name_of("LC08", row=36), np.full((300, 260), 0.08), np.full((300, 260), 0.32),
        transform=Affine(30, 0, x, 0, -30, y),
    )  # fmt: skip
    for path in home.iterdir():
        with rasterio.open(path, "r+") as source:
            source.crs = "EPSG:32650"
    grid = Grid(GRID.crs, GRID.transform @ Affine.translation(60, 60), 100, 120)
    ((_, scenes),) = landsat.by_day(landsat_folders.find_scenes(tmp_path)).items()
    mosaic, records = landsat.read_day(scenes, grid)
    np.testing.assert_allclose(mosaic, 0.6, atol=1e-3)
    assert [record["resampling"] for record in records] == ["exact", "bilinear"]
    assert 40 < records[0]["clear_percent"] < 70
    assert records[0]["mosaic_clear_percent"] == 100


def test_share_within_the_area(tmp_path, reflectance):
    """Shares are those of the area, not of the grid."""
    red, nir = reflectance
    holed = red.copy()
    holed[:10] = np.nan
    write_scene(tmp_path, name_of("LC08"), holed, nir)
    area = np.zeros(GRID.shape, bool)
    area[5:15] = True
    _, record = landsat.read_ndvi(landsat_folders.find_scenes(tmp_path)[0], GRID, area=area)
    assert record["clear_percent"] == 50


def ready_table(folder: Path, **changed: object) -> Path:
    """Write a table of one ready image."""
    row = {"path": "image.tif", "date": "2010-08-17", "sensor": "OLI", "red_band": 1, "nir_band": 2}
    row |= {"scale": 0.0001, "offset": 0} | changed
    path = folder / "images.csv"
    path.write_text(",".join(row) + "\n" + ",".join(map(str, row.values())) + "\n")
    return path


def test_ready_image(tmp_path, reflectance):
    """A ready image is scaled as its table says; nodata and negative stripes are missing."""
    red, nir = (np.round(band * 1e4).astype("int16") for band in reflectance)
    red[0, 0] = -9999
    red[5], nir[5] = -306, -760  # constant negative numbers where an image had no data before correction
    write_tif(tmp_path / "image.tif", np.stack([red, nir]), GRID.transform, -9999)
    (image,) = landsat_files.read_ready_table(ready_table(tmp_path))
    ndvi, record = landsat.read_ndvi(image, GRID)
    missing = np.zeros(GRID.shape, bool)
    missing[0, 0] = missing[5] = True
    np.testing.assert_array_equal(np.isnan(ndvi), missing)
    expected = (reflectance[1] - reflectance[0]) / (reflectance[1] + reflectance[0])
    np.testing.assert_allclose(ndvi[~missing], expected[~missing], atol=2e-3)
    assert record["product_id"] == "image.tif"


def test_ready_table_in_another_folder(tmp_path):
    """Relative paths start at the folder given."""
    (image,) = landsat_files.read_ready_table(ready_table(tmp_path), tmp_path / "data")
    assert image.file_path == tmp_path / "data" / "image.tif"


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"sensor": "MSS"}, "line 2: sensor is 'MSS'"),
        ({"date": "17.8.2010"}, "line 2"),
        ({"scale": "x"}, "line 2"),
    ],
)
def test_wrong_ready_table(tmp_path, changed, message):
    """A wrong cell is reported with its line."""
    with pytest.raises(ValueError, match=message):
        landsat_files.read_ready_table(ready_table(tmp_path, **changed))


def test_no_coordinate_system(tmp_path):
    """An image without coordinate system is refused by name."""
    write_tif(tmp_path / "image.tif", np.ones((2, 20, 30), "int16"), GRID.transform, None, crs=None)
    with pytest.raises(ValueError, match=r"image\.tif: no coordinate system"):
        landsat.read_ndvi(landsat_files.read_ready_table(ready_table(tmp_path))[0], GRID)
