"""The page of results as a file: one file, all texts as text, all figures and tables, in its language."""

import base64
import csv
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.pages.results import layers, places
from nppdrivers.pages.results.figures import embedded
from nppdrivers.pages.results.layers import Map, Place, atlas_of
from nppdrivers.pages.results.page import PAGE_LIMIT
from nppdrivers.pages.results.provenance import commit, input_summary, licences
from nppdrivers.pages.tables import four_digits, table
from nppdrivers.pages.words import speaker, translations

OURS = files("nppdrivers.pages.results")


class Structure(HTMLParser):
    """Tags, attributes and balance of a page."""

    def __init__(self, html):
        super().__init__()
        self.open, self.attributes, self.cells = [], [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, *pair) for pair in attrs]
        if tag not in ("meta", "link", "img", "input", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.cells.append(data)


@pytest.fixture(scope="module")
def html(page):
    """Text of the page."""
    return page.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def structure(html):
    """Structure of the page."""
    return Structure(html)


def test_it_is_one_whole_file(html, structure):
    """Elements are balanced; nothing is loaded; links go to sections of the page or to files of the run."""
    assert structure.open == []
    sources = [value for _, name, value in structure.attributes if name == "src"]
    assert sources and all(value.startswith("data:image/webp;base64,") for value in sources)
    links = {value for tag, name, value in structure.attributes if (tag, name) == ("a", "href")}
    anchors = {value for _, name, value in structure.attributes if name == "id"}
    assert {link[1:] for link in links if link.startswith("#")} <= anchors
    assert not any(":" in link for link in links)
    assert len(html.encode()) < PAGE_LIMIT


def test_links_lead_to_files(run, structure):
    """Figures, tables and maps are linked by paths next to the page."""
    links = {value for tag, name, value in structure.attributes if (tag, name) == ("a", "href")}
    assert {"figures/map.png", "figures/map.pdf", "tables/change/years.csv", "change/years.csv"} <= links
    assert {"vectors.gpkg", "project.qgz", "cubes/npp.nc", "CITATION.txt"} <= links
    maps = {link for link in links if link.startswith("maps/")}
    assert maps == {f"maps/{each['map']}.tif" for each in run.maps}


def test_tables_show_units_numbers_and_text(html, structure):
    """The unit stands in small type, numbers have four digits, counts all of theirs, text is text."""
    assert re.search(r"npp\s*<small>\[gC m-2 yr-1\]</small>", html)
    assert {"429.4", "–", "1234567", "forest", "<b>"} <= set(structure.cells)


def test_headings_say_what_columns_mean(html):
    """The register of columns gives a heading its unit and, when it is pointed at, its meaning."""
    meaning = "Elevation as given with the station"
    assert f'<th class="number" title="{meaning}">elevation m <small>[m]</small></th>' in html


def test_numbers_of_places_have_the_same_decimals():
    """Shares have one decimal, areas those that the largest has in four digits."""
    rows = pd.DataFrame({"Soil leads [%]": [0.0408, 51.23], "Area [km2]": [0.123456, 12.5]})
    cells = Structure(str(table(rows, has_places=True))).cells
    assert [text for text in cells if text[0].isdigit()] == ["0.0", "0.1", "51.2", "12.5"]


def test_names_in_tables_stay_as_they_are(structure):
    """Names that look like numbers or missing values are shown as they stand in the file."""
    place = structure.cells.index("007")
    assert structure.cells[place : place + 6] == ["007", "NA", "12.30", "008", "–", "–"]


def test_long_tables_are_cut_and_say_so(html):
    """A table beyond the limit is cut, with the number of rows left out."""
    assert "50 more rows are in the file." in html
    assert '<td class="number">199</td>' in html and '<td class="number">200</td>' not in html


def test_stages_say_what_was_left_out_and_why(html):
    """Each stage has its status and its reason."""
    assert '<td class="left">left out</td><td>no survey &lt;given&gt;</td>' in html


def test_plain_words_come_first(html):
    """The sentences of the summary stand before the map, escaped."""
    assert html.index("soil &gt; mining, 3 %") < html.index('id="canvas"')


def test_provenance(html):
    """The box names software, settings, the inputs with their checksums, and the paper."""
    for text in ("nppdrivers 0.", "2 files", "doi:10.3390/rs14174177", "public domain"):
        assert text in html


def test_the_checksum_of_several_files_is_that_of_their_list():
    """It is what sha256sum gives of the checksums and names of the files, one a line."""
    table = pd.DataFrame(
        {"input": "landsat", "file": ["a", "b"], "bytes": [500, 1000], "sha256": ["0a", "0b"]}
    )
    (row,) = input_summary(table, str).itertuples(index=False)
    assert row[:3] == ("landsat", "2 files", 1.5)
    assert row[3] == "055896bc2c6273edd500f0532fb2a86e28a86c5b80511ec07069593f97b4d002"
    assert (
        len(licences(table["input"], "", str)) == 2
        and "Nowhere" in licences(table["input"], "Nowhere", str)[0]
    )


def test_commit_is_that_of_the_project():
    """The commit is that of the repository that has this code, and none where there is no repository."""
    git = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    if (
        shutil.which("git") is None
        or (found := subprocess.run(git, capture_output=True, text=True)).returncode
    ):
        assert commit() == ""
    else:
        assert commit().rstrip("+") == found.stdout.strip()


def test_figures_take_the_room_there_is(run):
    """Where room is scarce a figure gets smaller and keeps its shape; where none is left, it is refused."""
    path = run.folder / "figures" / "map.png"
    (large,), (small,) = embedded([path], 10**6), embedded([path], 30_000)
    images = [Image.open(BytesIO(base64.b64decode(each.content))) for each in (large, small)]
    assert images[0].width == 1500 > images[1].width >= 500
    assert images[1].width / images[1].height == pytest.approx(8, rel=0.02)
    assert large[1:] == small[1:] == (1040, 130)  # 8 inches at 130 pixels
    with pytest.raises(ValueError, match="1 figures do not fit"):
        embedded([path], 1000)


@pytest.mark.parametrize(
    ("value", "text"),
    [(99.99999, "100.0"), (0.0, "0"), (-3.14159, "−3.142"), (2e-6, "2.000e−06"), (1234567.8, "1234568")],
)
def test_four_digits(value, text):
    """Four digits, whole parts in full, a true minus sign."""
    assert four_digits(value) == text


def test_maps_that_pack_badly_are_thinned_further(run, monkeypatch):
    """Whatever the values are, the packed maps stay within their room, and none is left out."""
    grid = Grid.load(run.folder / "grid.json")
    inside = rasters.read_mask(run.folder / "grid/study_area.tif", grid)
    place = Place(run.folder / "maps", grid, inside, pd.DataFrame())
    maps = [Map(**each) for each in run.maps]
    usual = atlas_of(maps, place, str)
    monkeypatch.setattr(layers, "ATLAS_LIMIT", 20_000)
    small = atlas_of(maps, place, str)
    assert sum(map(len, usual.texts.values())) > 20_000 >= sum(map(len, small.texts.values()))
    assert {layer["id"] for layer in small.layers} == {layer["id"] for layer in usual.layers}
    assert max(layer["step"] for layer in small.layers) > 1


def test_months_of_too_many_places_are_left_to_their_table(write_page, monkeypatch):
    """Of more places than fit the page has the courses of the study area alone, and says so."""
    monkeypatch.setattr(places, "MOST_COURSES", 10)
    html = write_page(name="many.html").read_text(encoding="utf-8")
    assert "The months of so many places are in the CSV alone." in html
    data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])
    assert data["area"]["months"]["npp"] and not any(place["months"] for place in data["places"])


