"""What later jobs refuse is reported before any of them starts, and its remedy mends it."""

from pathlib import Path

import pandas as pd
import pytest
from input_mistakes import NAMES, OTHERS, copy_inputs, edit_table, inspect, write_basin

from nppdrivers.checks.later_jobs.plan import Plan
from nppdrivers.checks.later_jobs.series import check_composites
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import report
from nppdrivers.period import Period

CLASSES = Path(__file__).resolve().parents[3] / "config" / "land_cover.csv"
WEATHER = ("study_area", "dem", "stations", "weather")


@pytest.fixture(scope="module")
def basin(tmp_path_factory):
    """Raw folder of a tiny virtual basin of one year and three clear scenes."""
    return write_basin(tmp_path_factory.mktemp("basin"))


@pytest.fixture
def raw(basin, tmp_path):
    """A copy to be spoilt."""
    copy_inputs(basin, tmp_path / "raw", NAMES | OTHERS)
    return tmp_path / "raw"


def text_of(seen):
    """All messages of an inspection."""
    return report([*seen.problems, *seen.warnings])


@pytest.mark.parametrize(
    ("wrong", "right", "message"),
    [
        ({"cell_size_m": 4000, "origin_m": 2100}, {"cell_size_m": 30}, "contains the centre of no cell"),
        ({"cell_size_m": 400}, {"cell_size_m": 100}, "attribution needs 30"),
        ({"cell_size_m": 0.01}, {"cell_size_m": 1}, "cells of 0.01 m lie in the rectangle"),
        ({"window": 51}, {"window": 41}, "fusion.window is 51 cells, the grid is"),
        ({"tiles": 90}, {"tiles": 8}, "tiles is 90, the grid has"),
    ],
)
def test_grid_suits_later_jobs(basin, wrong, right, message):
    """Too few cells, too many, windows and tiles larger than the grid are reported of the study area."""
    plan = {"attribution": True, "window": 3}
    problems = inspect(basin, ("study_area",), plan=Plan(**plan | wrong)).problems
    assert [problem.input for problem in problems][:1] == ["study_area"]
    assert message in report(problems)
    assert inspect(basin, ("study_area",), plan=Plan(**plan | right)).problems == []


def test_window_of_the_remedy_fits(basin):
    """The window that the message names is accepted."""
    (problem,) = inspect(basin, ("study_area",), plan=Plan(window=99)).problems
    named = int(problem.remedy.split()[1])
    assert inspect(basin, ("study_area",), plan=Plan(window=named)).problems == []
    assert inspect(basin, ("study_area",), plan=Plan(window=named + 2)).problems != []


def test_classes_have_constants(basin, tmp_path):
    """A class of the run without light use efficiency, or with bounds out of order, is named."""
    codes = {"forest": 1, "grassland": 2}
    table = pd.read_csv(CLASSES)

    def messages(change):
        changed = table.copy()
        change(changed)
        changed.to_csv(tmp_path / "classes.csv", index=False)
        about = {"classes": str(tmp_path / "classes.csv"), "class_codes": codes, "efficiencies": ["zhu2007"]}
        return text_of(inspect(basin, ("study_area",), plan=Plan(**about)))

    assert messages(lambda t: None) == "All inputs are in order.\n"

    def without_efficiency(t):
        t.loc[t["class"] == "grassland", "epsilon_zhu2007"] = None

    def without_that_of_another(t):
        t.loc[t["class"] == "water", "epsilon_zhu2007"] = None

    def wrong_order(t):
        t.loc[t["class"] == "forest", "ndvi_min"] = 0.9

    assert "column epsilon_zhu2007 is empty for grassland" in messages(without_efficiency)
    assert messages(without_that_of_another) == "All inputs are in order.\n"
    assert "NDVI bounds must satisfy" in messages(wrong_order)


