"""Check of the hazard survey: its layers, their attributes, and where each of them lies."""

from pathlib import Path

import geopandas as gpd
from shapely.geometry import box

from nppdrivers.checks.findings import Elsewhere, Findings
from nppdrivers.checks.study import WGS84, Study
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.inputs.survey import open_survey

_NEAR = 1.0  # times the extent of the study area: a layer that misses the area by less may be right


def check_survey(study: Study, path: Path) -> Findings:
    """Check the layers of the survey, and that each of them touches the study area."""
    layers, warnings = open_survey(path, WGS84)
    yield ", ".join(f"{name} {len(layer)}" for name, layer in layers.items()) + " features"
    yield from warnings
    filled = {name: layer for name, layer in layers.items() if len(layer)}
    if not filled:
        yield Problem(str(path), "", "all layers are empty", "leave the survey out where there is none")
        return
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
