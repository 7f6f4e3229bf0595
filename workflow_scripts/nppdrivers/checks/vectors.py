"""Checks of the vector inputs: study area, river, mines, zones, and the hazard survey with its tables."""

from pathlib import Path

import geopandas as gpd
from shapely.geometry import box

from nppdrivers.checks.findings import Elsewhere, Findings
from nppdrivers.checks.samples.hazards import hazard_findings
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.grid import utm_crs
from nppdrivers.inputs.hazards.survey import open_survey
from nppdrivers.inputs.hazards.weighting import read_indicators, read_judgements
from nppdrivers.inputs.layers import open_layer
from nppdrivers.inputs.problems import InputError, InputWarning, Problem
from nppdrivers.inputs.vectors import joined_line, name_warnings, shape_problems

INDICATORS, JUDGEMENTS = "mining.indicators", "mining.judgements"
_NEAR = 1.0  # times the extent of the study area: a layer that misses the area by less may be right


def check_study_area(study: Study, path: Path) -> Findings:
    """Check that the study area has the size of an area on the Earth."""
    layer = open_layer(path)
    _refuse(layer.shapes, path, "polygon")
    area = layer.shapes.to_crs(WGS84)
    square_km = area.to_crs("EPSG:6933").area.sum() / 1e6
    west, south, east, north = area.total_bounds
    yield f"{square_km:.4g} km2, longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}"
    yield layer.shapes.crs.name
    yield from layer.warnings
    if len(area) > 1:
        yield f"{len(area)} polygons, all of them together"
    if not 0.01 <= square_km <= 1e6:
        message = f"covers {square_km:.3g} km2"
        yield Problem(str(path), "", message, "check the coordinate system and the unit of the coordinates")


def check_river(study: Study, path: Path) -> Findings:
    """Check that the river is one line, and that it touches the study area."""
    yield from _layer(study, path, "line")
    line = open_layer(path).shapes
    west, south, east, north = line.to_crs(WGS84).total_bounds
    try:
        joined_line(line, utm_crs((west + east) / 2, (south + north) / 2))
    except ValueError as error:
        yield Problem(str(path), "", str(error), "QGIS: Merge lines, after the side arms were deleted")


def check_polygons(study: Study, path: Path, *, name: str) -> Findings:
    """Check named polygons (mines, zones), and that they touch the study area."""
    columns = study.columns.get(name)
    yield from name_warnings(path, columns)
    yield from _layer(study, path, "polygon")
    yield from _smaller_than_cells(study, path)


def _smaller_than_cells(study: Study, path: Path) -> Findings:
    """Polygons smaller than a cell of the grid may contain the centre of none."""
    if study.area is None or study.like is not None:
        return
    centre = study.area.union_all().centroid
    shapes = open_layer(path).shapes.to_crs(utm_crs(centre.x, centre.y))
    small = int((shapes.area < study.plan.cell_size_m**2).sum())
    if small:
        message = f"{small} of {len(shapes)} polygons are smaller than a cell of {study.plan.cell_size_m:g} m"
        remedy = "check their shapes; their statistics are of a cell or of none"
        yield InputWarning(str(path), "", message, remedy)


def _layer(study: Study, path: Path, shape: str) -> Findings:
    """Check a layer of lines or polygons, and that it touches the study area."""
    layer = open_layer(path)
    _refuse(layer.shapes, path, shape)
    yield f"{len(layer.shapes)} feature{'s' * (len(layer.shapes) > 1)}"
    yield layer.shapes.crs.name
    yield from layer.facts
    yield from layer.warnings
    placed = layer.shapes.to_crs(WGS84)
    if study.area is not None and not placed.intersects(study.area.union_all()).any():
        remedy = "check both coordinate systems" + study.swapped(placed.total_bounds)
        yield Elsewhere(str(path), "", "no feature touches the study area", remedy)


def _refuse(shapes: gpd.GeoDataFrame, path: Path, shape: str) -> None:
    if problems := shape_problems(shapes, str(path), "", shape):
        raise InputError(problems)


def check_survey(study: Study, path: Path) -> Findings:
    """Check the layers of the survey, and that each of them touches the study area."""
    layers, warnings = open_survey(path, WGS84)
    yield ", ".join(f"{name} {len(layer)}" for name, layer in layers.items()) + " features"
    yield from warnings
    filled = {name: layer for name, layer in layers.items() if len(layer)}
    if not filled:
        yield Problem(str(path), "", "all layers are empty", "leave the survey out where there is none")
        return
    yield from hazard_findings(filled, str(path))
    if study.area is None:
        return
    apart = [name for name, layer in filled.items() if not layer.intersects(study.area.union_all()).any()]
    far = [name for name in apart if _is_far(filled[name], study.area)]
    if len(far) == len(filled):
        yield Elsewhere(str(path), "", "no feature touches the study area", "check both coordinate systems")
    elif far:
        message = f"no feature of {', '.join(far)} is near the study area, as the other layers are"
        yield Problem(str(path), "", message, "check the coordinate system of that layer")
    if near := [name for name in apart if name not in far]:
        message = f"no feature of {', '.join(near)} touches the study area: it counts as free of it"
        yield InputWarning(str(path), "", message, "where it was surveyed inside too, add what was found")


def _is_far(layer: gpd.GeoDataFrame, area: gpd.GeoDataFrame) -> bool:
    """Whether a layer lies farther from the study area than the area is long."""
    west, south, east, north = area.total_bounds
    reach = _NEAR * max(east - west, north - south)
    return not box(*layer.total_bounds).intersects(box(west, south, east, north).buffer(reach))


def check_indicators(study: Study, path: Path) -> Findings:
    """Check the table of indicators of land degradation."""
    indicators = read_indicators(path)
    yield f"{len(indicators)} indicators: {', '.join(indicators['indicator'])}"


def check_judgements(study: Study, path: Path) -> Findings:
    """Check the pairwise judgements of the indicators, whose own table has its own check."""
    try:
        names = list(read_indicators(study.inputs[INDICATORS])["indicator"])
    except InputError:
        return
    judgements, assumed = read_judgements(path, names)
    yield f"judgements of {len(judgements)} indicators"
    yield from assumed
