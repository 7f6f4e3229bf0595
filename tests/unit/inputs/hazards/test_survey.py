"""The hazard survey: its layers and attributes, and every fault of them."""

import geopandas as gpd
import pytest
from shapely.geometry import LineString, box

from nppdrivers.inputs.hazards import survey
from nppdrivers.inputs.problems import InputError

CRS = "EPSG:32649"
SQUARE = box(654000, 3936000, 655000, 3937000)


def layer(*shapes, crs=CRS, **attributes) -> gpd.GeoDataFrame:
    """Make a layer."""
    return gpd.GeoDataFrame(attributes, geometry=list(shapes), crs=crs)


SURVEY = {
    "collapse": layer(SQUARE, depth_m=[2.0], slope_change_mm_m=[12.0]),
    "subsidence": layer(SQUARE, depth_m=[1.0], slope_change_mm_m=[5.0]),
    "cracks": layer(LineString([(654000, 3936000), (654500, 3936500)]), width_m=[0.3]),
    "goaf": layer(SQUARE, thickness_m=[6.0], depth_m=[300.0]),
    "seep": layer(SQUARE, severity=[0.5]),
}


def write_survey(path, **changed):
    """Write the survey with some layers changed, None for left out."""
    for name, content in (SURVEY | changed).items():
        if content is not None:
            content.to_file(path, layer=name)
    return path


def test_survey_is_read(tmp_path):
    """All layers come back in the grid's system, an empty one too."""
    path = write_survey(tmp_path / "survey.gpkg", seep=SURVEY["seep"].iloc[:0])
    layers = survey.read_survey(path, "EPSG:4547")
    assert {name: len(content) for name, content in layers.items()} == {
        name: name != "seep" for name in SURVEY
    }
    assert all(content.crs == "EPSG:4547" for content in layers.values())


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"goaf": None}, "layer goaf: no such layer"),
        ({"cracks": SURVEY["cracks"].drop(columns="width_m")}, "layer cracks: no attribute width_m"),
        ({"seep": SURVEY["seep"].assign(severity=50.0)}, "layer seep: severity is 50"),
        ({"goaf": SURVEY["goaf"].assign(depth_m=-300.0)}, "layer goaf: depth_m is -300"),
        ({"cracks": SURVEY["goaf"].assign(width_m=1.0)}, "layer cracks: holds Polygon"),
        ({"collapse": SURVEY["collapse"].assign(depth_m=[None])}, "layer collapse: depth_m is"),
    ],
)
def test_faults_of_the_survey(tmp_path, changed, message):
    """Absent layers and attributes, and impossible values are reported with their layer."""
    with pytest.raises(InputError) as caught:
        survey.read_survey(write_survey(tmp_path / "survey.gpkg", **changed), CRS)
    assert message in str(caught.value)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("name", "attribute", "factor", "unit"),
    [
        ("collapse", "depth_m", 100, "cm (x 0.01)"),
        ("subsidence", "slope_change_mm_m", 0.001, "a fraction (x 1000)"),
        ("cracks", "width_m", 1000, "mm (x 0.001)"),
        ("goaf", "thickness_m", 100, "cm (x 0.01)"),
        ("goaf", "depth_m", 0.001, "km (x 1000)"),
        ("seep", "severity", 100, "% (x 0.01)"),
    ],
)
def test_attributes_in_another_unit(tmp_path, name, attribute, factor, unit):
    """An attribute in another unit is refused with the factor, and with the factor applied it passes."""
    wrong = SURVEY[name].assign(**{attribute: SURVEY[name][attribute] * factor})
    with pytest.raises(InputError) as caught:
        survey.read_survey(write_survey(tmp_path / "wrong.gpkg", **{name: wrong}), CRS)
    (problem,) = caught.value.problems
    assert unit in problem.remedy
    mended = wrong.assign(**{attribute: wrong[attribute] * float(unit.split("x ")[1].rstrip(")"))})
    survey.read_survey(write_survey(tmp_path / "mended.gpkg", **{name: mended}), CRS)


def test_text_is_taken_as_numbers(tmp_path):
    """Numbers that the file has as text, and names in capitals, are read; a comma is refused."""
    text = SURVEY["goaf"].assign(depth_m="300").rename(columns={"thickness_m": "Thickness_M"})
    layers = survey.read_survey(write_survey(tmp_path / "text.gpkg", goaf=text), CRS)
    assert layers["goaf"][["depth_m", "thickness_m"]].to_numpy().tolist() == [[300.0, 6.0]]
    with pytest.raises(InputError, match="depth_m is 300,5"):
        survey.read_survey(write_survey(tmp_path / "comma.gpkg", goaf=text.assign(depth_m="300,5")), CRS)


def test_zeros_of_the_survey(tmp_path):
    """Depth 0 of a goaf, by which its thickness is divided, is refused; of a collapse it is a warning."""
    with pytest.raises(InputError, match="depth_m is 0"):
        survey.read_survey(write_survey(tmp_path / "goaf.gpkg", goaf=SURVEY["goaf"].assign(depth_m=0.0)), CRS)
    two = layer(SQUARE, SQUARE, depth_m=[2.0, 0.0], slope_change_mm_m=[12.0, 9.0])
    _, (warning,) = survey.open_survey(write_survey(tmp_path / "zero.gpkg", collapse=two), CRS)
    assert warning.problem == "depth_m is 0 in 1 of 2 features: they count as no collapse"


def test_survey_as_a_folder_of_shapefiles(tmp_path):
    """A folder with a Shapefile for each layer, names cut to 10 characters, is read like one GeoPackage."""
    for name, content in SURVEY.items():
        content.rename(columns=lambda column: column[:10]).to_file(tmp_path / f"{name}.shp")
    (tmp_path / "._goaf.shp").write_bytes(b"resource fork")
    layers = survey.read_survey(tmp_path, CRS)
    assert layers["collapse"]["slope_change_mm_m"].tolist() == [12.0]
    assert layers["goaf"]["thickness_m"].tolist() == [6.0]
