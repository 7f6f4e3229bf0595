"""The composites of one year as the rule prepares them."""

import logging
from types import SimpleNamespace

import numpy as np
import pytest
from coarse_writers import grid_inside, name_of, reflectance_layers, vegetation_layers, write_hdf

from images.prepare_coarse import prepare_coarse
from nppdrivers import rasters
from nppdrivers.images import coarse_images
from nppdrivers.period import Period

GRID = grid_inside(12, 10)


@pytest.fixture
def prepare(tmp_path):
    """Prepare May and June 2010 from the composites of 9 and 25 May, others missing; paths of the outputs."""
    rng = np.random.default_rng(4)
    for day in ("2010129", "2010145"):
        ndvi = rng.uniform(0.2, 0.8, (30, 40))
        write_hdf(tmp_path / name_of(day), vegetation_layers(ndvi) | reflectance_layers(ndvi))
    GRID.save(tmp_path / "grid.json")

    def call(bands):
        output = SimpleNamespace(
            **{name: tmp_path / f"{name}{bands}.tif" for name in ("ndvi", "red", "nir", "day")}
        )
        prepare_coarse(
            year="2010",
            folder=tmp_path,
            products=["MOD13Q1"],
            period=Period("2010-05", "2010-06"),
            change=None,
            inputs=SimpleNamespace(grid=tmp_path / "grid.json"),
            output=output,
            bands=bands,
        )
        return output

    return call


def test_bands_are_named_by_the_middle_of_the_composites(prepare, tmp_path, caplog):
    """Each composite that touches the months has a band; a missing one is empty and reported."""
    with caplog.at_level(logging.WARNING):
        output = prepare(bands=False)
    expected = ["2010-05-01", "2010-05-17", "2010-06-02", "2010-06-18", "2010-07-04"]
    assert rasters.band_names(output.ndvi) == rasters.band_names(output.day) == expected
    ndvi = rasters.read(output.ndvi, GRID)
    fine, _ = coarse_images.read_composite([tmp_path / name_of("2010129")], GRID)
    np.testing.assert_array_equal(ndvi[1], fine)
    assert np.isnan(ndvi[[0, 3, 4]]).all()
    assert "no composite starts on 2010-04-23, 2010-06-10, 2010-06-26" in caplog.text
    assert not output.red.exists()


def test_index_of_the_bands(prepare):
    """With bands NDVI is (NIR - red) / (NIR + red) of their rasters, reflectance of at least 0.0001."""
    output = prepare(bands=True)
    red, nir, ndvi = (rasters.read(path, GRID)[1] for path in (output.red, output.nir, output.ndvi))
    red, nir = np.maximum(red, 1e-4), np.maximum(nir, 1e-4)
    np.testing.assert_allclose(ndvi, (nir - red) / (nir + red), atol=1e-6)
