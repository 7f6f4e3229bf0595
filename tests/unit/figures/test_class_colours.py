"""Colours of classes on maps."""

import csv
from importlib.resources import files

import numpy as np
import pytest

from nppdrivers.change.causes import CAUSE_LEGEND
from nppdrivers.change.trends import TREND_LEGEND
from nppdrivers.contribution import INDISTINCT, dominant_category
from nppdrivers.correlation import significance
from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.fusion.base_images import SOURCES
from nppdrivers.quantities import quantity

with np.printoptions():  # colour-science changes how NumPy prints, for the whole process
    import colour

LEAST_DIFFERENCE = 15
# what a sight without one kind of cones makes of linear RGB (Machado et al. 2009, severity 1)
SIGHTS = {
    "normal": np.eye(3),
    "without green cones": colour.matrix_cvd_Machado2009("Deuteranomaly", 1.0),
    "without red cones": colour.matrix_cvd_Machado2009("Protanomaly", 1.0),
}


def dominant():
    """Legend of the dominant category, with the class of cells that noise could explain."""
    _, legend = dominant_category(np.full((3, 1), 100 / 3), ["C", "S", "M"], 50)
    return {code: name for code, name in legend.items() if code} | {10: INDISTINCT}


@pytest.mark.parametrize("sight", SIGHTS)
def test_classes_of_the_dominant_category_can_be_told_apart(sight):
    """Any two classes differ by at least 15 CIEDE2000, also for readers who lack a kind of cones."""
    rgb = np.array(
        [
            colour.notation.HEX_to_RGB(text)
            for text in coloured_classes("dominant_category", dominant())["colour"]
        ]
    )
    seen = np.clip(colour.cctf_decoding(rgb) @ SIGHTS[sight].T, 0, 1)
    lab = colour.XYZ_to_Lab(colour.RGB_to_XYZ(seen, "sRGB"))
    first, second = np.triu_indices(len(lab), 1)
    assert colour.delta_E(lab[first], lab[second], method="CIE 2000").min() >= LEAST_DIFFERENCE


@pytest.mark.parametrize(
    ("product", "legend"),
    [
        ("dominant_category", dominant()),
        ("correlation_class", significance.LEGEND),
        ("fusion_source", SOURCES),
        ("trend_class", TREND_LEGEND),
        ("cause_class", CAUSE_LEGEND),
    ],
)
def test_each_class_has_a_colour(product, legend):
    """All classes that the stages write are in the register, in the order of their codes."""
    classes = coloured_classes(product, legend)
    assert dict(zip(classes["code"], classes["class"], strict=True)) == dict(sorted(legend.items()))
    assert classes["colour"].str.fullmatch("#[0-9a-fA-F]{6}").all()


def test_class_without_colour_is_refused():
    """A class that the register lacks is named, with the table to mend."""
    with pytest.raises(
        KeyError, match=r"no colour for rising slowly of trend_class; add a row to class_colours.csv"
    ):
        coloured_classes("trend_class", {1: "rising slowly"})


def test_register_names_rasters_of_classes():
    """Every product of the register is a quantity of kind classes."""
    with (files("nppdrivers.figures") / "class_colours.csv").open(encoding="utf-8") as table:
        assert {quantity(row["product"]).kind for row in csv.DictReader(table)} == {"classes"}
