"""Composites of VIIRS: HDF5-EOS, two fills, ranks where MOD13 has a reliability, one every 8 days."""

from datetime import date

import numpy as np
import pytest
from coarse_writers import LEFT, PIXEL, TOP, viirs_layers, write_h5

from nppdrivers import quality
from nppdrivers.images import coarse_images
from nppdrivers.images.coarse_products import PRODUCTS
from nppdrivers.images.composites import composite_starts, on_calendar
from nppdrivers.period import Period

NAME = "VNP13A1.A2014009.h27v05.002.2014030101010.h5"
DAY_1_2014 = (date(2014, 1, 1) - date(1970, 1, 1)).days


def read(tmp_path, layers):
    """NDVI, day, system and place of a file with these layers."""
    return coarse_images.read_vegetation_index([write_h5(tmp_path / NAME, layers)])


def test_ranks_and_fills(tmp_path):
    """Ranks 0 to 5 count; poor, shadow, snow, cloud, estimated and average ones do not, nor do both fills."""
    ndvi = np.full((3, 5), 0.5)
    rank = np.arange(15).reshape(3, 5) - 1  # -1 to 13
    layers = viirs_layers(ndvi, rank=rank)
    stored = layers["500 m 16 days NDVI"][0]
    stored[0, 1], stored[0, 2] = -15000, -13000  # of ranks 0 and 1
    values, *_ = read(tmp_path, layers)
    counted = sorted(rank[np.isfinite(values)].tolist())
    assert counted == [2, 3, 4, 5]
    assert np.nanmax(np.abs(values - 0.5)) < 1e-6


def test_an_average_of_other_years_is_no_observation(tmp_path):
    """Without the ranks nothing marks an average: refused, with the layer to add."""
    layers = viirs_layers(np.full((2, 2), 0.5))
    del layers["500 m 16 days pixel reliability"]
    with pytest.raises(ValueError, match=r"no layer 'pixel reliability'.*average of other years"):
        read(tmp_path, layers)


def test_place_and_day(tmp_path):
    """Stated corners are outer edges; a day after New Year of the next year belongs to it."""
    day = np.array([[9, 24], [10, 12]])
    _, days, _, transform = read(tmp_path, viirs_layers(np.full((2, 2), 0.5), day=day))
    assert (transform.c, transform.f) == pytest.approx((LEFT, TOP))
    assert transform.a == pytest.approx(2 * PIXEL)
    np.testing.assert_array_equal(days, DAY_1_2014 + day - 1)


def test_a_composite_every_eight_days():
    """VIIRS has 46 composites of 16 days a year."""
    starts = composite_starts(Period("2014-02", "2014-02"), ["VNP13A1"])
    assert [start.isoformat() for start in starts] == [
        "2014-01-17", "2014-01-25", "2014-02-02", "2014-02-10", "2014-02-18", "2014-02-26",
    ]  # fmt: skip
    assert on_calendar(date(2014, 1, 9), "VNP13A1")
    assert not on_calendar(date(2014, 1, 10), "VNP13A1")


def test_damaged_files(tmp_path):
    """A file cut off, of another format, or of no grid is refused by name, with what to do."""
    path = write_h5(tmp_path / NAME, viirs_layers(np.full((40, 40), 0.5)))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"cannot be read as HDF5.*download it again"):
        coarse_images.read_vegetation_index([path])
    path.write_bytes(b"no HDF at all")
    with pytest.raises(ValueError, match=r"cannot be read as HDF5"):
        coarse_images.read_vegetation_index([path])


def test_table_agrees_with_the_method():
    """The numbers that count of MOD13 are those of the public method."""
    numbers = np.arange(-1, 12)
    usable = PRODUCTS["MOD13Q1"].layers.usable
    np.testing.assert_array_equal(quality.modis_vi_usable(numbers), np.isin(numbers, usable))


def test_good_ones_are_usable():
    """What is good is usable, and an estimate or an average of VIIRS is neither."""
    for product in PRODUCTS.values():
        assert set(product.layers.good) <= set(product.layers.usable)
    assert not {10, 11} & set(PRODUCTS["VNP13A1"].layers.usable)
