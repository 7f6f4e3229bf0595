"""Check all inputs before anything is computed, and report everything that is wrong together."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import Geod

from nppdrivers import preflight_rasters as rasters
from nppdrivers.grid import Grid
from nppdrivers.problems import Problem, lines_of, unreadable
from nppdrivers.quantities import SOIL
from nppdrivers.stations import read_monthly_wide, read_stations, read_weather
from nppdrivers.study import WGS84, Study, collected, listed
from nppdrivers.tables import read_npp_points, read_plots, read_soil_samples
from nppdrivers.vectors import read_survey, read_vector

_FARTHEST_STATION_KM = 500
_APART = ("touch the study area", "touches the study area", "lies in the study area")
_SAMPLE_YEARS = 5  # soil changes slowly


def check_inputs(
    inputs: Mapping[str, str | Path],
    *,
    first_month: str,
    last_month: str,
    land_cover_codes: Collection[int],
    variables: Sequence[str] = ("temperature", "precipitation"),
    soil_properties: Sequence[str] = (),
    columns: Mapping[str, Mapping[str, str]] | None = None,
    data_folder: str | Path | None = None,
    grid: Grid | None = None,
) -> list[Problem]:
    """Check all inputs and return all their problems; an empty list when there are none.

    Parameters
    ----------
    inputs : mapping of name to path
        Of study_area, river, mines, dem, land_cover, survey, soil_samples, stations, weather,
        monthly_weather, landsat, modis and mod17 (folders), fine_images, plots, zones,
        npp_points. What is not given is not checked, and of other names only whether the file is there.
    first_month, last_month : str
        Of the study, "YYYY-MM".
    land_cover_codes : collection of int
        Codes of the land cover classes that the configuration knows.
    variables : sequence of str
        Weather variables that the run needs in every month.
    soil_properties : sequence of str
        Properties that the run needs of the soil samples.
    columns : mapping, optional
        For an input that is a table its column names: name here to name in the file.
    data_folder : path, optional
        Where relative paths in the table of ready images start.
    grid : Grid, optional
        Grid of the run, where there is no study area.
    """
    study = Study(
        inputs,
        first_month,
        last_month,
        frozenset(land_cover_codes),
        variables,
        soil_properties,
        columns or {},
        data_folder,
        grid,
    )
    problems: list[Problem] = []
    for name, path in inputs.items():
        if not Path(path).exists():
            problems.append(unreadable(path, "absent"))
        elif name in _CHECKS:
            problems += collected(partial(_CHECKS[name], study, Path(path)), path)
    return problems + _study_area_apart(problems, inputs)


def report(problems: Iterable[Problem]) -> str:
    """Write problems as text, grouped by file in the order found."""
    problems = list(problems)
    if not problems:
        return "All inputs are in order.\n"
    lines = [f"{len(problems)} problem{'s' * (len(problems) > 1)} in the inputs"]
    for file in dict.fromkeys(problem.file for problem in problems):
        lines += ["", file]
        for problem in (one for one in problems if one.file == file):
            place = f"{problem.place}: " if problem.place else ""
            lines += [f"  - {place}{problem.problem}", f"    {problem.remedy}"]
    return "\n".join(lines) + "\n"


def _study_area(study: Study, path: Path) -> Iterable[Problem]:
    area = read_vector(path, WGS84)
    square_km = area.to_crs("EPSG:6933").area.sum() / 1e6
    if not 0.01 <= square_km <= 1e6:
        said = f"covers {square_km:.3g} km2"
        yield Problem(str(path), "", said, "check the coordinate system and the unit of the coordinates")


def _study_area_apart(problems: list[Problem], inputs: Mapping[str, str | Path]) -> list[Problem]:
    """Blame the study area when two inputs or more lie elsewhere."""
    apart = {problem.file for problem in problems if problem.problem.endswith(_APART)}
    if len(apart) < 2 or "study_area" not in inputs:
        return []
    said = f"{len(apart)} inputs do not touch it"
    return [Problem(str(inputs["study_area"]), "", said, "check its coordinates and its coordinate system")]


def _vector(shape: str) -> Callable:
    def check(study: Study, path: Path) -> Iterable[Problem]:
        layer = read_vector(path, WGS84, shape=shape)
        if study.area is not None and not layer.intersects(study.area.union_all()).any():
            said, remedy = "no feature touches the study area", "check both coordinate systems"
            yield Problem(str(path), "", said, remedy + study.swapped(layer.total_bounds))

    return check


def _survey(study: Study, path: Path) -> Iterable[Problem]:
    layers = read_survey(path, WGS84)
    filled = [layer for layer in layers.values() if len(layer)]
    if not filled:
        yield Problem(str(path), "", "all layers are empty", "leave the survey out where there is none")
    elif study.area is not None and not any(
        layer.intersects(study.area.union_all()).any() for layer in filled
    ):
        yield Problem(str(path), "", "no feature touches the study area", "check both coordinate systems")


def _soil_samples(study: Study, path: Path) -> Iterable[Problem]:
    samples = read_soil_samples(path, WGS84, study.columns.get("soil_samples"))
    yield from _places(samples, study, path)
    for name in study.soil_properties:
        if name not in samples or samples[name].isna().all():
            said = f"no value of {name}"
            yield Problem(str(path), "", said, f"add a column {name}, or take it out of soil.properties")
    if "date" in samples:
        days = pd.to_datetime(samples["date"], errors="coerce", format="ISO8601")
        unread = samples["date"].notna() & days.isna()
        if unread.any():
            said = f"{samples['date'][unread].iloc[0]} is not a date"
            yield Problem(str(path), "column date", said, "write dates as YYYY-MM-DD")
        first, last = (pd.Timestamp(day) for day in study.days)
        far = pd.DateOffset(years=_SAMPLE_YEARS)
        outside = days[(days < first - far) | (days > last + far)]
        if len(outside):
            said = f"{len(outside)} samples were taken more than {_SAMPLE_YEARS} years outside the study"
            yield Problem(str(path), "column date", said, "check the dates, or leave these samples out")


def _plots(study: Study, path: Path) -> Iterable[Problem]:
    plots = read_plots(path, WGS84, study.columns.get("plots"))
    yield from _places(plots, study, path)
    first, last = (day.year for day in study.days)
    if not ((plots["first_year"] <= last) & (plots["last_year"] >= first)).any():
        said = f"no plot was measured in {first} to {last}"
        yield Problem(str(path), "columns first_year, last_year", said, "check the years")


def _npp_points(study: Study, path: Path) -> Iterable[Problem]:
    yield from _places(read_npp_points(path, WGS84, study.columns.get("npp_points")), study, path)


def _stations(study: Study, path: Path) -> Iterable[Problem]:
    stations = read_stations(path, study.columns.get("stations"))
    if study.area is not None:
        centre = study.area.union_all().centroid
        lon, lat = stations["longitude"], stations["latitude"]
        metres = Geod(ellps="WGS84").inv(lon, lat, np.full(len(lon), centre.x), np.full(len(lat), centre.y))[
            2
        ]
        if np.min(metres) > 1000 * _FARTHEST_STATION_KM:
            said = f"the nearest station is {np.min(metres) / 1000:.0f} km from the study area"
            yield Problem(str(path), "", said, "check the coordinates of the stations")


def _weather(study: Study, path: Path) -> Iterable[Problem]:
    if study.stations is None:
        return ()  # told with the stations
    return _lacking_months(read_weather(path, study.stations, study.columns.get("weather")), study, path)


def _monthly_weather(study: Study, path: Path) -> Iterable[Problem]:
    months = read_monthly_wide(path, study.columns.get("monthly_weather", {}))
    return _lacking_months(months.dropna(subset="value"), study, path)


def _lacking_months(table: pd.DataFrame, study: Study, path: Path) -> Iterable[Problem]:
    """Each variable needs a value at one station at least in each month."""
    present = table.groupby("variable")["month"].agg(set)
    for variable in study.variables:
        lacking = [month for month in study.months if month not in present.get(variable, ())]
        if len(lacking) == len(study.months):
            said = f"no {variable} from {study.first_month} to {study.last_month}"
            yield Problem(str(path), "", said, "give the months of the study, or change its months")
        elif lacking:
            said = f"no {variable} at any station in {listed(lacking)}"
            yield Problem(str(path), "", said, "fill these months, or shorten the study")


def _places(points: gpd.GeoDataFrame, study: Study, path: Path) -> Iterable[Problem]:
    """Points should lie in the rectangle around the study area."""
    if study.area is None:
        return
    west, south, east, north = study.area.buffer(0).total_bounds
    near = points["longitude"].between(west, east) & points["latitude"].between(south, north)
    if not near.any():
        remedy = "check the columns longitude and latitude" + study.swapped(points.total_bounds)
        yield Problem(str(path), "", "no point lies in the study area", remedy)
    elif near.mean() < 0.5:
        said = f"only {near.sum()} of {len(points)} points lie in the rectangle around the study area"
        yield Problem(str(path), lines_of(points.index[~near]), said, "check their coordinates")


_CHECKS: dict[str, Callable[[Study, Path], Iterable[Problem]]] = {
    "study_area": _study_area,
    "river": _vector("line"),
    "mines": _vector("polygon"),
    "dem": rasters.check_dem,
    "land_cover": rasters.check_land_cover,
    "survey": _survey,
    "soil_samples": _soil_samples,
    "stations": _stations,
    "weather": _weather,
    "monthly_weather": _monthly_weather,
    "landsat": rasters.check_landsat,
    "fine_images": rasters.check_landsat,
    "modis": rasters.check_modis,
    "mod17": rasters.check_mod17,
    "plots": _plots,
    "zones": _vector("polygon"),
    "npp_points": _npp_points,
    **{f"soil_raster_{name}": rasters.check_covers for name in SOIL},
}
