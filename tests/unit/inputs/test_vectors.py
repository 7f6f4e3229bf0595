"""Vector layers: in the grid's system, named, and every fault reported."""

import geopandas as gpd
import pytest
from shapely.geometry import LineString, Point, box

from nppdrivers.inputs import vectors
from nppdrivers.inputs.problems import InputError

CRS = "EPSG:32649"


def layer(*shapes, crs=CRS, **attributes) -> gpd.GeoDataFrame:
    """Make a layer."""
    return gpd.GeoDataFrame(attributes, geometry=list(shapes), crs=crs)


SQUARE = box(654000, 3936000, 655000, 3937000)


def test_vector_comes_in_the_grid_system(tmp_path):
    """A layer in longitude and latitude comes back in metres with its area."""
    layer(SQUARE).to_crs("EPSG:4326").to_file(tmp_path / "area.geojson")
    area = vectors.read_vector(tmp_path / "area.geojson", CRS)
    assert area.crs == CRS
    assert area.area.sum() == pytest.approx(1e6, rel=1e-6)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    ("content", "shape", "message"),
    [
        (layer(SQUARE, crs=None), "polygon", "no coordinate system"),
        (layer(SQUARE), "line", "holds Polygon"),
        (layer(LineString([(0, 0), (1, 1)])), "polygon", "holds LineString"),
        (
            layer(box(35.5, 112.6, 35.6, 112.7), crs="EPSG:4326"),
            "polygon",
            "longitude and latitude are swapped",
        ),
        (layer(SQUARE, crs="EPSG:4326"), "polygon", "coordinates up to 3937000 are no degrees"),
        (
            layer(box(112.6, 35.5, 112.7, 35.6)),
            "polygon",
            "look like degrees, WGS 84 / UTM zone 49N has metres",
        ),
    ],
)
def test_faults_of_vectors(tmp_path, content, shape, message):
    """Each fault of a vector layer is reported."""
    content.to_file(tmp_path / "layer.shp")
    with pytest.raises(InputError, match=r"layer\.shp") as caught:
        vectors.read_vector(tmp_path / "layer.shp", CRS, shape=shape)
    assert message in str(caught.value)


def test_absent_damaged_and_ambiguous_files(tmp_path):
    """Files that are absent, damaged or hold several layers are reported as such."""
    with pytest.raises(InputError, match="no such file"):
        vectors.read_vector(tmp_path / "none.gpkg", CRS)
    (tmp_path / "bad.gpkg").write_bytes(b"SQLite format 3\0 but not really")
    with pytest.raises(InputError, match="cannot be read"):
        vectors.read_vector(tmp_path / "bad.gpkg", CRS)
    for name in ("one", "two"):
        layer(SQUARE).to_file(tmp_path / "both.gpkg", layer=name)
    with pytest.raises(InputError, match="several layers: one, two"):
        vectors.read_vector(tmp_path / "both.gpkg", CRS)
    assert len(vectors.read_vector(tmp_path / "both.gpkg", CRS, layer="two")) == 1


def test_points_are_not_polygons(tmp_path):
    """A study area of points is refused."""
    layer(Point(654000, 3936000)).to_file(tmp_path / "area.gpkg")
    with pytest.raises(InputError, match="holds Point"):
        vectors.read_vector(tmp_path / "area.gpkg", CRS)


def write_mines(path, **attributes):
    """Write three polygons with these attributes."""
    squares = [box(654000 + 100 * n, 3936000, 654050 + 100 * n, 3936050) for n in range(3)]
    layer(*squares, **attributes).to_file(path)
    return path


def test_polygons_are_named_by_a_column_of_any_spelling(tmp_path):
    """The column name in capitals, or one mapped to it, gives the names; numbers become text."""
    own = write_mines(tmp_path / "own.gpkg", NAME=["A", "B", "C"])
    assert vectors.read_named(own)["name"].tolist() == ["A", "B", "C"]
    other = write_mines(tmp_path / "other.gpkg", MINE=[1, 2, 3], name=["x", "y", "z"])
    assert vectors.read_named(other, {"name": "MINE"})["name"].tolist() == ["1", "2", "3"]
    gaps = write_mines(tmp_path / "gaps.gpkg", name=[12, None, 13])
    assert vectors.read_named(gaps)["name"].tolist() == ["12", "unnamed 2", "13"]
    assert vectors.name_warnings(own) == []


def test_polygons_without_a_column_of_names(tmp_path):
    """The columns there are named, and mapping one of them mends it."""
    path = write_mines(tmp_path / "mines.gpkg", ISO3_CODE=["CHN"] * 3, COUNTRY=["a", "b", "c"])
    with pytest.raises(InputError, match=r"no column name; it has ISO3_CODE, COUNTRY[\s\S]*columns: {mines"):
        vectors.read_named(path)
    assert vectors.read_named(path, {"name": "COUNTRY"})["name"].tolist() == ["a", "b", "c"]


def test_empty_and_repeated_names_are_reported(tmp_path):
    """An empty name is replaced by a number and reported, as is a name of two polygons."""
    path = write_mines(tmp_path / "mines.gpkg", name=["A", None, "A"])
    assert vectors.read_named(path)["name"].tolist() == ["A", "unnamed 2", "A"]
    bare, again = (warning.problem for warning in vectors.name_warnings(path))
    assert bare.startswith("1 of 3 polygons have no name")
    assert again == "A is the name of several polygons"


def test_river_in_parts_is_joined_or_refused():
    """Parts that meet end to end are one line, however they are ordered; a gap or a side arm is refused."""
    first, second = LineString([(0, 0), (0, 5)]), LineString([(1, 9), (0, 5)])
    assert vectors.joined_line(layer(second, first), CRS).length == pytest.approx(
        first.length + second.length
    )
    arm = LineString([(0, 5), (-4, 9)])
    for extra in (arm, LineString([(3, 20), (3, 30)])):
        with pytest.raises(ValueError, match="separate parts"):
            vectors.joined_line(layer(first, second, extra), CRS)
