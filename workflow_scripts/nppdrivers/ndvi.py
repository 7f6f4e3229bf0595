"""Normalized difference vegetation index: from reflectance, and from 16-day composites to months."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

PERIOD_DAYS = 16
# Day of the year on which the first composite begins: Aqua's (MYD13) lie half a period after Terra's (MOD13)
_FIRST_DAY = {"MOD13": 1, "MYD13": 9}
LEAST_REFLECTANCE = 1e-4  # one count of the usual integers: keeps the index of dark water within its range
_NOMINAL_DAY = 8  # day of the period, counted from its start, that a composite stands for


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


def composite_starts(first_month: str, last_month: str, products: Sequence[str] = ("MOD13Q1",)) -> list[date]:
    """First days of the 16-day MODIS composites that touch these months.

    Terra's composites begin on the days 1, 17, ..., 353 of a year, Aqua's on 9, 25, ..., 361: 23 a year each;
    the last reaches into the next year. Both together begin every 8 days.

    Parameters
    ----------
    first_month, last_month : str
        "YYYY-MM", both included.
    products : sequence of str
        MOD13* (Terra) and MYD13* (Aqua).

    Returns
    -------
    list of date, in order
    """
    opening, closing = _days_of(first_month)[0], _days_of(last_month)[1]
    if closing < opening:
        raise ValueError(f"the first month {first_month} comes after the last month {last_month}")
    starts = sorted(
        date(year, 1, 1) + timedelta(_first_day(product) - 1 + PERIOD_DAYS * number)
        for year in range(opening.year - 1, closing.year + 1)
        for number in range(23)
        for product in products
    )
    return [start for start in starts if start + timedelta(PERIOD_DAYS - 1) >= opening and start <= closing]


def on_calendar(start: date, product: str) -> bool:
    """Whether composites of this product begin on this day: tells Aqua's from Terra's."""
    return start.timetuple().tm_yday % PERIOD_DAYS == _first_day(product)


def nominal_date(start: date) -> date:
    """Date a composite stands for: the middle of its period, 8 days after its start."""
    return start + timedelta(_NOMINAL_DAY)


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


def overlap_days(dates: Sequence[date], months: Sequence[str]) -> np.ndarray:
    """Days that the 16-day period around each nominal date shares with each month, (M, T) float32."""
    starts = np.asarray(dates, "datetime64[D]") - _NOMINAL_DAY
    ends = starts + (PERIOD_DAYS - 1)
    opening, closing = np.asarray([_days_of(month) for month in months], "datetime64[D]").T[..., None]
    days = (np.minimum(ends, closing) - np.maximum(starts, opening)).astype(int) + 1
    return np.maximum(days, 0).astype("float32")


def _first_day(product: str) -> int:
    try:
        return _FIRST_DAY[product[:5]]
    except KeyError as error:
        raise ValueError(f"{product!r} is no MOD13 or MYD13 product") from error


def _empty_months(stack: np.ndarray, months: Sequence[str]) -> np.ndarray:
    return np.full((len(months), *stack.shape[1:]), np.nan, "float32")


def _days_of(month: str) -> tuple[date, date]:
    """First and last day of a month "YYYY-MM"."""
    try:
        first = np.datetime64(month, "M")
    except ValueError as error:
        raise ValueError(f"month {month!r} is not written as YYYY-MM") from error
    return first.astype("datetime64[D]").item(), ((first + 1).astype("datetime64[D]") - 1).item()
