"""Residual trend: what of a trend remains when weather is accounted for, and what weather explains."""

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr

COLLINEAR = 1e-6  # determinant of the correlations of weather and time below which they cannot be separated


@dataclass(frozen=True)
class Split:
    """A linear trend in two parts, `total = weather + residual`; every attribute (n,).

    Attributes
    ----------
    total, weather, residual : float64
        Slopes [unit of the values per year].
    weather_se, residual_se : float64
        Standard errors of the parts [unit of the values per year].
    weather_rising, residual_rising : float64
        Probability that the part is above 0, by Student's t [0 to 1].
    freedom : int16
        Degrees of freedom.
    r2 : float64
        Share of the variance of the series that weather and time explain [0 to 1].
    """

    total: np.ndarray
    weather: np.ndarray
    residual: np.ndarray
    weather_se: np.ndarray
    residual_se: np.ndarray
    weather_rising: np.ndarray
    residual_rising: np.ndarray
    freedom: np.ndarray
    r2: np.ndarray


def split_trend(
    values: np.ndarray, years: np.ndarray, weather: np.ndarray, *, least_freedom: int = 3
) -> Split:
    """Split the trend of each series by least squares on weather and time together.

    ``y = a + sum_k b_k w_k + c t + e``. Residual trend: c. Part of weather: ``sum_k b_k g_k`` with
    g_k the slope of w_k in time; their sum is the slope of y in time, exactly. The trend of the residuals of
    weather alone would be too small where weather has a trend of its own, which takes what time explains.

    Parameters
    ----------
    values : (T, n) array
        Annual values [any unit]; a year without a value, or without weather, is left out of its series.
    years : (T,) array
    weather : (K, T, n) array
        Annual weather [any units].
    least_freedom : int
        Fewest degrees of freedom, years - K - 2.

    Returns
    -------
    Split
        NaN with fewer degrees of freedom, and where weather and time cannot be separated.

    Raises
    ------
    ValueError
        For shapes that do not fit.

    References
    ----------
    Evans & Geerken (2004), J. Arid Environments 57:535 (residuals first). Wessels et al. (2012), Remote Sens.
    Environ. 125:10 (what residuals first miss).
    """
    values, weather = np.asarray(values, dtype=np.float64), np.asarray(weather, dtype=np.float64)
    if weather.shape[1:] != values.shape or len(years) != len(values):
        raise ValueError(f"values {values.shape}, weather {weather.shape} and {len(years)} years must fit")
    time = np.broadcast_to(np.asarray(years, dtype=np.float64)[:, None], values.shape)
    columns = np.concatenate([weather, time[None], values[None]])
    known = np.isfinite(columns).all(axis=0)
    n = known.sum(axis=0)
    columns = np.where(known, columns, 0.0)
    columns = np.where(known, columns - columns.sum(axis=1, keepdims=True) / np.maximum(n, 1), 0.0)
    products = np.einsum("itn,jtn->nij", columns, columns)
    freedom = n - len(weather) - 2
    with np.errstate(invalid="ignore", divide="ignore"):
        return _split(products, freedom, freedom >= least_freedom)


def _split(products: np.ndarray, freedom: np.ndarray, enough: np.ndarray) -> Split:
    """Split from the sums of products (n, K + 2, K + 2) of weather, time and values about their means."""
    scale = np.sqrt(np.einsum("nii->ni", products))
    usable = enough & (scale[:, :-1] > 0).all(axis=1)
    normal = products[:, :-1, :-1] / (scale[:, :-1, None] * scale[:, None, :-1])
    normal[~usable] = np.eye(normal.shape[-1])
    usable &= np.linalg.det(normal) > COLLINEAR
    normal[~usable] = np.eye(normal.shape[-1])
    inverse = np.linalg.inv(normal) / (scale[:, :-1, None] * scale[:, None, :-1])
    moments = products[:, :-1, -1]
    coefficients = np.einsum("nij,nj->ni", inverse, moments)
    explained = np.einsum("ni,ni->n", coefficients, moments)
    variance = np.maximum(products[:, -1, -1] - explained, 0.0) / freedom
    in_time = products[:, :-2, -2] / products[:, -2, -2, None]  # slope of each weather variable in time
    weather = np.einsum("ni,ni->n", coefficients[:, :-1], in_time)
    weather_se = np.sqrt(variance * np.einsum("ni,nij,nj->n", in_time, inverse[:, :-1, :-1], in_time))
    residual, residual_se = coefficients[:, -1], np.sqrt(variance * inverse[:, -1, -1])
    parts = {
        "total": weather + residual,
        "weather": weather,
        "residual": residual,
        "weather_se": weather_se,
        "residual_se": residual_se,
        "weather_rising": stdtr(freedom, weather / weather_se),
        "residual_rising": stdtr(freedom, residual / residual_se),
        "r2": explained / products[:, -1, -1],
    }
    known = {name: np.where(usable, part, np.nan) for name, part in parts.items()}
    return Split(**known, freedom=freedom.astype(np.int16))
