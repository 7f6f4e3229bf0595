"""Numbers inside the possible range that stand for "missing", and lost signs: seen at what surrounds them."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.weather.gaps import daily_tables, neighbours
from nppdrivers.inputs.problems import InputWarning
from nppdrivers.quantities import WEATHER

_LEAST_REPEATS = 5
_SPIKE = 2  # times as many days as of the next value on either side
_NEAR_DAYS, _FEWEST_NEAR = 30, 10  # days with about the value
_LEAST_Z = 3.5  # of ranks; many numbers are tried
_BEYOND, _LEAST_BEYOND, _SHARE_BEYOND = 1.5, 4, 0.4  # deviations larger than usual ones
_SATURATED = 99.95  # relative humidity [%] that repeats in fog
_FOLDED_K = 2.0
_LEAST_FOLDED = 20  # values within 2 K of 0
_FLAT = 0.4  # number of values within 2 K of 0 over that within the next 2 K


class Code(NamedTuple):
    """A number that repeats at a station: how often, and what the other stations have then and usually."""

    station: str
    value: float
    days: int
    others: float
    usual: float


def code_findings(records: pd.DataFrame, stations: pd.DataFrame, path: Path) -> Findings:
    """Numbers that repeat on days on which the other stations contradict them; temperatures without signs.

    Parameters
    ----------
    records, stations : DataFrame
        As `weather.records.read_records` gives.
    path : Path
        What they were read from.
    """
    near = neighbours(stations)
    for variable, own in daily_tables(records):
        unit = WEATHER[variable].daily.unit
        for code in _codes(own, near, variable):
            fault = (
                f"{code.value:g} {unit} on {code.days} days, on which the other stations have "
                f"{code.others:.3g}; on days with about that value they have {code.usual:.3g}"
            )
            remedy = "if it stands for missing values, leave these cells empty"
            yield InputWarning(str(path), f"variable {variable}, station {code.station}", fault, remedy)
        if variable == "temperature":
            yield from _lost_signs(own, path)


def _codes(own: pd.DataFrame, near: pd.DataFrame, variable: str) -> Iterator[Code]:
    """Numbers of each station that look like codes."""
    table = own.to_numpy()
    for column, station in enumerate(own):
        values = table[:, column]
        spikes = _spikes(values[np.isfinite(values)])
        if variable == "relative_humidity":
            spikes = spikes[spikes < _SATURATED]
        elif WEATHER[variable].is_monthly_sum:  # 0 is usual; runs of it have a check of their own
            spikes = spikes[spikes > 0]
        if not spikes.size:
            continue
        rest = table[:, near.loc[station, own.columns].to_numpy()]
        compared = np.isfinite(values) & np.isfinite(rest).any(axis=1)
        own_days, others = values[compared], np.nanmedian(rest[compared], axis=1)
        for value in spikes:
            coded = own_days == value
            rows = np.flatnonzero(~np.isin(own_days, spikes))
            rows = rows[np.argsort(np.abs(own_days[rows] - value), kind="stable")[:_NEAR_DAYS]]
            if coded.sum() < _LEAST_REPEATS or len(rows) < _FEWEST_NEAR:
                continue
            then, else_ = others[coded], others[rows]
            middle, usual = float(np.median(then)), float(np.median(else_))
            drawn = abs(middle - np.median(others)) < abs(usual - np.median(others))  # as on any day
            contradicted = abs(middle - value) > abs(usual - value)
            if drawn and contradicted and _is_apart(np.abs(then - usual), np.abs(else_ - usual)):
                yield Code(str(station), float(value), int(coded.sum()), middle, usual)


def _spikes(values: np.ndarray) -> np.ndarray:
    """Values that are much more frequent than the next lower and the next higher one."""
    unique, counts = np.unique(values, return_counts=True)
    padded = np.concatenate([[0], counts, [0]])
    next_to = np.maximum(padded[:-2], padded[2:])
    return np.asarray(unique[(counts >= _LEAST_REPEATS) & (counts >= _SPIKE * next_to)])


def _is_apart(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether deviations are larger than others by their ranks, or many of them larger than nearly all."""
    beyond = one > _BEYOND * np.quantile(other, 0.95)
    many = beyond.sum() >= _LEAST_BEYOND and beyond.mean() >= _SHARE_BEYOND
    return bool(many) or _rank_z(one, other) > _LEAST_Z


def _rank_z(one: np.ndarray, other: np.ndarray) -> float:
    """Standardised statistic of the rank-sum test of Mann and Whitney."""
    above = (one[:, None] > other) + 0.5 * (one[:, None] == other)
    pairs = len(one) * len(other)
    return float((above.sum() - pairs / 2) / np.sqrt(pairs * (len(one) + len(other) + 1) / 12))


def _lost_signs(own: pd.DataFrame, path: Path) -> Findings:
    """Temperatures that end at 0 without becoming rare towards it: those below have lost their sign."""
    below, beyond = (own < _FOLDED_K).sum(), ((own >= _FOLDED_K) & (own < 2 * _FOLDED_K)).sum()
    folded = (own.min() >= 0) & (below >= _LEAST_FOLDED) & (below > _FLAT * beyond)
    if folded.any():
        names = listed(list(own.columns[folded]), 4)
        fault = f"no value below 0, but {below[folded].iloc[0]} days between 0 and {_FOLDED_K:g} degC"
        remedy = "the signs seem to be lost: give the values again with their minus"
        yield InputWarning(str(path), f"variable temperature, station {names}", fault, remedy)
