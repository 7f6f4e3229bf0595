"""Vector layers as users have them: read, checked, in the grid's coordinate system."""

import warnings
from collections.abc import Sequence
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from nppdrivers.inputs.problems import SHOWN, InputError, Problem, unreadable

# Attributes of the layers of the hazard survey
SURVEY_ATTRIBUTES = {
    "collapse": ("depth_m", "slope_change_mm_m"),
    "subsidence": ("depth_m", "slope_change_mm_m"),
    "cracks": ("width_m",),
    "goaf": ("thickness_m", "depth_m"),
    "seep": ("severity",),
}
_SHAPES = {"polygon": ("Polygon", "MultiPolygon"), "line": ("LineString", "MultiLineString")}
_SURVEY_SHAPES = {name: "line" if name == "cracks" else "polygon" for name in SURVEY_ATTRIBUTES}


def read_vector(
    path: str | Path, crs: str, *, layer: str | None = None, shape: str = "polygon"
) -> gpd.GeoDataFrame:
    """Read polygons or lines (GeoPackage, Shapefile, GeoJSON, ...) into the grid's coordinate system.

    Parameters
    ----------
    path : path of the file
    crs : str
        Coordinate system of the grid.
    layer : str, optional
        Layer to read; needed when the file holds several.
    shape : {"polygon", "line"}

    Raises
    ------
    InputError
        When the file or layer cannot be read, is empty, has no coordinate system, other or invalid shapes, or
        longitude and latitude swapped.
    """
    vector = read_layer(path, layer)
    place = f"layer {layer}" if layer else ""
    problems = _shape_problems(vector, str(path), place, shape)
    if problems:
        raise InputError(problems)
    return vector.to_crs(crs)


def read_survey(path: str | Path, crs: str) -> dict[str, gpd.GeoDataFrame]:
    """Read the hazard survey: layers collapse, subsidence, goaf, seep (polygons) and cracks (lines).

    Attributes: depth_m and slope_change_mm_m of collapse and subsidence, width_m of cracks, thickness_m and
    depth_m of goaf, severity (0 to 1) of seep; numbers that are not negative.

    Raises
    ------
    InputError
        With every problem of every layer.
    """
    present = layer_names(path)
    layers, problems = {}, []
    for name, attributes in SURVEY_ATTRIBUTES.items():
        if name not in present:
            fault, remedy = f"no such layer; it holds {', '.join(present)}", "add it, even without features"
            problems.append(Problem(str(path), f"layer {name}", fault, remedy))
            continue
        try:
            layer = read_layer(path, name)
            problems += _survey_problems(layer, name, attributes, str(path))
            layers[name] = layer.to_crs(crs) if layer.crs else layer
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return layers


def layer_names(path: str | Path) -> list[str]:
    """Names of the layers of a vector file."""
    try:
        return [str(name) for name, _ in pyogrio.list_layers(path)]
    except pyogrio.errors.DataSourceError as error:
        raise InputError([unreadable(path, error)]) from error


def read_layer(path: str | Path, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read a vector layer as it is; the only one of the file unless named."""
    try:
        names = layer_names(path)
        if layer is None and len(names) > 1:
            fault = f"holds several layers: {', '.join(names)}"
            raise InputError([Problem(str(path), "", fault, "keep the one that is meant")])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what GDAL says about odd files is reported by our own checks
            vector = gpd.read_file(path, layer=layer or names[0])
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        raise InputError([unreadable(path, error)]) from error
    if not isinstance(vector, gpd.GeoDataFrame):
        fault = "holds no geometry"
        raise InputError([Problem(str(path), f"layer {layer}", fault, "give a layer with shapes")])
    return vector


def _shape_problems(vector: gpd.GeoDataFrame, path: str, place: str, shape: str) -> list[Problem]:
    """Coordinate system, kind and validity of the shapes of a layer."""
    problems = []
    if vector.crs is None:
        fault = "no coordinate system"
        problems.append(
            Problem(path, place, fault, "assign the one it was drawn in (for a Shapefile: the .prj)")
        )
    elif vector.crs.is_geographic and len(vector) and np.abs(vector.total_bounds[[1, 3]]).max() > 90:
        fault = f"latitude up to {vector.total_bounds[3]:g}"
        problems.append(Problem(path, place, fault, "longitude and latitude are swapped: exchange them"))
    if vector.empty:
        problems.append(Problem(path, place, "holds no feature", "give at least one feature"))
    others = set(vector.geom_type.dropna()) - set(_SHAPES[shape])
    if others or vector.geometry.isna().any():
        fault = f"holds {', '.join(sorted(others)) or 'features without geometry'}"
        problems.append(Problem(path, place, fault, f"keep {shape} features only"))
    elif not vector.is_valid.all():
        rows = np.flatnonzero(~vector.is_valid) + 1
        fault = f"feature {', '.join(map(str, rows[:SHOWN]))} crosses itself"
        problems.append(Problem(path, place, fault, "repair the geometry (for example QGIS: Fix geometries)"))
    return problems


def _survey_problems(
    layer: gpd.GeoDataFrame, name: str, attributes: Sequence[str], path: str
) -> list[Problem]:
    """Attributes of a layer of the survey that are absent or out of range."""
    place = f"layer {name}"
    if layer.empty:
        return []  # a hazard that was looked for and not found
    problems = _shape_problems(layer, path, place, _SURVEY_SHAPES[name])
    high = 1.0 if name == "seep" else np.inf
    for attribute in attributes:
        if attribute not in layer:
            fault = f"no attribute {attribute}"
            problems.append(Problem(path, place, fault, f"add it; the layer has {', '.join(layer.columns)}"))
            continue
        values = pd.to_numeric(layer[attribute], errors="coerce")
        wrong = layer.loc[~values.between(0, high), attribute]
        if len(wrong):
            fault = f"{attribute} is {', '.join(str(value) for value in wrong[:SHOWN])}"
            problems.append(Problem(path, place, fault, f"give numbers from 0 to {high:g} for each feature"))
    return problems


def layer_if_given(path: str | Path | None) -> gpd.GeoDataFrame | None:
    """Vector layer of that file; None where the run does not have one."""
    return read_layer(path) if path else None
