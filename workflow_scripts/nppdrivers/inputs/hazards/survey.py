"""The hazard survey: its layers, with attributes as numbers in their units."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers.inputs.layers import layer_names, open_layer
from nppdrivers.inputs.problems import SHOWN, InputError, InputWarning, Problem
from nppdrivers.inputs.unit_mistakes import likely_units
from nppdrivers.inputs.vectors import shape_problems
from nppdrivers.quantities import quantity

# Attributes of the layers
SURVEY_ATTRIBUTES = {
    "collapse": ("depth_m", "slope_change_mm_m"),
    "subsidence": ("depth_m", "slope_change_mm_m"),
    "cracks": ("width_m",),
    "goaf": ("thickness_m", "depth_m"),
    "seep": ("severity",),
}
_QUANTITIES = {
    "depth_m": "hazard_depth",
    "slope_change_mm_m": "slope_change",
    "width_m": "crack_width",
    "thickness_m": "goaf_thickness",
    "severity": "severity",
}
_SHAPEFILE_NAME = 10  # characters that a Shapefile leaves of the name of an attribute
SURVEY_SHAPES = {name: "line" if name == "cracks" else "polygon" for name in SURVEY_ATTRIBUTES}


def read_survey(path: str | Path, crs: str) -> dict[str, gpd.GeoDataFrame]:
    """Read the hazard survey as `open_survey`; its layers alone."""
    return open_survey(path, crs)[0]


def open_survey(path: str | Path, crs: str) -> tuple[dict[str, gpd.GeoDataFrame], list[InputWarning]]:
    """Read the hazard survey: layers collapse, subsidence, goaf, seep (polygons) and cracks (lines).

    Attributes: depth_m and slope_change_mm_m of collapse and subsidence, width_m of cracks, thickness_m and
    depth_m of goaf, severity (0 to 1) of seep; numbers, also where the file has them as text. Capitals in the
    names of layers and attributes do not matter, nor that a Shapefile cuts names to 10 characters. The layers
    may be those of one file, or the files of a folder or archive.

    Returns
    -------
    layers : dict of str to GeoDataFrame
        In the coordinate system given.
    warnings : list of InputWarning
        What was repaired (`layers.open_layer`), and zeros that may stand for "not measured".

    Raises
    ------
    InputError
        With every problem of every layer.
    """
    present = layer_names(path)
    known = {name.lower() for name in present}
    layers, problems, warnings = {}, [], []
    for name, attributes in SURVEY_ATTRIBUTES.items():
        if name not in known:
            fault = f"no such layer; there are {', '.join(present)}"
            problems.append(Problem(str(path), f"layer {name}", fault, "add it, even without features"))
            continue
        try:
            layer = open_layer(path, name)
        except InputError as error:
            problems += error.problems
            continue
        numbers, found = _checked(layer.shapes, name, attributes, str(path))
        problems += [problem for problem in found if not isinstance(problem, InputWarning)]
        warnings += [*layer.warnings, *(each for each in found if isinstance(each, InputWarning))]
        layers[name] = numbers.to_crs(crs) if numbers.crs else numbers
    if problems:
        raise InputError(problems)
    return layers, warnings


def _checked(
    layer: gpd.GeoDataFrame, name: str, attributes: tuple[str, ...], path: str
) -> tuple[gpd.GeoDataFrame, list[Problem]]:
    """Layer with its attributes as numbers under our names, and what is wrong with it."""
    if layer.empty:  # a hazard that was looked for and not found
        return layer.assign(**{attribute: np.empty(0) for attribute in attributes}), []
    place = f"layer {name}"
    problems = shape_problems(layer, path, place, SURVEY_SHAPES[name])
    spelt = {str(column).lower(): column for column in layer}
    for attribute in attributes:
        own = spelt.get(attribute, spelt.get(attribute[:_SHAPEFILE_NAME]))
        if own is None:
            fault = f"no attribute {attribute}"
            has = ", ".join(map(str, layer.columns.drop(layer.geometry.name)))
            problems.append(Problem(path, place, fault, f"add it; the layer has {has}"))
            continue
        layer = layer.rename(columns={own: attribute})
        numbers = pd.to_numeric(layer[attribute], errors="coerce").astype(float)
        problems += _attribute_problems(layer[attribute], numbers, name, path)
        layer = layer.assign(**{attribute: numbers})
    return layer, problems


def _attribute_problems(raw: pd.Series, numbers: pd.Series, layer: str, path: str) -> list[Problem]:
    """An attribute in another unit, with impossible values, or with zeros."""
    attribute = str(raw.name)
    measured = quantity("goaf_depth" if (layer, attribute) == ("goaf", "depth_m") else _QUANTITIES[attribute])
    known = numbers.dropna()
    units = likely_units(measured, known.to_numpy(), float(known.median())) if len(known) else []
    wrong = raw[~numbers.between(measured.minimum, measured.maximum)]
    place = f"layer {layer}"
    if units:
        unit = f", unlikely in {measured.unit}".removesuffix(", unlikely in 1")
        fault = f"{attribute} is {known.min():g} to {known.max():g}{unit}"
        return [Problem(path, place, fault, f"it looks like {' or like '.join(units)}: convert it")]
    if len(wrong):
        more = f" and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        fault = f"{attribute} is {', '.join(str(value) for value in wrong[:SHOWN])}{more}"
        remedy = f"give numbers from {measured.minimum:g} to {measured.maximum:g} {measured.unit}"
        return [Problem(path, place, fault, remedy.removesuffix(" 1") + " for each feature")]
    if zeros := int((numbers == 0).sum()):
        fault = f"{attribute} is 0 in {zeros} of {len(numbers)} features: they count as no {layer}"
        remedy = "where it was not measured, give an estimate; where there is nothing, delete the feature"
        return [InputWarning(path, place, fault, remedy)]
    return []
