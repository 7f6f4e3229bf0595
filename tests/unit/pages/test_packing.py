"""Values packed for the page are those of the map, rounded."""

import base64
import zlib

import numpy as np
import pytest

from nppdrivers.pages.results.packing import MOST, pack, pack_mask, power_of_step


def unpacked(packed, inside, power):
    """Values by a slow loop over the cells, as packing.js does it."""
    content = np.frombuffer(zlib.decompress(base64.b64decode(packed.text)), "uint8").astype(int)
    if packed.wide:
        high, low = np.split(content, 2)
        content = 256 * high + low
    numbers = iter(content)
    codes = np.zeros((packed.bands, *inside.shape), int)
    for band, row, column in zip(*np.nonzero(np.broadcast_to(inside, codes.shape)), strict=True):
        west = codes[band, row, column - 1] if column else 0
        north = codes[band, row - 1, column] if row else 0
        corner = codes[band, row - 1, column - 1] if row and column else 0
        predicted = sorted((west, north, west + north - corner))[1]
        number = int(next(numbers))
        codes[band, row, column] = predicted + (-(number + 1) // 2 if number % 2 else number // 2)
    return np.where(codes > 0, (codes - 1 + packed.low) * 10.0**power, np.nan)


@pytest.mark.parametrize(("scale", "power"), [(1.0, -2), (400.0, 0), (40.0, -1), (3e-5, -7)])
def test_values_come_back_rounded(scale, power):
    """All values, negative and missing ones too, come back to half a step, in one byte or in two."""
    rng = np.random.default_rng(1)
    values = scale * rng.normal(0, 1, (3, 17, 13)).cumsum(axis=2)
    values[rng.uniform(size=values.shape) < 0.1] = np.nan
    inside = rng.uniform(size=(17, 13)) < 0.7
    packed = pack(values, inside, power)
    back = unpacked(packed, inside, power)
    expected = np.where(inside, values, np.nan)
    np.testing.assert_array_equal(np.isnan(back), np.isnan(expected))
    np.testing.assert_allclose(back, expected, rtol=0, atol=0.5000001 * 10.0**power)


def test_the_largest_steps_fit():
    """Codes over their whole range, up and down, take two bytes and come back."""
    values = np.array([[[0, MOST - 1, 0, MOST - 1]]], float)
    inside = np.ones((1, 4), bool)
    np.testing.assert_array_equal(unpacked(pack(values, inside, 0), inside, 0), values)


def test_more_steps_than_fit_are_refused():
    """Values that two bytes cannot distinguish are never packed."""
    with pytest.raises(ValueError, match="32767 steps"):
        pack(np.array([[[0, MOST]]], float), np.ones((1, 2), bool), 0)


def test_a_map_without_values():
    """A map without any value is packed, all missing."""
    inside = np.ones((2, 2), bool)
    assert np.isnan(unpacked(pack(np.full((1, 2, 2), np.nan), inside, 0), inside, 0)).all()


def test_steps():
    """Steps show some hundred levels of the usual range, and all values fit."""
    assert power_of_step(0.05, 0.9, -0.1, 1.0) == -2
    assert power_of_step(136, 543, 55, 659) == 0
    assert power_of_step(200, 4800, -10, 8000) == 0
    assert power_of_step(0, 100, 0, 5 * MOST) == 1
    assert power_of_step(0, 1, 0, 0.9 * MOST * 0.1) == -1


def test_mask():
    """A mask is a bit a cell, row by row."""
    inside = np.random.default_rng(2).uniform(size=(5, 7)) < 0.5
    bits = np.unpackbits(np.frombuffer(zlib.decompress(base64.b64decode(pack_mask(inside))), "uint8"))
    np.testing.assert_array_equal(bits[:35].reshape(5, 7).astype(bool), inside)
