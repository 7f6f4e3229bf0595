"""What later jobs ask of the stations: near the area, with elevations where these are used, calibrated."""

from pathlib import Path

import numpy as np
import pandas as pd
from pyproj import Geod

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.study import Study
from nppdrivers.climate.angstrom import calibrate
from nppdrivers.climate.station_checks import check_stations, check_targets
from nppdrivers.inputs.problems import InputError, InputWarning, Problem
from nppdrivers.inputs.raster.door import sample
from nppdrivers.quantities import quantity
from nppdrivers.weather.stations import read_monthly_wide

FAR_KM = 300  # a station beyond says little about the climate of the study area
_FEWEST = 3  # stations; fewer show no pattern
_POINTS = 20  # places along each side of the study area that are compared with the stations


def check_places(study: Study, path: Path) -> Findings:
    """The stations that measured each variable are near the study area in place and height."""
    if not study.variables:
        return
    table = _monthly(study, path)
    source = str(study.inputs.get("stations", path))
    measured = table[table["value"].notna()]
    targets, few = _targets(study), {}
    for name in study.variables:
        places = measured[measured["variable"] == name].drop_duplicates("station")
        if places.empty:
            continue  # the check of the weather has reported it
        _refuse_unfit(places, name, targets, source)
        if len(places) < _FEWEST:
            few[name] = len(places)
    if few:
        message = f"stations that measured {', '.join(f'{name}: {number}' for name, number in few.items())}"
        remedy = "so few show no change over the area: give more stations, or ready rasters"
        yield InputWarning(str(path), "", message, remedy)
    yield from _far(measured.drop_duplicates("station"), study, source)
    if study.plan.calibrated:
        calibrate(table)


def _monthly(study: Study, path: Path) -> pd.DataFrame:
    """Monthly values as the climate stage gets them."""
    if str(path) == str(study.inputs.get("monthly_weather")):
        return read_monthly_wide(path, study.columns.get("monthly_weather", {}))
    return study.monthly_weather


def _refuse_unfit(places: pd.DataFrame, name: str, targets: np.ndarray, source: str) -> None:
    """Ask the functions of the interpolation whether they take these stations for this area."""
    renamed = places.rename(columns={"longitude": "lon", "latitude": "lat", "elevation_m": "elevation"})
    if targets.shape[1] == 2:
        renamed = renamed.assign(elevation=np.nan)
    try:
        table = check_stations(renamed)
        check_targets(targets if table["elevation"].notna().all() else targets[:, :2], table)
    except ValueError as error:
        message = f"the stations of {name} cannot be interpolated: {error}"
        remedy = "correct their table (columns longitude, latitude, elevation_m)"
        raise InputError([Problem(source, "", message, remedy)]) from error


def _targets(study: Study) -> np.ndarray:
    """Places over the study area, with their elevation where there is an elevation model."""
    if study.area is None:
        return np.empty((0, 2))
    west, south, east, north = study.area.total_bounds
    places = np.meshgrid(np.linspace(west, east, _POINTS), np.linspace(south, north, _POINTS))
    lon, lat = (axis.ravel() for axis in places)
    if "dem" not in study.inputs:
        return np.stack([lon, lat], axis=1)
    return np.stack([lon, lat, sample(study.inputs["dem"], lon, lat, quantity("elevation"))], axis=1)


def _far(places: pd.DataFrame, study: Study, source: str) -> Findings:
    """Warn of stations far from the study area: they are interpolated from like the near ones."""
    if study.area is None:
        return
    centre = study.area.union_all().centroid
    middle = np.full(len(places), centre.x), np.full(len(places), centre.y)
    metres = Geod(ellps="WGS84").inv(places["longitude"], places["latitude"], *middle)[2]
    far = places["station"][metres > 1000 * FAR_KM]
    if len(far):
        message = f"{len(far)} of {len(places)} stations are more than {FAR_KM} km away: {listed(list(far))}"
        yield InputWarning(source, "", message, "check their coordinates, or leave them out")
