"""Checks of the tables: soil samples, plots, measured points, stations and their weather."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod

from nppdrivers.checks.findings import Elsewhere, Findings, listed, span
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.checks.weather.gaps import daily_gap_findings
from nppdrivers.checks.weather.neighbours import neighbour_findings
from nppdrivers.checks.weather.series import series_findings
from nppdrivers.inputs.problems import Problem, lines_of
from nppdrivers.inputs.tables import column_names, read_npp_points, read_plots, read_soil_samples
from nppdrivers.quantities import SOIL
from nppdrivers.weather.records import read_places
from nppdrivers.weather.service_files import SERVICES, recognise, unused_files
from nppdrivers.weather.stations import monthly, read_monthly_wide

_FARTHEST_STATION_KM = 500
_SAMPLE_YEARS = 5  # soil changes slowly


def check_soil_samples(study: Study, path: Path) -> Findings:
    """Check the samples, and that they have the properties of the run from about its years."""
    samples = read_soil_samples(path, WGS84, study.columns.get("soil_samples"))
    counts = (f"{name} {samples[name].count()}" for name in SOIL if name in samples)
    yield f"{len(samples)} samples, values of {', '.join(counts)}"
    yield from _places(samples, study, path)
    for name in study.soil_properties:
        if name not in samples or samples[name].isna().all():
            message = f"no value of {name}"
            yield Problem(str(path), "", message, f"add a column {name}, or take it out of soil.properties")
    if "date" in samples:
        yield from _sample_dates(samples["date"], study, path)


def _sample_dates(dates: pd.Series, study: Study, path: Path) -> Findings:
    """Dates must be readable, and not many years from the study."""
    days = pd.to_datetime(dates, errors="coerce", format="ISO8601")
    if days.notna().any():
        yield f"taken {days.min():%Y-%m-%d} to {days.max():%Y-%m-%d}"
    unread = dates.notna() & days.isna()
    if unread.any():
        message = f"{dates[unread].iloc[0]} is not a date"
        yield Problem(str(path), "column date", message, "write dates as YYYY-MM-DD")
    first, last = (pd.Timestamp(day) for day in (study.period.first_day, study.period.last_day))
    far = pd.DateOffset(years=_SAMPLE_YEARS)
    outside = days[(days < first - far) | (days > last + far)]
    if len(outside):
        message = f"{len(outside)} samples were taken more than {_SAMPLE_YEARS} years outside the study"
        yield Problem(str(path), "column date", message, "check the dates, or leave these samples out")


def check_plots(study: Study, path: Path) -> Findings:
    """Check the plots, and that at least one was measured during the study."""
    plots = read_plots(path, WGS84, study.columns.get("plots"))
    years = plots["first_year"].min(), plots["last_year"].max()
    yield f"{len(plots)} plots, measured {years[0]:.0f} to {years[1]:.0f}"
    yield f"biomass {span(plots['biomass_g_m2_yr'], 'g m-2 yr-1')}"
    yield from _places(plots, study, path)
    first, last = study.period.years[0], study.period.years[-1]
    if not ((plots["first_year"] <= last) & (plots["last_year"] >= first)).any():
        message = f"no plot was measured in {first} to {last}"
        yield Problem(str(path), "columns first_year, last_year", message, "check the years")


def check_npp_points(study: Study, path: Path) -> Findings:
    """Check the points of measured NPP."""
    points = read_npp_points(path, WGS84, study.columns.get("npp_points"))
    yield f"{len(points)} points, {span(points['npp_gC_m2_yr'], 'gC m-2 yr-1')}"
    yield from _places(points, study, path)


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
    if form == "tidy" and unit not in column_names(path):
        remedy = "add it, so that degC, mm, h, % and similar units can be checked"
        yield Problem(str(path), "", f"no column {unit}", remedy)
    yield f"{'daily' if (weather['day'] > 0).any() else 'monthly'} values"
    months = monthly(weather, stations, completeness=study.min_days_percent / 100)
    yield from _months(months, study, path)
    yield from series_findings(weather, stations, path)
    yield from daily_gap_findings(weather, stations, path)
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
        yield Problem(str(path), "", message, "give the months of the study, or change its months")
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


def _places(points: gpd.GeoDataFrame, study: Study, path: Path) -> Findings:
    """Points should lie in the rectangle around the study area."""
    if study.area is None:
        return
    west, south, east, north = study.area.total_bounds
    near = points["longitude"].between(west, east) & points["latitude"].between(south, north)
    if not near.any():
        remedy = "check the columns longitude and latitude" + study.swapped(points.total_bounds)
        yield Elsewhere(str(path), "", "no point lies in the study area", remedy)
    elif near.mean() < 0.5:
        message = f"only {near.sum()} of {len(points)} points lie in the rectangle around the study area"
        yield Problem(str(path), lines_of(points.index[~near]), message, "check their coordinates")
