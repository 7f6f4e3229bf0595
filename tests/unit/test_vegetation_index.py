"""Vegetation indices: their formulas, and the one that is mapped."""

import numpy as np

from nppdrivers.quantities import quantity
from nppdrivers.vegetation_index import MAPPED, Index, as_index, normalized_difference


def test_mapped_index_is_registered():
    """Fine and coarse rasters of the mapped index have rows in the register, of its own range."""
    for name in (MAPPED.name, f"coarse_{MAPPED.name}"):
        assert (quantity(name).minimum, quantity(name).maximum) == MAPPED.valid_range


def test_another_index_of_two_layers():
    """Two layers give the index asked for, EVI2 = 2.5 (N - R) / (N + 2.4 R + 1); one layer passes."""
    evi2 = Index("evi2", lambda red, nir: 2.5 * (nir - red) / (nir + 2.4 * red + 1), (-1.0, 2.5))
    image = np.array([[[0.1, 0.05]], [[0.4, 0.3]]], "float32")
    np.testing.assert_allclose(as_index(image, evi2), [[0.75 / 1.64, 0.625 / 1.42]], rtol=1e-6)
    np.testing.assert_array_equal(as_index(image[:1], evi2), image[0])


def test_index_of_dark_water():
    """Reflectance of 0 or less counts as 0.0001, so that NDVI stays within -1 and 1; NaN stays."""
    red, nir = np.array([-0.01, 0.02, 0.0, np.nan, 0.1]), np.array([0.0, -0.03, 0.3, 0.2, 0.3])
    index = as_index(np.stack([red, nir])[:, None].astype("float32"))
    expected = [0.0, (1e-4 - 0.02) / (1e-4 + 0.02), (0.3 - 1e-4) / (0.3 + 1e-4), np.nan, 0.5]
    np.testing.assert_allclose(index[0], expected, atol=1e-6)


def test_normalized_difference_values():
    """(0.4 - 0.1) / (0.4 + 0.1) = 0.6; equal reflectances give 0; what is undefined is NaN."""
    red = np.array([0.1, 0.2, 0.0, np.nan, -0.1, -0.2])
    nir = np.array([0.4, 0.2, 0.0, 0.3, 0.3, 0.1])
    result = normalized_difference(red, nir)
    np.testing.assert_allclose(result, [0.6, 0, np.nan, np.nan, np.nan, np.nan], atol=1e-7)
    assert result.dtype == np.float32
