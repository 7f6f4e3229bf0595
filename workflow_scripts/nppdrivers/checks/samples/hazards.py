"""Values of the hazard survey that are possible each, but not together: copies, single ones, geometry."""

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.inputs.hazards.survey import SURVEY_ATTRIBUTES
from nppdrivers.inputs.problems import InputWarning

_FEWEST = 6  # features whose spread counts
_LEAST_LOG, _LEAST_SPREAD, _SPREADS = 0.7, 0.08, 3.0  # of log10 of a value over the median
_LEAST_GAP = 0.2  # of log10 to the next value
_TILT = 2.0  # greatest tilt of a sunk surface x depth of mining / depth of subsidence (Knothe)
_TILT_LIMITS = 0.25, 5.0  # times the usual
_TILT_UNITS = {"%": 10.0, "degrees": 1000 * np.pi / 180, "0.1 mm m-1": 0.1, "a fraction": 1000.0}
_MOST_OF_THICKNESS = 1.5  # depth of subsidence over the thickest seam
_SOME = 0.2  # share of features too deep from which the depths say nothing of the slopes
_SAME_FACTOR = 2.0


def hazard_findings(layers: Mapping[str, gpd.GeoDataFrame], file: str) -> Findings:
    """Warn of features drawn twice, of values far from the others, and of slopes and depths of other units.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        As `inputs.hazards.survey.open_survey` gives.
    file : str
    """
    for name, layer in layers.items():
        attributes = [each for each in SURVEY_ATTRIBUTES[name] if each in layer]
        same = pd.DataFrame({"shape": layer.geometry.to_wkb()} | {each: layer[each] for each in attributes})
        if twice := int(same.duplicated().sum()):
            fault = f"{twice} of {len(layer)} features are in it twice, with the same shape and attributes"
            remedy = "delete the copies (QGIS: Delete duplicate geometries)"
            yield InputWarning(file, f"layer {name}", fault, remedy)
        for each in attributes:
            yield from _apart(layer[each], each, f"layer {name}", file)
        if {"depth_m", "slope_change_mm_m"} <= set(attributes):
            slope = layer["slope_change_mm_m"] / layer["depth_m"].where(layer["depth_m"] > 0)
            for ratio, label in (
                (slope, "slope_change_mm_m / depth_m"),
                (1 / slope.where(slope > 0), "depth_m / slope_change_mm_m"),
            ):
                yield from _apart(ratio, label, f"layer {name}", file)
    yield from _geometry(layers, file)


def _apart(values: pd.Series, label: str, place: str, file: str) -> Findings:
    """Single features a power of ten above the others, and well above the next one."""
    values = values[values > 0]
    if len(values) < _FEWEST:
        return
    logs = np.log10(values / values.median())
    far = logs > max(_LEAST_LOG, _SPREADS * max(_LEAST_SPREAD, 1.4826 * float(logs.abs().median())))
    if not far.any() or far.mean() > 1 / _FEWEST or logs[far].min() - logs[~far].max() < _LEAST_GAP:
        return
    numbers = listed([f"{number:.4g}" for number in values[far]], 3)
    fault = f"{label} is {numbers}, {10 ** logs[far].iloc[0]:.3g} times the median"
    yield InputWarning(file, place, fault, "check the unit and the decimal point of these features")


def _geometry(layers: Mapping[str, gpd.GeoDataFrame], file: str) -> Findings:
    """Slope and depth of the subsided surface against depth and thickness of mining."""
    subsidence, goaf = layers.get("subsidence"), layers.get("goaf")
    if subsidence is None or goaf is None or min(len(subsidence), len(goaf)) < _FEWEST:
        return
    depth, thickest = float(subsidence["depth_m"].median()), float(goaf["thickness_m"].max())
    deep = subsidence["depth_m"] > _MOST_OF_THICKNESS * thickest
    if deep.any():
        fault = (
            f"depth_m is {subsidence['depth_m'].max():g} at most, too large in {deep.sum()} features: the "
            f"thickest goaf has {thickest:g} m, and no surface sinks much farther"
        )
        yield InputWarning(file, "layer subsidence", fault, "check the unit (m) of both layers")
    usual = 1000 * _TILT * depth / float(goaf["depth_m"].median())
    slope = float(subsidence["slope_change_mm_m"].median())
    ratio = slope / usual if usual else np.nan
    if deep.mean() > _SOME or np.isnan(ratio) or _TILT_LIMITS[0] <= ratio <= _TILT_LIMITS[1]:
        return
    fault = (
        f"slope_change_mm_m is {slope:.3g} in the median; {usual:.2g} is usual where the ground sinks by "
        f"{depth:.2g} m above a goaf {goaf['depth_m'].median():.3g} m deep"
    )
    fits = [
        f"in {unit} (x {factor:.3g})"
        for unit, factor in _TILT_UNITS.items()
        if 1 / _SAME_FACTOR < ratio * factor < _SAME_FACTOR
    ]
    remedy = f"if it is {' or '.join(fits)}, convert it" if fits else "check its unit (mm m-1)"
    yield InputWarning(file, "layer subsidence", fault, remedy)