def test_unused_ready_rasters_are_named(basin):
    """A ready raster of a variable that the run does not list is reported, not passed over in silence."""
    names = ("study_area", "climate_raster_precipitation_2010", "soil_raster_pH")
    plan = Plan(climate_variables=["temperature"], soil_properties=["SOC"])
    seen = inspect(basin, names, plan=plan)
    assert seen.problems == []
    assert [warning.input for warning in seen.warnings] == list(names[1:])
    assert "climate.variables does not have precipitation" in text_of(seen)
    listed = Plan(climate_variables=["precipitation"], soil_properties=["pH"])
    assert inspect(basin, names, plan=listed).warnings == []


def test_sensors_to_be_compared_have_images_near_in_time(raw):
    """For refit the three images of one sensor are too few, and other settings need none."""
    names = ("study_area", "landsat")
    (problem, other) = inspect(raw, names, plan=Plan(refit_days=8)).problems
    assert "only 0 pairs of ETM+ and OLI images" in problem.problem
    assert "only 0 pairs of TM and ETM+ images" in other.problem
    assert inspect(raw, names, plan=Plan(refit_days=None)).problems == []


def test_composites_suit_the_smoothing(basin):
    """One month has too few composites for gcv; four months have enough."""
    names = ("study_area", "coarse")
    plan = Plan(automatic_smoothness=True)
    text = text_of(inspect(basin, names, plan=plan, period=Period("2010-06", "2010-06")))
    assert "3 composites touch 2010-06 to 2010-06" in text
    assert inspect(basin, names, plan=plan, period=Period("2010-05", "2010-08")).problems == []
    text = text_of(inspect(basin, names, plan=Plan(polynomial=5), period=Period("2010-06", "2010-06")))
    assert "ndvi.smoothing.degree is 5" in text
    assert inspect(basin, names, plan=Plan(polynomial=2), period=Period("2010-06", "2010-06")).problems == []


def test_composites_have_the_bands_that_are_fused(basin, tmp_path):
    """GeoTIFF composites of NDVI alone cannot be fused by bands; HDF4 files have all layers."""
    names = ("study_area", "coarse")
    assert inspect(basin, names, plan=Plan(bands=True)).problems == []
    for path in (basin / "coarse").iterdir():
        start = path.name.split(".")[1]
        for layer in ("NDVI", "pixel_reliability"):
            (tmp_path / f"MOD13Q1.{start}.250m_16_days_{layer}.tif").touch()
    study = Study({"coarse": tmp_path}, Period("2010-01", "2010-12"), plan=Plan(bands=True))
    problems = list(check_composites(study, tmp_path))
    assert len(problems) == 2
    assert "no layer 'NIR reflectance' for 23 composites" in problems[0].problem


def stations(change):
    """Spoil the table of stations."""
    return edit_table("stations.csv", change)


def test_stations_without_elevation(raw):
    """With an elevation model every station needs its elevation, or none; both remedies mend it."""

    def one_missing(table):
        table.loc[2, "elevation_m"] = None

    stations(one_missing)(raw)
    (problem,) = inspect(raw, WEATHER).problems
    assert "have no elevation: give it, drop them, or leave elevation out" in problem.problem
    assert problem.input == "stations"
    assert inspect(raw, ("study_area", "stations", "weather")).problems == []
    stations(lambda table: table.assign(elevation_m=None))(raw)
    assert inspect(raw, WEATHER).problems == []


def test_stations_that_cannot_speak_for_the_area(raw):
    """Stations all far above the study area are refused as the interpolation would refuse them."""
    stations(lambda table: table.assign(elevation_m=table["elevation_m"] + 3000))(raw)
    assert "is far from that of the stations" in text_of(inspect(raw, WEATHER))


def test_single_far_stations_are_warned_of(raw):
    """A station 400 km away among near ones is named, and the run goes on."""

    def one_away(table):
        table.loc[table["station"] == "S03", "latitude"] += 3.6

    stations(one_away)(raw)
    seen = inspect(raw, WEATHER)
    assert seen.problems == []
    assert "1 of 20 stations are more than 300 km away: S03" in text_of(seen)


