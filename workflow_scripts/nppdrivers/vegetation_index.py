"""Vegetation indices of red and near-infrared reflectance, and which of them the workflow maps."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

LEAST_REFLECTANCE = 1e-4  # one count of the usual integers: keeps the index of dark water within its range


def normalized_difference(red: np.ndarray, nir: np.ndarray) -> np.ndarray:
    """NDVI = (NIR - red) / (NIR + red).

    Parameters
    ----------
    red, nir : arrays of one shape
        Surface reflectance [1].

    Returns
    -------
    float32 array of that shape
        NDVI [1] in [-1, 1]; NaN where a reflectance is NaN, where both sum to zero or less, and where a
        negative reflectance puts the ratio outside [-1, 1].

    References
    ----------
    Rouse, J. W. et al. (1974). Monitoring vegetation systems in the Great Plains with ERTS. NASA SP-351.
    """
    red, nir = np.asarray(red, "float32"), np.asarray(nir, "float32")
    total = nir + red
    with np.errstate(divide="ignore", invalid="ignore"):
        ndvi = (nir - red) / total
        return np.where((total > 0) & (np.abs(ndvi) <= 1), ndvi, np.float32(np.nan))


class Index(NamedTuple):
    """A vegetation index.

    Attributes
    ----------
    name : str
        Of its rasters in the register (the coarse ones with "coarse_" before it), and of its layer in
        `images.coarse_products`.
    formula : callable
        Index [1] of red and near-infrared reflectance [1], float32, NaN where it has no value.
    valid_range : (low, high)
        Least and greatest value [1], as in the register.
    """

    name: str
    formula: Callable[[np.ndarray, np.ndarray], np.ndarray]
    valid_range: tuple[float, float]


NDVI = Index("ndvi", normalized_difference, (-1.0, 1.0))
MAPPED = NDVI  # the index that images are turned into; docs/inputs.md lists what else knows it


def as_index(image: np.ndarray, index: Index = MAPPED) -> np.ndarray:
    """Index of an image of one layer, which is the index itself, or of two, red and near infrared.

    Parameters
    ----------
    image : (..., layers, height, width) array
        Index [1], or reflectance [1]; below 0.0001, over water or over-corrected, it counts as 0.0001.
    index : Index

    Returns
    -------
    (..., height, width) array
        Index [1]; NaN where a layer is.
    """
    if image.shape[-3] == 1:
        return image[..., 0, :, :]
    red, nir = (np.maximum(image[..., band, :, :], np.float32(LEAST_REFLECTANCE)) for band in (0, 1))
    return index.formula(red, nir)


def red_of(image: np.ndarray) -> np.ndarray:
    """Red reflectance (..., height, width) [1] of an image of two layers."""
    return image[..., 0, :, :]


def nir_of(image: np.ndarray) -> np.ndarray:
    """Near-infrared reflectance (..., height, width) [1] of an image of two layers."""
    return image[..., 1, :, :]
