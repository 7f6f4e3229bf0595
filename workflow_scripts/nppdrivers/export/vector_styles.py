"""Styles of vector layers, in the table in which QGIS looks for them inside a GeoPackage."""

from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

import geopandas as gpd
import pandas as pd
from matplotlib.colors import to_rgb

from nppdrivers.categories import all_categories
from nppdrivers.contribution import INDISTINCT
from nppdrivers.export.qgis import HEAD, VERSION
from nppdrivers.figures.class_colours import coloured_classes

STYLES = "layer_styles"
WRITTEN = pd.Timestamp("2000-01-01", tz="UTC")  # the same for all runs: equal layers are equal bytes
INK = "#1c2126"
OPACITY = "0.6"  # of polygons, over maps


class Marker(NamedTuple):
    """Shape, size [mm] and colour of points."""

    shape: str
    size: float
    colour: str


MARKERS = {
    "points": Marker("circle", 1.2, "#4a5560"),
    "stations": Marker("triangle", 3.0, "#d55e00"),
    "soil_samples": Marker("circle", 2.0, "#b07d2b"),
}


def style_table(layers: Mapping[str, gpd.GeoDataFrame]) -> pd.DataFrame:
    """Style of each layer, a row each, which QGIS takes when the layer is opened.

    Polygons have the colour of the category that leads in them, outlines alone where the run has no
    attribution; points have a shape and a colour by layer.
    """
    empty = dict.fromkeys(("f_table_catalog", "f_table_schema", "styleSLD", "description", "owner"), "")
    rows = [
        {
            "f_table_name": name,
            "f_geometry_column": "geom",
            "styleName": name,
            "styleQML": _polygon_style(layer) if name == "polygons" else _point_style(MARKERS[name]),
            "useAsDefault": True,
            "update_time": WRITTEN,
            **empty,
        }
        for name, layer in layers.items()
    ]
    return pd.DataFrame(rows)


def _polygon_style(polygons: gpd.GeoDataFrame) -> str:
    if "leading_driver" not in polygons:
        return _style({"": _polygon("")}, {})
    nothing_leads = coloured_classes("dominant_category", {1: INDISTINCT})["colour"][0]
    colours = {each.letter: each.colour for each in all_categories().values()} | {"": nothing_leads}
    names = {each.letter: each.name for each in all_categories().values()} | {"": INDISTINCT}
    return _style({letter: _polygon(colour) for letter, colour in colours.items()}, names)


def _point_style(marker: Marker) -> str:
    symbol = _symbol(
        "marker",
        "SimpleMarker",
        name=marker.shape,
        size=f"{marker.size:g}",
        color=_rgb(marker.colour),
        outline_color=_rgb("#ffffff"),
    )
    return _style({"": symbol}, {})


def _polygon(colour: str) -> Element:
    """Symbol of a polygon, an outline alone without a colour."""
    filled = {"color": _rgb(colour), "style": "solid"} if colour else {"style": "no"}
    return _symbol("fill", "SimpleFill", outline_color=_rgb(INK), outline_width="0.4", **filled)


def _symbol(kind: str, layer: str, **properties: str) -> Element:
    symbol = Element("symbol", type=kind, alpha=OPACITY if kind == "fill" else "1")
    drawn = SubElement(symbol, "layer", {"class": layer, "enabled": "1"})
    for name, value in properties.items():
        SubElement(drawn, "prop", k=name, v=value)
    return symbol


def _style(symbols: Mapping[str, Element], names: Mapping[str, str]) -> str:
    """Text of a style: one symbol for all, or one by value of `leading_driver`, the last for all others."""
    root = Element("qgis", version=VERSION, styleCategories="Symbology")
    kind = "categorizedSymbol" if names else "singleSymbol"
    renderer = SubElement(root, "renderer-v2", type=kind, attr="leading_driver")
    listed, drawn = SubElement(renderer, "categories"), SubElement(renderer, "symbols")
    for number, (value, symbol) in enumerate(symbols.items()):
        symbol.set("name", str(number))
        drawn.append(symbol)
        if names:
            SubElement(listed, "category", value=value, symbol=str(number), label=names[value], render="true")
    return HEAD + tostring(root, encoding="unicode")


def _rgb(colour: str) -> str:
    """Colour as QGIS writes it."""
    return ",".join(str(round(255 * part)) for part in (*to_rgb(colour), 1))
