"""The calendar of coarse composites: when each begins, the date it stands for, the days it covers."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from nppdrivers.period import Period

PERIOD_DAYS = 16
# Day of the year on which the first composite begins: Aqua's (MYD13) lie half a period after Terra's (MOD13)
_FIRST_DAY = {"MOD13": 1, "MYD13": 9}
_NOMINAL_DAY = 8  # day of the period, counted from its start, that a composite stands for


def composite_starts(period: Period, products: Sequence[str] = ("MOD13Q1",)) -> list[date]:
    """First days of the 16-day MODIS composites that touch the months of a period.

    Terra's composites begin on the days 1, 17, ..., 353 of a year, Aqua's on 9, 25, ..., 361: 23 a year each;
    the last reaches into the next year. Both together begin every 8 days.

    Parameters
    ----------
    period : Period
    products : sequence of str
        MOD13* (Terra) and MYD13* (Aqua).

    Returns
    -------
    list of date, in order
    """
    opening, closing = period.first_day, period.last_day
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


def overlap_days(dates: Sequence[date], months: Sequence[str]) -> np.ndarray:
    """Days that the 16-day period around each nominal date shares with each month, (M, T) float32."""
    starts = np.asarray(dates, "datetime64[D]") - _NOMINAL_DAY
    ends = starts + (PERIOD_DAYS - 1)
    opening, closing = np.asarray(_days_of(months), "datetime64[D]").T[..., None]
    days = (np.minimum(ends, closing) - np.maximum(starts, opening)).astype(int) + 1
    return np.maximum(days, 0).astype("float32")


def _first_day(product: str) -> int:
    try:
        return _FIRST_DAY[product[:5]]
    except KeyError as error:
        raise ValueError(f"{product!r} is no MOD13 or MYD13 product") from error


def _days_of(months: Iterable[str]) -> list[tuple[date, date]]:
    """First and last day of each month."""
    periods = [Period(month, month) for month in months]
    return [(period.first_day, period.last_day) for period in periods]
