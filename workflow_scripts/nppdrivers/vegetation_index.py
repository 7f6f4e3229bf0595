"""Vegetation indices: NDVI from reflectance."""

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


def index_of(image: np.ndarray) -> np.ndarray:
    """The fused quantity: the one band of (..., bands, height, width), or NDVI of its red and near infrared.

    Reflectance below 0.0001, over water or over-corrected, counts as 0.0001. NaN where a band is.
    """
    if image.shape[-3] == 1:
        return image[..., 0, :, :]
    red, nir = (np.maximum(image[..., band, :, :], np.float32(LEAST_REFLECTANCE)) for band in (0, 1))
    return normalized_difference(red, nir)
