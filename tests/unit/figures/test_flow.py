"""Flow charts and the graph of the rules."""

import re

import matplotlib as mpl
import pytest
from drawing import assert_texts_fit, texts

from nppdrivers.figures.flow import Node, attribution_scheme, flow_chart, npp_scheme, rule_graph

EDGES = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("a", "e"), ("e", "d"), ("f", "d"), ("b", "g")]
CLIMATE, SOIL = ["MAT", "MAP", "MAE", "MAS"], ["CF", "SOC", "TN", "AP", "AK", "pH", "BD"]
DRIVERS = {"climate": CLIMATE, "soil": [*SOIL, "elevation", "wind_speed", "sunshine"], "mining": ["LD"]}
FIGURES = {
    "npp": npp_scheme,
    "attribution": lambda: attribution_scheme(DRIVERS),
    "without_soil": lambda: attribution_scheme({"climate": CLIMATE, "mining": ["LD"]}),
    "rules": lambda: rule_graph(EDGES),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())


def test_rule_graph_names_every_rule_once():
    """Each rule has one box, each stage one entry in the legend."""
    figure = rule_graph(EDGES, stages={"a": "prepare", "d": "report"})
    assert sorted(t for t in texts(figure) if not re.fullmatch(r"[\d.]+", t)) == sorted(
        [*"abcdefg", "prepare", "report"]
    )


def test_flow_chart_refuses_unknown_boxes():
    """An edge to a box that is not there is an error that names it."""
    with pytest.raises(ValueError, match="nowhere"):
        flow_chart([Node("here", 1, 1)], [("here", "nowhere")])


def test_attribution_scheme_shows_the_drivers_of_the_run():
    """Each category stands with its own drivers; a category that the run lacks is nowhere."""
    found = " ".join(texts(FIGURES["without_soil"]())).replace("\n", " ")
    assert "Climate: Temperature, Precipitation, Evapotranspiration, Solar radiation" in found
    assert "Forest without mining" in found
    assert "oil" not in found and "arbon" not in found


@pytest.mark.parametrize("name", ["npp", "attribution", "without_soil"])
def test_boxes_of_the_schemes_do_not_overlap(name):
    """The boxes of a scheme lie apart and within the sheet, and each holds its text."""
    figure = FIGURES[name]()
    figure.draw_without_rendering()
    boxes = [patch.get_window_extent() for patch in figure.findobj(mpl.patches.FancyBboxPatch)]
    assert len(boxes) > 10
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])
        assert figure.bbox.x0 < one.x0 and one.x1 < figure.bbox.x1 and one.y1 < figure.bbox.y1
    inside = [text.get_window_extent() for text in figure.axes[0].texts if text.get_ha() == "center"]
    assert len(inside) == len(boxes)
    assert all(
        any(b.x0 < t.x0 and t.x1 < b.x1 and b.y0 < t.y0 and t.y1 < b.y1 for b in boxes) for t in inside
    )
