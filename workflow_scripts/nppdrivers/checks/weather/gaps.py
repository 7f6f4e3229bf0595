"""Gaps that were written as 0: months and weeks of nothing while the other stations had rain or sunshine."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.quantities import WEATHER

_FEWEST_MONTHS = 6
_NEAR_KM, _EARTH_KM = 300.0, 6371.0  # farther stations may have other seasons and rains
# Month of the other stations that makes a month of 0 doubtful, and impossible
MUCH = {
    "precipitation": (30.0, 60.0),
    "sunshine": (60.0, 100.0),
    "wind_speed": (0.6, 1.2),
    "solar_radiation": (60.0, 100.0),
}
# Days of 0 in a row, and what the other stations had in them, that make a gap
_GAP_DAYS = {"precipitation": (15, 60.0), "sunshine": (7, 25.0)}
_KNOWN_DAYS = 0.8
_EMPTY = "where nothing was measured leave the cells empty: 0 is a value"


def neighbours(stations: pd.DataFrame) -> pd.DataFrame:
    """Which stations (columns) are near enough to each station (rows) to have the same weather."""
    lon, lat = (np.radians(stations[name].to_numpy(float)) for name in ("longitude", "latitude"))
    half = np.sin((lat[:, None] - lat) / 2) ** 2
    half += np.cos(lat)[:, None] * np.cos(lat) * np.sin((lon[:, None] - lon) / 2) ** 2
    near = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1))) <= _NEAR_KM
    np.fill_diagonal(near, False)
    return pd.DataFrame(near, stations["station"].to_numpy(), stations["station"].to_numpy())


def monthly_gap_findings(
    months: pd.DataFrame, medians: pd.DataFrame, near: pd.DataFrame, variable: str, path: Path
) -> Findings:
    """Months of nothing while all other stations had much: a gap written as 0.

    Parameters
    ----------
    months, medians : DataFrame
        Months in rows and stations in columns: the values, and the medians of the other stations.
    near : DataFrame
        Of `neighbours`.
    variable : str
        Of `MUCH`.
    path : Path
        What they were made of.
    """
    much, very_much = MUCH[variable]
    for station in months:
        own, others = months[station], medians[station]
        rest = months.loc[:, near.loc[station, months.columns].to_numpy()]
        least = rest.min(axis=1)
        alone = others.notna().sum() < _FEWEST_MONTHS
        if alone:  # against the same months of its other years
            same = own.where(own > 0).groupby(own.index.str[5:])
            others, least = same.transform("median"), same.transform("min")
            least = least.where(same.transform("count") > 1)
        empty = (own == 0) & (others >= much) & (least >= much / 6)
        if empty.any():
            certain = not alone and rest.shape[1] > 1 and (others[empty] >= very_much).any()
            against = "this month of its other years" if alone else "the other stations"
            unit = WEATHER[variable].daily.unit
            fault = f"0 in {listed(list(own.index[empty]), 3)}, {others[empty].max():.3g} {unit} in {against}"
            kind = Problem if certain else InputWarning
            yield kind(str(path), f"variable {variable}, station {station}", fault, _EMPTY)


def daily_tables(records: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Each variable with its daily values: month and day in rows, stations in columns."""
    for variable, rows in records[records["day"] > 0].groupby("variable", observed=True):
        yield str(variable), rows.pivot(index=["month", "day"], columns="station", values="value")


def daily_gap_findings(records: pd.DataFrame, stations: pd.DataFrame, path: Path) -> Findings:
    """Weeks of zeros of one station in which all others had rain or sunshine.

    Parameters
    ----------
    records, stations : DataFrame
        As `weather.records.read_records` gives.
    path : Path
        What they were read from.
    """
    near = neighbours(stations)
    for variable, own in daily_tables(records[records["variable"].isin(list(_GAP_DAYS))]):
        unit = WEATHER[variable].daily.unit
        for station, first, length, others in _daily_gaps(own, near, *_GAP_DAYS[variable]):
            month, day = own.index[first]
            fault = f"0 on {length} days in a row, {np.median(others):.3g} {unit} at the other stations"
            place = f"variable {variable}, station {station} from {month}-{day:02d}"
            yield (Problem if len(others) > 1 else InputWarning)(str(path), place, fault, _EMPTY)


def _daily_gaps(
    own: pd.DataFrame, near: pd.DataFrame, fewest: int, least: float
) -> Iterator[tuple[str, int, int, np.ndarray]]:
    """Station, first row and length of runs of zeros, and the sums of the other stations in them."""
    values = own.to_numpy()
    for column, station in enumerate(own):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], values[:, column] == 0, [0]])))
        for first, end in edges.reshape(-1, 2):
            if end - first < fewest:
                continue
            rest = values[first:end, near.loc[station, own.columns].to_numpy()]
            sums = np.nansum(rest, axis=0)[np.isfinite(rest).mean(axis=0) > _KNOWN_DAYS]
            if len(sums) and np.median(sums) >= least and sums.min() >= least / 4:
                yield str(station), int(first), int(end - first), sums
