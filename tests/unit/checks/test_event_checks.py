"""Polygons with years are asked, before anything runs, whether the stage of change can use them."""

import geopandas as gpd
import pytest
from shapely import box

from nppdrivers.checks.inspection import inspect
from nppdrivers.checks.later_jobs.plan import Plan
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import report
from nppdrivers.period import Period

CRS = "EPSG:32649"
APART = [box(1000, 1000, 1600, 1600), box(3000, 1000, 3600, 1600), box(1000, 3000, 1600, 3600)]
YEARS = [2010.0, 2011.0, 2012.0]


def inspected(tmp_path, shapes=APART, opened=YEARS, distance=300.0, events=("mines",), zones=None, **columns):
    """Problems and warnings of three mines, and zones by their shapes, in a study area of 6 km."""
    paths = {name: str(tmp_path / f"{name}.gpkg") for name in ("study_area", "mines")}
    layers = {"mines": (shapes, {"name": ["A", "B", "C"], "opened": opened, **columns})}
    if zones is not None:
        paths["zones"] = str(tmp_path / "zones.gpkg")
        layers["zones"] = (zones, {"name": [f"Z{n}" for n in range(len(zones))], "reclaimed": 2012})
    for name, (drawn, attributes) in layers.items():
        moved = gpd.GeoSeries(drawn).translate(600_000, 3_900_000)
        gpd.GeoDataFrame(attributes, geometry=moved, crs=CRS).to_file(paths[name])
    area = box(600_000, 3_900_000, 606_000, 3_906_000)
    gpd.GeoDataFrame({"name": ["area"]}, geometry=[area], crs=CRS).to_file(paths["study_area"])
    plan = Plan(cell_size_m=30, events=events, control_distance_m=distance)
    found = inspect(Study(paths, Period("2008-01", "2015-12"), plan=plan))
    return report(found.problems), report(found.warnings)


def test_mines_with_years_are_admitted(tmp_path):
    """Polygons that can be used give no message."""
    assert inspected(tmp_path) == (report([]), report([]))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"opened": [2016, 2017, 2020]}, "no event has a whole year after it in 2008 to 2015"),
        ({"opened": ["soon", "", ""]}, "'soon' is not a year"),
        ({"opened": [None, None, None]}, "no polygon has a year"),
        ({"shapes": [APART[0], box(1300, 1000, 1900, 1600), APART[2]]}, "A and B: overlap in 50 %"),
        (
            {"zones": [box(1000, 1000, 1300, 1600)], "events": ("mines", "zones")},
            "Z0 and A of mines: overlap",
        ),
        ({"distance": 9000.0}, "no land of the study area is 9000 m away from all of them"),
    ],
)
def test_what_cannot_be_compared_is_a_problem(tmp_path, changes, message):
    """Years that are none or outside the period, overlaps, and no land to compare with are refused."""
    problems, _ = inspected(tmp_path, **changes)
    assert message in problems


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"opened": [2010, None, None]}, "B, C: no year"),
        ({"opened": [2010, 2011, 2016]}, "C: no event with a whole year after it in 2008 to 2015"),
        ({"opened": [2010, 2011, 1998]}, "C: no year before the first event in the period"),
        ({"shapes": [*APART[:2], box(9000, 9000, 9600, 9600)]}, "C: cover less than one cell of 30 m"),
        ({"distance": 4000.0}, "cells are 4000 m away from all of them"),
        ({"events": ()}, "columns opened are not used"),
        ({"closed": [2011, 2013, None]}, "A, opened 2010: no whole year after it, before the next event"),
    ],
)
def test_what_is_left_out_is_named(tmp_path, changes, message):
    """Polygons without an effect, little land to compare with, years that nobody asked for: all are named."""
    problems, warnings = inspected(tmp_path, **changes)
    assert message in warnings and problems == report([])


def test_polygons_of_two_inputs_may_overlap_where_one_has_no_years(tmp_path):
    """A zone in a mine without years, or one that was not asked for, is no overlap of events."""
    inside = {"zones": [box(1000, 1000, 1300, 1600)]}
    problems, _ = inspected(tmp_path, opened=[None, 2011, 2012], events=("mines", "zones"), **inside)
    assert problems == report([])
    assert inspected(tmp_path, **inside)[0] == report([])


def test_without_the_stage_years_are_no_matter(tmp_path):
    """In a period too short for the stage the years give no message."""
    assert inspected(tmp_path, opened=["soon", "", ""], events=None) == (report([]), report([]))
