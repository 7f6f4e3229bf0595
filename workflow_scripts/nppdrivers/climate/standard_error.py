"""Standard errors of the mean annual drivers MAT, MAP, MAS and MAE from those of the calendar months.

The error of a driver that is a nonlinear function of climate is propagated to first order, with the
sensitivities below (JCGM 100:2008, Guide to the expression of uncertainty in measurement, eq. 10 and 13).
"""

from __future__ import annotations

import numpy as np

from nppdrivers.evapotranspiration import (
    monthly_daylight_hours,
    monthly_extraterrestrial_radiation,
    reference_evapotranspiration,
)
from nppdrivers.quantities import quantity

# Steps of the differences
STEPS = {"temperature": 0.1, "relative_humidity": 0.5, "wind_speed": 0.05, "solar_radiation": 1.0}


def mean_annual_variance(
    errors: np.ndarray, weights: np.ndarray | float, correlation: float, years: int
) -> np.ndarray:
    """Variance of a mean over years of weighted sums of twelve months of one variable.

    var = (1 - r) sum (w s)^2 / Y + r (sum w s)^2, the errors of any two months being equally correlated.

    Parameters
    ----------
    errors : (12, ...)
        Standard errors s of the calendar months, root mean square over the years.
    weights : (12, ...) or float
        w: 1 for a sum, 1 / 12 for a mean, or the change of the driver with the variable.
    correlation : float
        r, `ClimateSurface.error_correlation`.
    years : int
        Y.

    Returns
    -------
    (...) array
        NaN where a month is NaN.
    """
    parts = np.asarray(errors, dtype=float) * weights
    return (1.0 - correlation) * np.sum(parts**2, axis=0) / years + correlation * np.sum(parts, axis=0) ** 2


def radiation_sensitivity(months: np.ndarray, latitude: np.ndarray, b: float) -> np.ndarray:
    """Change of monthly radiation with sunshine, b Ra / N, (T, ...) [MJ m-2 h-1]; 0 in the polar night."""
    possible = monthly_daylight_hours(months, latitude)
    radiation = monthly_extraterrestrial_radiation(months, latitude)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(possible == 0.0, 0.0, b * radiation / possible)


def evapotranspiration_sensitivity(
    variable: str,
    climate: dict[str, np.ndarray],
    months: np.ndarray,
    latitude: np.ndarray,
    elevation: np.ndarray,
) -> np.ndarray:
    """Change of monthly reference evapotranspiration with one variable, by central differences.

    Parameters
    ----------
    variable : str
        A key of STEPS.
    climate : dict of (T, ...)
        temperature [degC], relative_humidity [%], wind_speed [m s-1], solar_radiation [MJ m-2 month-1].
    months : (T,) datetime64[M]
    latitude : (...) [degree north]
    elevation : (...) [m]

    Returns
    -------
    (T, ...) [mm month-1 per unit of the variable]
        One-sided where the variable is at the end of what is possible; NaN where an input is NaN.
    """
    step, possible = STEPS[variable], quantity(variable)
    centre = {name: np.asarray(climate[name], dtype=float) for name in STEPS}
    sides = [
        np.clip(centre[variable] + sign * step, possible.minimum, possible.maximum) for sign in (-1.0, 1.0)
    ]
    below, above = (
        _evapotranspiration(centre | {variable: side}, months, latitude, elevation) for side in sides
    )
    return (above - below) / (sides[1] - sides[0])


def _evapotranspiration(
    climate: dict[str, np.ndarray], months: np.ndarray, latitude: np.ndarray, elevation: np.ndarray
) -> np.ndarray:
    """Monthly reference evapotranspiration of the variables of STEPS."""
    return reference_evapotranspiration(
        climate["temperature"],
        climate["relative_humidity"],
        climate["wind_speed"],
        climate["solar_radiation"],
        months,
        latitude,
        elevation,
    )
