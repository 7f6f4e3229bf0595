"""Places of a table: longitude and latitude, or x and y in the coordinate system that the table states."""

import re
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from nppdrivers.inputs.problems import InputError, Problem, lines_of

SYSTEMS = ("crs", "epsg")  # columns that state a coordinate system
_LON_LAT = ("longitude", "latitude")
_NAMES = {"x": ("x", "easting", "x_coord"), "y": ("y", "northing", "y_coord")}
_CODED = re.compile(r"([xy])_(?:epsg_?)?(\d{4,6})", re.IGNORECASE)
_CODE = re.compile(r"(?:epsg:)?(\d{4,6})(?:\.0)?", re.IGNORECASE)
_LARGEST_DEGREES = 360
_DEPTH = re.compile(r".*(depth|layer|horizon|深度|土层).*|top|bottom|upper|lower", re.IGNORECASE)
_MARGIN_DEGREES = 8  # a place may lie in a neighbouring zone
_REMEDY = "name the columns x and y, and state their system: a column crs with EPSG:4547 (or which it is)"


def is_place_column(name: object) -> bool:
    """Whether a column of a table may say where its rows lie."""
    text = str(name).lower()
    known = (*_LON_LAT, *SYSTEMS, *_NAMES["x"], *_NAMES["y"])
    return text in known or bool(_CODED.fullmatch(text))


def stated_system(columns: Mapping[str, str] | None) -> tuple[dict[str, str], str]:
    """Columns mapped in the settings without a code that stands for the column `crs`, and that code."""
    columns = dict(columns or {})
    code = columns.get("crs", "")
    return (columns, "") if not _CODE.fullmatch(code) else (columns, columns.pop("crs"))


def geographic(table: pd.DataFrame, path: str | Path, code: str = "") -> pd.DataFrame:
    """Give a table the columns longitude and latitude [deg, WGS 84].

    Parameters
    ----------
    table : DataFrame
        With longitude and latitude, or x and y (also easting and northing, or x_32649 and y_32649). A column
        crs or epsg may state their system, for each row its own.
    path : path
        For messages.
    code : str
        System of all rows, as in EPSG:4547.

    Raises
    ------
    InputError
        For coordinates that are no degrees and have no system, an unknown system, or places outside of the
        area of theirs.
    """
    names, own_code = _place_names(table)
    systems = _systems(table, code or own_code)
    if not names or not all(pd.api.types.is_numeric_dtype(table[name]) for name in names):
        return table
    x, y = (table[name] for name in names)
    if systems is None:
        metres = (x.abs() > _LARGEST_DEGREES) & (y.abs() > _LARGEST_DEGREES)
        if metres.any():
            fault = f"{x[metres].iloc[0]:.0f}, {y[metres].iloc[0]:.0f} are no degrees"
            where = f"columns {', '.join(names)}, {lines_of(table.index[metres])}"
            raise InputError([Problem(str(path), where, fault, _REMEDY)])
        return table.assign(longitude=x, latitude=y)
    longitude, latitude = (pd.Series(np.nan, index=table.index) for _ in range(2))
    for system in systems.dropna().unique():
        rows = (systems == system) & x.notna() & y.notna()
        placed = _transformed(str(system), x[rows], y[rows], path)
        longitude[rows], latitude[rows] = placed
    return table.assign(longitude=longitude, latitude=latitude)


def _place_names(table: pd.DataFrame) -> tuple[tuple[str, ...], str]:
    """Columns of the places, and the code that their names have; none where there are no such columns."""
    if set(_LON_LAT) <= set(table):
        return _LON_LAT, ""
    spelt = {str(name).lower(): str(name) for name in table}
    for pair in zip(*_NAMES.values(), strict=True):
        if set(pair) <= set(spelt):
            return tuple(spelt[name] for name in pair), ""
    coded = {match[1]: (spelt[name], match[2]) for name in spelt if (match := _CODED.fullmatch(name))}
    if {"x", "y"} <= set(coded) and coded["x"][1] == coded["y"][1]:
        return (coded["x"][0], coded["y"][0]), coded["x"][1]
    return (), ""


def _systems(table: pd.DataFrame, code: str) -> pd.Series | None:
    """Coordinate system of each row; None where none is stated."""
    if code:
        return pd.Series(code, index=table.index)
    spelt = {str(name).lower(): name for name in table}
    stated = [spelt[name] for name in SYSTEMS if name in spelt]
    return table[stated[0]].astype("string") if stated and table[stated[0]].notna().any() else None


def _transformed(system: str, x: pd.Series, y: pd.Series, path: str | Path) -> tuple[np.ndarray, np.ndarray]:
    """Longitude and latitude of places in one system, which they must fit."""
    number = _CODE.fullmatch(system.strip())
    try:
        crs = CRS.from_user_input(int(number[1]) if number else system)
    except CRSError as error:
        fault, remedy = f"unknown coordinate system {system}", "write a code as in EPSG:4547"
        raise InputError([Problem(str(path), "", fault, remedy)]) from error
    to_degrees = Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    longitude, latitude = to_degrees.transform(x.to_numpy(), y.to_numpy())
    outside = ~_in_area(crs, longitude, latitude)
    if outside.any():
        exchanged = _in_area(crs, *to_degrees.transform(y.to_numpy(), x.to_numpy()))
        fault = f"places outside of the area of {crs.name}"
        remedy = "correct them, or state the system that they are in"
        if exchanged[outside].all():
            remedy = "x is to the east: map them, as in columns: {soil_samples: {x: y, y: x}}"
            fault += ", as if x and y were exchanged"
        raise InputError([Problem(str(path), lines_of(x.index[outside]), fault, remedy)])
    return longitude, latitude


def _in_area(crs: CRS, longitude: np.ndarray, latitude: np.ndarray) -> np.ndarray:
    """Whether places lie in or near the area that a system is made for."""
    area = crs.area_of_use
    if area is None:
        return np.isfinite(longitude) & np.isfinite(latitude)
    wide, high = (
        (area.west - _MARGIN_DEGREES, area.east + _MARGIN_DEGREES),
        (
            area.south - _MARGIN_DEGREES,
            area.north + _MARGIN_DEGREES,
        ),
    )
    return (longitude >= wide[0]) & (longitude <= wide[1]) & (latitude >= high[0]) & (latitude <= high[1])


def located(table: pd.DataFrame, crs: str) -> gpd.GeoDataFrame:
    """Places as points in a coordinate system."""
    points = gpd.points_from_xy(table["longitude"], table["latitude"], crs="EPSG:4326")
    return gpd.GeoDataFrame(table, geometry=points).to_crs(crs)


def repeated_places(table: pd.DataFrame, name: str, path: str | Path) -> list[Problem]:
    """Several rows with the same longitude and latitude; several depths of one place are named as such."""
    if not set(_LON_LAT) <= set(table):
        return []
    keys = list(_LON_LAT)
    again = table.index[table.duplicated(keys, keep=False) & table[keys].notna().all(axis=1)]
    if again.empty:
        return []
    fault = f"several rows of one place ({len(again)} rows)"
    remedy = f"keep one {name} a place (for example the mean), or correct the coordinates"
    depths = [column for column in table if _DEPTH.fullmatch(str(column))]
    if depths and table.loc[again, depths].drop_duplicates().shape[0] > 1:
        first = ", ".join(f"{column} {table.loc[again[0], column]}" for column in depths)
        fault = f"several depths of one place ({len(again)} rows)"
        remedy = f"keep the rows of one depth, such as those of {first}"
    return [Problem(str(path), lines_of(again), fault, remedy)]
