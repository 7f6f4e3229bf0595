"""The door to raster files."""

import numpy as np
import pytest
import rasterio

from nppdrivers import contribution, rasters
from nppdrivers.correlation.significance import LEGEND
from nppdrivers.fusion.base_images import SOURCES
from nppdrivers.grid import Grid


@pytest.fixture
def grid():
    return Grid.around((640_000, 3_930_000, 641_000, 3_930_600), "EPSG:32649", 30)


@pytest.fixture
def ndvi(grid):
    values = np.random.default_rng(1).uniform(-0.2, 0.9, (2, *grid.shape)).astype("float32")
    values[0, 3, 4] = np.nan
    return values


def test_values_and_missing_survive(grid, ndvi, tmp_path):
    """What is written is read back exactly, NaN where it was NaN and nowhere else."""
    rasters.write(tmp_path / "a.tif", ndvi, grid, "ndvi", bands=["first", "second"])
    assert np.array_equal(rasters.read(tmp_path / "a.tif", grid), ndvi, equal_nan=True)
    assert rasters.band_names(tmp_path / "a.tif") == ["first", "second"]


def test_files_state_what_they_hold(grid, ndvi, tmp_path):
    """A file names product, unit, long name and what else was stated, and declares its nodata."""
    rasters.write(tmp_path / "a.tif", ndvi[0], grid, "ndvi", method="by hand")
    stated = rasters.tags(tmp_path / "a.tif")
    assert (stated["product"], stated["units"], stated["method"]) == ("ndvi", "1", "by hand")
    with rasterio.open(tmp_path / "a.tif") as source:
        assert np.isnan(source.nodata)
        assert source.units == ("1",)


@pytest.mark.parametrize("step", [1, 20, 32, 50])
def test_blocks_make_the_same_bytes(tmp_path, step):
    """Writing by blocks of any number of rows gives the bytes that writing at once gives."""
    grid = Grid.around((0, 0, 18_000, 3_000), "EPSG:32649", 30)
    values = np.random.default_rng(0).uniform(-1, 1, (2, *grid.shape)).astype("float32")
    names = ["first", "second"]
    rasters.write(tmp_path / "whole.tif", values, grid, "ndvi", bands=names)
    with rasters.create(tmp_path / "blocks.tif", grid, "ndvi", bands=names) as target:
        for start in range(0, grid.height, step):
            rows = slice(start, min(start + step, grid.height))
            target.write(values[:, rows], rows)
    assert np.array_equal(rasters.read(tmp_path / "blocks.tif", grid), values)
    assert (tmp_path / "blocks.tif").read_bytes() == (tmp_path / "whole.tif").read_bytes()


def test_rows_out_of_order_or_left_out_are_refused(grid, ndvi, tmp_path):
    """Rows that do not follow the last ones, or that were not written at all, make a message and no file."""
    with (
        pytest.raises(ValueError, match="row 5 is written, row 2 is the next"),
        rasters.create(tmp_path / "a.tif", grid, "ndvi", bands=["only"]) as target,
    ):
        target.write(ndvi[0, :2], slice(0, 2))
        target.write(ndvi[0, 5:7], slice(5, 7))
    with (
        pytest.raises(ValueError, match="rows from 2 on were not written"),
        rasters.create(tmp_path / "a.tif", grid, "ndvi", bands=["only"]) as target,
    ):
        target.write(ndvi[0, :2], slice(0, 2))
    assert not (tmp_path / "a.tif").exists()


def test_another_grid_is_refused(grid, ndvi, tmp_path):
    """A raster of another grid is refused with both grids in the message."""
    rasters.write(tmp_path / "a.tif", ndvi[0], grid, "ndvi")
    other = Grid.around((640_030, 3_930_000, 641_030, 3_930_600), "EPSG:32649", 30)
    with pytest.raises(ValueError, match="another grid") as refused:
        rasters.read(tmp_path / "a.tif", other)
    assert str(grid) in str(refused.value) and str(other) in str(refused.value)


def test_a_thinned_grid_reads_its_cells_alone(grid, ndvi, tmp_path, monkeypatch):
    """On a thinned grid a raster has the values of the cells that are taken, whatever the blocks are."""
    rasters.write(tmp_path / "a.tif", ndvi, grid, "ndvi", bands=["first", "second"])
    monkeypatch.setattr(Grid, "row_blocks", lambda self: (slice(i, i + 1) for i in range(self.height)))
    thinned = grid.every(4)
    rows, columns = thinned.taken()
    expected = ndvi[:, rows[:, np.newaxis], columns]
    assert np.array_equal(rasters.read(tmp_path / "a.tif", thinned), expected, equal_nan=True)
    found = rasters.read(tmp_path / "a.tif", thinned, bands=2, rows=slice(2, 4))
    assert np.array_equal(found, expected[1, 2:4], equal_nan=True)


def test_values_outside_the_range_are_refused(grid, ndvi, tmp_path):
    """A value that the quantity cannot have is refused, and no file gets the name."""
    with pytest.raises(ValueError, match="outside -1 to 1"):
        rasters.write(tmp_path / "a.tif", ndvi[0] * 10_000, grid, "ndvi")
    assert not (tmp_path / "a.tif").exists()


def test_a_file_gets_its_name_when_complete(grid, ndvi, tmp_path):
    """While a raster is being written, and when writing breaks off, its name does not exist."""
    with pytest.raises(RuntimeError), rasters.create(tmp_path / "a.tif", grid, "ndvi", bands=["x"]) as target:
        target.write(ndvi[0])
        assert not (tmp_path / "a.tif").exists()
        raise RuntimeError
    assert not (tmp_path / "a.tif").exists()


def test_classes_keep_zero_as_nodata(grid, tmp_path):
    """Class codes are bytes with 0 as nodata."""
    codes = np.arange(grid.size).reshape(grid.shape) % 5
    rasters.write(tmp_path / "c.tif", codes, grid, "land_cover")
    read = rasters.read(tmp_path / "c.tif", grid, bands=1)
    assert read.dtype == np.uint8 and np.array_equal(read, codes)


LEGENDS = {
    "fusion_source": SOURCES,
    "correlation_class": LEGEND,
    "dominant_category": contribution.dominant_category(np.full((3, 1), np.nan))[1],
}


@pytest.mark.parametrize("name", LEGENDS)
def test_legends_survive(grid, tmp_path, name):
    """A raster of classes gives back the legend that it was written with, and so does a raster like it."""
    codes = np.zeros(grid.shape)
    rasters.write(tmp_path / "a.tif", codes, grid, name, legend=LEGENDS[name], method="by hand")
    assert rasters.legend(tmp_path / "a.tif") == LEGENDS[name]
    product_name, further = rasters.metadata(tmp_path / "a.tif")
    rasters.write(tmp_path / "b.tif", codes, grid, product_name, **further)
    assert rasters.tags(tmp_path / "b.tif") == rasters.tags(tmp_path / "a.tif")


def test_a_raster_without_legend_is_named(grid, tmp_path):
    """Asking a raster for a legend that it was not written with names the file."""
    rasters.write(tmp_path / "a.tif", np.zeros(grid.shape), grid, "land_cover")
    with pytest.raises(ValueError, match=r"a\.tif: no legend"):
        rasters.legend(tmp_path / "a.tif")
