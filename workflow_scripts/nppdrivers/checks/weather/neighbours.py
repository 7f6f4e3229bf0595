"""Whether each station, year and month agrees with the other stations and with its own other years."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.weather.gaps import MUCH, monthly_gap_findings, neighbours
from nppdrivers.checks.weather.series import STORM_M_S, warmest_months
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.inputs.unit_mistakes import matching_unit

# Factors from which a year of a station is reported: against its other years (after what the other stations
# had in them), against the other stations, and against its own years where there are no other stations.
_LIMITS = {
    "precipitation": (4.0, 6.0, 5.0),
    "sunshine": (1.7, 2.5, 2.0),
    "wind_speed": (1.7, 3.0, 1.7),
    "relative_humidity": (1.6, 2.5, 1.7),
    "solar_radiation": (1.6, 2.2, 1.8),
}
_IMPOSSIBLE_RAIN = 6.5  # a year with more or less than this times its own other years and the other stations
_LEAST_RAIN_MM = 60.0  # a year; below, chance makes large factors
_MONTH_FACTOR = 8.0
_MUCH_RAIN_MM, _SOME_RAIN_MM = 150.0, 15.0  # of a month that is compared, and of the other stations in it
_UNLIKE_STATION = {
    "precipitation": 2.2,
    "sunshine": 1.5,
    "wind_speed": 1.6,
    "relative_humidity": 1.4,
    "solar_radiation": 1.4,
}
_UNLIKE_SPREADS = 4.5  # robust standard deviations of the stations
_FEWEST_MONTHS = 6
# Most rain of a year by the mean humidity of the air: 1000 mm at 45 %, 1900 at 55 %, 6500 at 75 %
_RAIN_AT_45_PERCENT_MM, _PERCENT_PER_E = 1000.0, 16.0
_DRIEST_PERCENT = 25.0  # the driest places of the Earth have about 20
_SUNNY_H, _RAIN_UNDER_SUN_MM, _LEAST_RAIN_OF_MOIST_AIR_MM = 220.0, 2500.0, 100.0
_WINDY_M_S = 3.8
_LAPSE_K_M = 0.0055
_YEAR_K, _STATION_K, _MONTH_K = 4.0, 8.0, 8.0
_MANY_STATIONS = 6
_LATE_MONTHS = 0.85


class Months(NamedTuple):
    """Values of one variable, months in rows and stations in columns, and those of the other stations.

    Attributes
    ----------
    own, others : DataFrame
        `others` is the median of the other stations in that month, NaN where there is none.
    years : array of str
        Year of each row.
    """

    own: pd.DataFrame
    others: pd.DataFrame
    years: np.ndarray


class Apart(NamedTuple):
    """A year of a station, or all of them, that is a factor away from what it is compared with."""

    station: str
    year: str
    factor: float
    against: str
    certain: bool


def neighbour_findings(table: pd.DataFrame, path: Path) -> Findings:
    """Problems and warnings of a monthly table of all stations.

    Parameters
    ----------
    table : DataFrame
        As `weather.stations.monthly` gives.
    path : Path
        What it was made of.
    """
    places = table.drop_duplicates("station").set_index("station")
    near = neighbours(places.reset_index())
    means = _means(table)
    yield from _climate(means, path)
    wind = means.get("wind_speed", 0.0)
    if _WINDY_M_S < wind <= STORM_M_S:  # beyond, each station is named by itself
        fault = f"{wind:.1f} m s-1 in the mean of all stations, 1 to 3 is usual at 2 m"
        remedy = "if it is in knots, x 0.514; in km/h, x 0.278; if measured at 10 m, x 0.75"
        yield InputWarning(str(path), "variable wind_speed", fault, remedy)
    for variable, rows in table.dropna(subset="value").groupby("variable"):
        own = rows.pivot(index="month", columns="station", values="value")
        if variable == "temperature":
            heights = places.loc[own.columns, "elevation_m"].fillna(0.0)
            level = own + _LAPSE_K_M * heights
            months = Months(level, _others(level, near), _years(own))
            yield from _warmer_or_colder(months, heights, path)
            yield from _late_years(own, path)
            yield from _copies(own, path)
        else:
            months = Months(own, _others(own, near), _years(own))
            yield from _factors(months, str(variable), path)
            if variable in MUCH:
                yield from monthly_gap_findings(own, months.others, near, str(variable), path)


def _means(table: pd.DataFrame) -> pd.Series:
    """Mean of a month of each variable over the calendar months; only variables known in each of them."""
    calendar = table.groupby(["variable", table["month"].str[5:]])["value"].mean().unstack()
    return calendar.dropna(thresh=12).mean(axis=1)


def _others(values: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """Median of the other stations near each station, for each month."""
    array = values.to_numpy()
    others = np.full(array.shape, np.nan)
    for column, station in enumerate(values):
        rest = array[:, near.loc[station, values.columns].to_numpy()]
        known = np.isfinite(rest).any(axis=1)
        others[known, column] = np.nanmedian(rest[known], axis=1)
    return pd.DataFrame(others, values.index, values.columns)


def _years(values: pd.DataFrame) -> np.ndarray:
    return values.index.str[:4].to_numpy()


def _factors(months: Months, variable: str, path: Path) -> Findings:
    """Years and stations that are a factor away; those with the same factor in one message."""
    found: dict[tuple[str, str, bool], list[Apart]] = {}
    usual_limit = _station_limit(months, variable)
    for station in months.own:
        for apart in _years_apart(months, station, variable, usual_limit):
            unit, _ = matching_unit(variable, apart.factor)
            found.setdefault((unit, apart.against, apart.certain), []).append(apart)
    for (unit, against, certain), aparts in found.items():
        names = [f"{apart.station} {apart.year}".strip() for apart in aparts]
        middle = float(np.median([apart.factor for apart in aparts]))
        _, to_right = matching_unit(variable, middle)
        words = f"{middle:.3g} times" if middle >= 1 else f"1/{1 / middle:.3g} of"
        if unit:
            fault = f"{words} {against}: it looks like {unit}"
            remedy = f"if these values are in {unit}, multiply them by {to_right:.3g}; else correct them"
        else:
            fault, remedy = f"{words} {against}", "check unit and instrument of these values"
        kind = Problem if certain else InputWarning
        yield kind(str(path), f"variable {variable}, station {listed(names, 4)}", fault, remedy)
    yield from _months_apart(months, variable, path)


def _months_apart(months: Months, variable: str, path: Path) -> Findings:
    """Single months of a variable that are many times those of the other stations."""
    with np.errstate(divide="ignore"):
        ratio = np.log(months.own.where(months.own > 0) / months.others)
    limit = np.log(_MONTH_FACTOR if variable != "relative_humidity" else _MONTH_FACTOR / 2)
    odd = (ratio - ratio.median()).abs() > limit
    if variable == "precipitation":  # a dry month says little
        odd &= (months.own > _MUCH_RAIN_MM) & (months.others > _SOME_RAIN_MM)
    for station in odd.columns[odd.any()]:
        rows = list(odd.index[odd[station]])
        factor = float(np.exp(ratio.loc[rows[0], station]))
        fault = f"{listed(rows, 3)}: {factor:.2g} times the other stations"
        yield InputWarning(str(path), f"variable {variable}, station {station}", fault, "check these months")


def _station_limit(months: Months, variable: str) -> float:
    """Factor from which a station is unlike the others: smaller where many stations are much alike."""
    limit = _LIMITS[variable][1]
    with np.errstate(divide="ignore", invalid="ignore"):
        usual = np.log((months.own / months.others).median()).replace([np.inf, -np.inf], np.nan).dropna()
    if variable not in _UNLIKE_STATION or len(usual) < _MANY_STATIONS:
        return limit
    spread = 1.4826 * float((usual - usual.median()).abs().median())
    return min(limit, max(_UNLIKE_STATION[variable], float(np.exp(_UNLIKE_SPREADS * spread))))


def _years_apart(months: Months, station: str, variable: str, with_others: float) -> Iterator[Apart]:
    """Years of a station against its other years, or the whole station against the others."""
    own, others = months.own[station].to_numpy(), months.others[station].to_numpy()
    with_years, _, alone = _LIMITS[variable]
    compared = np.isfinite(own) & np.isfinite(others)
    against = "its other years, as the other stations had them"
    if compared.sum() < _FEWEST_MONTHS:
        calendar = months.own.index.str[5:]
        others = months.own[station].groupby(calendar).transform("median").to_numpy()
        compared, with_years, with_others, against = np.isfinite(own), alone, np.inf, "its other years"
    ratios = _year_ratios(own[compared], others[compared], months.years[compared], variable)
    usual = _usual(np.array(list(ratios.values())))
    for year, ratio in ratios.items():
        factor = ratio / usual
        if max(factor, 1 / factor) > with_years and len(ratios) > 1:
            certain = variable == "precipitation" and max(factor, 1 / factor) > _IMPOSSIBLE_RAIN
            yield Apart(station, year, factor, against, certain and len(months.own.columns) > 2)
    if max(usual, 1 / usual) > with_others:
        yield Apart(station, "", usual, "the other stations", False)


def _year_ratios(
    own: np.ndarray, reference: np.ndarray, years: np.ndarray, variable: str
) -> dict[str, float]:
    """Sum of each year over that of the reference; only years with enough months, and rain, in either."""
    names, number = np.unique(years, return_inverse=True)
    sums = [np.bincount(number, values, len(names)) for values in (own, reference)]
    least = _LEAST_RAIN_MM if variable == "precipitation" else 1e-9
    enough = (np.bincount(number, minlength=len(names)) >= _FEWEST_MONTHS) & (np.maximum(*sums) >= least)
    ratios = np.maximum(sums[0], 1e-3) / np.maximum(sums[1], 1e-3)
    return dict(zip(names[enough].tolist(), ratios[enough].tolist(), strict=True))


def _usual(ratios: np.ndarray) -> float:
    """Ratio of most years; of two years the one nearer to 1."""
    if len(ratios) == 2:
        return float(ratios[np.abs(np.log(ratios)).argmin()])
    return float(np.exp(np.median(np.log(ratios)))) if len(ratios) else 1.0


def _warmer_or_colder(months: Months, heights: pd.Series, path: Path) -> Findings:
    """Temperature, brought to sea level, against the other stations or the same months of other years."""
    usually = (months.own - months.others).median()
    limit = _STATION_K
    if usually.count() >= _MANY_STATIONS:  # they show how well elevation explains temperature here
        limit = max(_STATION_K / 2, 9 * float((usually - usually.median()).abs().median()))
    for station in months.own:
        own, others = months.own[station], months.others[station]
        alone = others.notna().sum() < _FEWEST_MONTHS
        if alone:
            others = own.groupby(own.index.str[5:]).transform(
                lambda same: same.median() if len(same) > 2 else np.nan
            )
        apart = (own - others).dropna()
        if apart.empty:
            continue
        usual = apart.median()
        years = apart.groupby(apart.index.str[:4]).agg(["mean", "size"])
        odd = years[(years["size"] >= _FEWEST_MONTHS) & ((years["mean"] - usual).abs() > _YEAR_K)]
        place = f"variable temperature, station {station}"
        against = (
            "in the same months of its other years" if alone else "at the other stations, after elevation"
        )
        for year, row in odd.iterrows():
            fault = f"{year} is {_degrees(row['mean'] - usual)} than {against}"
            yield InputWarning(str(path), place, fault, "check the unit and the station of this year")
        single = apart[((apart - usual).abs() > _MONTH_K) & ~apart.index.str[:4].isin(odd.index)]
        if len(single):
            fault = f"{listed(list(single.index), 3)}: {_degrees(single.iloc[0] - usual)} than {against}"
            yield InputWarning(str(path), place, fault, "check these months")
        if abs(usual) > limit and not alone:
            fits = heights[station] - usual / _LAPSE_K_M
            fault = f"{_degrees(usual)} than {against}; it would fit {fits:.0f} m"
            yield InputWarning(str(path), place, fault, "check its elevation, its place and its unit")


def _degrees(difference: float) -> str:
    return f"{abs(difference):.1f} K {'warmer' if difference > 0 else 'colder'}"


def _late_years(own: pd.DataFrame, path: Path) -> Findings:
    """Years whose warmest time comes earlier or later than in all other years and stations: shifted dates."""
    warmest = {
        (station, year): late
        for station in own
        for year, late in warmest_months(
            own[station].dropna().index.to_numpy().astype("datetime64[M]"), own[station].dropna().to_numpy()
        ).items()
    }
    if len(warmest) < 3:
        return
    middle = np.angle(np.median(np.cos(_wave(warmest))) + 1j * np.median(np.sin(_wave(warmest)))) * 6 / np.pi
    shifted: dict[tuple[str, int], list[int]] = {}
    for (station, year), month in warmest.items():
        late = (month - middle + 6) % 12 - 6
        if abs(late) > _LATE_MONTHS:
            shifted.setdefault((station, round(late)), []).append(year)
    for (station, late), years in shifted.items():
        fault = f"the seasons of {listed(years)} are {_shift(late)}"
        remedy = "check whether values and dates belong together"
        kind = Problem if abs(late) > 2 else InputWarning
        place = f"variable temperature, station {station}"
        yield kind(str(path), place, f"{fault} than in other years and at other stations", remedy)


def _shift(months: int) -> str:
    return f"{abs(months)} month{'s' * (abs(months) > 1)} {'later' if months > 0 else 'earlier'}"


def _wave(months: dict[tuple[str, int], float]) -> np.ndarray:
    return np.array(list(months.values())) * np.pi / 6


def _copies(own: pd.DataFrame, path: Path) -> Findings:
    """Stations, and years of a station, with the same values in every month."""
    remedy = "one of them is a copy of the other: correct it or leave it out"
    values, years = own.to_numpy(), _years(own)
    for number, station in enumerate(own):
        mine = values[:, [number]]
        both = np.isfinite(mine) & np.isfinite(values[:, number + 1 :])
        copies = (both.sum(axis=0) >= _FEWEST_MONTHS) & ((values[:, number + 1 :] == mine) | ~both).all(
            axis=0
        )
        place = f"variable temperature, station {station}"
        if copies.any():
            same = listed(list(own.columns[number + 1 :][copies]), 3)
            yield InputWarning(str(path), place, f"the same values in every month as {same}", remedy)
        seen: dict[tuple[float, ...], str] = {}
        for year in np.unique(years):
            months = mine[(years == year) & np.isfinite(mine[:, 0]), 0]
            if len(np.unique(months)) < _FEWEST_MONTHS:
                continue
            first = seen.setdefault(tuple(months), year)
            if first != year:
                yield Problem(
                    str(path), place, f"the same values in every month of {first} and {year}", remedy
                )


def _climate(means: pd.Series, path: Path) -> Findings:
    """Rain of all stations against their humidity, else their sunshine: the unit of the whole table.

    `means` are the means of a month, by variable.
    """
    if "precipitation" not in means:
        return
    rain = 12 * means["precipitation"]
    humidity, sunshine = means.get("relative_humidity", np.nan), means.get("sunshine", np.nan)
    most = _RAIN_AT_45_PERCENT_MM * np.exp((humidity - 45) / _PERCENT_PER_E)
    air = f"a mean humidity of {humidity:.0f} %"
    if np.isnan(most) and sunshine > _SUNNY_H:
        most, air = _RAIN_UNDER_SUN_MM, f"{sunshine:.0f} h of sunshine a month"
    place = "variable precipitation"
    if rain > most and humidity < _DRIEST_PERCENT:
        fault = f"{humidity:.0f} % in the mean of all stations, with {rain:.0f} mm of rain a year"
        remedy = "check that it is relative humidity in %, no dew point or vapour pressure"
        yield InputWarning(str(path), "variable relative_humidity", fault, remedy)
    elif rain > most:
        fault = f"{rain:.0f} mm a year with {air}: it looks ten times too large"
        yield InputWarning(str(path), place, fault, "check the unit: 0.1 mm x 0.1")
    elif rain < _LEAST_RAIN_OF_MOIST_AIR_MM and humidity > 55 and not sunshine > _SUNNY_H:
        fault = f"{rain:.0f} mm a year with {air}: it looks ten times too small"
        yield InputWarning(str(path), place, fault, "check the unit: cm x 10, inches x 25.4")
