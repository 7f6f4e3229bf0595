"""Vector layers as users have them: checked, named, in the grid's coordinate system."""

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from shapely import LineString
from shapely.ops import linemerge

from nppdrivers.inputs.column_names import rename_columns
from nppdrivers.inputs.layers import read_layer
from nppdrivers.inputs.problems import InputError, InputWarning, Problem

_SHAPES = {"polygon": ("Polygon", "MultiPolygon"), "line": ("LineString", "MultiLineString")}
_OTHER_SHAPES = {
    "polygon": "keep polygon features only (QGIS makes polygons of closed lines: Lines to polygons)",
    "line": "keep line features only (of a river drawn as an area its middle line)",
}
_LARGEST_DEGREES = 360


def read_vector(
    path: str | Path, crs: str, *, layer: str | None = None, shape: str = "polygon"
) -> gpd.GeoDataFrame:
    """Read polygons or lines (GeoPackage, Shapefile, GeoJSON, ...) into the grid's coordinate system.

    Parameters
    ----------
    path : path of the file, folder or archive (`layers.open_layer`)
    crs : str
        Coordinate system of the grid.
    layer : str, optional
        Layer to read; needed when the file holds several.
    shape : {"polygon", "line"}

    Raises
    ------
    InputError
        When the file or layer cannot be read, is empty, has no coordinate system or one that does not fit its
        coordinates, or other shapes.
    """
    vector = read_layer(path, layer)
    problems = shape_problems(vector, str(path), f"layer {layer}" if layer else "", shape)
    if problems:
        raise InputError(problems)
    return vector.to_crs(crs)


def read_named(path: str | Path, columns: Mapping[str, str] | None = None) -> gpd.GeoDataFrame:
    """Read polygons with a column `name`; those without a name are numbered as in the file.

    Parameters
    ----------
    path : path of the file, folder or archive
    columns : mapping, optional
        ``{"name": column of the file}`` where it has another name. Otherwise its capitals do not matter.

    Raises
    ------
    InputError
        Without such a column.
    """
    layer = rename_columns(read_layer(path), columns, path)
    if "name" not in layer:
        alike = [column for column in layer if str(column).lower() == "name"]
        if not alike:
            fault = f"no column name; it has {', '.join(map(str, layer.columns.drop(layer.geometry.name)))}"
            example = "columns: {mines: {name: MINE}} or {zones: {name: ZONE}}"
            remedy = f"add it, or map the column that has the names, as in {example}"
            raise InputError([Problem(str(path), "", fault, remedy)])
        layer = layer.rename(columns={alike[0]: "name"})
    names = layer["name"]
    if pd.api.types.is_float_dtype(names) and (names.dropna() % 1 == 0).all():
        names = names.astype("Int64")  # whole numbers, of which one is missing
    names = names.astype("string").str.strip()
    bare = names.isna() | (names == "")
    numbers = [f"unnamed {number}" for number in range(1, len(layer) + 1)]
    return layer.assign(name=names.mask(bare, numbers).astype(object))


def name_warnings(path: str | Path, columns: Mapping[str, str] | None = None) -> list[InputWarning]:
    """Say which polygons have no name, and which names are there more than once."""
    names = read_named(path, columns)["name"]
    warnings = []
    unnamed = names[names.str.fullmatch(r"unnamed \d+")]
    if len(unnamed):
        fault = f"{len(unnamed)} of {len(names)} polygons have no name: they are called {unnamed.iloc[0]} ..."
        warnings.append(InputWarning(str(path), "column name", fault, "fill in the names"))
    again = names[names.duplicated()].unique()
    if len(again):
        more = f", and {len(again) - 1} more such names" if len(again) > 1 else ""
        fault = f"{again[0]} is the name of several polygons{more}"
        remedy = "each polygon gets a row of its own; dissolve them by name where they are one place"
        warnings.append(InputWarning(str(path), "column name", fault, remedy))
    return warnings


def joined_line(line: gpd.GeoDataFrame, crs: str) -> LineString:
    """Join the lines of a layer to one, in a coordinate system.

    Raises
    ------
    ValueError
        When they do not touch end to end, or branch.
    """
    river = line.to_crs(crs).union_all()
    river = river if isinstance(river, LineString) else linemerge(river)
    if not isinstance(river, LineString):
        raise ValueError(
            f"the river has {len(river.geoms)} separate parts; join them to one line without side arms"
        )
    return river


def shape_problems(vector: gpd.GeoDataFrame, path: str, place: str, shape: str) -> list[Problem]:
    """Coordinate system and kind of the shapes of a layer."""
    problems = system_problems(vector, path, place)
    if vector.empty:
        problems.append(Problem(path, place, "holds no feature", "give at least one feature"))
    others = set(vector.geom_type.dropna()) - set(_SHAPES[shape])
    if others or vector.geometry.isna().any():
        fault = f"holds {', '.join(sorted(others)) or 'features without geometry'}"
        problems.append(Problem(path, place, fault, _OTHER_SHAPES[shape]))
    elif shape == "polygon" and len(vector) and not shapely.area(vector.geometry.to_numpy()).sum() > 0:
        problems.append(Problem(path, place, "its polygons have no area", "draw their outlines again"))
    return problems


def system_problems(vector: gpd.GeoDataFrame, path: str, place: str) -> list[Problem]:
    """A coordinate system that is not stated, or that the coordinates cannot be in."""
    if vector.empty and vector.crs is not None:
        return []
    west, south, east, north = vector.total_bounds
    far_x, far_y = np.abs([west, east]).max(), np.abs([south, north]).max()
    if vector.crs is None:
        fault, remedy = "no coordinate system", "assign the one it was drawn in (for a Shapefile: the .prj)"
        if max(far_x, far_y) <= _LARGEST_DEGREES:
            remedy += "; its coordinates look like degrees, as in EPSG:4326"
    elif vector.crs.is_geographic and max(far_x, far_y) > _LARGEST_DEGREES:
        fault = f"coordinates up to {max(far_x, far_y):.0f} are no degrees, as {vector.crs.name} has them"
        remedy = "they look like metres: assign the projected system that it was drawn in, as in EPSG:4547"
    elif vector.crs.is_geographic and far_y > 90:
        fault = f"latitude up to {north:g}"
        remedy = "longitude and latitude are swapped: exchange them"
    elif vector.crs.is_projected and far_x <= 180 and far_y <= 90:
        fault = f"coordinates of {west:g} to {east:g} look like degrees, {vector.crs.name} has metres"
        remedy = "assign the system that it was drawn in, as in EPSG:4326"
    else:
        return []
    return [Problem(path, place, fault, remedy)]
