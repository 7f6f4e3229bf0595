"""Checks of the tables of stations and their weather."""

from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Geod

from nppdrivers.checks.findings import Findings, listed, span
from nppdrivers.checks.study import Study
from nppdrivers.checks.weather.codes import code_findings
from nppdrivers.checks.weather.gaps import daily_gap_findings
from nppdrivers.checks.weather.neighbours import neighbour_findings
from nppdrivers.checks.weather.series import series_findings
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.inputs.tables import column_names
from nppdrivers.quantities import WEATHER
from nppdrivers.weather.records import read_places
from nppdrivers.weather.service_files import SERVICES, recognise, unused_files
from nppdrivers.weather.stations import read_monthly_wide

_FARTHEST_STATION_KM = 500
_FEWEST_STATIONS, _MOST, _NEAR_KM, _ALONE = 5, 0.8, 5.0, 8.0  # a station that lies apart from the others


def check_stations(study: Study, path: Path) -> Findings:
    """Check the stations, and that at least one is near."""
    yield from _stations(read_places(path, study.columns.get("stations")), study, path)


def _stations(stations: pd.DataFrame, study: Study, path: Path) -> Findings:
    """Number, elevation and distance of the stations; the nearest must be near."""
    yield f"{len(stations)} stations"
    if stations["elevation_m"].notna().any():
        yield f"elevation {span(stations['elevation_m'], 'm')}"
    if study.area is None:
        return
    centre = study.area.union_all().centroid
    lon, lat = stations["longitude"], stations["latitude"]
    middle = np.full(len(lon), centre.x), np.full(len(lat), centre.y)
    kilometres = Geod(ellps="WGS84").inv(lon, lat, *middle)[2] / 1000
    yield f"{span(kilometres, 'km')} from the middle of the study area"
    usual = max(float(np.quantile(kilometres, _MOST)), _NEAR_KM)
    far = kilometres > _ALONE * usual
    if far.any() and len(kilometres) >= _FEWEST_STATIONS:
        names = listed(
            [f"{stations['station'].iloc[k]} {kilometres[k]:.0f} km" for k in np.flatnonzero(far)], 3
        )
        message = f"{names} from the study area, the others {usual:.0f} km and less"
        yield InputWarning(str(path), "", message, "check their coordinates, or leave them out")
    if np.min(kilometres) > _FARTHEST_STATION_KM:
        message = f"the nearest station is {np.min(kilometres):.0f} km from the study area"
        yield Problem(str(path), "", message, "check the coordinates of the stations")


def check_weather(study: Study, path: Path) -> Findings:
    """Check the weather of the stations, and that each variable has a value in each month."""
    if "stations" in study.inputs and study.stations is None:
        return  # already reported by check_stations
    form = recognise(path) if study.weather_format == "auto" else study.weather_format
    if form != "tidy":
        yield f"files of {SERVICES[form]}"
        yield from unused_files(path, form)
    weather, stations = study.weather
    yield from study.weather_remarks
    if "stations" not in study.inputs:
        yield from _stations(stations, study, path)
    unit = study.columns.get("weather", {}).get("unit", "unit")
    names = column_names(path) if form == "tidy" else []
    is_long = not set(WEATHER) & {*names, *study.columns.get("weather", {})}
    if form == "tidy" and is_long and unit not in names:
        remedy = "add it, so that degC, mm, h, % and similar units can be checked"
        yield Problem(str(path), "", f"no column {unit}", remedy)
    yield f"{'daily' if (weather['day'] > 0).any() else 'monthly'} values"
    months = study.monthly_weather
    yield from _months(months, study, path)
    yield from series_findings(weather, stations, path)
    yield from daily_gap_findings(weather, stations, path)
    yield from code_findings(weather, stations, path)
    yield from neighbour_findings(months, path)


def check_monthly_weather(study: Study, path: Path) -> Findings:
    """Check the monthly table, and that each variable has a value in each month."""
    months = read_monthly_wide(path, study.columns.get("monthly_weather", {}))
    yield f"{months['station'].nunique()} stations, monthly values"
    yield from _months(months, study, path)
    values = months.dropna(subset="value")
    yield from series_findings(values.assign(day=0), months.drop_duplicates("station"), path)
    yield from neighbour_findings(months, path)


def _months(table: pd.DataFrame, study: Study, path: Path) -> Findings:
    """Each variable needs a complete month at one station or more, in each month, as the climate stage does.

    `table` is what `weather.stations.monthly` gives: an incomplete month has no value.
    """
    needed = study.period.whole_years().months  # climate is mapped in whole years
    counts = table.groupby(["variable", "month"], observed=True)["value"].count()
    for variable in counts.index.unique("variable"):
        complete = counts[variable][counts[variable] > 0]
        if complete.empty:
            continue
        months = complete.index
        inside = complete[complete.index.isin(needed)]
        rests = f", each from {_numbers(inside)}" if len(inside) else ""
        yield f"{variable} {min(months)} to {max(months)} ({len(inside)} of {len(needed)} months{rests})"
    for variable in study.variables:
        numbers = counts[variable] if variable in counts.index.unique("variable") else pd.Series(dtype=int)
        yield from _absent_months(numbers.reindex(needed), variable, study, path)


def _numbers(counts: pd.Series) -> str:
    """Least and greatest number of stations in words."""
    low, high = int(counts.min()), int(counts.max())
    return f"{low} to {high} stations" if low < high else f"{low} station{'s' * (low > 1)}"


def _absent_months(counts: pd.Series, variable: str, study: Study, path: Path) -> Findings:
    """Months of the study in which no station has any value, and those in which none has enough days."""
    absent = list(counts.index[counts.isna()])
    incomplete = list(counts.index[counts == 0])
    if len(absent) == len(counts):
        message = f"no {variable} from {study.period}"
        left_out = "weather" in study.inputs and any(
            variable in each.problem for each in study.weather_remarks
        )
        remedy = "give the months of the study, or change its months"
        if left_out:  # by the reader, whose warning says why
            remedy = "all its values were left out (see the warning): give those of another source"
        yield Problem(str(path), "", message, remedy)
    elif absent:
        message = f"no {variable} at any station in {listed(absent)}"
        yield Problem(
            str(path),
            "",
            message,
            "fill these months (climate is mapped in whole calendar years), or leave their years out",
        )
    if incomplete:
        message = (
            f"no station has {variable} on {study.min_days_percent:g} % of the days of {listed(incomplete)}"
        )
        remedy = "give more days or stations, or lower climate.min_days_percent"
        yield Problem(str(path), "", message, remedy)
