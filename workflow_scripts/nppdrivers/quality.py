"""Quality layers of Landsat, MODIS and VIIRS: which pixels are fit for a vegetation index."""

from collections.abc import Collection

import numpy as np

# Landsat Collection 2 QA_PIXEL: fill, dilated cloud, cirrus, cloud, cloud shadow, snow.
# Bit 6 ("clear") is not used: it is set on shadow, snow and cirrus too.
_LANDSAT_NOT_CLEAR = 0b11_1111
# QA_RADSAT: bit 9 is a dropped pixel on TM and ETM+, bit 11 terrain occlusion on OLI; unused on the others.
_LANDSAT_DROPPED = 1 << 9 | 1 << 11
# MODIS VI Quality: adjacent cloud, mixed clouds, possible snow or ice, possible shadow.
_MODIS_DISTURBED = 1 << 8 | 1 << 10 | 1 << 14 | 1 << 15
_MODIS_LOWEST_USEFULNESS = 12
_FMASK_FILL = 255


def landsat_clear(qa_pixel: np.ndarray) -> np.ndarray:
    """Pixels of Landsat 4 to 9 that show clear ground or water.

    Clear means that the bits 0 to 5 of QA_PIXEL (fill, dilated cloud, cirrus, cloud, cloud shadow, snow) are
    all zero. Cirrus is unused before Landsat 8 and zero there. Water is clear.

    Parameters
    ----------
    qa_pixel : integer array, any shape
        QA_PIXEL band of Collection 2.

    Returns
    -------
    bool array of that shape

    Raises
    ------
    ValueError
        When the band is not of an integer type: bits cannot be read from scaled or resampled numbers.

    References
    ----------
    USGS, Landsat 8-9 Collection 2 Level 2 Science Product Guide (LSDS-1619), table of QA_PIXEL bits.

    Examples
    --------
    Clear land, cloud, and fill:

    >>> import numpy as np
    >>> from nppdrivers import quality
    >>> quality.landsat_clear(np.array([21824, 22280, 1]))
    array([ True, False, False])
    """
    return _bits(qa_pixel, "QA_PIXEL") & _LANDSAT_NOT_CLEAR == 0


def landsat_unsaturated(qa_radsat: np.ndarray, bands: tuple[int, ...]) -> np.ndarray:
    """Pixels that are not saturated in any of these bands, nor dropped, nor hidden by terrain.

    Parameters
    ----------
    qa_radsat : integer array, any shape
        QA_RADSAT band of Collection 2: bit n - 1 is set where band n is saturated.
    bands : tuple of int
        Band numbers as in the file names, 1 to 7.

    Returns
    -------
    bool array of that shape

    Raises
    ------
    ValueError
        As for `landsat_clear`.
    """
    refused = _LANDSAT_DROPPED | sum(1 << (band - 1) for band in bands)
    return _bits(qa_radsat, "QA_RADSAT") & refused == 0


def hls_clear(fmask: np.ndarray, *, adjacent: bool = False, aerosol: bool = True) -> np.ndarray:
    """Pixels of HLS version 2 that show clear ground or water.

    Clear means that the bits 1 (cloud), 3 (cloud shadow) and 4 (snow or ice) of Fmask are zero, that it is
    not fill (255), and as asked that bit 2 (next to cloud or shadow) is zero and that bits 6 and 7 are not
    both set (much aerosol). Bit 0 (cirrus) is not used by the product, bit 5 is water.

    Parameters
    ----------
    fmask : integer array, any shape
        Layer Fmask.
    adjacent, aerosol : bool
        Whether pixels next to cloud or shadow count, and pixels under much aerosol.

    Returns
    -------
    bool array of that shape

    Raises
    ------
    ValueError
        As for `landsat_clear`.

    References
    ----------
    Masek, J. et al. (2021). Harmonized Landsat Sentinel-2 Product User Guide, version 2.0, table of QA bits.
    """
    word = _bits(fmask, "Fmask")
    refused = 0b1_1010 | (0 if adjacent else 0b100)
    clear = (word & refused == 0) & (word != _FMASK_FILL)
    return clear if aerosol else clear & (word >> 6 & 0b11 != 0b11)


