"""Real files of VNP13A2 version 002, read by the package and by h5py alone."""

from datetime import date

import h5py
import numpy as np
import pytest
from pyproj import Transformer

from nppdrivers.images import coarse_images
from nppdrivers.images.coarse_products import PRODUCTS

DATES = {
    date(2025, 1, 1): ("VNP13A2.A2025001.h18v09.002.2025017085341.h5", 5228, {-4: 1410783, 0: 294, 11: 0}),
    date(2025, 1, 9): ("VNP13A2.A2025009.h18v09.002.2025031192612.h5", 3968, {-4: 1410783, 0: 205, 11: 0}),
}
FIELDS = "HDFEOS/GRIDS/VIIRS_Grid_16Day_VI_1km/Data Fields"
pytestmark = pytest.mark.parametrize("start", DATES)


@pytest.fixture
def path(real_data, start):
    """File of the composite."""
    return real_data / "viirs" / DATES[start][0]


def test_every_layer(path, start):
    """Numbers, fills, scale and place of each layer are those that h5py alone reads."""
    with h5py.File(path) as content:
        layers = {name: layer for name, layer in content[FIELDS].items() if layer.ndim == 2}
        assert len(layers) == 16
        x, y = (content[f"HDFEOS/GRIDS/VIIRS_Grid_16Day_VI_1km/{name}Dim"][:] for name in "XY")
        for name, stored in layers.items():
            layer = coarse_images.read_layer(path, name)
            np.testing.assert_array_equal(layer.values, stored[:])
            assert set(layer.fills) == set(np.ravel(stored.attrs["_FillValue"]).tolist())
            fills, (low, high) = stored.attrs["_FillValue"], stored.attrs["valid_range"]
            valid = ~np.isin(stored[:], fills) & (stored[:] >= low) & (stored[:] <= high)
            np.testing.assert_array_equal(layer.valid, valid)
            scale = stored.attrs.get("scale_factor", [1.0])[0]
            np.testing.assert_allclose(
                layer.physical()[valid], stored[:][valid] * scale, rtol=1e-6, atol=1e-7
            )
            # XDim and YDim are the upper left corners of the cells
            assert layer.transform @ (0, 0) == pytest.approx((x[0], y[0]), abs=1e-3)
            assert layer.transform @ (1199, 1199) == pytest.approx((x[-1], y[-1]), abs=1e-3)


def test_ranks(path, start):
    """Counts of ranks, and usable pixels: those that h5py alone gives."""
    _, usable, counts = DATES[start]
    with h5py.File(path) as content:
        fields = content[FIELDS]
        rank, word, ndvi = (
            fields[f"1 km 16 days {name}"][:] for name in ("pixel reliability", "VI Quality", "NDVI")
        )
    assert {number: int((rank == number).sum()) for number in counts} == counts
    good = np.isin(rank, (0, 1, 2, 3, 4, 5)) & ~np.isin(ndvi, (-15000, -13000))
    for bit in (8, 10, 14, 15):
        good &= word >> bit & 1 == 0
    good &= (word & 3 <= 1) & (word >> 2 & 15 <= 12)
    values, days, *_ = coarse_images.read_vegetation_index([path])
    np.testing.assert_array_equal(np.isfinite(values), good)
    np.testing.assert_allclose(values[good], ndvi[good] * 1e-4, atol=1e-6)
    first = (start - date(1970, 1, 1)).days
    assert first <= days[good].min() and days[good].max() <= first + 15
    assert good.sum() == usable


def test_place(path, start):
    """The land of tile h18v09 is Gabon and Equatorial Guinea, where that of MOD13A2 is."""
    values, _, crs, transform = coarse_images.read_vegetation_index([path])
    row, column = (index.mean() for index in np.nonzero(np.isfinite(values)))
    lon, lat = Transformer.from_crs(crs, "EPSG:4326", always_xy=True).transform(*(transform @ (column, row)))
    assert 5 < lon < 10
    assert -2.5 < lat < 0


def test_table(path, start):
    """Names, fills, scale and ranges of the table are those in the file."""
    layers = PRODUCTS["VNP13A2"].layers
    with h5py.File(path) as content:
        for stored in (*layers.physical, layers.day, layers.reliability, layers.quality):
            about = content[f"{FIELDS}/1 km 16 days {stored.name}"].attrs
            assert set(stored.fills) == set(np.ravel(about["_FillValue"]).tolist())
            scale = about.get("scale_factor", [1.0])[0]
            assert stored.scale == pytest.approx(scale)
            assert stored.valid_range == pytest.approx(tuple(about["valid_range"] * scale))
