"""Figures in Chinese: words, lines, fonts."""

import pandas as pd
import pytest
from drawing import AREA, CODES, GRID, LAND, POINTS, assert_texts_fit, random_map, texts

from nppdrivers.figures import language
from nppdrivers.figures.canvas import Imprint, save
from nppdrivers.figures.change.events import event_courses
from nppdrivers.figures.flow import attribution_scheme, npp_scheme
from nppdrivers.figures.language import chinese_font, say_in, spoken
from nppdrivers.figures.maps import mean_npp
from nppdrivers.figures.panels import soil_maps
from nppdrivers.figures.surveys import study_area

SOIL = {"TN": random_map(), "TN_sd": random_map()}
FIGURES = {
    "map": lambda: mean_npp(300 * random_map(), GRID, outline=AREA),
    "panels": lambda: soil_maps(SOIL, GRID, titles={"TN_sd": "Total nitrogen,\nstandard deviation"}),
    "scheme": lambda: attribution_scheme({"climate": ["MAT", "MAP"], "soil": ["SOC"], "mining": ["LD"]}),
    "npp": npp_scheme,
    "survey": lambda: study_area(CODES, LAND, GRID, outline=AREA, points={"soil samples": POINTS}),
}


@pytest.mark.skipif(chinese_font() is None, reason="no font with Chinese letters, such as fonts-wqy-microhei")
@pytest.mark.parametrize("name", FIGURES)
def test_chinese_texts_fit(name):
    """A figure in Chinese has Chinese texts, all within its sheet."""
    figure = FIGURES[name]()
    say_in(figure, "zh")
    assert sum(letter >= "\u4e00" for text in texts(figure) for letter in text) > 5
    assert_texts_fit(figure)


def test_texts_with_numbers_units_and_lines():
    """What is around a name is kept; lines that are texts of their own stay lines, others are broken anew."""
    assert spoken("(a) Temperature [°C]", "zh") == "(a) 气温 [°C]"
    assert spoken("River", "zh") == "河流" and spoken("River", "en") == "River"
    assert spoken("Weather stations (3 of 12)", "zh") == "气象站（3/12）"
    assert spoken("Soil, then mining", "zh") == "土壤为主，采矿次之"
    assert spoken("Dominant category\n[% of area]", "zh") == "主导类别\n[面积占比 %]"
    assert spoken("Temperature,\nPrecipitation, Solar\nradiation", "zh") == "气温、降水、太阳辐射"
    scheme = "NDVI limits and largest\nlight-use efficiency by class"
    assert spoken(scheme, "zh").replace("\n", "") == "各类型 NDVI 界限与最大光能利用率"


def test_lines_end_at_marks():
    """No line begins with a mark, and words are torn only where no mark is late enough in the line."""
    assert spoken("Forest without\nsoil", "zh") == "随机森林：\n剔除土壤"
    assert spoken('"Fine images, such as\nLandsat: clear cells"'.strip('"'), "zh").count("\n：") == 0
    assert spoken("Total nitrogen,\nstandard deviation", "zh") == "全氮的标准差"


@pytest.mark.skipif(chinese_font() is None, reason="no font with Chinese letters, such as fonts-wqy-microhei")
@pytest.mark.parametrize("name", ["东沟煤矿" * 75, "<script>'so' on" * 20, r"Mine $\frac$", "River"])
def test_any_name_is_shown_as_text_within_its_figure(name, tmp_path):
    """A name of 300 letters is cut, one with $ is no formula, one that is a word of ours stays."""
    course = pd.DataFrame({"gap": [0.0, 1], "low": [-1.0, 0], "high": [1.0, 2]}, index=[2010, 2011])
    figure = event_courses({name: course, "B": course}, {name: {"opened": 2011}, "B": {}})
    save(figure, tmp_path / "courses.png", Imprint(name, "zh"))
    shown = figure.axes[1].get_title(loc="left"), figure.texts[-1].get_text()
    for text in shown:
        assert name.startswith(text.replace("\n", "").removesuffix("…")[:20])
    assert_texts_fit(figure)
    boxes = [text.get_window_extent() for text in (figure.axes[1]._left_title, figure.axes[2]._left_title)]
    assert boxes[0].x1 < boxes[1].x0
    assert figure.texts[-1].get_window_extent().x0 > 0.35 * figure.bbox.width


def test_names_are_left_alone():
    """A name of a place is no list of words: its commas and brackets stay as they are."""
    assert spoken("Smith, north (2)", "zh") == "Smith, north (2)"


def test_without_a_font_figures_stay_english(monkeypatch):
    """No letter is drawn that the machine has no font for."""
    monkeypatch.setattr(language, "chinese_font", lambda: None)
    figure = FIGURES["map"]()
    before = texts(figure)
    say_in(figure, "zh")
    assert texts(figure) == before


@pytest.mark.skipif(chinese_font() is None, reason="no font with Chinese letters, such as fonts-wqy-microhei")
@pytest.mark.parametrize("in_language", ["en", "zh"])
def test_chinese_names_are_drawn_in_any_language(in_language, tmp_path, recwarn):
    """Names of mines and the note of a place are drawn with their letters, also in an English figure."""
    course = pd.DataFrame({"gap": [0.0, 1], "low": [-1.0, 0], "high": [1.0, 2]}, index=[2010, 2011])
    figure = event_courses({"东沟煤矿": course}, {"东沟煤矿": {"opened": 2011}})
    save(figure, tmp_path / "courses.png", Imprint("长河流域", in_language))
    assert not [warning for warning in recwarn if "missing from font" in str(warning.message)]
