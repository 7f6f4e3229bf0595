"""Styles and a project for QGIS."""

import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, SubElement, tostring

from rasterio.crs import CRS

from nppdrivers.export.styles import Style
from nppdrivers.grid import Grid

VERSION = "3.22.0"  # the oldest that reads what is written here
HEAD = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"


class Layer(NamedTuple):
    """A map of the project: group, title, path relative to the project, and its colours."""

    group: str
    title: str
    path: str
    style: Style


def _add_colours(parent: Element, style: Style) -> None:
    """Add the renderer of the first band."""
    pipe = SubElement(parent, "pipe")
    common: dict[str, Any] = {"band": "1", "opacity": "1", "alphaBand": "-1", "nodataColor": ""}
    entries = [
        {"value": str(row.value), "label": row.label, "color": row.colour, "alpha": "255"}
        for row in style.entries.itertuples()
    ]
    if style.is_classes:
        renderer = SubElement(pipe, "rasterrenderer", type="paletted", **common)
        palette = SubElement(renderer, "colorPalette")
        for entry in entries:
            SubElement(palette, "paletteEntry", entry)
        return
    low, high = str(style.entries["value"].iloc[0]), str(style.entries["value"].iloc[-1])
    limits: dict[str, Any] = {"classificationMin": low, "classificationMax": high}
    renderer = SubElement(pipe, "rasterrenderer", type="singlebandpseudocolor", **common, **limits)
    ramp = SubElement(
        SubElement(renderer, "rastershader"),
        "colorrampshader",
        colorRampType="INTERPOLATED",
        clip="0",
        classificationMode="1",
        minimumValue=low,
        maximumValue=high,
    )
    for entry in entries:
        SubElement(ramp, "item", entry)


def layer_style(style: Style) -> str:
    """Text of NAME.qml, which QGIS applies when NAME.tif is opened."""
    root = Element("qgis", version=VERSION, styleCategories="Symbology")
    _add_colours(root, style)
    return HEAD + tostring(root, encoding="unicode")


def _add_crs(parent: Element, crs: str) -> None:
    """Add a coordinate system, by its authority code or its text."""
    system = SubElement(parent, "spatialrefsys")
    SubElement(system, "wkt").text = CRS.from_user_input(crs).to_wkt()
    if crs.startswith("EPSG:"):
        SubElement(system, "authid").text = crs


def project_text(title: str, layers: Iterable[Layer], grid: Grid) -> str:
    """Text of a project with these layers in groups, in their order; the first of them is visible."""
    root = Element("qgis", projectname=title, version=VERSION)
    SubElement(root, "title").text = title
    _add_crs(SubElement(root, "projectCrs"), grid.crs)
    tree = SubElement(root, "layer-tree-group")
    described = SubElement(root, "projectlayers")
    groups: dict[str, Element] = {}
    for number, layer in enumerate(layers):
        name = f"map_{number}"
        if layer.group not in groups:
            groups[layer.group] = SubElement(
                tree, "layer-tree-group", name=layer.group, checked="Qt::Checked", expanded="0"
            )
        SubElement(
            groups[layer.group],
            "layer-tree-layer",
            id=name,
            name=layer.title,
            providerKey="gdal",
            source=f"./{layer.path}",
            checked="Qt::Unchecked" if number else "Qt::Checked",
            expanded="0",
        )
        shown = SubElement(described, "maplayer", type="raster")
        SubElement(shown, "id").text = name
        SubElement(shown, "datasource").text = f"./{layer.path}"
        SubElement(shown, "layername").text = layer.title
        SubElement(shown, "provider").text = "gdal"
        _add_crs(SubElement(shown, "srs"), grid.crs)
        _add_colours(shown, layer.style)
    extent = SubElement(SubElement(root, "mapcanvas", name="theMapCanvas"), "extent")
    for side, value in zip(("xmin", "ymin", "xmax", "ymax"), grid.bounds, strict=True):
        SubElement(extent, side).text = str(value)
    properties = SubElement(root, "properties")
    SubElement(SubElement(properties, "Paths"), "Absolute", type="bool").text = "false"
    # without it the project has no coordinate system
    SubElement(SubElement(properties, "SpatialRefSys"), "ProjectionsEnabled", type="int").text = "1"
    return HEAD + tostring(root, encoding="unicode")


def write_project(path: Path, title: str, layers: Iterable[Layer], grid: Grid) -> None:
    """Write a project as one zipped file; the same bytes for the same maps."""
    entry = zipfile.ZipInfo(f"{path.stem}.qgs", date_time=(1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as project:
        project.writestr(entry, project_text(title, layers, grid), zipfile.ZIP_DEFLATED)
