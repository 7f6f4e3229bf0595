"""What a series of values is: months written as days, a running total, or codes among the values."""

from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.inputs.problems import SHOWN, Problem
from nppdrivers.quantities import WEATHER

# Numbers that stand for a missing value, also in tenths and hundredths
CODES = (-99, -99.9, -99.99, 9.9, 99, 99.9, 99.99, 999, 999.9, 9999, 9999.9, 327, 327.66, 3270, 3276.6)
_AMONG_OTHERS = (4, 10)  # how often it occurs where others may be as large; a small one may be a true value
_FEWEST_MONTHS = 3
# A rainy day is followed by one with less rain about every second time, a running total only where it begins
# anew: of the days after one with a value above 0, this share may have less.
_FALLS_OF_A_TOTAL, _FEWEST_RISES = 0.1, 20
_STAMPS = (1, 15, 16)


def series_problems(table: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Series that are no values of days, or contain codes: no unit explains them.

    Parameters
    ----------
    table : DataFrame
        Columns as `stations.read_weather` gives, without missing values.
    path : path
        What the values were read from.
    """
    days = table[table["day"] > 0]
    problems = [*_stamped_months(days, path), *_running_totals(days, path)] if len(days) else []
    return problems or _codes(table, path)


def _codes(table: pd.DataFrame, path: str | Path) -> list[Problem]:
    """Numbers that stand for a missing value."""
    found: dict[tuple[str, float], tuple[list[str], int]] = {}
    for (variable, station), values in table.groupby(["variable", "station"], observed=True)["value"]:
        sums = WEATHER[str(variable)].is_monthly_sum
        if code := _code(values.to_numpy(), sums):
            stations, number = found.setdefault((str(variable), code[0]), ([], 0))
            found[str(variable), code[0]] = [*stations, str(station)], number + code[1]
    remedy = "if it stands for missing values, leave these cells empty"
    return [
        Problem(
            str(path),
            f"variable {variable}, station {', '.join(stations[:SHOWN])}{' ...' * (len(stations) > SHOWN)}",
            f"{code:g} occurs {number} times, where there are hardly other values",
            remedy,
        )
        for (variable, code), (stations, number) in found.items()
    ]


def _code(values: np.ndarray, sums: bool) -> tuple[float, int] | None:
    """A number of CODES, or the largest or smallest value, that repeats where no other values are."""
    distinct, counts = np.unique(values.round(3), return_counts=True)
    if len(distinct) < 4:
        return None
    for code in CODES:
        number = counts[distinct == code].sum()
        near = counts[np.abs(distinct - code) <= 0.1 * abs(code)].sum() - number
        apart = number and np.abs(distinct[distinct != code]).max() < abs(code) / 1.5
        if number >= (2 if apart else _AMONG_OTHERS[abs(code) < 50]) and number > near:
            return code, int(number)
    gap = 1.0 if sums else 0.5  # of the span of the other values: rain is skewed
    if counts[-1] >= 3 and distinct[-1] - distinct[-2] > gap * (distinct[-2] - distinct[0]):
        return float(distinct[-1]), int(counts[-1])
    if not sums and counts[0] >= 3 and distinct[1] - distinct[0] > gap * (distinct[-1] - distinct[1]):
        return float(distinct[0]), int(counts[0])
    return None


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
        before = rows["value"] - step
        rises, falls, wet = (
            days_with.groupby(keys, observed=True).sum() for days_with in (step > 0, step < 0, before > 0)
        )
        total = (rises >= _FEWEST_RISES) & (falls <= _FALLS_OF_A_TOTAL * wet)
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