def sentinel2_clear(scl: np.ndarray) -> np.ndarray:
    """Pixels of Sentinel-2 Level-2A that show clear ground or water.

    Of the scene classification these are vegetation (4), bare ground (5), water (6), unclassified (7). Not
    clear are no data (0), saturated (1), dark or in the shadow of terrain (2), cloud shadow (3), cloud (8
    and 9), thin cirrus (10), snow or ice (11).

    Parameters
    ----------
    scl : integer array, any shape
        Layer SCL.

    Returns
    -------
    bool array of that shape

    Raises
    ------
    ValueError
        As for `landsat_clear`.

    References
    ----------
    ESA, Sentinel-2 Level-2A Algorithm Theoretical Basis Document, scene classification.
    """
    return np.isin(_bits(scl, "SCL"), (4, 5, 6, 7))


def modis_vi_usable(reliability: np.ndarray | None, vi_quality: np.ndarray | None = None) -> np.ndarray:
    """Pixels of a MOD13 composite whose vegetation index is usable.

    Pixel reliability must be 0 (good) or 1 (marginal); -1 (or 255 when read unsigned) is fill, 2 snow or ice,
    3 cloudy. Of VI Quality, when given, MODLAND must be 0 or 1, usefulness at most 12 (of 15), and neither
    adjacent cloud, mixed clouds, possible snow or ice, nor possible shadow may be set.

    Parameters
    ----------
    reliability : integer array, any shape, or None
        Layer "pixel reliability"; None where there is VI Quality alone.
    vi_quality : integer array of that shape, optional
        Layer "VI Quality", bit 0 the least significant.

    Returns
    -------
    bool array of that shape

    Raises
    ------
    ValueError
        When no layer is given, or as for `landsat_clear`.

    References
    ----------
    Didan, K. and Barreto Munoz, A. (2019). MODIS Vegetation Index User Guide (MOD13 Series), Collection 6.1,
    tables of pixel reliability and VI quality.

    Examples
    --------
    Good, marginal, snow, cloudy and fill:

    >>> import numpy as np
    >>> from nppdrivers import quality
    >>> quality.modis_vi_usable(np.array([0, 1, 2, 3, -1]))
    array([ True,  True, False, False, False])
    """
    if reliability is None and vi_quality is None:
        raise ValueError("a MOD13 composite needs its pixel reliability or its VI Quality layer to be masked")
    return vi_usable(reliability, vi_quality, numbers=(0, 1))


def vi_usable(
    reliability: np.ndarray | None, vi_quality: np.ndarray | None, *, numbers: Collection[int]
) -> np.ndarray:
    """Pixels of a composite of MODIS or VIIRS whose vegetation index is usable, by the layers that there are.

    Parameters
    ----------
    reliability : integer array, any shape, or None
        Layer "pixel reliability"; what its numbers mean differs between MOD13 and VNP13.
    vi_quality : integer array of that shape, or None
        Layer "VI Quality", whose bits are the same in both: see `modis_vi_usable`.
    numbers : collection of int
        Reliability that counts.

    Returns
    -------
    bool array of that shape

    Raises
    ------
    ValueError
        When no layer is given, or as for `landsat_clear`.

    References
    ----------
    As for `modis_vi_usable`; of VNP13 the legends that come with both layers in version 002.
    """
    rules = []
    if reliability is not None:
        rules.append(np.isin(_bits(reliability, "pixel reliability"), tuple(numbers)))
    if vi_quality is not None:
        quality = _bits(vi_quality, "VI Quality")
        rules += [quality & 0b11 <= 1, quality & _MODIS_DISTURBED == 0]
        rules.append(quality >> 2 & 0b1111 <= _MODIS_LOWEST_USEFULNESS)
    if not rules:
        raise ValueError("a composite needs its pixel reliability or its VI Quality layer to be masked")
    return np.logical_and.reduce(rules)


def _bits(layer: np.ndarray, name: str) -> np.ndarray:
    layer = np.asarray(layer)
    if not np.issubdtype(layer.dtype, np.integer):
        raise ValueError(
            f"{name} is of type {layer.dtype}; bits are read from the integers as delivered, "
            "neither scaled nor resampled with interpolation"
        )
    return layer
