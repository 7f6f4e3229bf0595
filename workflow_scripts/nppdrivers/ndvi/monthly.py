"""NDVI of months from composites: the greatest value, or the mean weighted by shared days."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from nppdrivers.images.composites import overlap_days


def monthly_mvc(stack: np.ndarray, dates: Sequence[date], months: Sequence[str]) -> np.ndarray:
    """Maximum value composite of each month: the greatest NDVI of the composites whose period touches it.

    Parameters
    ----------
    stack : (T, ...) array
        NDVI [1] of T composites.
    dates : sequence of T dates
        Nominal date of each composite (`nominal_date`); its period is the 8 days before to the 7 days after.
    months : sequence of M str
        "YYYY-MM".

    Returns
    -------
    (M, ...) float32 array
        NDVI [1]; NaN values are left out, and a month is NaN where all its composites are.

    References
    ----------
    Holben, B. N. (1986). Characteristics of maximum-value composite images from temporal AVHRR data.
    International Journal of Remote Sensing 7, 1417-1434.
    """
    result = _empty_months(stack, months)
    for target, overlap in zip(result, overlap_days(dates, months), strict=True):
        for composite in np.flatnonzero(overlap):
            np.fmax(target, stack[composite], out=target)
    return result


def monthly_doy_mean(stack: np.ndarray, dates: Sequence[date], months: Sequence[str]) -> np.ndarray:
    """Mean NDVI of each month, composites weighted by the days that their period shares with the month.

    sum_t w_mt NDVI_t / sum_t w_mt over the composites t that are not NaN, w_mt = shared days.

    Parameters
    ----------
    stack, dates, months
        As for `monthly_mvc`.

    Returns
    -------
    (M, ...) float32 array
        NDVI [1]; a month is NaN where all its composites are.
    """
    result = _empty_months(stack, months)
    for target, overlap in zip(result, overlap_days(dates, months), strict=True):
        total = np.zeros(stack.shape[1:], "float32")
        weight = np.zeros(stack.shape[1:], "float32")
        for composite in np.flatnonzero(overlap):
            valid = np.isfinite(stack[composite])
            total += np.where(valid, overlap[composite] * stack[composite], np.float32(0))
            weight += overlap[composite] * valid
        np.divide(total, weight, out=target, where=weight > 0)
    return result


def months_with_values(valid: np.ndarray, dates: Sequence[date], months: Sequence[str]) -> np.ndarray:
    """Months that a composite with a value touches.

    Parameters
    ----------
    valid : (T, ...) bool array
        Where each of T composites has a value.
    dates, months
        As for `monthly_mvc`.

    Returns
    -------
    (M, ...) bool array
    """
    result = np.zeros((len(months), *valid.shape[1:]), bool)
    for target, overlap in zip(result, overlap_days(dates, months), strict=True):
        for composite in np.flatnonzero(overlap):
            target |= valid[composite]
    return result


def _empty_months(stack: np.ndarray, months: Sequence[str]) -> np.ndarray:
    return np.full((len(months), *stack.shape[1:]), np.nan, "float32")
