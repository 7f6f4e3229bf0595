"""Whether twelve bands are the months that they should be: against each other, the stations and the sun."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings
from nppdrivers.checks.study import Study
from nppdrivers.evapotranspiration import daylight_hours, extraterrestrial_radiation
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.inputs.unit_mistakes import matching_unit
from nppdrivers.quantities import Quantity

NAMES = ("January", "February", "March", "April", "May", "June", "July",
         "August", "September", "October", "November", "December")  # fmt: skip
MIDDLE_OF_MONTH = np.arange(12) * 30.4 + 15  # day of the year
_FACTOR = {"precipitation": 4.0, "solar_radiation": 1.8, "relative_humidity": 1.8, "sunshine": 2.0}
_UNLIKE = 3.0  # factor of the other variables
_WARMER_K, _MONTH_K = 10.0, 8.0
_MONTH_FACTOR = {"precipitation": 5.0}
_MONTH_UNLIKE = 2.5
# Correlation over the year that another order must reach, and by how much more than the given one
_ORDER = {"precipitation": (0.8, 0.25), "temperature": (0.95, 0.06), "solar_radiation": (0.9, 0.1)}
_OTHER_ORDER = 0.85, 0.3
_LEAST_MONTHS = 10
_SOME = 0.2  # of the mean month, below which a month shows no factor
_SUN_FROM_DEG = 25.0  # nearer to the equator the sun shows no season
_SUNNY, _OVERCAST = 0.5, 0.25  # share of radiation that sunshine adds, and under clouds (FAO-56, equation 35)


def month_findings(values: np.ndarray, what: Quantity, year: str, study: Study, path: Path) -> Findings:
    """Refuse bands that are copies, and judge level and order of the months.

    Parameters
    ----------
    values : (12, H, W) array [unit of the quantity]
        NaN = missing.
    what : Quantity
    year : str
        Of the raster.
    study : Study
    path : path of the raster
    """
    bands = values.reshape(12, -1)
    known = bands[:, np.isfinite(bands).all(axis=0)]
    if not known.size:
        return
    yield from _copies(known, path)
    means = known.mean(axis=1)
    stations = _of_stations(study, what.name, year)
    if stations is None:
        sun = _sun(study)
        if what.name == "solar_radiation" and sun is not None:
            yield from _order(means, sun, what.name, "the sun", path)
        return
    others = f"the stations in {year}"
    for judge in (
        _level(means, stations, what, others, path),
        _order(means, stations, what.name, others, path),
        _single_months(means, stations, what, others, path),
    ):
        if found := list(judge):  # what explains the months leaves nothing to say of single ones
            yield from found
            return


def _copies(known: np.ndarray, path: Path) -> Findings:
    """Bands with the values of another band; those without any pattern may be alike by chance."""
    if (known == known[0]).all():
        yield Problem(str(path), "", "all twelve bands are the same", "give the map of each month")
        return
    seen: dict[bytes, int] = {}
    for month, band in enumerate(known):
        first = seen.setdefault(band.tobytes(), month)
        has_pattern = band.min() < band.max()
        if first != month and (has_pattern or (first == month - 1 and band[0] != 0)):
            message = f"{NAMES[month]} has the values of {NAMES[first]} in every cell"
            kind = Problem if has_pattern else InputWarning
            yield kind(str(path), f"band {month + 1}", message, f"give the map of {NAMES[month]}")


def _of_stations(study: Study, variable: str, year: str) -> np.ndarray | None:
    """Mean of the stations in each month of a year, NaN where unknown; None without nearly a year."""
    table = study.station_months
    if table is None:
        return None
    own = table[(table["variable"] == variable) & (table["month"].str[:4] == year)]
    months = own.groupby(own["month"].str[5:].astype(int))["value"].mean().reindex(range(1, 13))
    if months.notna().sum() >= _LEAST_MONTHS:
        return months.to_numpy(float)
    if variable == "solar_radiation" and (hours := _of_stations(study, "sunshine", year)) is not None:
        sun = _sun(study)
        return None if sun is None else sun * (_OVERCAST + _SUNNY * hours / _daylight(study))
    return None


def _sun(study: Study) -> np.ndarray | None:
    """Radiation above the atmosphere of each month [MJ m-2]; None where it has no season."""
    if study.area is None:
        return None
    latitude = float(study.area.union_all().centroid.y)
    if abs(latitude) < _SUN_FROM_DEG:
        return None
    return extraterrestrial_radiation(MIDDLE_OF_MONTH, np.array(latitude)) * _days()


def _daylight(study: Study) -> np.ndarray:
    """Hours of daylight of each month."""
    assert study.area is not None  # or there were no radiation above it
    latitude = float(study.area.union_all().centroid.y)
    return np.asarray(daylight_hours(MIDDLE_OF_MONTH, np.array(latitude)) * _days())


def _days() -> np.ndarray:
    return pd.period_range("2001-01", periods=12, freq="M").days_in_month.to_numpy()


def _level(means: np.ndarray, stations: np.ndarray, what: Quantity, others: str, path: Path) -> Findings:
    """The year against the stations."""
    known = np.isfinite(stations)
    if what.name == "temperature":
        apart = float(np.nanmedian(means - stations))
        if abs(apart) > _WARMER_K:
            message = f"{apart:+.1f} K from {others} in the median month"
            yield InputWarning(str(path), "", message, "check its unit and its place")
        return
    ratio = float(means[known].sum() / max(stations[known].sum(), 1e-6))
    limit = _FACTOR.get(what.name, _UNLIKE)
    if not 1 / limit < ratio < limit:
        unit, to_right = matching_unit(what.name, ratio)
        like = f"it looks like {unit}: multiply by {to_right:.3g}" if unit else "check its unit and its place"
        yield InputWarning(str(path), "", f"{ratio:.3g} times {others} over the year", like)


def _single_months(
    means: np.ndarray, stations: np.ndarray, what: Quantity, others: str, path: Path
) -> Findings:
    """Months that depart from the stations otherwise than the other months do."""
    if what.name == "temperature":
        apart = means - stations
        apart -= np.nanmedian(apart)
        words = [
            f"{NAMES[month]} {apart[month]:+.0f} K" for month in np.flatnonzero(np.abs(apart) > _MONTH_K)
        ]
    else:
        least = _SOME * np.nanmean(stations)
        times = np.maximum(means, least) / np.maximum(stations, least)
        times /= np.nanmedian(times)
        limit = _MONTH_FACTOR.get(what.name, _MONTH_UNLIKE)
        odd = np.flatnonzero((times > limit) | (times < 1 / limit))
        words = [f"{NAMES[month]} {times[month]:.2g} times" for month in odd]
    if words:
        message = f"{', '.join(words)} against {others}, next to the other months"
        yield InputWarning(str(path), "", message, "check these bands")


def _orders() -> Iterator[tuple[str, np.ndarray]]:
    """Orders in which months are stacked by mistake: which month each band is then."""
    months = np.arange(12)
    yield "the bands run from December to January", months[::-1]
    for later in range(1, 12):
        first = NAMES[later]
        yield f"the first band is {first}", np.roll(months, -later)
    yield "the files were sorted by the names of the months", np.argsort(NAMES)
    yield "the files were sorted as 1, 10, 11, 12, 2", np.argsort([str(month + 1) for month in months])


def _order(means: np.ndarray, expected: np.ndarray, variable: str, against: str, path: Path) -> Findings:
    """Whether the bands agree much better in another order."""
    least, more = _ORDER.get(variable, _OTHER_ORDER)
    if variable == "solar_radiation" and against == "the sun":
        least, more = _OTHER_ORDER
    given = _likeness(means, expected)
    best, words = max((_likeness(means, expected[months]), words) for words, months in _orders())
    if best > least and best > given + more:
        message = f"its months follow {against} with a correlation of {given:.2f}; {best:.2f} if {words}"
        yield InputWarning(str(path), "", message, "check the order of the bands: January to December")


def _likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of months that both have; 0 without any season."""
    both = np.isfinite(one) & np.isfinite(other)
    with suppress(FloatingPointError), np.errstate(invalid="raise", divide="raise"):
        return float(np.corrcoef(one[both], other[both])[0, 1])
    return 0.0
