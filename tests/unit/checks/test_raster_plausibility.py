"""What rasters are refused for, that following the words mends it, and what is accepted."""

import numpy as np
import pytest
import rasterio
from affine import Affine
from input_mistakes import MISTAKES, copy_inputs, edit_raster, inspect, write_basin

from grid.make_grid import make_grid
from nppdrivers.checks.raster.coverage import places
from nppdrivers.checks.raster.voids import voids
from nppdrivers.inputs.raster.lattice import lattice_faults
from nppdrivers.quantities import quantity

CHECKED = ("study_area", "dem", "stations", "weather")


@pytest.fixture(scope="module")
def basin(tmp_path_factory):
    """Raw folder of a tiny virtual basin."""
    return write_basin(tmp_path_factory.mktemp("basin"))


@pytest.fixture
def raw(basin, tmp_path):
    """Its area, DEM and stations, to be changed."""
    copy_inputs(basin, tmp_path / "raw", CHECKED)
    return tmp_path / "raw"


def messages(raw, names=CHECKED, **changed):
    """Problems and warnings, in words."""
    seen = inspect(raw, names, **changed)
    return [str(each) for each in (*seen.problems, *seen.warnings)]


REMEDIES = {
    "DEM mirrored": edit_raster("dem.tif", lambda v: v[:, ::-1].copy()),
    "DEM in decimetres": edit_raster("dem.tif", lambda v: (v * 0.1).astype("float32")),
    "DEM of a local datum": edit_raster("dem.tif", lambda v: (v + 500).astype("float32")),
    "DEM with holes of 0": edit_raster("dem.tif", nodata=0),
}


@pytest.mark.parametrize("name", REMEDIES)
def test_the_remedy_mends(raw, name):
    """After what the message says was done to the DEM there is no message."""
    MISTAKES[name][0](raw)
    assert messages(raw)
    REMEDIES[name](raw)
    assert [text for text in messages(raw) if "is without" not in text] == []


def test_dem_of_one_cell(raw):
    """A study area inside one cell of the DEM gives no message about arrays."""
    edit_raster("dem.tif", lambda v: v[:, :1, :1].copy(), height=1, width=1)(raw)
    with rasterio.open(raw / "dem.tif") as source:
        west, north = source.transform.c, source.transform.f
    edit_raster("dem.tif", transform=Affine(0.05, 0, west, 0, -0.05, north))(raw)
    assert not any("array" in text or "gradient" in text for text in messages(raw))


def test_a_stated_unit_is_no_problem(raw):
    """A DEM in feet that says so passes."""
    edit_raster("dem.tif", lambda v: (v / 0.3048).astype("float32"))(raw)
    assert any("looks like feet" in text for text in messages(raw))
    with rasterio.open(raw / "dem.tif", "r+") as target:
        target.units = ("ft",)
    assert messages(raw) == []


def test_holes_are_told_from_lakes_and_the_sea():
    """A lake with shores, the sea, dry months and one odd cell are no holes."""
    land = np.random.default_rng(1).uniform(500, 900, 10_000)
    elevation, rain = quantity("elevation"), quantity("precipitation")
    lake, coast = np.append(land, [499.0] * 900), np.append(np.linspace(0.2, 900, 9000), [0.0] * 900)
    for values in (lake, coast, np.append(land, 0.0), land):
        assert list(voids(values, elevation, "a.tif")) == []
    assert list(voids(np.append(land, [0.0] * 50), elevation, "a.tif"))
    dry = np.append(np.linspace(0.1, 40, 500), [0.0] * 500)
    assert list(voids(dry, rain, "a.tif")) == []
    assert list(voids(np.zeros(100), rain, "a.tif")) == []
    pond = np.append(np.random.default_rng(1).uniform(4, 30, 900), [0.0] * 30)
    assert list(voids(pond, quantity("SOC"), "a.tif"))


def test_places_are_named():
    """The parts of the area without a value are named, few or many."""
    inside = np.ones((30, 30), bool)
    missing = np.zeros_like(inside)
    missing[:10, 20:] = True
    assert places(missing, inside) == "in the north-east"
    missing[:, 20:] = True
    assert places(missing, inside) == "in the north-east, east and south-east"
    assert places(inside, inside) == "almost everywhere"
    assert places(np.arange(900).reshape(30, 30) % 9 == 0, inside) == "scattered or along its edges"


SYSTEMS = {
    "EPSG:32649": (112.7, 35.6, ""),
    "EPSG:4547": (112.7, 35.6, ""),
    "EPSG:3035": (25.0, 60.0, ""),
    "EPSG:3857": (112.7, 35.6, "1.23 to 1.23 times those on the ground"),
    "EPSG:3395": (25.0, 65.0, "2.36 to 2.36 times"),
    "EPSG:2263": (-74.0, 40.7, "US survey foot"),
    "EPSG:4326": (112.7, 35.6, "degrees"),
    "+proj=sinu +R=6371007.181": (112.7, 35.6, "0.58 to 1.72 times"),
}


@pytest.mark.parametrize("crs", SYSTEMS)
def test_systems_of_true_scale_alone_are_taken(crs):
    """Zones, national and equal-area systems are taken; Mercator far north, feet and degrees not."""
    longitude, latitude, expected = SYSTEMS[crs]
    fault, _ = lattice_faults(crs, longitude, latitude)
    assert expected in fault if expected else fault == ""


def test_oblong_cells_are_refused():
    """Cells must be square and north up."""
    for transform in (Affine(30, 0, 0, 0, -20, 0), Affine(30, 1, 0, 1, -30, 0), Affine(30, 0, 0, 0, 30, 0)):
        assert "not square" in lattice_faults("EPSG:32649", 112.7, 35.6, transform)[0]


def test_grid_of_the_settings_is_judged_by_check_and_stage(raw, tmp_path):
    """Web Mercator in grid.crs is refused by the check and by the job that makes the grid; auto mends it."""
    (text,) = messages(raw, ("study_area",), grid_crs="EPSG:3857")
    assert "grid.crs" in text and "1.23 times" in text
    assert messages(raw, ("study_area",), grid_crs="auto") == []
    assert "is no coordinate system" in messages(raw, ("study_area",), grid_crs="EPSG:1")[0]
    with pytest.raises(ValueError, match="times those on the ground"):
        make_grid(
            study_area=str(raw / "study_area.gpkg"),
            like="",
            grid_path=str(tmp_path / "grid.json"),
            mask_path=str(tmp_path / "mask.tif"),
            cell_size_m=30,
            crs="EPSG:3857",
            origin_m=0,
        )
