"""Factors of CASA at one month and pixel: absorbed share of the light, and the two scalars of temperature."""

import numpy as np

FPAR_MIN, FPAR_MAX = 0.001, 0.95
COLD_LIMIT = -10.0  # degC, at and below which nothing is fixed
HALF_RULE_ABOVE, HALF_RULE_BELOW = 10.0, 13.0  # degC from the optimum


def fpar(
    ndvi: np.ndarray, ndvi_min: np.ndarray | float, ndvi_max: np.ndarray | float, method: str = "mean"
) -> np.ndarray:
    """Fraction of PAR that the canopy absorbs, linear in NDVI, in the simple ratio, or the mean of both.

    FPAR_x = (x - x_min) / (x_max - x_min) (0.95 - 0.001) + 0.001, x = NDVI or SR = (1 + NDVI) / (1 - NDVI).
    NDVI is first clipped to its bounds; the SR bounds are the SR of the NDVI bounds.

    Parameters
    ----------
    ndvi : (12, ...) array
        NDVI [1].
    ndvi_min, ndvi_max : float or array that broadcasts to the pixel shape
        NDVI of bare soil and of full cover [1].
    method : {"mean", "sr", "ndvi"}
        Which form.

    Returns
    -------
    (12, ...) array
        FPAR, 0.001 to 0.95 [1]. NaN stays in its month.

    References
    ----------
    Potter et al. 1993 (SR); Zhu et al. 2007, J. Plant Ecology (Chinese) 31:413-424 (mean).

    Examples
    --------
    >>> import numpy as np
    >>> from nppdrivers import casa
    >>> casa.fpar(np.array([0.0, 0.4, 0.9]), ndvi_min=0.023, ndvi_max=0.8).round(3)
    array([0.001, 0.308, 0.95 ])
    """
    clipped = np.clip(ndvi, ndvi_min, ndvi_max)
    span = FPAR_MAX - FPAR_MIN
    by_ndvi = (clipped - ndvi_min) * (span / (ndvi_max - ndvi_min))
    if method == "ndvi":
        return by_ndvi + FPAR_MIN
    low, high = (simple_ratio(np.asarray(bound)) for bound in (ndvi_min, ndvi_max))
    by_ratio = (simple_ratio(clipped) - low) * (span / (high - low))
    return (by_ratio if method == "sr" else 0.5 * (by_ratio + by_ndvi)) + FPAR_MIN


def simple_ratio(ndvi: np.ndarray) -> np.ndarray:
    """Near infrared over red reflectance, SR = (1 + NDVI) / (1 - NDVI) [1]."""
    return (1.0 + ndvi) / (1.0 - ndvi)


def temperature_scalar_1(temperature: np.ndarray, optimum_temperature: np.ndarray | float) -> np.ndarray:
    """Te1 = 0.8 + 0.02 Topt - 0.0005 Topt^2, 0 in months at or below -10 degC.

    Parameters
    ----------
    temperature : (12, ...) array
        Monthly mean air temperature [degC].
    optimum_temperature : float or array that broadcasts to the pixel shape
        Mean temperature of the month of greatest NDVI [degC].

    Returns
    -------
    (12, ...) array
        Te1, 0 to 1 [1]; 0 for optima so extreme that the parabola is negative. NaN stays in its month.

    References
    ----------
    Potter et al. 1993, Global Biogeochemical Cycles 7:811-841.
    """
    level = np.maximum(0.8 + 0.02 * optimum_temperature - 0.0005 * optimum_temperature**2, 0.0)
    return np.where(temperature <= COLD_LIMIT, 0.0, level + 0.0 * temperature)


def temperature_scalar_2(
    temperature: np.ndarray,
    optimum_temperature: np.ndarray | float,
    constant: float = 1.184,
    half_rule: bool = True,
) -> np.ndarray:
    """Te2 = C / (1 + exp(0.2 (Topt - 10 - T))) / (1 + exp(0.3 (-Topt - 10 + T))).

    With the half rule, Te2 = Te2(Topt) / 2 where T > Topt + 10 or T < Topt - 13.

    Parameters
    ----------
    temperature : (12, ...) array
        Monthly mean air temperature [degC].
    optimum_temperature : float or array that broadcasts to the pixel shape
        [degC].
    constant : float
        C [1].
    half_rule : bool
        Whether the half rule applies.

    Returns
    -------
    (12, ...) array
        Te2, 0 to about 1 [1]. NaN stays in its month.

    References
    ----------
    Potter et al. 1993, with the sign of Field et al. 1995, Remote Sens. Environ. 51:74-88; half rule: Zhu et
    al. 2007.
    """
    distance = temperature - optimum_temperature
    scalar = constant / (1.0 + np.exp(-0.2 * (distance + 10.0))) / (1.0 + np.exp(0.3 * (distance - 10.0)))
    if not half_rule:
        return scalar
    half = 0.5 * constant / (1.0 + np.exp(-2.0)) / (1.0 + np.exp(-3.0))
    far = (temperature > optimum_temperature + HALF_RULE_ABOVE) | (
        temperature < optimum_temperature - HALF_RULE_BELOW
    )
    return np.where(far, half, scalar)
