"""Checks of the vector inputs: study area, river, mines, zones, hazard survey."""

from pathlib import Path

import geopandas as gpd

from nppdrivers.checks.findings import Elsewhere, Findings
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.inputs.problems import Problem
from nppdrivers.inputs.vectors import read_layer, read_survey, read_vector


def check_study_area(study: Study, path: Path) -> Findings:
    """Check that the study area has the size of an area on the Earth."""
    area = read_vector(path, WGS84)
    square_km = area.to_crs("EPSG:6933").area.sum() / 1e6
    west, south, east, north = area.total_bounds
    yield f"{square_km:.4g} km2, longitude {west:.4f} to {east:.4f}, latitude {south:.4f} to {north:.4f}"
    yield _system(path)
    if not 0.01 <= square_km <= 1e6:
        message = f"covers {square_km:.3g} km2"
        yield Problem(str(path), "", message, "check the coordinate system and the unit of the coordinates")


def check_layer(study: Study, path: Path, *, shape: str) -> Findings:
    """Check a layer of lines or polygons, and that it touches the study area."""
    layer = read_vector(path, WGS84, shape=shape)
    yield f"{len(layer)} feature{'s' * (len(layer) > 1)}"
    yield _system(path)
    if not _touches(layer, study):
        remedy = "check both coordinate systems" + study.swapped(layer.total_bounds)
        yield Elsewhere(str(path), "", "no feature touches the study area", remedy)


def check_survey(study: Study, path: Path) -> Findings:
    """Check the layers of the survey, and that one of them touches the study area."""
    layers = read_survey(path, WGS84)
    yield ", ".join(f"{name} {len(layer)}" for name, layer in layers.items()) + " features"
    filled = [layer for layer in layers.values() if len(layer)]
    if not filled:
        yield Problem(str(path), "", "all layers are empty", "leave the survey out where there is none")
    elif not any(_touches(layer, study) for layer in filled):
        yield Elsewhere(str(path), "", "no feature touches the study area", "check both coordinate systems")


def _touches(layer: gpd.GeoDataFrame, study: Study) -> bool:
    """Whether a feature touches the study area, where that is known."""
    return study.area is None or bool(layer.intersects(study.area.union_all()).any())


def _system(path: Path) -> str:
    """Name of the coordinate system of a layer."""
    return read_layer(path).crs.name
