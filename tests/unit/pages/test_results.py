"""The result page: one file, nothing from outside, tables as they are."""

import base64
import re
from html.parser import HTMLParser
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from nppdrivers.pages import results
from nppdrivers.pages.results import index_page

STAGES = pd.DataFrame(
    [["grid", "done", ""], ["mining", "left out", "no survey <given>"]], columns=["stage", "status", "reason"]
)


@pytest.fixture(scope="module")
def figure(tmp_path_factory):
    """PNG of 2400 x 300 pixels in many colours."""
    colours = np.random.default_rng(0).integers(0, 255, (6, 48, 3), dtype=np.uint8)
    path = tmp_path_factory.mktemp("figures") / "map.png"
    Image.fromarray(colours).resize((2400, 300)).save(path)
    return path


@pytest.fixture
def table(tmp_path):
    """CSV with a unit, a missing number and a text that looks like HTML."""
    path = tmp_path / "classes.csv"
    rows = {"class": ["forest", "<b>"], "npp [gC m-2 yr-1]": [429.38123, np.nan], "cells": [12, 1234567]}
    pd.DataFrame(rows).to_csv(path, index=False)
    return path


class Structure(HTMLParser):
    """Tags, attributes and balance of a page."""

    def __init__(self, html):
        super().__init__()
        self.open, self.attributes, self.cells = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.cells.append(data)


def images(html):
    """Embedded images of a page."""
    found = re.findall(r'src="data:image/png;base64,([^"]+)"', html)
    return [Image.open(BytesIO(base64.b64decode(content))) for content in found]


def test_page_needs_nothing_from_outside(figure, table):
    """No link, script or source leaves the page: links go to its own sections, images are embedded."""
    html = index_page(
        "Site & Co", [("NPP", figure, "A map")], [("NPP", table, "A table")], ["virtual"], STAGES
    )
    structure = Structure(html)
    assert structure.open == []
    links = [value for _, name, value in structure.attributes if name in ("src", "href")]
    assert links and all(value.startswith(("data:image/png;base64,", "#")) for value in links)
    assert not re.search(r"https?:|@import|url\(|<script", html)
    anchors = {value for _, name, value in structure.attributes if name == "id"}
    assert {value[1:] for value in links if value.startswith("#")} == anchors
    assert "<title>Site &amp; Co</title>" in html


def test_the_summary_stands_first(table):
    """Sentences stand under their heading before the stages, escaped; without a summary nothing is there."""
    html = index_page(
        "Site",
        [],
        [("NPP", table, "A table")],
        [],
        STAGES,
        summary={"Where": ["soil > mining", "on 3 % of the land"]},
    )
    assert Structure(html).open == []
    assert html.index("In plain words") < html.index("soil &gt; mining") < html.index('id="stages"')
    assert "3&nbsp;% of" in html
    assert '<a href="#in-plain-words">' in html and '<section id="in-plain-words">' in html
    assert "In plain words" not in index_page("Site", [], [], [], STAGES)


def test_sections_stand_in_the_order_of_first_use(figure, table):
    """Figures and tables of a section stand together, figures first."""
    html = index_page(
        "t",
        [("B", figure, "one"), ("A", figure, "two")],
        [("B", table, "three"), ("C", table, "four")],
        [],
        STAGES,
    )
    assert re.findall(r"<h2>(.*?)</h2>", html) == ["Stages", "B", "A", "C"]
    assert re.findall(r"<b>(one|two|three|four)</b>", html) == ["one", "three", "two", "four"]


def test_table_shows_units_numbers_and_text(table):
    """The unit stands in small type, numbers have four digits, counts all of theirs, text is escaped."""
    html = index_page("t", [], [("NPP", table, "classes")], [], STAGES)
    assert "npp <small>[gC m-2 yr-1]</small>" in html
    cells = Structure(html).cells
    assert {"429.4", "–", "1234567", "forest", "<b>"} <= set(cells)


def test_short_texts_stay_on_one_line(tmp_path):
    """A column of dates is not broken at its hyphens; one with a longer text is free to break."""
    path = tmp_path / "dates.csv"
    pd.DataFrame({"date": ["2013-01-09", "2013-01-25"], "reason": ["-", "a reason of many words"]}).to_csv(
        path, index=False
    )
    html = index_page("t", [], [("NPP", path, "dates")], [], STAGES)
    assert '<td class="short">2013-01-09</td>' in html
    path.write_text("reason\nclouds over most of the scene\n")
    assert "<td >clouds over" in index_page("t", [], [("NPP", path, "reasons")], [], STAGES)


def test_stages_say_what_was_left_out_and_why():
    """Each stage has its status and its reason."""
    html = index_page("t", [], [], [], STAGES)
    assert '<td class="left">left out</td><td>no survey &lt;given&gt;</td>' in html
    assert '<td class="done">done</td><td></td>' in html


def test_long_tables_are_cut_and_say_so(tmp_path):
    """A table beyond the limit is cut, with the number of rows left out."""
    path = tmp_path / "long.csv"
    pd.DataFrame({"row": range(results.ROWS_SHOWN + 50)}).to_csv(path, index=False)
    html = index_page("t", [], [("A", path, "long")], [], STAGES)
    assert html.count('<td class="number">') == results.ROWS_SHOWN
    assert "50 more rows are in the file" in html


def test_figures_that_fit_are_their_own_files(figure):
    """Figures within the limit are embedded byte for byte; type gets the page's size."""
    html = index_page("t", [("A", figure, "map")], [], [], STAGES)
    assert base64.b64encode(figure.read_bytes()).decode() in html
    assert '<img width="1040"' in html  # 8 inches at 130 pixels


def test_figures_are_scaled_down(figure, monkeypatch):
    """Where the files are too large, a figure keeps its shape and gets no wider than the widest size."""
    monkeypatch.setattr(results, "FIGURES_LIMIT", figure.stat().st_size * 4 / 3 - 1)
    html = index_page("t", [("A", figure, "map")], [], [], STAGES)
    (image,) = images(html)
    assert image.size == (1500, 188)
    assert '<img width="1040"' in html


def test_many_figures_fit_the_limit(figure, monkeypatch):
    """Where the figures would not fit, a smaller size is taken; where none fits, that is an error."""
    entries = [("A", figure, "map")] * 3
    full = index_page("t", entries, [], [], STAGES)
    monkeypatch.setattr(results, "SIZES", ((1500, True), (700, False)))
    monkeypatch.setattr(results, "FIGURES_LIMIT", len(full) // 3)
    small = index_page("t", entries, [], [], STAGES)
    assert len(small) < len(full) / 2 and len(images(small)) == 3
    monkeypatch.setattr(results, "FIGURES_LIMIT", 1000)
    with pytest.raises(ValueError, match="3 figures do not fit"):
        index_page("t", entries, [], [], STAGES)


def test_same_inputs_give_the_same_page(figure, table):
    """The page holds no date and no random part."""
    arguments = ("t", [("A", figure, "map")], [("A", table, "table")], ["note"], STAGES)
    assert index_page(*arguments) == index_page(*arguments)
