"""The one door for rasters: scale, offset, unit and missing numbers as checks and stages see them."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.inputs.raster.door import OutsideError, read_onto, read_part, sample
from nppdrivers.inputs.raster.unit_names import conversion
from nppdrivers.quantities import quantity

ELEVATION = quantity("elevation")


@pytest.fixture
def grid():
    return Grid.around((640_000, 3_930_000, 641_000, 3_930_600), "EPSG:32649", 30)


def write(path, values, grid, crs=None, transform=None, **about):
    """Write a band on the grid with scale, offset, unit and nodata."""
    scale, offset, unit = about.pop("scale", 1.0), about.pop("offset", 0.0), about.pop("unit", "")
    about |= {"driver": "GTiff", "count": 1, "height": values.shape[0], "width": values.shape[1]}
    about |= {"crs": crs or grid.crs, "transform": transform or grid.transform, "dtype": values.dtype}
    with rasterio.open(path, "w", **about) as target:
        target.write(values, 1)
        target.scales, target.offsets, target.units = (scale,), (offset,), (unit,)
    return path


@pytest.fixture
def ground(grid):
    """Elevation [m] of the grid's cells."""
    return np.random.default_rng(1).uniform(600, 1200, grid.shape).round().astype("float32")


STORED = {
    "as it is": (1, 0, {}),
    "feet": (1 / 0.3048, 0, {"unit": "ft"}),
    "feet in words": (1 / 0.3048, 0, {"unit": "International_Foot"}),
    "decimetres": (10, 0, {"unit": "dm"}),
    "centimetres": (100, 0, {"unit": "cm"}),
    "scale": (10, 0, {"scale": 0.1}),
    "offset": (1, -500, {"offset": 500}),
    "scale and unit": (10 / 0.3048, 0, {"scale": 0.1, "unit": "foot"}),
}


@pytest.mark.parametrize("name", STORED)
def test_elevation_comes_in_metres(grid, ground, tmp_path, name):
    """Whatever scale, offset and unit a file declares, the stage gets metres, on the grid and at places."""
    factor, shift, about = STORED[name]
    path = write(tmp_path / "a.tif", (ground * factor + shift).astype("float32"), grid, **about)
    read = read_onto(path, grid, ELEVATION, resampling="nearest")
    np.testing.assert_allclose(read, ground, rtol=1e-6)
    longitude, latitude = (axis[3:4, 5] for axis in grid.lonlat())
    np.testing.assert_allclose(sample(path, longitude, latitude, ELEVATION), ground[3, 5], rtol=1e-6)


@pytest.mark.parametrize("code", [-32768, -9999, 9999, -999, 32767])
def test_undeclared_codes_are_missing(grid, ground, tmp_path, code):
    """Numbers that no elevation can be are missing though the file does not declare them, and are named."""
    ground[:4] = code
    path = write(tmp_path / "a.tif", ground.astype("int16"), grid)
    part = read_part(path, ELEVATION, grid)
    assert np.isnan(part.values[0, :4]).all() and np.isfinite(part.values[0, 4:]).all()
    assert part.undeclared == [code]


def test_a_number_that_can_be_a_value_is_one(grid, tmp_path):
    """-99 is no temperature, but -40 is; 9999 can be a rainfall and stays."""
    values = np.full(grid.shape, 9999.0, "float32")
    values[0] = -99
    path = write(tmp_path / "a.tif", values, grid)
    rain = read_part(path, quantity("precipitation"), grid).values[0]
    assert np.isnan(rain[0]).all() and (rain[1:] == 9999).all()


def test_declared_nodata_and_code_0_of_classes_are_missing(grid, tmp_path):
    """Of class codes 0 and the declared nodata both mean no class."""
    codes = np.full(grid.shape, 3, "uint8")
    codes[:2], codes[2:4] = 0, 255
    path = write(tmp_path / "a.tif", codes, grid, nodata=255)
    read = read_onto(path, grid, quantity("land_cover"), resampling="mode")
    assert np.isnan(read[:4]).all() and (read[4:] == 3).all()


def test_huge_numbers_are_missing(grid, ground, tmp_path):
    """Fill values of floating-point files are missing, declared or not."""
    ground[0] = -3.4e38
    assert np.isnan(read_part(write(tmp_path / "a.tif", ground, grid), ELEVATION, grid).values[0, 0]).all()


def test_units_are_told_apart():
    """Spellings of one unit are alike; a unit of another kind is refused, an unknown one remarked."""
    for spelling in ("metre", "m", "Meters", "", "unknown"):
        assert conversion(spelling, ELEVATION, "a.tif") == ((1.0, 0.0), "")
    assert conversion("g/kg", quantity("SOC"), "a.tif") == ((1.0, 0.0), "")
    assert conversion("mm/month", quantity("precipitation"), "a.tif") == ((1.0, 0.0), "")
    assert conversion("K", quantity("temperature"), "a.tif")[0] == (1, -273.15)
    for unit, name in {
        "mm/day": "precipitation",
        "kg m-2 s-1": "precipitation",
        "W/m2": "solar_radiation",
    }.items():
        with pytest.raises(ValueError, match="states the unit"):
            conversion(unit, quantity(name), "a.tif")
    assert "not known" in conversion("smoot", ELEVATION, "a.tif")[1]


def test_a_factor_of_the_settings_stands_for_the_unit(grid, tmp_path):
    """Where the settings give a factor the unit of the file is not applied as well."""
    values = np.full(grid.shape, 74, "float32")
    path = write(tmp_path / "a.tif", values, grid, unit="0.1")
    assert read_part(path, quantity("pH"), grid, factor=0.1).values[0, 0, 0] == pytest.approx(7.4)


def test_only_the_surroundings_are_read(grid, tmp_path):
    """Of a large raster the part around the grid is read, and a plane stays that plane."""
    longitude, latitude = grid.lonlat()
    step = 0.0003
    west, north = longitude.min() - 300 * step, latitude.max() + 300 * step
    columns, rows = np.meshgrid(np.arange(700), np.arange(650))
    plane = 100 * (columns + 0.5) * step - 50 * (rows + 0.5) * step
    path = tmp_path / "plane.tif"
    write(path, plane, grid, crs="EPSG:4326", transform=from_origin(west, north, step, step))
    part = read_part(path, ELEVATION, grid)
    assert max(part.values.shape) < 80
    read = read_onto(path, grid, ELEVATION, resampling="bilinear")
    # an eighth of a source cell is the tolerance of the coordinate transformation
    assert np.abs(read - (100 * (longitude - west) + 50 * (latitude - north))).max() < 150 * step / 8


def test_a_raster_elsewhere_is_refused(grid, tmp_path):
    """A raster that does not touch the study area is refused."""
    elsewhere = Grid.around((740_000, 3_930_000, 741_000, 3_930_600), "EPSG:32649", 30)
    rasters.write(tmp_path / "a.tif", np.zeros(elsewhere.shape), elsewhere, "ndvi")
    with pytest.raises(OutsideError, match="no valid value inside"):
        read_onto(tmp_path / "a.tif", grid, quantity("ndvi"), resampling="nearest")
