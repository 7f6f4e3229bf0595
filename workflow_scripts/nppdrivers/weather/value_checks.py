"""Checks of weather records: units that are not stated truly, and values that no day or month can have."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.evapotranspiration import extraterrestrial_radiation
from nppdrivers.inputs.problems import SHOWN, Problem, lines_of
from nppdrivers.inputs.tables import range_problems, unit_problem
from nppdrivers.inputs.unit_mistakes import likely_units
from nppdrivers.quantities import WEATHER, Quantity
from nppdrivers.weather.table import COMPLETENESS, RECORD_UNITS, month_length

# Share of the radiation above the atmosphere that reaches the ground: 0.25 under overcast skies, 0.75 under
# clear ones (FAO-56, equation 35)
CLEARNESS = (0.25, 0.85)
# A year of a station whose centre is this many times that of its other years, or so far from it [K]
_UNLIKE_YEARS, _UNLIKE_YEARS_K = 4.0, 15.0
_PERCENT, _MOST_OF_YEAR_D, _MONTHS = 100, 300, 12
_SPELLINGS = {
    "°C": "degC",
    "℃": "degC",
    "C": "degC",
    "mm month-1": "mm",
    "mm/month": "mm",
    "hours": "h",
    "m/s": "m s-1",
    "MJ/m2": "MJ m-2",
    "MJ m-2 month-1": "MJ m-2",
}


def stated_unit_problems(table: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Variables whose column `unit` names another unit than that of the register."""
    if "unit" not in table:
        return []
    problems = []
    for (variable, unit), rows in table.groupby(["variable", "unit"]):
        expected = RECORD_UNITS[variable]
        if _SPELLINGS.get(unit, unit) != expected:
            place = f"variable {variable}, {lines_of(rows.index)}"
            problems.append(Problem(str(path), place, f"unit is {unit}", f"convert the values to {expected}"))
    return problems


def value_problems(
    table: pd.DataFrame,
    stations: pd.DataFrame,
    path: str | Path,
    places_of: Callable[[pd.Index], str] = lines_of,
) -> list[Problem]:
    """Impossible values and likely unit mistakes; of monthly sums the daily mean is compared too.

    Parameters
    ----------
    table, stations : DataFrame
        Columns as `read_weather` and `read_stations` give, without missing values.
    path : path
        What the values were read from.
    places_of : callable
        Words for the places in the file that rows of the table come from.

    Returns
    -------
    list of Problem
        Empty when every value, and every month made of them, lies in the range of the register.
    """
    problems = []
    for variable, rows in table.groupby("variable", observed=True):
        quantity, days = WEATHER[variable], rows["month"].map(month_length).astype(int)
        per_day = rows["value"]
        if quantity.is_monthly_sum:
            per_day = per_day / days.where(rows["day"] == 0, 1)
        mistaken, mistaken_rows = _unit_mistakes(per_day, rows, quantity, path)
        problems += mistaken
        others = ~mistaken_rows
        impossible = range_problems(per_day[others], quantity.daily, path, f"variable {variable}", places_of)
        problems += impossible or _month_problems(rows[others], days[others], quantity, path, places_of)
        if variable == "solar_radiation" and not mistaken:
            problems += _radiation_problems(rows, per_day, stations, path)
    return problems


def _unit_mistakes(
    per_day: pd.Series, rows: pd.DataFrame, quantity: Quantity, path: str | Path
) -> tuple[list[Problem], pd.Series]:
    """Likely unit mistakes of one variable, stations and years that agree in one problem; and which rows."""
    found: dict[tuple[str, ...], list[tuple[str, pd.Index]]] = {}
    year_of = rows["month"].astype(str).str[:4]
    for station, values in per_day.groupby(rows["station"], observed=True):
        daily = bool((rows.loc[values.index, "day"] > 0).all())
        numbers, year_of_each = values.to_numpy(), year_of[values.index].to_numpy()
        years = {}
        for year in np.unique(year_of_each):
            own = year_of_each == year
            if not own.all() and (units := _units_of_year(numbers[own], numbers[~own], quantity, daily)):
                years[f"{station} in {year}"] = units, values.index[own]
        if not years and (units := _units(numbers, quantity, daily)):
            years = {str(station): (units, values.index)}
        for name, (units, index) in years.items():
            found.setdefault(tuple(units), []).append((name, index))
    problems, mistaken = [], pd.Series(False, index=rows.index)
    for likely, series in found.items():
        names = [name for name, _ in series]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        place = f"variable {quantity.name}, station {', '.join(names[:SHOWN])}{more}"
        mine = series[0][1].append([index for _, index in series[1:]])
        mistaken[mine] = True
        problems.append(unit_problem(rows.loc[mine, "value"], quantity.daily, likely, path, place))
    return problems, mistaken


