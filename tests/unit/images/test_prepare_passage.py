"""A series of MODIS that VIIRS continues, as the rules prepare it."""

from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from coarse_writers import PIXEL, grid_inside, vegetation_layers, viirs_layers, write_h5, write_hdf

from fusion.map_fusion_error import viirs_starts, with_passage
from images.fit_coarse_passage import fit_coarse_passage
from images.prepare_coarse import prepare_coarse
from nppdrivers import rasters
from nppdrivers.images.coarse_products import coarse_product
from nppdrivers.images.composites import composite_starts, nominal_date
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


def prepared(folder, year: str, period: Period, change: str) -> tuple[list[str], np.ndarray]:
    """Dates and NDVI of a year, once the bias has been found."""
    output = SimpleNamespace(ndvi=folder / f"{year}.tif", day=folder / f"{year}_day.tif")
    prepare_coarse(
        year=year,
        folder=folder,
        products=PRODUCTS,
        change=change,
        period=period,
        inputs=SimpleNamespace(
            grid=folder / "grid.json", passage=folder / "passage.csv", land_cover=folder / "land_cover.tif"
        ),
        output=output,
        bands=False,
    )
    return rasters.band_names(output.ndvi), rasters.read(output.ndvi, GRID)


@pytest.fixture
def found(folder):
    """The folder, with the table of the bias."""
    paths = {"grid_path": folder / "grid.json", "land_cover_path": folder / "land_cover.tif"}
    fit_coarse_passage(folder=folder, products=PRODUCTS, table_path=folder / "passage.csv", **paths)
    return folder


def test_no_step_at_the_change(found):
    """The bias is found in the year of both; VIIRS from the change on lies on the level of MODIS before."""
    np.testing.assert_allclose(pd.read_csv(found / "passage.csv")["bias"], BIAS, atol=0.002)
    period = Period("2013-11", "2014-01")
    (old_names, old), (new_names, new) = (
        prepared(found, year, period, "2014-01") for year in ("2013", "2014")
    )
    assert old_names[-2:] == ["2013-12-11", "2013-12-27"]  # every 16 days
    assert new_names[:3] == ["2014-01-09", "2014-01-17", "2014-01-25"]  # every 8 days
    step = new[0] - old[-1]
    assert abs(np.nanmean(step)) < 0.003


def test_both_take_turns_on_one_level(found):
    """MODIS gives every other date, VIIRS those between, less its bias: land that stays alike looks alike."""
    names, ndvi = prepared(found, "2013", Period("2013-05", "2013-06"), "both")
    starts = [date.fromisoformat(name) - timedelta(8) for name in names]
    assert {(later - start).days for start, later in pairwise(starts)} == {8}
    viirs = viirs_starts([date.fromisoformat(name) for name in names], PRODUCTS, "both")
    assert [start is None for start in viirs] == [start.timetuple().tm_yday % 16 == 1 for start in starts]
    modis = np.array([start is None for start in viirs])
    assert (ndvi[modis] == ndvi[modis][0]).all()  # without noise
    assert not (ndvi[~modis] == ndvi[~modis][0]).all()
    assert abs(ndvi[modis].mean() - ndvi[~modis].mean()) < 0.003


def test_both_expect_viirs_from_its_first_composite_on():
    """Before VIIRS began, its days are no gaps in the series."""
    starts = composite_starts(Period("2011-12", "2012-02"), PRODUCTS, "both")
    assert [start.isoformat() for start in starts if start.year == 2011] == [
        "2011-11-17",
        "2011-12-03",
        "2011-12-19",
    ]
    assert (
        min(viirs for viirs in starts if viirs.timetuple().tm_yday % 16 != 1)
        >= coarse_product("VNP13A1").begins
    )


def test_error_of_the_bias_is_passed_on(folder):
    """From the change on the variance of the bias is added to that of the fused NDVI, before it is not."""
    row = {"land_cover": "forest", "bias": BIAS, "standard_error": 0.03}
    table = pd.DataFrame(
        [{**row, "season": season} for season in ("Dec-Feb", "Mar-May", "Jun-Aug", "Sep-Nov")]
    )
    passage = Passage(table, np.ones(GRID.shape, "uint8"), ["forest"], GRID)
    errors = [np.full((5, GRID.width), 0.04, "float32")] * 2
    days = [date(2013, 12, 27), date(2014, 1, 9)]
    starts = viirs_starts(days, PRODUCTS, "2014-01")
    before, after = with_passage(errors, starts, passage, slice(0, 5))
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
    starts = viirs_starts(days, PRODUCTS, "2014-05")
    modis, spring, late_spring = with_passage(errors, starts, passage, slice(0, 5))
    assert (modis == 0).all()
    np.testing.assert_allclose([spring, late_spring], 0.02, rtol=1e-6)
