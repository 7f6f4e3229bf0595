"""A study area with sea: rasters of land need no value there, but half a missing tile stays a mistake."""

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from input_mistakes import copy_inputs, edit_raster, inspect, write_basin
from pyhdf.SD import SD, SDC
from pyproj import Transformer

from nppdrivers.checks.later_jobs.plan import Plan
from nppdrivers.images.coarse_files import read_layer

NAMES = ("study_area", "dem", "land_cover", "landsat", "coarse")
PLAN = Plan(class_codes={"water": 5})
FILL = -3000
SHORE = 112.698  # degrees east; the area reaches from 112.693 to 112.707


@pytest.fixture(scope="module")
def basin(tmp_path_factory):
    """Raw folder of the tiny virtual basin."""
    return write_basin(tmp_path_factory.mktemp("basin"))


@pytest.fixture
def raw(basin, tmp_path):
    """A copy of the inputs that show sea."""
    copy_inputs(basin, tmp_path / "raw", {*NAMES, "stations"})
    return tmp_path / "raw"


def east(crs, transform, shape):
    """Cells of a raster east of the shore, a line through the study area."""
    columns, rows = np.meshgrid(np.arange(shape[-1]) + 0.5, np.arange(shape[-2]) + 0.5)
    longitude, _ = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(
        *(transform @ (columns, rows))
    )
    return longitude > SHORE


def in_composites(raw, layer, value):
    """Write a number into a layer of all composites east of the shore."""
    for path in (raw / "coarse").iterdir():
        lattice = read_layer(path, layer)
        content = SD(str(path), SDC.WRITE)
        stored = content.select(f"250m 16 days {layer}")
        values = stored.get()
        there = east(lattice.crs, lattice.transform, values.shape)
        stored[:] = np.where(there, value, values).astype(values.dtype)
        stored.endaccess()
        content.end()


def in_raster(raw, name, value, change=lambda values: values):
    """Write a value into a raster east of the shore, and change the rest."""
    with rasterio.open(raw / name) as source:
        there = east(source.crs, source.transform, source.shape)
    edit_raster(name, lambda values: np.where(there, value, change(values)).astype(values.dtype))(raw)


def low(elevation):
    """Land that begins 1 m above the sea."""
    known = elevation[elevation > -32768]
    return np.where(elevation > -32768, elevation - known.min() + 1, elevation)


def test_sea_that_another_input_shows_needs_no_value(raw):
    """Fill of the composites where land cover has water and the DEM 0 m: a fact, not a message."""
    in_composites(raw, "NDVI", FILL)
    in_raster(raw, "land_cover.tif", 5)
    in_raster(raw, "dem.tif", 0, low)
    seen = inspect(raw, NAMES, plan=PLAN)
    assert [*seen.problems, *seen.warnings] == []
    assert "is sea without NDVI" in seen.found["coarse"][1]


@pytest.mark.parametrize(("name", "value"), [("land_cover.tif", 5), ("dem.tif", 0)])
def test_either_shows_it(raw, name, value):
    """Water of the land cover, or 0 m of the DEM, is enough."""
    in_composites(raw, "NDVI", FILL)
    in_raster(raw, name, value, low if name == "dem.tif" else lambda values: values)
    seen = inspect(raw, NAMES, plan=PLAN)
    assert [problem for problem in (*seen.problems, *seen.warnings) if problem.input == "coarse"] == []


def test_what_has_a_value_nowhere_is_taken_for_sea_with_one_warning(raw):
    """Voids of DEM, land cover and composites at the same place have one warning."""
    in_composites(raw, "NDVI", FILL)
    in_raster(raw, "land_cover.tif", 0)
    in_raster(raw, "dem.tif", -32768)
    seen = inspect(raw, NAMES, plan=PLAN)
    assert seen.problems == []
    assert [warning.input for warning in seen.warnings] == ["dem"]
    assert "has a value in no raster: it is taken for sea" in seen.warnings[0].problem


@pytest.mark.parametrize("spoilt", ["coarse", "dem.tif", "land_cover.tif"])
def test_half_a_tile_of_land_is_refused(raw, spoilt):
    """One input alone without values over a third of the area is cut off, not at the coast."""
    if spoilt == "coarse":
        in_composites(raw, "NDVI", FILL)
    else:
        in_raster(raw, spoilt, -32768 if spoilt == "dem.tif" else 0)
    seen = inspect(raw, NAMES, plan=PLAN)
    assert [problem.input for problem in seen.problems] == [spoilt.removesuffix(".tif")]
    assert "of the study area" in seen.problems[0].problem


def test_ndvi_that_never_counts_is_named(raw):
    """Quality layers that call a part of the area cloudy in every composite leave no NDVI there."""
    in_composites(raw, "pixel reliability", 3)
    seen = inspect(raw, NAMES, plan=PLAN)
    assert seen.problems == []
    assert [warning.input for warning in seen.warnings] == ["coarse"]
    assert "has NDVI that is usable in no composite" in seen.warnings[0].problem


def test_a_constant_quality_layer_is_named(raw):
    """Quality layers with one number in all composites, as a conversion may leave them."""
    for path in (raw / "coarse").iterdir():
        content = SD(str(path), SDC.WRITE)
        for name in ("VI Quality", "pixel reliability"):
            layer = content.select(f"250m 16 days {name}")
            layer[:] = np.zeros_like(layer.get())
            layer.endaccess()
        content.end()
    seen = inspect(raw, NAMES, plan=PLAN)
    found = [warning.problem for warning in seen.warnings if warning.input == "coarse"]
    assert len(found) == 1
    assert "VI Quality is 0 in all pixels of" in found[0]


def test_the_remedy_mends(raw):
    """The study area cut at the shore passes, whatever lies beyond."""
    in_composites(raw, "NDVI", FILL)
    area = gpd.read_file(raw / "study_area.gpkg").to_crs(4326)
    (raw / "study_area.gpkg").unlink()
    area.set_geometry(area.clip_by_rect(0, 0, SHORE - 0.001, 90)).to_file(raw / "study_area.gpkg")
    assert inspect(raw, NAMES, plan=PLAN).problems == []