def _units(values: np.ndarray, quantity: Quantity, daily: bool) -> list[str]:
    """Wrong units that would explain the values of a station."""
    units = likely_units(quantity.daily, values, _centre(values, quantity))
    if quantity.name == "sunshine" and any("0.1 h" in unit for unit in units) and values.max() <= _PERCENT:
        # in 0.1 h clear days of summer have more
        whole_year = len(values) >= (_MOST_OF_YEAR_D if daily else _MONTHS)
        units = ["% of the length of the day (x its hours / 100)", *(() if whole_year else units)]
    return [unit for unit in units if not daily or "monthly table" not in unit]


def _units_of_year(own: np.ndarray, others: np.ndarray, quantity: Quantity, daily: bool) -> list[str]:
    """Wrong units that would explain a year of a station that is unlike its other years."""
    if quantity.is_monthly_sum and len(own) < 0.8 * (365 if daily else 12):
        return []  # a season is not a year
    # a single month, however large, makes no other unit of its year
    centre, usual = _centre(np.sort(own)[: -max(1, len(own) // 10)], quantity), _centre(others, quantity)
    spread = max(usual / centre, centre / usual) if min(usual, centre) > 0 else np.inf
    unlike = spread > _UNLIKE_YEARS if quantity.minimum >= 0 else abs(centre - usual) > _UNLIKE_YEARS_K
    return _units(own, quantity, daily) if unlike else []


def _centre(per_day: np.ndarray, quantity: Quantity) -> float:
    """Mean of a sum, median of the others; single impossible values do not count."""
    possible = (per_day >= quantity.daily.minimum) & (per_day <= quantity.daily.maximum)
    if possible.mean() > 0.98:
        per_day = per_day[possible]
    return float(np.nanmean(per_day) if quantity.is_monthly_sum else np.nanmedian(per_day))


def _month_problems(
    rows: pd.DataFrame,
    days: pd.Series,
    quantity: Quantity,
    path: str | Path,
    places_of: Callable[[pd.Index], str],
) -> list[Problem]:
    """Complete months whose value, as `stations.monthly` makes it, no month can have."""
    value = rows["value"] * days.where(rows["day"] > 0, 1) if quantity.is_monthly_sum else rows["value"]
    if not (value > quantity.maximum).any():
        return []  # no mean of them is larger
    months = value.groupby([rows["station"], rows["month"]], observed=True)
    complete = (rows["day"] == 0) | (months.transform("size") >= COMPLETENESS * days)
    first_rows = ~rows.duplicated(["station", "month"])
    values = months.transform("mean")[complete & first_rows]
    return range_problems(values, quantity, path, f"variable {quantity.name}, whole month", places_of)


def _radiation_problems(
    rows: pd.DataFrame, per_day: pd.Series, stations: pd.DataFrame, path: str | Path
) -> list[Problem]:
    """Compare with the radiation above the atmosphere: the only test for W m-2 in place of MJ m-2 a month."""
    latitude = rows["station"].map(stations.set_index("station")["latitude"])
    day = pd.to_datetime(rows["month"] + "-15").dt.day_of_year - 15 + rows["day"].where(rows["day"] > 0, 15)
    above = extraterrestrial_radiation(day.to_numpy(float), latitude.to_numpy(float))
    sunny = above > 1
    clearness = float((per_day[sunny] / above[sunny]).median()) if sunny.any() else np.nan
    if np.isnan(clearness) or CLEARNESS[0] <= clearness <= CLEARNESS[1]:
        return []
    problem = f"median of {100 * clearness:.0f} % of the radiation above the atmosphere; 30 to 70 % is usual"
    remedy = "radiation is in MJ m-2 a day or a month (W m-2 x 0.0864 = MJ m-2 a day)"
    return [Problem(str(path), "variable solar_radiation", problem, remedy)]
