"""What a series of values is, seen from its order: one value a month written as a day, or a running total."""

from pathlib import Path

import pandas as pd

from nppdrivers.inputs.problems import SHOWN, Problem
from nppdrivers.quantities import WEATHER

_FEWEST_MONTHS = 3
# A rainy day is followed by one with less rain about every second time, a running total only where it begins
# anew: of rises and falls, this share may be falls.
_FALLS_OF_A_TOTAL, _FEWEST_RISES = 0.1, 20
_STAMPS = (1, 15, 16)


def series_problems(table: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Series of days that are no days; their values fit no unit, so that this is asked before the unit.

    Parameters
    ----------
    table : DataFrame
        Columns as `stations.read_weather` gives, without missing values.
    path : path
        What the values were read from.
    """
    days = table[table["day"] > 0]
    if days.empty:
        return []
    return [*_stamped_months(days, path), *_running_totals(days, path)]


def _stamped_months(days: pd.DataFrame, path: str | Path) -> list[Problem]:
    """One value a month, dated on the first, the middle or the last day of the month."""
    keys = ["station", "variable", days["month"].str[:4].rename("year")]
    alone = ~days.duplicated(["station", "variable", "month"], keep=False)
    counted = alone.groupby([days[key] if isinstance(key, str) else key for key in keys], observed=True)
    stamped = counted.transform("all") & (counted.transform("size") >= _FEWEST_MONTHS)
    rows = days[stamped]
    last = pd.to_datetime(rows["month"].astype(str) + "-01").dt.days_in_month
    rows = rows[rows["day"].isin(_STAMPS) | (rows["day"] == last)]
    if rows.empty:
        return []
    first = rows.iloc[0]
    fault = (
        f"{len(rows)} values are alone in their month, dated on a day of it as {first['month']}-"
        f"{first['day']:02d}: these are values of months, not of days"
    )
    return [Problem(str(path), _place(rows), fault, "write their dates as months: YYYY-MM")]


def _running_totals(days: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Amounts that only rise from day to day until they begin anew."""
    problems = []
    for variable, rows in days.groupby("variable", observed=True):
        if not WEATHER[str(variable)].is_monthly_sum:
            continue
        rows = rows.sort_values(["station", "month", "day"])
        step = rows.groupby("station", observed=True)["value"].diff()
        keys = [rows["station"], rows["month"].str[:4]]
        rises, falls = ((step * sign > 0).groupby(keys, observed=True).sum() for sign in (1, -1))
        total = (rises >= _FEWEST_RISES) & (falls <= _FALLS_OF_A_TOTAL * rises)
        if not total.any():
            continue
        mine = rows[pd.MultiIndex.from_arrays(keys).isin(total.index[total])]
        fault = f"{mine['value'].max():g} at most, rising from day to day: a running total"
        remedy = "give the amount of each day: its value minus that of the day before"
        problems.append(Problem(str(path), _place(mine), fault, remedy))
    return problems


def _place(rows: pd.DataFrame) -> str:
    """Variables, stations and years of rows in words."""
    names = [
        [str(name) for name in values.unique()]
        for values in (rows["variable"], rows["station"], rows["month"].astype(str).str[:4])
    ]
    words = [", ".join(each[:SHOWN]) + (" ..." if len(each) > SHOWN else "") for each in names]
    return f"variable {words[0]}, station {words[1]}, {words[2]}"
