"""Models of NPP from climate alone: Miami and Thornthwaite Memorial."""

import numpy as np
from numpy.typing import ArrayLike

CARBON_SHARE = 0.45  # gC per g dry matter


def miami(temperature: ArrayLike, precipitation: ArrayLike, carbon_share: float = CARBON_SHARE) -> np.ndarray:
    """NPP that climate alone allows, by the Miami model.

    NPP = c min(3000 / (1 + exp(1.315 - 0.119 T)), 3000 (1 - exp(-0.000664 P))); the 3000 are g dry matter.

    Parameters
    ----------
    temperature : array
        Mean annual temperature [degC].
    precipitation : array
        Annual precipitation [mm yr-1].
    carbon_share : float
        c [gC per g dry matter].

    Returns
    -------
    array
        [gC m-2 yr-1]; NaN stays local.

    References
    ----------
    Lieth 1975, in Primary Productivity of the Biosphere, 237-263.
    """
    t, p = np.asarray(temperature, dtype=np.float64), np.asarray(precipitation, dtype=np.float64)
    warmth = 3000.0 / (1.0 + np.exp(1.315 - 0.119 * t))
    rain = 3000.0 * (1.0 - np.exp(-0.000664 * p))
    return carbon_share * np.minimum(warmth, rain)


def thornthwaite_memorial(
    temperature: ArrayLike, precipitation: ArrayLike, carbon_share: float = CARBON_SHARE
) -> np.ndarray:
    """NPP that actual evapotranspiration allows, by the Thornthwaite Memorial model.

    L = 300 + 25 T + 0.05 T^3 [mm]; v = 1.05 P / sqrt(1 + (1.05 P / L)^2) [mm];
    NPP = c 3000 (1 - exp(-0.0009695 (v - 20))), not below 0.

    Parameters
    ----------
    temperature : array
        Mean annual temperature [degC].
    precipitation : array
        Annual precipitation [mm yr-1].
    carbon_share : float
        c [gC per g dry matter].

    Returns
    -------
    array
        [gC m-2 yr-1]; 0 where it is so cold that L <= 0. NaN stays local.

    References
    ----------
    Lieth and Box 1972, Publications in Climatology 25:37-46; L after Turc 1954.
    """
    t, p = np.asarray(temperature, dtype=np.float64), np.asarray(precipitation, dtype=np.float64)
    limit = np.maximum(300.0 + 25.0 * t + 0.05 * t**3, 0.0)
    supply = 1.05 * p
    reach = np.hypot(limit, supply)  # v = supply limit / reach, without dividing by a limit of 0
    v = supply * limit / np.where(reach == 0, 1.0, reach)
    return carbon_share * np.maximum(3000.0 * (1.0 - np.exp(-0.0009695 * (v - 20.0))), 0.0)
