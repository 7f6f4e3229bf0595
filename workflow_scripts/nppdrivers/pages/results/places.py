"""Places of the interactive map: outlines and points in cells of the grid, courses of mines and zones."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import Transformer

from nppdrivers.categories import all_categories
from nppdrivers.grid import Grid

TOLERANCE = 0.3  # of simplified outlines [cells]
CONTRIBUTION = "_contribution_gC_m2_yr"  # end of the columns of contributions
MOST_COURSES = 100_000  # months of all places together; more are left to their table
NODES = 9  # of the table of longitudes and latitudes along each side of the map


# Columns of the polygons that the table shows, with their headings; shares of categories follow the register.
COLUMNS = {
    "kind": "Kind",
    "name": "Name",
    "area_km2": "Area [km2]",
    "npp_mean_gC_m2_yr": "Mean NPP [gC m-2 yr-1]",
    "npp_sd_gC_m2_yr": "SD of NPP [gC m-2 yr-1]",
    "npp_total_tC_yr": "Total NPP [t C yr-1]",
    "leading_driver": "Leads",
    **{f"{each.letter}_percent": f"{each.name.capitalize()} leads [%]" for each in all_categories().values()},
    "not_distinguishable_percent": "Could be noise [%]",
    "valid_percent": "With NPP [%]",
}
OVERLAYS = {
    "mine": {"title": "Mines", "colour": "#1c2126", "shown": True},
    "zone": {"title": "Zones", "colour": "#6a3d9a", "shown": False},
    "area": {"title": "Study area", "colour": "#5c6670", "width": 1.0, "shown": True},
    "river": {"title": "River", "colour": "#2b7bba", "width": 1.2, "shown": True},
    "stations": {
        "title": "Weather stations",
        "colour": "#d55e00",
        "shape": "triangle",
        "radius": 5,
        "shown": False,
    },
    "soil_samples": {
        "title": "Soil samples",
        "colour": "#b07d2b",
        "shape": "circle",
        "radius": 3.5,
        "shown": False,
    },
    "points": {
        "title": "Points of the attribution",
        "colour": "#4a5560",
        "shape": "circle",
        "radius": 2,
        "shown": False,
    },
}


class Vectors(NamedTuple):
    """Layers of vectors.gpkg that a run has: polygons, and points by their name."""

    polygons: gpd.GeoDataFrame | None
    points: dict[str, gpd.GeoDataFrame]

    @classmethod
    def read(cls, path: str | None) -> "Vectors":
        """Read a GeoPackage of vectors; nothing where there is none."""
        listed = [] if path is None else pyogrio.list_layers(path)
        names = [str(name) for name, geometry in listed if geometry]  # others are tables, as of styles
        layers = {name: gpd.read_file(path, layer=name) for name in names}
        return cls(layers.pop("polygons", None), layers)


def map_contents(
    vectors: Vectors,
    lines: Mapping[str, gpd.GeoDataFrame | None],
    months: pd.DataFrame,
    grid: Grid,
    say: Callable[[str], str],
) -> dict[str, Any]:
    """All that the map shows besides its layers, as the scripts of the page read it.

    Parameters
    ----------
    vectors : Vectors
    lines : mapping of str to GeoDataFrame or None
        Outline of the study area, river.
    months : DataFrame
        Table npp/polygon_months.csv.
    grid : Grid
    say : callable
        Says a text in the language of the page.
    """
    has_courses = len(months) <= MOST_COURSES
    shown = months if has_courses else months[months["kind"] == "area"]
    by_place = {key: month_record(own) for key, own in shown.groupby(["kind", "zone"])}
    places = [] if vectors.polygons is None else polygon_records(vectors.polygons, by_place, grid)
    content: dict[str, dict[str, Any]] = {kind: {} for kind in {place["kind"] for place in places}}
    for name, layer in lines.items():
        if layer is not None:
            content[name] = {"lines": [line for feature in outlines(layer, grid) for line in feature]}
    for name, layer in vectors.points.items():
        content[name] = {"points": points(layer, grid, _names(layer))}
    overlays = [
        {"id": name, **style, "title": say(str(style["title"])), **content[name]}
        for name, style in OVERLAYS.items()
        if name in content
    ]
    return {
        "columns": grid.width,
        "rows": grid.height,
        "cell": grid.cell_size_m,
        "degrees": degrees(grid),
        "categories": [
            {"name": each.name, "letter": each.letter, "colour": each.colour}
            for each in all_categories().values()
        ],
        "overlays": overlays,
        "places": places,
        "area": {"months": by_place.get(("area", 1), {})},
        "has_courses": has_courses,
    }


def _names(layer: gpd.GeoDataFrame) -> pd.Series:
    """Name of each point, or the number of its sample; empty for points without."""
    for column in ("name", "sample"):
        if column in layer:
            return layer[column].fillna("")
    return pd.Series("", index=layer.index)


def table_of_places(polygons: gpd.GeoDataFrame | None, say: Callable[[str], str]) -> pd.DataFrame:
    """Mines and zones with their NPP and what leads there, in words."""
    if polygons is None:
        return pd.DataFrame()
    shown = [column for column in COLUMNS if column in polygons]
    table = pd.DataFrame(polygons[shown])
    table["kind"] = table["kind"].map(say)
    if "leading_driver" in table:
        names = {each.letter: say(each.name) for each in all_categories().values()}
        table["leading_driver"] = table["leading_driver"].map(names).fillna("–")
    return table.rename(columns=COLUMNS)


def degrees(grid: Grid) -> dict[str, Any]:
    """Longitudes and latitudes of a net of points over the map, between which the map interpolates."""
    columns, rows = np.meshgrid(*(np.linspace(0, size, NODES) for size in (grid.width, grid.height)))
    west, south, east, north = grid.bounds
    x = west + (east - west) * columns / grid.width
    y = north - (north - south) * rows / grid.height
    to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    longitude, latitude = to_degrees.transform(x, y)
    return {
        "nodes": NODES,
        "longitude": np.round(longitude, 6).tolist(),
        "latitude": np.round(latitude, 6).tolist(),
    }


def outlines(layer: gpd.GeoDataFrame, grid: Grid) -> list[list[list[list[float]]]]:
    """Lines of each feature, in cells from the north-west corner: [feature][line][point][column, row]."""
    shapes = layer.to_crs(grid.crs).geometry.affine_transform(_to_cells(grid)).simplify(TOLERANCE)
    return [
        [np.round(shapely.get_coordinates(line), 1).tolist() for line in _lines(shape)] for shape in shapes
    ]


def points(layer: gpd.GeoDataFrame, grid: Grid, names: pd.Series) -> list[list[Any]]:
    """Column, row and name of each point."""
    placed = layer.to_crs(grid.crs).geometry.affine_transform(_to_cells(grid))
    rows = zip(placed.x.round(1), placed.y.round(1), names, strict=True)
    return [[x, y, str(name)] for x, y, name in rows]


def polygon_records(
    polygons: gpd.GeoDataFrame, months: Mapping[tuple[str, int], dict[str, list[Any]]], grid: Grid
) -> list[dict[str, Any]]:
    """One record a mine or zone: its outline, contributions, and courses of the months.

    Parameters
    ----------
    polygons : GeoDataFrame
        Layer of polygons of the run's vectors.
    months : mapping of (kind, number) to dict
        Courses of each place, numbered from 1 in the order of the polygons of that kind.
    grid : Grid
    """
    numbers = polygons.groupby("kind").cumcount() + 1
    return [
        {
            "kind": row["kind"],
            "name": str(row["name"]),
            "lines": lines,
            "contributions": {
                name.removesuffix(CONTRIBUTION): _plain(value)
                for name, value in row.items()
                if name.endswith(CONTRIBUTION)
            },
            "months": months.get((row["kind"], number), {}),
        }
        for row, number, lines in zip(
            polygons.to_dict("records"), numbers, outlines(polygons, grid), strict=True
        )
    ]


def month_record(own: pd.DataFrame) -> dict[str, list[Any]]:
    """Means of a place by month: names of the months, and the values of each quantity."""
    values = own.drop(columns=["kind", "zone", "name"])
    return {name: [_plain(value) for value in values[name]] for name in values}


def _plain(value: Any) -> Any:
    """Value as JSON has it: numbers with five digits, nothing for what is missing."""
    if value is None or (isinstance(value, float) and not np.isfinite(value)):
        return None
    return float(f"{value:.5g}") if isinstance(value, float | np.floating) else value


def _to_cells(grid: Grid) -> list[float]:
    """From the coordinate system of the grid to (column, row), as shapely takes it."""
    inverse = ~grid.transform
    return [inverse.a, inverse.b, inverse.d, inverse.e, inverse.c, inverse.f]


def _lines(shape: shapely.Geometry) -> list[shapely.Geometry]:
    """Lines of a shape: the rings of polygons, or the line itself."""
    border = shape.boundary if shape.geom_type.endswith("Polygon") else shape
    return list(shapely.get_parts(border))
