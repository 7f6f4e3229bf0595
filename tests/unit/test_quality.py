"""Quality bits: published values decoded by hand, and every bit on its own."""

import numpy as np
import pytest

from nppdrivers import quality


@pytest.mark.parametrize(
    ("value", "clear"),
    [
        (1, False),  # fill
        (21824, True),  # clear, Landsat 8 and 9
        (5440, True),  # clear, Landsat 4 to 7
        (21952, True),  # water
        (22280, False),  # cloud
        (23888, False),  # cloud shadow
        (30048, False),  # snow
        (54596, False),  # cirrus
    ],
)
def test_landsat_known_values(value, clear):
    """The values that QA_PIXEL most often takes are judged as the product guide names them."""
    assert quality.landsat_clear(np.array([value], "uint16"))[0] == clear


def test_landsat_each_bit():
    """Each of the bits 0 to 5 alone makes a pixel not clear; no other bit does."""
    bits = np.array([1 << bit for bit in range(16)], "uint16")
    assert quality.landsat_clear(bits).tolist() == [False] * 6 + [True] * 10


def test_landsat_clear_bit_is_not_enough():
    """Shadow and snow carry the "clear" bit 6 and are still refused."""
    values = np.array([23888, 30048], "uint16")
    assert (values & 1 << 6 != 0).all()
    assert not quality.landsat_clear(values).any()


def test_landsat_keeps_shape():
    """The answer has the shape of the band."""
    assert quality.landsat_clear(np.full((2, 3, 4), 21824, "uint16")).shape == (2, 3, 4)


def test_saturation_of_the_bands_read():
    """Saturation counts for the bands that are read only; dropped and occluded pixels always."""
    values = np.array([0, 1 << 2, 1 << 3, 1 << 0, 1 << 6, 1 << 9, 1 << 11], "uint16")
    assert quality.landsat_unsaturated(values, (3, 4)).tolist() == [
        True,
        False,
        False,
        True,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize("dtype", ["int8", "int16", "uint8"])
def test_modis_reliability(dtype):
    """Good and marginal are usable; snow, cloud and fill (-1, or 255 read unsigned) are not."""
    values = np.array([-1, 0, 1, 2, 3]).astype(dtype)
    assert quality.modis_vi_usable(values).tolist() == [False, True, True, False, False]


def test_modis_known_vi_quality():
    """2112 is good land; 2185 marginal, usefulness 2, intermediate aerosol; 65535 is fill."""
    values = np.array([2112, 2185, 65535], "uint16")
    assert quality.modis_vi_usable(np.array([0, 1, -1], "int8"), values).tolist() == [True, True, False]
    assert quality.modis_vi_usable(None, values).tolist() == [True, True, False]


@pytest.mark.parametrize(("bit", "usable"), [(8, False), (9, True), (10, False), (14, False), (15, False)])
def test_modis_single_bits(bit, usable):
    """Adjacent cloud, mixed clouds, snow and shadow disqualify; the BRDF correction does not."""
    assert quality.modis_vi_usable(np.int8(0), np.uint16(2112 | 1 << bit)) == usable


@pytest.mark.parametrize("usefulness", range(16))
def test_modis_usefulness(usefulness):
    """Usefulness is the field of bits 2 to 5, usable up to 12."""
    value = np.uint16((2112 & ~0b111100) | usefulness << 2)
    assert quality.modis_vi_usable(None, value) == (usefulness <= 12)


@pytest.mark.parametrize("modland", range(4))
def test_modis_modland(modland):
    """MODLAND 0 and 1 are usable, "most probably cloudy" and "not produced" are not."""
    assert quality.modis_vi_usable(None, np.uint16((2112 & ~0b11) | modland)) == (modland <= 1)


def test_both_layers_must_agree():
    """A pixel that one of the two layers refuses is not usable."""
    assert not quality.modis_vi_usable(np.array([3], "int8"), np.array([2112], "uint16"))[0]
    assert not quality.modis_vi_usable(np.array([0], "int8"), np.array([2114], "uint16"))[0]


def test_scaled_bits_are_refused():
    """Floating point quality layers (resampled, or scaled) are an error, not an answer."""
    with pytest.raises(ValueError, match="QA_PIXEL is of type float32"):
        quality.landsat_clear(np.zeros(3, "float32"))
    with pytest.raises(ValueError, match="VI Quality"):
        quality.modis_vi_usable(None, np.zeros(3))
    with pytest.raises(ValueError, match="needs its pixel reliability"):
        quality.modis_vi_usable(None)
