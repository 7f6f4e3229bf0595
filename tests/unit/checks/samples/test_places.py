"""Where plots, points and samples lie, and what plots must agree with."""

import geopandas as gpd
import pandas as pd
import pytest
from shapely.geometry import box

from nppdrivers.checks.inspection import inspect
from nppdrivers.checks.later_jobs.plan import Plan
from nppdrivers.checks.samples.places import place_findings
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import InputWarning, Problem
from nppdrivers.period import Period

AREA = (20.0, 10.0, 20.2, 10.2)  # an area whose exchanged coordinates are possible too


@pytest.fixture
def study(tmp_path) -> Study:
    """Study of a square of 0.2 degrees."""
    gpd.GeoDataFrame(geometry=[box(*AREA)], crs="EPSG:4326").to_file(tmp_path / "area.gpkg")
    return Study({"study_area": tmp_path / "area.gpkg"}, Period("2010-01", "2010-12"))


def places(*changed) -> pd.DataFrame:
    """Ten places in the area, the first ones changed."""
    inside = [(20.01 + 0.02 * n, 10.01 + 0.02 * n) for n in range(10)]
    table = pd.DataFrame([*changed, *inside[len(changed) :]], columns=["longitude", "latitude"])
    return gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["longitude"], table["latitude"]))


def findings(study, *changed):
    """What is found about the places."""
    return list(place_findings(places(*changed), study, "points.csv"))


def test_places_in_and_near_the_area(study):
    """Places inside give nothing; one a little outside is a fact, not a message."""
    assert findings(study) == []
    assert findings(study, (20.3, 10.1)) == ["1 points lie outside of the rectangle around the study area"]


def test_single_exchanged_places(study):
    """Places whose exchanged coordinates lie in the area are refused with their lines."""
    (found,) = findings(study, (10.05, 20.05), (20.05, 10.05), (10.1, 20.1))
    assert isinstance(found, Problem)
    assert found.place == "line 2, 4"
    assert "2 of 10 points are exchanged" in found.problem


def test_single_far_places(study):
    """A mistyped coordinate is a warning with its line."""
    (found,) = findings(study, (29.05, 10.05))
    assert isinstance(found, InputWarning)
    assert found.place == "line 2"
    assert found.problem == "1 of 10 points lie far from the study area"


def test_most_places_elsewhere(study):
    """Most places outside are refused, all of them blamed on the coordinates."""
    (found,) = findings(study, *[(21.0 + n, 10.1) for n in range(6)])
    assert found.problem.startswith("only 4 of 10 points lie in")
    (found,) = findings(study, *[(10.1, 20.1)] * 10)
    assert "swapped" in found.remedy


def test_class_names_of_plots(study, tmp_path):
    """A plot of a class that the run does not have is a warning with the classes."""
    plots = {"plot": list("ABCD"), "longitude": 20.1, "latitude": [10.1, 10.12, 10.14, 10.16]}
    plots |= {"land_cover": ["forest", "Grass", "forest", "forest"], "size_m": 30}
    plots |= {"first_year": 2010, "last_year": 2010, "biomass_g_m2_yr": [500, 600, 700, 800]}
    pd.DataFrame(plots).to_csv(tmp_path / "plots.csv", index=False)
    given = {**study.inputs, "plots": tmp_path / "plots.csv"}
    seen = inspect(Study(given, study.period, plan=Plan(class_codes={"forest": 1, "grassland": 2})))
    (warning,) = (each for each in seen.warnings if each.input == "plots")
    assert warning.problem.startswith("Grass: not among the classes")
    assert "forest, grassland" in warning.remedy
