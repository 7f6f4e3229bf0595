"""Ready rasters of soil and climate on the grid."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

from nppdrivers.grid import Grid
from nppdrivers.inputs.raster.door import sample
from nppdrivers.inputs.ready_rasters import (
    coarseness,
    open_ready,
    refuse_other_unit,
)
from nppdrivers.quantities import quantity

NAME = "precipitation"


@pytest.fixture
def grid():
    return Grid.around((640_000, 3_930_000, 643_000, 3_932_400), "EPSG:32649", 30)


def write(path, bands, west, north, size, crs="EPSG:32649", **about):
    """Write bands (B, H, W) as a GeoTIFF."""
    _, height, width = bands.shape
    scale, offset = about.pop("scale", 1.0), about.pop("offset", 0.0)
    about |= {"driver": "GTiff", "width": width, "height": height, "count": len(bands), "crs": crs}
    transform = from_origin(west, north, size, size)
    with rasterio.open(path, "w", dtype=bands.dtype, transform=transform, **about) as target:
        target.write(bands)
        target.scales, target.offsets = (scale,) * len(bands), (offset,) * len(bands)
    return path


def plane(west, north, size, height, width):
    """West-east plane: kilometres east of 640 km at the pixel centres."""
    x = (west + size * (np.arange(width) + 0.5) - 640_000) / 1000
    return np.broadcast_to(x, (1, height, width)).astype("float32")


def on_grid(ready):
    """All bands on the grid (bands, H, W)."""
    return np.stack([values for _, values in ready.read()])


def test_coarse_pixels_are_interpolated_between_their_centres(grid, tmp_path):
    """A plane on 250 m pixels comes back as the same plane on the 30 m cells."""
    path = write(tmp_path / "a.tif", plane(639_000, 3_933_400, 250, 18, 20), 639_000, 3_933_400, 250)
    ready = open_ready(path, grid, quantity(NAME), bands=1)
    assert ready.resampling == "bilinear" and ready.pixel_m == pytest.approx(250)
    assert np.allclose(on_grid(ready)[0], (grid.xy()[0] - 640_000) / 1000, atol=1e-4)


def test_fine_pixels_are_averaged(grid, tmp_path):
    """Ten-metre pixels give each cell the mean of the nine inside it."""
    fine = np.random.default_rng(1).uniform(1, 9, (1, 3 * grid.height, 3 * grid.width)).astype("float32")
    ready = open_ready(
        write(tmp_path / "a.tif", fine, *grid.transform @ (0, 0), 10), grid, quantity(NAME), bands=1
    )
    means = fine[0].reshape(grid.height, 3, grid.width, 3).mean(axis=(1, 3))
    assert ready.resampling == "average"
    assert np.allclose(on_grid(ready)[0], means, atol=1e-4)


def test_scale_of_the_file_factor_and_nodata(grid, tmp_path):
    """Declared scale and offset are applied, then the factor; nodata of integers is missing, not a value."""
    bands = np.full((1, 20, 20), 2800, "int16")
    bands[0, :, :8] = -999
    path = write(tmp_path / "a.tif", bands, 639_000, 3_934_000, 250, nodata=-999, scale=0.1, offset=-273.15)
    values = open_ready(path, grid, quantity(NAME), bands=1, factor=2.0)
    values = on_grid(values)
    known = np.isfinite(values)
    assert 0.2 < known.mean() < 0.8
    assert np.allclose(values[known], 2 * (280 - 273.15), atol=1e-3)


def test_degrees_are_measured_in_metres(grid, tmp_path):
    """Pixels in degrees count by their size in the grid's metres, and more than ten cells are warned of."""
    longitude, latitude = grid.lonlat()
    size, west, north = 1 / 120, longitude.min() - 0.1, latitude.max() + 0.1
    bands = np.full((12, 40, 40), 5, "float32")
    path = write(tmp_path / "a.tif", bands, west, north, size, crs="EPSG:4326")
    ready = open_ready(path, grid, quantity(NAME), bands=12)
    assert 750 < ready.pixel_m < 930
    assert np.allclose(on_grid(ready), 5)
    assert "cells wide" in coarseness(ready.pixel_m, grid)
    assert coarseness(300, grid) == "" and coarseness(301, grid) != ""


def test_unusable_rasters_are_refused(grid, tmp_path):
    """Another number of bands, no coordinate system and another place are named."""
    bands = np.ones((2, 20, 20), "float32")
    with pytest.raises(ValueError, match="2 bands; 12 bands, January to December"):
        open_ready(write(tmp_path / "a.tif", bands, 639_000, 3_934_000, 250), grid, quantity(NAME), bands=12)
    with pytest.raises(ValueError, match="no coordinate system"):
        open_ready(
            write(tmp_path / "b.tif", bands, 639_000, 3_934_000, 250, crs=None), grid, quantity(NAME), bands=2
        )
    with pytest.raises(ValueError, match="no valid value inside"):
        on_grid(
            open_ready(
                write(tmp_path / "c.tif", bands, 839_000, 3_934_000, 250), grid, quantity(NAME), bands=2
            )
        )


def test_another_unit_is_named():
    """Soil pH times ten, kelvin, and impossible values are refused with what they look like."""
    refuse_other_unit(np.array([6.1, np.nan, 7.4]), quantity("pH"), "a.tif", "give a factor")
    with pytest.raises(ValueError, match=r"look like 0.1 pH .*give a factor"):
        refuse_other_unit(np.array([61.0, 74.0]), quantity("pH"), "a.tif", "give a factor")
    with pytest.raises(ValueError, match="kelvin"):
        refuse_other_unit(np.array([275.0, 290.0]), quantity("temperature"), "a.tif", "convert")
    with pytest.raises(ValueError, match="-9999 to 6"):
        refuse_other_unit(np.array([-9999.0] + [6.0] * 99), quantity("pH"), "a.tif", "give a factor")


def test_samples_of_a_raster(grid, tmp_path):
    """Sampling gives the value of the pixel around a place, NaN on nodata and outside the raster, never 0."""
    bands = np.arange(400, dtype="float32").reshape(1, 20, 20)
    bands[0, 0, 1] = -1
    path = write(tmp_path / "a.tif", bands, 640_000, 3_932_400, 30, nodata=-1)
    x, y = [640_015, 640_045, 640_075, 600_000], [3_932_385, 3_932_385, 3_932_325, 3_932_385]
    lon, lat = rasterio.warp.transform("EPSG:32649", "EPSG:4326", x, y)
    assert np.array_equal(
        sample(path, lon, lat, quantity("elevation")), [0, np.nan, 42, np.nan], equal_nan=True
    )


def test_the_bound_of_a_raster_is_outside(tmp_path):
    """A place on the eastern or southern bound of a raster without a nodata value has no value, not 0."""
    place = {"crs": "EPSG:4326", "transform": rasterio.transform.from_origin(110, 36, 0.5, 0.5)}
    with rasterio.open(
        tmp_path / "a.tif", "w", driver="GTiff", height=2, width=2, count=1, dtype="float32", **place
    ) as raster:
        raster.write(np.full((1, 2, 2), 850, "float32"))
    found = sample(tmp_path / "a.tif", [110, 111, 110.25], [35.75, 35.75, 35], quantity("elevation"))
    assert np.array_equal(found, [850, np.nan, np.nan], equal_nan=True)