def test_all_words_of_the_page_are_translated():
    """Each text that scripts and template say, and each heading, has its row in words.csv."""
    texts = set(places.COLUMNS.values()) | {str(style["title"]) for style in places.OVERLAYS.values()}
    for path in OURS.iterdir():
        if path.name.endswith((".js", ".html", ".py")):
            texts |= set(
                re.findall(r"""\bsay\(["']((?:[^"'\\]|\\.)+)["']\)""", path.read_text(encoding="utf-8"))
            )
    assert len(texts) > 60
    assert texts <= set(translations("zh"))


def test_all_captions_are_translated():
    """Sections, captions and titles of what the page shows have their translation."""
    config = Path(__file__).parents[3] / "config"
    contents, maps = (
        list(csv.DictReader((config / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
        for name in ("contents", "maps")
    )
    texts = {row["section"] for row in contents} | {row["group"] for row in maps}
    texts |= {row["caption"] for row in contents if "{" not in row["name"]}
    texts |= {row["title"] for row in maps if row["title"]}
    assert texts <= set(translations("zh"))
    assert len(texts) > 100


def test_translations_keep_what_is_filled_in():
    """A translation has the words in braces of its original, and rows are unique."""
    rows = [
        row
        for room in ("language", "pages")
        for row in csv.DictReader(
            (files("nppdrivers") / room / "words.csv").read_text(encoding="utf-8").splitlines()
        )
    ]
    assert len({row["en"] for row in rows}) == len(rows)
    for row in rows:
        assert re.findall(r"\{\w*\}", row["en"]) == re.findall(r"\{\w*\}", row["zh"]), row["en"]
        assert row["zh"]


def test_languages():
    """A text without translation stays English; an unknown language is refused."""
    assert speaker("zh")("Map") == "地图"
    assert speaker("zh")("no such text") == "no such text"
    with pytest.raises(ValueError, match="no language 'fr'"):
        translations("fr")