def test_few_stations_are_warned_of(raw):
    """Two stations show no pattern; the map of each variable says nothing about the area."""
    edit_table("weather.csv", lambda table: table[table["station"].isin(["S01", "S02"])])(raw)
    seen = inspect(raw, WEATHER)
    assert seen.problems == []
    (warning,) = seen.warnings
    assert "temperature: 2, precipitation: 2, sunshine: 2" in warning.problem


def test_radiation_to_calibrate_with(raw):
    """Calibrated coefficients need radiation of the stations; given ones do not."""
    (problem,) = inspect(raw, WEATHER, plan=Plan(calibrated=True)).problems
    assert "climate.angstrom: calibrated needs 24 station-months" in problem.problem
    assert inspect(raw, WEATHER, plan=Plan(calibrated=False)).problems == []


def test_remarks_on_settings_are_warnings(basin):
    """What looks wrong in the settings but may be meant is a warning of its own section."""
    seen = inspect(
        basin, ("study_area",), plan=Plan(remarks=[("period", "lacks January", "take whole years")])
    )
    assert seen.problems == []
    (warning,) = seen.warnings
    assert (warning.input, warning.place, warning.problem) == ("settings", "period", "lacks January")


def test_weather_is_needed_in_whole_years(basin):
    """Climate is mapped in whole years: a month of them without weather is reported."""
    names = ("study_area", "stations", "weather")
    seen = inspect(basin, names, period=Period("2010-04", "2011-03"))
    assert "no temperature at any station in 2011-01, 2011-02" in text_of(seen)
    assert "and 6 more" in text_of(seen)
    assert inspect(basin, names, period=Period("2010-04", "2010-12")).problems == []


def test_some_years_of_mod17_are_enough(basin):
    """A year without MOD17 is warned of where another has it, as the comparison takes the years there are."""
    seen = inspect(basin, ("study_area", "mod17"), period=Period("2010-01", "2011-12"))
    assert seen.problems == []
    assert [warning.problem for warning in seen.warnings] == ["no MOD17A3HGF of 2011"]
    (problem,) = inspect(basin, ("study_area", "mod17"), period=Period("2011-01", "2011-12")).problems
    assert problem.problem == "no MOD17A3HGF of 2011"


def test_places_for_the_fit_of_efficiencies_are_counted_by_class(raw):
    """Two plots are too few; three points more make a class with enough, and the others are named."""
    codes = {"forest": 1, "grassland": 2, "farmland": 3, "construction": 4, "water": 5}
    names = ("study_area", "land_cover", "plots", "npp_points")
    plan = Plan(fit_to=["plots", "npp_points"], class_codes=codes)
    plots = pd.read_csv(raw / "plots.csv")
    (problem,) = inspect(raw, names[:3], plan=plan).problems
    assert "no class has the 3 places of measured NPP that npp.fit_epsilon needs" in problem.problem
    at = plots.iloc[[0, 0, 0]]
    points = {
        "place": ["a", "b", "c"],
        "longitude": at["longitude"] + [0, 1e-4, 2e-4],
        "latitude": at["latitude"],
    }
    pd.DataFrame(points | {"npp_gC_m2_yr": 300.0}).to_csv(raw / "npp_points.csv", index=False)
    seen = inspect(raw, names, plan=plan)
    assert seen.problems == []
    assert "places for the fit of efficiencies" in seen.found["plots"][1]
    constants = pd.read_csv(CLASSES).assign(vegetated=False)
    constants.to_csv(raw / "barren.csv", index=False)
    barren = Plan(fit_to=plan.fit_to, class_codes=codes, classes=str(raw / "barren.csv"))
    assert "none where plants grow" in text_of(inspect(raw, names, plan=barren))
    assert inspect(raw, names[:3], plan=Plan(class_codes=codes)).problems == []
