"""The pages and the project of a Chinese run: nothing that a reader meets stays English, but for a list."""

import json
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

pytestmark = pytest.mark.workflow

# Abbreviations, names of methods, products, people and formats that Chinese texts have too
ALLOWED = set(
    [
        "NPP",
        "NDVI",
        "CASA",
        "ESTARFM",
        "VIF",
        "SR",
        "FPAR",
        "DEM",
        "RMSE",
        "RMSD",
        "RMS",
        "MAE",
        "MSDR",
        "RTGCV",
        "RTVAR",
        "REML",
        "WLS",
        "CR",
        "WGS",
        "UTM",
        "zone",
        "Shapley",
        "Pearson",
        "Lin",
        "Cliff",
        "Box",
        "Cox",
        "Feng",
        "Pan",
        "Zhu",
        "Miami",
        "Thornthwaite",
        "Memorial",
        "GML",
        "Landsat",
        "MODIS",
        "VIIRS",
        "MOD17A3HGF",
        "OLI",
        "ETM",
        "HLS",
        "Sentinel",
        "SLC",
        "off",
        "EPSG",
        "Te2",
        "PNG",
        "PDF",
        "SVG",
        "CSV",
        "GeoTIFF",
        "GeoPackage",
        "GIF",
        "NetCDF",
        "QGIS",
        "STAC",
        "RO",
        "Crate",
        "JavaScript",
        "sha256",
        "nppdrivers",
        "MAT",
        "MAP",
        "MAS",
        "SOC",
        "TN",
        "pH",
        "LD",
        "CF",
        "AP",
        "AK",
        "BD",
        "PAR",
        "CV",
        "SD",
        "UTC",
    ]
)
UNITS = re.compile(
    r"\b(gC2?|MJ|m|mm|g|ha|kg|degC|deg|km2?|kB|month|yr|t C)(-[1-4])?( (m|MJ|ha|kg|month|yr|s)-[1-4])*\b"
)
FILES = re.compile(
    r"[\w./+-]+\.(tif|csv|gpkg|json|txt|html|nc|gif|qgz|yaml|png)\b|results/tiny/raw/\w+|config/\w+"
)
NAMES = re.compile(
    r"Virtual Changhe Basin|virtual basin|Virtual station \d+|Mine \d+|S\d+|\.snakemake_timestamp"
)
# names of columns and settings, which lead to the files
CODES = re.compile(r"（[\w .\[\]%-]+）|\b\w+[._]\w+\b|\b[0-9a-f]{16,}\+?|#[0-9a-f]{6}")


class Texts(HTMLParser):
    """Texts of a page that a reader sees or is shown when pointing, apart from citations."""

    def __init__(self, html):
        super().__init__()
        self.found, self._open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found += [value for name, value in attrs if name in ("title", "aria-label", "alt")]
        if tag not in ("meta", "link", "img", "input", "br"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        self._open.pop()

    def handle_data(self, data):
        if not {"script", "style", "code"} & set(self._open) and not re.search(r"doi:|BSD-3-Clause", data):
            self.found.append(data.strip())


def english(texts):
    """Texts with English words that are not allowed, and the words."""
    found = {}
    for text in texts:
        rest = text
        for known in (NAMES, FILES, CODES, UNITS):
            rest = known.sub(" ", rest)
        if words := set(re.findall(r"[A-Za-z][A-Za-z0-9]+", rest)) - ALLOWED:
            found[text] = words
    return found


@pytest.fixture(scope="module")
def chinese(copy_of_finished):
    """Folder of results whose pages and project were written again in Chinese."""
    done = copy_of_finished.snakemake(
        *("--rerun-triggers", "mtime", "--forcerun", "write_index", "export_maps", "--until", "write_index"),
        *("--config", "language=zh"),
    )
    assert done.returncode == 0, done.stdout[-4000:]
    return copy_of_finished.results


def test_no_english_on_the_page(chinese):
    """Headings, cells, captions and what is shown when they are pointed at."""
    texts = Texts((chinese / "index.html").read_text(encoding="utf-8")).found
    assert sum(bool(re.search("[\u4e00-\u9fff]", text)) for text in texts) > 500
    assert english(texts) == {}


def test_no_english_on_the_map(chinese):
    """Groups, titles, bands and classes of the layers, and what lies over them."""
    html = (chinese / "index.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', html, re.DOTALL)[1])
    texts = {overlay["title"] for overlay in data["overlays"]}
    for layer in data["layers"]:
        band = layer.get("band", "")
        texts |= {layer["group"], layer["title"], data["words"].get(band, band)}
        texts |= {label for _, label, _ in layer["stops"]}
    assert len(texts) > 60 and english(texts) == {}


def test_no_english_in_the_project(chinese):
    """Groups, layers and classes of the project for QGIS."""
    with zipfile.ZipFile(chinese / "project.qgz") as project:
        root = ElementTree.fromstring(project.read("project.qgs").decode().partition("\n")[2])
    texts = {node.get("name") for node in root.iter() if node.tag.startswith("layer-tree")} - {None}
    texts |= {node.get("label") for node in root.iter("paletteEntry")}
    assert len(texts) > 40 and english(texts) == {}
