"""Where the rows of a table lie: in the study area, near it, or far from it."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Elsewhere, Findings
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import InputWarning, Problem, lines_of

_FAR = 3.0  # times the extent of the study area
_FAR_DEGREES = 0.2  # at least


def place_findings(points: gpd.GeoDataFrame, study: Study, path: Path) -> Findings:
    """Points should lie in the rectangle around the study area, and none of them far away."""
    if study.area is None:
        return
    west, south, east, north = study.area.total_bounds
    longitude, latitude = points["longitude"], points["latitude"]
    near = longitude.between(west, east) & latitude.between(south, north)
    exchanged = ~near & latitude.between(west, east) & longitude.between(south, north)
    if not near.any():
        remedy = "check the columns longitude and latitude" + study.swapped(points.total_bounds)
        yield Elsewhere(str(path), "", "no point lies in the study area", remedy)
        return
    if exchanged.any():
        message = f"longitude and latitude of {exchanged.sum()} of {len(points)} points are exchanged"
        yield Problem(str(path), lines_of(points.index[exchanged]), message, "exchange them in these lines")
    outside = ~near & ~exchanged
    if near.mean() < 0.5:
        message = f"only {near.sum()} of {len(points)} points lie in the rectangle around the study area"
        yield Problem(str(path), lines_of(points.index[outside]), message, "check their coordinates")
        return
    reach = max(_FAR * max(east - west, north - south), _FAR_DEGREES)
    distance = np.hypot(_beyond(longitude, west, east), _beyond(latitude, south, north))
    far = outside & (distance > reach)
    if far.any():
        message = f"{far.sum()} of {len(points)} points lie far from the study area"
        example = f"{longitude[far].iloc[0]:g}, {latitude[far].iloc[0]:g}"
        remedy = f"check their coordinates, the first {example}, or leave them out"
        yield InputWarning(str(path), lines_of(points.index[far]), message, remedy)
    elif outside.any():
        yield f"{outside.sum()} points lie outside of the rectangle around the study area"


def _beyond(values: pd.Series, low: float, high: float) -> pd.Series:
    """How far values lie outside of a range."""
    return (low - values).clip(lower=0) + (values - high).clip(lower=0)
