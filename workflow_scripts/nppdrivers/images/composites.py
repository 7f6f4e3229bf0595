"""The calendar of coarse composites: when each begins, the date it stands for, the days it covers."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from nppdrivers.images.coarse_products import BOTH, CoarseProduct, coarse_product
from nppdrivers.period import Period

PERIOD_DAYS = 16  # that a composite of any product in the table covers
_NOMINAL_DAY = 8  # day of the period, counted from its start, that a composite stands for


def composite_starts(
    period: Period, products: Sequence[str] = ("MOD13Q1",), change: str | None = None
) -> list[date]:
    """First days of the 16-day composites that touch the months of a period.

    Each year begins anew: those of MOD13 on the days 1, 17, ..., 353, those of MYD13 on 9, 25, ..., 361; the
    last reaches into the next year. Both together begin every 8 days, and so do those of VIIRS.

    Parameters
    ----------
    period : Period
    products : sequence of str
        Names in `coarse_products.PRODUCTS`.
    change : str, optional
        As for `counting`.

    Returns
    -------
    list of date, in order
    """
    opening, closing = period.first_day, period.last_day
    starts = sorted(
        {
            start
            for name in products
            for start in _all_starts(coarse_product(name), range(opening.year - 1, closing.year + 1))
            if name in counting(start, products, change) and start >= coarse_product(name).begins
        }
    )
    return [start for start in starts if start + timedelta(PERIOD_DAYS - 1) >= opening and start <= closing]


def _all_starts(product: CoarseProduct, years: Iterable[int]) -> list[date]:
    days = range(product.first_day, 366, product.step_days)
    return [date(year, 1, 1) + timedelta(day - 1) for year in years for day in days]


def counting(start: date, products: Sequence[str], change: str | None) -> list[str]:
    """Products whose composites of this day count: those of one sensor (`sensor_of`), or all of them.

    Parameters
    ----------
    start : date
    products : sequence of str
    change : str or None
        First month, "YYYY-MM", of VIIRS, or "both"; None where all products are of one sensor.
    """
    if change is None:
        return list(products)
    sensor = sensor_of(start, products, change)
    return [name for name in products if coarse_product(name).sensor == sensor]


def sensor_of(start: date, products: Sequence[str], change: str) -> str:
    """Sensor whose composites of this day count: MODIS before the month of the change, VIIRS from it on.

    With "both", MODIS on the days on which its composites begin, VIIRS on those between.
    """
    if change == BOTH:
        modis = [name for name in products if coarse_product(name).sensor == "MODIS"]
        return "MODIS" if any(on_calendar(start, name) for name in modis) else "VIIRS"
    return "VIIRS" if start >= Period(change, change).first_day else "MODIS"


def on_calendar(start: date, product: str) -> bool:
    """Whether a composite of this product begins on this day."""
    calendar = coarse_product(product)
    return (start.timetuple().tm_yday - calendar.first_day) % calendar.step_days == 0


def nominal_date(start: date) -> date:
    """Date a composite stands for: the middle of its period, 8 days after its start."""
    return start + timedelta(_NOMINAL_DAY)


def start_of(nominal: date) -> date:
    """First day of the composite that stands for a date (`nominal_date`)."""
    return nominal - timedelta(_NOMINAL_DAY)


def overlap_days(dates: Sequence[date], months: Sequence[str]) -> np.ndarray:
    """Days that the 16-day period around each nominal date shares with each month.

    Parameters
    ----------
    dates : sequence of T dates
        As from `nominal_date`.
    months : sequence of M str
        "YYYY-MM".

    Returns
    -------
    (M, T) float32 array
        Shared days [d].
    """
    starts = np.asarray(dates, "datetime64[D]") - _NOMINAL_DAY
    ends = starts + (PERIOD_DAYS - 1)
    opening, closing = np.asarray(_days_of(months), "datetime64[D]").T[..., None]
    days = (np.minimum(ends, closing) - np.maximum(starts, opening)).astype(int) + 1
    return np.maximum(days, 0).astype("float32")


def _days_of(months: Iterable[str]) -> list[tuple[date, date]]:
    """First and last day of each month."""
    periods = [Period(month, month) for month in months]
    return [(period.first_day, period.last_day) for period in periods]
