"""A series of MODIS that VIIRS continues, as the rules prepare it."""

from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from coarse_writers import PIXEL, grid_inside, vegetation_layers, viirs_layers, write_h5, write_hdf

from fusion.map_fusion_error import with_passage
from images.fit_coarse_passage import fit_coarse_passage
from images.prepare_coarse import prepare_coarse
from nppdrivers import rasters
from nppdrivers.images.composites import nominal_date
from nppdrivers.images.passage import SEASONS, Passage
from nppdrivers.period import Period

GRID = grid_inside(20, 16)
PRODUCTS = ["MOD13A1", "VNP13A1"]
BIAS = 0.04


@pytest.fixture
def folder(tmp_path):
    """Composites of both sensors of 2013 on the pixels of VIIRS, and of VIIRS alone in January 2014."""
    rng = np.random.default_rng(5)
    land = rng.uniform(0.3, 0.7, (15, 20))
    for start in (date(2013, 1, 1) + timedelta(16 * number) for number in range(23)):
        layers = vegetation_layers(land)
        renamed = {f"500m{name[4:]}": layer for name, layer in layers.items()}
        write_hdf(tmp_path / f"MOD13A1.A{start:%Y%j}.h27v05.061.1.hdf", renamed, pixel=2 * PIXEL)
    for number in range(46):
        start = date(2013, 1, 1) + timedelta(8 * number)
        noise = rng.normal(0, 0.01, land.shape)
        write_h5(tmp_path / f"VNP13A1.A{start:%Y%j}.h27v05.002.1.h5", viirs_layers(land + BIAS + noise))
    write_h5(tmp_path / "VNP13A1.A2014001.h27v05.002.1.h5", viirs_layers(land + BIAS))
    GRID.save(tmp_path / "grid.json")
    classes = np.ones(GRID.shape, "uint8")
    rasters.write(tmp_path / "land_cover.tif", classes, GRID, "land_cover", classes="forest,water")
    return tmp_path


def test_no_step_at_the_change(folder):
    """The bias is found in the year of both; VIIRS from the change on lies on the level of MODIS before."""
    paths = {"grid_path": folder / "grid.json", "land_cover_path": folder / "land_cover.tif"}
    fit_coarse_passage(folder=folder, products=PRODUCTS, table_path=folder / "passage.csv", **paths)
    table = pd.read_csv(folder / "passage.csv")
    np.testing.assert_allclose(table["bias"], BIAS, atol=0.002)
    images = []
    inputs = SimpleNamespace(
        grid=folder / "grid.json", passage=folder / "passage.csv", land_cover=folder / "land_cover.tif"
    )
    for year in ("2013", "2014"):
        output = SimpleNamespace(ndvi=folder / f"{year}.tif", day=folder / f"{year}_day.tif")
        prepare_coarse(
            year=year,
            folder=folder,
            products=PRODUCTS,
            change="2014-01",
            period=Period("2013-11", "2014-01"),
            inputs=inputs,
            output=output,
            bands=False,
        )
        images.append((rasters.band_names(output.ndvi), rasters.read(output.ndvi, GRID)))
    (old_names, old), (new_names, new) = images
    assert old_names[-2:] == ["2013-12-11", "2013-12-27"]  # every 16 days
    assert new_names[:3] == ["2014-01-09", "2014-01-17", "2014-01-25"]  # every 8 days
    step = new[0] - old[-1]
    assert abs(np.nanmean(step)) < 0.003


def test_error_of_the_bias_is_passed_on(folder):
    """From the change on the variance of the bias is added to that of the fused NDVI, before it is not."""
    row = {"land_cover": "forest", "bias": BIAS, "standard_error": 0.03}
    table = pd.DataFrame(
        [{**row, "season": season} for season in ("Dec-Feb", "Mar-May", "Jun-Aug", "Sep-Nov")]
    )
    passage = Passage(table, np.ones(GRID.shape, "uint8"), ["forest"], GRID)
    errors = [np.full((5, GRID.width), 0.04, "float32")] * 2
    days = [date(2013, 12, 27), date(2014, 1, 9)]
    before, after = with_passage(errors, days, passage, "2014-01", slice(0, 5))
    np.testing.assert_allclose(before, 0.04)
    np.testing.assert_allclose(after, 0.05, rtol=1e-6)


def test_error_is_that_of_the_composite():
    """A date has the error of the sensor and season of its composite, which begins 8 days before."""
    table = pd.DataFrame(
        [
            {"land_cover": "forest", "season": season, "bias": BIAS, "standard_error": error}
            for season, error in zip(SEASONS, (0.01, 0.02, 0.03, 0.04), strict=True)
        ]
    )
    passage = Passage(table, np.ones(GRID.shape, "uint8"), ["forest"], GRID)
    days = [nominal_date(start) for start in (date(2014, 4, 23), date(2014, 5, 1), date(2014, 5, 25))]
    assert days[0] == date(2014, 5, 1) and days[2] == date(2014, 6, 2)
    errors = [np.zeros((5, GRID.width), "float32")] * 3
    modis, spring, late_spring = with_passage(errors, days, passage, "2014-05", slice(0, 5))
    assert (modis == 0).all()
    np.testing.assert_allclose([spring, late_spring], 0.02, rtol=1e-6)
