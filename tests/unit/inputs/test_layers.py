"""Layers as they lie on disks: archives, folders, tables of styles, encodings, shapes to repair."""

import zipfile
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from shapely.geometry import Polygon, box

from nppdrivers.inputs.layers import layer_names, open_layer, read_layer
from nppdrivers.inputs.problems import InputError

NAMES = ["煤矿一号", "寺河矿", "a"]


def squares(names=("A", "B", "C")) -> gpd.GeoDataFrame:
    """Three squares with names."""
    shapes = [box(654000 + 100 * n, 3936000, 654050 + 100 * n, 3936050) for n in range(3)]
    return gpd.GeoDataFrame({"name": list(names)}, geometry=shapes, crs="EPSG:32649")


def shapefile(folder: Path, names, codec, *, cpg=None, language=0) -> Path:
    """Write a Shapefile whose text is in a codec; the .cpg and the language of the .dbf as given."""
    folder.mkdir(exist_ok=True)
    disguised = squares([name.encode(codec).decode("latin-1") for name in names])
    disguised.to_file(folder / "mines.shp", encoding="ISO-8859-1")
    (folder / "mines.cpg").unlink(missing_ok=True)
    if cpg:
        (folder / "mines.cpg").write_text(cpg)
    header = bytearray((folder / "mines.dbf").read_bytes())
    header[29] = language
    (folder / "mines.dbf").write_bytes(header)
    return folder / "mines.shp"


@pytest.mark.parametrize(
    ("names", "codec", "about", "fact"),
    [
        (NAMES, "gb18030", {}, "its text is read as GB 18030, as in 寺河矿"),
        (NAMES, "gb18030", {"language": 0x57}, "its text is read as GB 18030, as in 寺河矿"),
        (NAMES, "utf-8", {}, "its text is read as UTF-8, as in 寺河矿"),
        (
            NAMES,
            "gb18030",
            {"cpg": "UTF-8"},
            "its text is read as GB 18030, as in 寺河矿, not as utf-8 as it says",
        ),
        (["煤" * 26, "寺河矿", "a"], "utf-8", {}, "its text is read as UTF-8, as in 寺河矿"),
        (NAMES, "gb18030", {"cpg": "936"}, None),
        (NAMES, "gb18030", {"language": 0x4D}, None),
        (["шахта", "в", "a"], "cp1251", {"language": 0xC9}, None),
        (["Zürich", "é", "a"], "latin-1", {"cpg": "ISO-8859-1"}, None),
        (["A", "B", "C"], "ascii", {}, None),
    ],
)
def test_text_of_shapefiles(tmp_path, names, codec, about, fact):
    """The encoding stated is taken in silence where it fits, otherwise the one that fits, as a fact."""
    layer = open_layer(shapefile(tmp_path / "in", names, codec, **about))
    assert layer.shapes["name"].tolist() == names
    assert layer.facts == ([fact] if fact else [])
    assert layer.warnings == []


def test_guessed_encoding_is_a_warning_that_a_cpg_ends(tmp_path):
    """Lone foreign letters are read as Western European with a warning; the encoding in a .cpg ends it."""
    path = shapefile(tmp_path / "in", ["Grube Müller", "é", "a"], "latin-1")
    layer = open_layer(path)
    assert layer.shapes["name"].tolist() == ["Grube Müller", "é", "a"]
    assert "Western European" in layer.warnings[0].problem
    path.with_suffix(".cpg").write_text("CP1252")
    assert open_layer(path).warnings == []


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("mines.geojson", "GeoJSON"),
        ("mines.GeoJSON", "GeoJSON"),
        ("mines.kml", "KML"),
        ("mines.gdb", "OpenFileGDB"),
        ("mines.fgb", "FlatGeobuf"),
    ],
)
def test_formats_of_layers(tmp_path, name, driver):
    """GeoJSON, KML, a folder of a geodatabase, FlatGeobuf and capitals in suffixes are read as they are."""
    squares().to_crs("EPSG:4326").to_file(tmp_path / name, driver=driver)
    assert len(read_layer(tmp_path / name)) == 3


def test_archive_with_a_folder_and_hidden_files(tmp_path):
    """A zipped Shapefile is found in its folder, with what a Mac adds; its encoding counts."""
    path = shapefile(tmp_path / "in", NAMES, "gb18030", cpg="GB18030")
    with zipfile.ZipFile(tmp_path / "MINES.ZIP", "w") as archive:
        for file in path.parent.iterdir():
            archive.write(file, f"data/{file.name}")
            archive.writestr(f"__MACOSX/data/._{file.name}", b"resource fork")
    assert read_layer(tmp_path / "MINES.ZIP")["name"].tolist() == NAMES


def test_shapefile_in_capitals(tmp_path):
    """All files of a Shapefile may be written in capitals."""
    path = shapefile(tmp_path / "in", NAMES, "gb18030")
    for file in list(path.parent.iterdir()):
        file.rename(file.with_name(file.name.upper()))
    layer = open_layer(path.with_name("MINES.SHP"))
    assert layer.shapes["name"].tolist() == NAMES
    assert layer.shapes.crs == "EPSG:32649"


def test_archive_without_a_layer(tmp_path):
    """An archive of other things is refused with the kinds that are read."""
    with zipfile.ZipFile(tmp_path / "mines.zip", "w") as archive:
        archive.writestr("readme.txt", b"no layer")
    with pytest.raises(InputError, match=r"holds no vector file[\s\S]*\.gpkg"):
        read_layer(tmp_path / "mines.zip")


def test_tables_of_styles_are_no_layers(tmp_path):
    """A GeoPackage with one layer of shapes is read, whatever tables it has; two layers are ambiguous."""
    path = tmp_path / "mines.gpkg"
    squares().to_file(path, layer="mines")
    pyogrio.write_dataframe(pd.DataFrame({"styleQML": ["<qgis/>"]}), path, layer="layer_styles")
    assert layer_names(path) == ["mines"]
    assert read_layer(path)["name"].tolist() == ["A", "B", "C"]
    squares().to_file(path, layer="old")
    with pytest.raises(InputError, match="several layers: mines, old"):
        read_layer(path)


def test_shapes_are_repaired_and_reported(tmp_path):
    """A bow tie becomes its two triangles and a feature without shape is left out, each with a warning."""
    bow_tie = Polygon([(0, 0), (100, 100), (100, 0), (0, 100)])
    layer = squares().set_geometry([bow_tie, None, box(0, 0, 10, 10)], crs="EPSG:32649")
    layer.to_file(tmp_path / "mines.gpkg")
    shapes, _, (bare, crossed) = open_layer(tmp_path / "mines.gpkg")
    assert shapes.is_valid.all()
    assert shapes.area.tolist() == pytest.approx([5000, 100])
    assert bare.problem == "feature 2 without geometry: left out"
    assert crossed.problem == "feature 1 crosses itself: repaired"


def test_shapefile_without_its_other_files(tmp_path):
    """A Shapefile copied without its index is reported with what is missing."""
    path = shapefile(tmp_path / "in", ["A", "B", "C"], "ascii")
    path.with_suffix(".shx").unlink()
    with pytest.raises(InputError, match=r"its \.shx is missing"):
        read_layer(path)
