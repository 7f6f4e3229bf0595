"""Charts: seasons, variograms, validation, fusion sources."""

import numpy as np
import pandas as pd
import pytest
from drawing import assert_texts_fit, texts

from nppdrivers.figures.charts import (
    effects_by_class,
    fusion_shares,
    seasonal_curve,
    validation_scatter,
    variograms,
)

DATES = pd.date_range("2010-01-09", periods=8, freq="16D")
CURVE = pd.DataFrame({"distance_m": [0.0, 500, 1000], "semivariance": [0.1, 1, 1.2], "pairs": [5, 9, 20]})
CELLS = pd.DataFrame({"class": ["forest"] * 4, "reference": [1.0, 2, 3, 4], "simulated": [1.0, 2, 4, 4]})
PLOTS = pd.DataFrame({"plot": ["A", "B"], "measured": [248.0, 275], "simulated": [247.0, 276]})
SOURCES = pd.DataFrame(
    {"nearest base pair": np.linspace(90, 99, 8), "one base image": 0.0, "missing: no coarse image": 0.5},
    index=DATES,
)
MONTHS = pd.DataFrame({"forest": np.arange(12.0), "water": np.nan})
EFFECTS = pd.DataFrame(
    {
        "choice": ["half_rule", "radiation_percent"],
        "instead_of": ["True", "0"],
        "taken": ["False", "-10"],
        "forest": [-6.0, -10.0],
        "water": [float("nan")] * 2,
    }
)
FIGURES = {
    "effects": lambda: effects_by_class(EFFECTS),
    "season": lambda: seasonal_curve(MONTHS, colours=pd.Series({"forest": "g"})),
    "variograms": lambda: variograms(
        {"TN": CURVE}, {"TN": CURVE}, {"TN": "spherical"}, units={"TN": "g kg-1"}
    ),
    "validation": lambda: validation_scatter(CELLS, PLOTS),
    "cells_only": lambda: validation_scatter(CELLS),
    "sources": lambda: fusion_shares(SOURCES),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())


def test_what_never_occurs_is_left_out():
    """A class without NPP and a source that made no date have no entry in the legend."""
    assert "Water" not in texts(FIGURES["season"]()) and "Forest" in texts(FIGURES["season"]())
    assert "one base image" not in texts(FIGURES["sources"]())


def test_agreement_of_known_values():
    """One of four cells is 1 too high: bias 0.25, RMSE 0.5."""
    (text,) = (text for text in texts(FIGURES["cells_only"]()) if "RMSE" in text)
    assert text.startswith("n = 4\nr = 0.9") and "bias 0.250 " in text and "RMSE 0.500 " in text


def test_eleven_months_are_refused():
    """The seasonal curve needs January to December."""
    with pytest.raises(ValueError, match="twelve"):
        seasonal_curve(MONTHS.iloc[:11])


def test_choices_are_named_and_empty_classes_left_out():
    """Each row reads as what was taken for what; a class without values has no mark in the legend."""
    axes = effects_by_class(EFFECTS).axes[0]
    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert labels == ["Half rule: off instead of on", "Radiation [%]: −10 instead of 0"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["Forest"]


def test_effects_of_no_choice_are_refused():
    """A table without choices is refused."""
    with pytest.raises(ValueError, match="no choice"):
        effects_by_class(EFFECTS.iloc[:0])


def test_longest_description_of_a_variogram_stays_in_its_panel():
    """Transform, model and way of kriging are printed within the axes of the property."""
    longest = "logarithm, exponential,\nexternal drift kriging by REML"
    names = ["CF", "SOC", "TN", "AP"]
    curves = dict.fromkeys(names, CURVE)
    figure = variograms(curves, curves, dict.fromkeys(names, longest), units=dict.fromkeys(names, "1"))
    figure.canvas.draw()
    for axes in figure.axes:
        text, panel = axes.texts[0].get_window_extent(), axes.get_window_extent()
        assert panel.x0 < text.x0 and text.x1 < panel.x1
