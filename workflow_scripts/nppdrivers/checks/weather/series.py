"""Whether the values of each station can be weather: codes, standing sensors, the sun, the seasons."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.evapotranspiration import daylight_hours, extraterrestrial_radiation
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.quantities import WEATHER

_NUMBER = re.compile(r"[-+]?\d[\d.e+-]*")
_FEWEST = 10  # values that a series needs to be judged
_CHANCE = 1e-4  # a run of equal values less likely than this is no weather
_LEAST_CHANCE_OF_REPEAT = 0.03
_SUN_MARGIN_H, _FAR_NORTH = 1.0, 55.0  # beyond this latitude the day grows too fast for a sharp limit
_LONG_DAY_H, _DARK_DAYS = 6.0, 30
_SEASONS_FROM, _LEAST_AMPLITUDE_K = 30.0, 3.0
_WARMEST_MONTH = 7.0  # mid-July to the end of July, counted from 0.5 for mid-January
_LAST_MONTH = 12  # days up to it can be taken for months
_MONTHS_OF_DATES, _LEAST_ALIKE = 8, 0.3
_DARKEST_H, _LEAST_PERCENT = 100.0, 15.0
_DRIZZLE_MM, _DOWNPOUR_MM = 0.8, 40.0
STORM_M_S = 6.5  # mean wind at 2 m that no station has for long


class Series(NamedTuple):
    """Values of one station and variable in the order of time; months count as their middle day."""

    station: str
    variable: str
    days: np.ndarray
    values: np.ndarray
    latitude: float
    monthly: bool

    def where(self, wrong: np.ndarray) -> str:
        """Station and first day of values in words."""
        return f"{self.station} from {str(self.days[wrong][0])[: 7 if self.monthly else 10]}"


def series_of(records: pd.DataFrame, stations: pd.DataFrame) -> Iterator[Series]:
    """Series of each station and variable, daily and monthly values apart."""
    latitude = stations.set_index("station")["latitude"]
    monthly = records["day"] == 0
    for (variable, station, is_monthly), rows in records.groupby(
        [records["variable"], records["station"], monthly.rename("monthly")], observed=True
    ):
        first = rows["month"].astype(str).to_numpy().astype("datetime64[M]").astype("datetime64[D]")
        days = first + (14 if is_monthly else rows["day"].to_numpy() - 1)
        order = np.argsort(days, kind="stable")
        values = rows["value"].to_numpy(float)[order]
        yield Series(
            str(station), str(variable), days[order], values, float(latitude[station]), bool(is_monthly)
        )


def series_findings(records: pd.DataFrame, stations: pd.DataFrame, path: Path) -> Findings:
    """Problems and warnings of each series by itself, stations with the same fault in one.

    Parameters
    ----------
    records, stations : DataFrame
        As `weather.records.read_records` gives.
    path : Path
        What they were read from.
    """
    found: dict[tuple[str, ...], list[tuple[type[Problem], str, str, str]]] = {}
    for series in series_of(records, stations):
        if len(series.values) < _FEWEST:
            continue
        for judge in _JUDGES:
            for judgement in judge(series):
                alike = (series.variable, judgement[0].__name__, _NUMBER.sub("", judgement[1]))
                found.setdefault(alike, []).append(judgement)
    for (variable, *_), judgements in found.items():
        kind, fault, remedy, _ = judgements[0]
        places = list(dict.fromkeys(where for *_, where in judgements))
        place = f"variable {variable}, station {listed(places, 4)}"
        first = "at the first: " if len(places) > 1 else ""
        yield kind(str(path), place, first + fault, remedy)


Judgement = Iterator[tuple[type[Problem], str, str, str]]


def _lost_decimal_point(series: Series) -> Judgement:
    """A single amount of rain far above all others."""
    if series.variable != "precipitation" or series.monthly:
        return
    second, largest = np.sort(series.values)[-2:]
    if largest > max(5 * second, 100):
        fault = f"one value of {largest:g} mm, the next largest is {second:g} mm"
        yield InputWarning, fault, "check it: a decimal point lost?", series.station


def _standing(series: Series) -> Judgement:
    """Equal values over days in which weather changes."""
    values = series.values
    if len(np.unique(values)) == 1 and values[0] != 0:
        yield (
            Problem,
            f"all {len(values)} values are {values[0]:g}",
            "give the measured values",
            series.station,
        )
        return
    step = np.diff(series.days).astype(int)
    equal = (np.diff(values) == 0) & (step <= (31 if series.monthly else 1))
    equal &= ~((values[1:] == 0) & WEATHER[series.variable].is_monthly_sum)
    equal &= ~((values[1:] >= 99) & (series.variable == "relative_humidity"))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], equal, [0]])))
    if not edges.size:
        return
    lengths = edges[1::2] - edges[::2]
    longest = int(lengths.argmax())
    run = lengths[longest] + 1
    others = equal.sum() - lengths[longest]
    repeat = max(others / max(len(equal) - lengths[longest], 1), _LEAST_CHANCE_OF_REPEAT)
    if run < 4 or len(values) * min(repeat, 0.9) ** (run - 1) > _CHANCE:
        return
    start = edges[::2][longest]
    unit = "months" if series.monthly else "days"
    fault = f"stands at {values[start]:g} for {run} {unit} in a row: a standing sensor or a filled gap"
    wrong = np.zeros(len(values), bool)
    wrong[start] = True
    yield Problem, fault, "leave the cells of these days empty", series.where(wrong)


def _sun(series: Series) -> Judgement:
    """Sunshine and radiation against the sun above the atmosphere; air without water."""
    values, name = series.values, series.variable
    if name == "relative_humidity" and (values == 0).any():
        fault = f"{(values == 0).sum()} values of 0 %: no air is that dry"
        yield Problem, fault, "leave the cells without a measurement empty", series.where(values == 0)
    if name not in ("sunshine", "solar_radiation"):
        return
    first_days = series.days.astype("datetime64[Y]").astype("datetime64[D]")
    day = (series.days - first_days).astype(int) + 1
    months = series.days.astype("datetime64[M]")
    length = ((months + 1).astype("datetime64[D]") - months.astype("datetime64[D]")).astype(int)
    per_day = values / np.where(series.monthly, length, 1)
    if name == "sunshine":
        hours = daylight_hours(day, series.latitude)
        wrong = per_day > hours + _SUN_MARGIN_H * (1 + (abs(series.latitude) > _FAR_NORTH))
        if wrong.any():
            ratio = float(np.median(per_day[wrong] / np.maximum(hours[wrong], 0.1)))
            fault = f"{wrong.sum()} values beyond the length of the day, {ratio:.2g} times it in the middle"
            remedy = "check the unit (hours) and the latitude of the station, or empty these cells"
            yield Problem, fault, remedy, series.where(wrong)
        yield from _dark(series, hours)
        return
    above = extraterrestrial_radiation(day, series.latitude)
    wrong = per_day > above + 1
    if wrong.any():
        ratio = float(np.median(per_day[wrong] / np.maximum(above[wrong], 0.1)))
        fault = f"{wrong.sum()} values above the radiation at the top of the atmosphere, {ratio:.2g} times it"
        yield (
            Problem,
            fault,
            "check the unit (MJ m-2) and the latitude, or empty these cells",
            series.where(wrong),
        )
    dark = (per_day == 0) & (above > 2)
    if dark.any():
        fault = f"{dark.sum()} values of 0 while the sun rises"
        yield Problem, fault, "leave the cells without a measurement empty", series.where(dark)


def _dark(series: Series, hours: np.ndarray) -> Judgement:
    """Weeks without any sunshine."""
    none = (series.values == 0) & (hours > _LONG_DAY_H)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], none, [0]])))
    if not edges.size:
        return
    lengths = edges[1::2] - edges[::2]
    if lengths.max() >= (1 if series.monthly else _DARK_DAYS):
        unit = "month" if series.monthly else "days in a row"
        fault = f"no sunshine at all for {lengths.max()} {unit}"
        remedy = "where nothing was measured leave the cells empty"
        yield InputWarning, fault, remedy, series.where(none)


def _seasons(series: Series) -> Judgement:
    """The warmest time of a year against the sun of the latitude."""
    if series.variable != "temperature" or abs(series.latitude) < _SEASONS_FROM:
        return
    expected = _WARMEST_MONTH if series.latitude > 0 else _WARMEST_MONTH - 6
    warmest = warmest_months(series.days, series.values)
    late = {year: (month - expected + 6) % 12 - 6 for year, month in warmest.items()}
    exchanged = [year for year, months in late.items() if abs(months) > 4.5]
    shifted = [year for year, months in late.items() if 2 < abs(months) <= 4.5]
    if exchanged:
        fault = f"{listed(exchanged)} warmest when the sun is lowest: the seasons of the other hemisphere"
        remedy = "check the sign of the latitude, and whether the values are of this station"
        yield Problem, fault, remedy, series.station
    if shifted:
        months = late[shifted[0]]
        fault = f"{listed(shifted)} warmest {abs(months):.0f} months too {'late' if months > 0 else 'early'}"
        yield Problem, fault, "check whether values and dates belong together", series.station


def _exchanged_dates(series: Series) -> Judgement:
    """Day and month exchanged in dates up to the 12th: these days do not have the warmth of their month."""
    if series.variable != "temperature" or series.monthly:
        return
    months = series.days.astype("datetime64[M]")
    early = (series.days - months.astype("datetime64[D]")).astype(int) < _LAST_MONTH
    parts = [pd.Series(series.values[part]).groupby(months[part]).mean() for part in (early, ~early)]
    one, other = parts[0].align(parts[1], join="inner")
    if len(one) < _MONTHS_OF_DATES or other.std() < _LEAST_AMPLITUDE_K:
        return
    if one.corr(other) < _LEAST_ALIKE:
        fault = "days up to the 12th do not have the warmth of their month: day and month seem exchanged"
        yield Problem, fault, "write all dates as YYYY-MM-DD, from the original dates", series.station


def warmest_months(days: np.ndarray, values: np.ndarray) -> dict[int, float]:
    """Time of the warmest part of each whole year [months], from the yearly wave; none of a flat year."""
    months = pd.Series(values).groupby(days.astype("datetime64[M]")).mean()
    years = pd.DatetimeIndex(months.index).year
    found = {}
    for year in np.unique(years):
        own = months[years == year].to_numpy()
        if len(own) == 12:
            wave = np.sum(own * np.exp(2j * np.pi * (np.arange(12) + 0.5) / 12)) / 6
            if abs(wave) > _LEAST_AMPLITUDE_K:
                found[int(year)] = float(np.angle(wave) * 6 / np.pi % 12)
    return found


def _running_total(series: Series) -> Judgement:
    """Monthly sums that never fall within a year."""
    if not (series.monthly and WEATHER[series.variable].is_monthly_sum):
        return
    years = series.days.astype("datetime64[Y]")
    whole = [own for year in np.unique(years) if len(own := series.values[years == year]) == _LAST_MONTH]
    if whole and all((np.diff(own) >= 0).all() and own[-1] > own[0] for own in whole):
        fault = "never falls from January to December: it looks like a running total of the year"
        remedy = "give the sum of each month: the difference from the month before, January as it is"
        yield Problem, fault, remedy, series.station


def _levels(series: Series) -> Judgement:
    """The rain of a rainy day, and mean wind, against what is usual on Earth."""
    if series.variable == "wind_speed" and (mean := series.values.mean()) > STORM_M_S:
        fault = f"mean of {mean:.1f} m s-1 at 2 m, 1 to 5 is usual"
        yield InputWarning, fault, "check the unit: km/h x 0.278, knots x 0.514", series.station
    if series.variable == "sunshine" and series.monthly:
        yield from _percent_of_day(series)
    rainy = series.values[series.values > 0]
    if series.variable != "precipitation" or series.monthly or len(rainy) < 20:
        return
    heavy = rainy[rainy >= 1]
    if len(heavy) >= 20 and heavy.mean() > _DOWNPOUR_MM:
        fault = f"{heavy.mean():.0f} mm on a rainy day, 4 to 25 is usual: it looks ten times too large"
        yield InputWarning, fault, "check the unit: 0.1 mm x 0.1", series.station
    elif rainy.mean() < _DRIZZLE_MM and rainy.max() < 15:
        fault = f"{rainy.mean():.2g} mm on a rainy day, 2 to 15 is usual: it looks ten times too small"
        yield InputWarning, fault, "check the unit: cm x 10, inches x 25.4", series.station


def _percent_of_day(series: Series) -> Judgement:
    """Monthly sunshine that never reaches 100 h: the darkest places of the Earth have months with more."""
    most, mean = series.values.max(), series.values.mean()
    if len(series.values) >= _LAST_MONTH and most <= _DARKEST_H and mean > _LEAST_PERCENT:
        fault = f"{most:.3g} h at most in a month, {mean:.3g} h in the mean: no place has so little all year"
        remedy = "if it is in % of the length of the day, multiply it by the hours of daylight / 100"
        yield InputWarning, fault, remedy, series.station


_JUDGES: tuple[Callable[[Series], Judgement], ...] = (
    _lost_decimal_point,
    _standing,
    _sun,
    _seasons,
    _exchanged_dates,
    _running_total,
    _levels,
)
