"""Input checks: the virtual basin passes, and each realistic mistake made in it is reported with its file."""

import json
import logging
import zlib
from datetime import date
from pathlib import Path

import pytest
import rasterio
from affine import Affine
from input_mistakes import (
    MISTAKES,
    NAMES,
    NEEDED,
    OTHERS,
    copy_inputs,
    edit_raster,
    inputs_of,
    inspect,
    write_basin,
)
from pyhdf.error import HDF4Error
from rasterio.errors import RasterioIOError
from rasterio.windows import Window

from checks import admit_inputs, validate_inputs
from nppdrivers.checks import inspection, study, vectors
from nppdrivers.checks.findings import findings_of
from nppdrivers.inputs.problems import InputWarning, Problem, report
from nppdrivers.pages.checks import checks_page
from nppdrivers.period import Period

# of these inputs the cheap ones
TABLES = ("study_area", "dem", "soil_samples", "stations", "weather", "plots")


@pytest.fixture(scope="module")
def basin(tmp_path_factory) -> Path:
    """Raw folder of a tiny virtual basin of one year and three clear scenes."""
    return write_basin(tmp_path_factory.mktemp("basin"))


@pytest.fixture
def raw(basin, tmp_path) -> Path:
    """A copy to be spoilt."""
    copy_inputs(basin, tmp_path / "raw", NAMES | OTHERS)
    return tmp_path / "raw"


def test_clean_basin_has_no_problem(basin):
    """The virtual basin passes without any message, and something is found in every input."""
    seen = inspect(basin)
    assert report([*seen.problems, *seen.warnings]) == "All inputs are in order.\n"
    assert set(seen.found) == set(NAMES | OTHERS)
    assert all(facts for _, facts in seen.found.values())


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_reported(basin, tmp_path, name):
    """A mistake is reported with its file and what it is, as a problem or as a warning."""
    mistake, message = MISTAKES[name]
    copy_inputs(basin, tmp_path / "raw", inputs_of(name))
    file = mistake(tmp_path / "raw")
    seen = inspect(tmp_path / "raw", inputs_of(name))
    problems = [*seen.problems, *seen.warnings]
    text = report(problems)
    assert any(file in problem.file for problem in problems), text
    assert message in text
    assert all(problem.remedy and problem.input in NAMES | OTHERS for problem in problems)


def test_there_are_at_least_sixty_mistakes():
    """The table of mistakes is as long as promised."""
    assert len(MISTAKES) >= 60


def test_problems_of_all_inputs_come_together(raw):
    """Mistakes in four inputs give messages about all four, grouped by file."""
    for name in ("DEM in feet", "samples swapped", "temperature in kelvin", "Landsat one scene"):
        MISTAKES[name][0](raw)
    problems = inspect(raw).problems
    assert {problem.input for problem in problems} == {"dem", "soil_samples", "weather", "landsat"}
    text = report(problems)
    assert text.startswith(f"{len(problems)} problems in the inputs\n")
    assert [text.index(name) for name in ("dem.tif", "soil_samples.csv", "weather.csv")] == sorted(
        text.index(name) for name in ("dem.tif", "soil_samples.csv", "weather.csv")
    )


def test_absent_inputs_are_not_checked(basin, tmp_path):
    """Only what is given is checked; a run without a study area uses the raster whose grid is taken."""
    with rasterio.open(basin / "land_cover.tif") as source:
        window = Window(40, 40, 40, 40)
        about = source.profile | {"height": 40, "width": 40, "transform": source.window_transform(window)}
        with rasterio.open(tmp_path / "like.tif", "w", **about) as target:
            target.write(source.read(window=window))
    seen = inspect(basin, ("coarse",), like=tmp_path / "like.tif")
    assert seen.problems == []
    assert set(seen.found) == {"coarse", "grid.like"}
    assert "usable on average" in seen.found["coarse"][1]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"crs": "EPSG:4326"}, "its coordinates are degrees"),
        ({"transform": Affine(30, 0, 652000, 0, -20, 3938000)}, "its cells are not square"),
        ({"transform": Affine(30, 1, 652000, 1, -30, 3938000)}, "its cells are not square"),
        ({"crs": None}, "no coordinate system"),
    ],
)
def test_raster_whose_grid_cannot_be_taken(raw, change, message):
    """A grid in degrees, with oblong or turned cells, or without system is refused under its setting."""
    edit_raster("land_cover.tif", **change)(raw)
    problems = inspect(raw, (), like=raw / "land_cover.tif").problems
    assert [problem.input for problem in problems] == ["grid.like"]
    assert problems[0].problem.startswith(message)


ERRORS = {
    "end of file": (EOFError("compressed file ended"), "is cut off or damaged (compressed file ended)"),
    "zlib": (zlib.error("Error -3"), "is cut off or damaged (Error -3)"),
    "memory": (MemoryError(), "needs more memory than this job has"),
    "key": (KeyError("band"), "cannot be checked (KeyError: 'band')"),
    "runtime": (RuntimeError("no driver"), "cannot be checked (RuntimeError: no driver)"),
    "HDF4": (HDF4Error("SD (27): bad"), "cannot be checked (HDF4Error: SD (27): bad)"),
    "GDAL": (RasterioIOError("TIFFReadEncodedTile failed"), "TIFFReadEncodedTile failed"),
    "value": (ValueError("a.csv: two headers"), "two headers"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors_become_problems(name, caplog):
    """An error in a check is a problem with file and advice after what it found; the traceback is logged."""
    error, message = ERRORS[name]

    def check():
        yield "a fact"
        raise error

    with caplog.at_level(logging.INFO):
        fact, problem = findings_of(check, "a.csv")
    assert fact == "a fact"
    assert (problem.file, problem.problem) == ("a.csv", message)
    assert problem.remedy
    assert "in check" in caplog.text


def test_an_error_hides_no_other_problem(raw, monkeypatch):
    """When the study area breaks its reader in an unknown way, all other inputs are still checked."""

    def broken(*arguments, **options):
        raise RuntimeError("driver crashed")

    MISTAKES["bulk density in kg m-3"][0](raw)
    monkeypatch.setattr(vectors, "open_layer", broken)
    monkeypatch.setattr(study, "read_vector", broken)
    problems = inspect(raw).problems
    broken_layers = {"study_area", "river", "mines", "zones"}
    assert {problem.input for problem in problems} == broken_layers | {"soil_samples"}
    assert "driver crashed" in report(problems)


def test_study_outside_the_data(basin):
    """A period outside the data is reported for weather, MODIS and Landsat."""
    problems = inspect(basin, period=Period("2018-01", "2018-12")).problems
    assert {problem.input for problem in problems} >= {"weather", "coarse", "mod17", "landsat", "plots"}
    assert date(2018, 1, 1).isoformat()[:7] in report(problems)


def test_base_images_are_counted_by_their_clear_share(basin):
    """A scene is a base image when its clear share reaches the one asked for, and the clearest are named."""
    found = inspect(basin, ("study_area", "landsat")).found["landsat"][1]
    assert "base images on 3 of 3 days" in found
    (problem,) = inspect(basin, ("study_area", "landsat"), min_base_percent=100.1).problems
    assert problem.problem.startswith("0 of 3 images")
    assert "the clearest are 2010-" in problem.problem
    assert "fusion.min_base_percent" in problem.remedy


def test_striped_images_are_not_counted_when_dropped(raw):
    """With slc_off: drop an image of Landsat 7 of 2010 is no base image, and the page says so."""
    scene = sorted((raw / "landsat").glob("LT05*"))[0]
    for band in scene.iterdir():
        band.rename(band.with_name(band.name.replace("LT05", "LE07")))
    scene.rename(scene.with_name(scene.name.replace("LT05", "LE07")))
    names = ("study_area", "landsat")
    assert "base images on 3 of 3 days" in inspect(raw, names).found["landsat"][1]
    found = inspect(raw, names, slc_off="drop").found["landsat"][1]
    assert "base images on 2 of 2 days" in found
    assert "1 further images are not read" in found


def run_checks(raw, folder):
    """Run the two scripts on a folder of inputs; the paths of their three files."""
    folder.mkdir(exist_ok=True)
    names = ("problems.json", "checks.html", "checks.json", "warnings.json")
    problems, page, checks, warnings = (folder / name for name in names)
    inputs = {name: raw / NAMES[name] for name in TABLES}
    described = NEEDED | {"inputs": inputs} | {name: vars(NEEDED[name]) for name in ("period", "plan")}
    validate_inputs.validate_inputs(
        study=described,
        about={"title": "Basin", "note": "", "language": "en"},
        problems_path=problems,
        warnings_path=warnings,
        page_path=page,
    )
    admit_inputs.admit_inputs(problems_path=problems, page_path=page, checks_path=checks)
    return problems, page, checks


def test_report_survives_problems(raw, tmp_path):
    """With a problem the run is refused, but its list and its page are there; without one the gate opens."""
    problems, page, checks = run_checks(raw, tmp_path)
    assert json.loads(problems.read_text()) == json.loads(checks.read_text()) == []
    assert "inputs, in order" in page.read_text()
    checks.unlink()
    MISTAKES["samples swapped"][0](raw)
    with pytest.raises(ValueError, match=r"1 problem in the inputs[\s\S]*soil_samples.csv[\s\S]*checks.html"):
        run_checks(raw, tmp_path)
    assert not checks.exists()
    (record,) = json.loads(problems.read_text())
    assert list(record) == ["input", "file", "place", "problem", "remedy"]
    assert record["input"] == "soil_samples"
    assert record["problem"] in page.read_text()


def test_page_shows_problems_first_and_every_input(basin):
    """The page needs nothing from elsewhere, escapes what it shows, and has one row an input."""
    seen = inspect(basin, ("study_area", "plots"))
    problem = Problem("a/b.tif", "line 3", "value <1", "mend it", "plots")
    page = checks_page("Basin", [problem], seen.found)
    assert page.index("Problems in plots") < page.index('id="inputs"')
    assert "value &lt;1" in page
    assert "http:" not in page and "https:" not in page
    assert page.count('class="done">in order') == 1
    assert page.count('class="left">1 problem<') == 1


def test_warnings_are_shown_and_the_run_goes_on(raw, tmp_path, monkeypatch, caplog):
    """A warning is in its own list, on the page and in the log; the gate opens."""
    warning = InputWarning("plots.csv", "column biomass", "ten times that of others", "check its unit")
    monkeypatch.setitem(inspection._CHECKS, "plots", lambda study, path: [warning, "5 plots"])
    with caplog.at_level(logging.WARNING):
        problems, page, checks = run_checks(raw, tmp_path)
    assert json.loads(problems.read_text()) == json.loads(checks.read_text()) == []
    (record,) = json.loads((tmp_path / "warnings.json").read_text())
    assert (record["input"], record["problem"]) == ("plots", warning.problem)
    text = page.read_text()
    assert "inputs, 1 warning" in text
    assert text.index("Warnings in plots") < text.index(warning.problem) < text.index('id="inputs"')
    assert "Nothing was computed" not in text
    assert "1 warning in the inputs" in caplog.text
    assert warning.problem in caplog.text


def test_page_in_chinese(basin):
    """Headings, states and what was found are in Chinese; a problem is as in the terminal."""
    seen = inspect(basin, ("soil_samples",))
    warning = InputWarning("a.csv", "row 2", "ten times", "check", "soil_samples")
    page = checks_page("Basin", [warning], seen.found, language="zh")
    for text in (
        "Basin：输入检查，1 个警告",
        "土壤样点的警告",
        ">ten times</td>",
        "个样点，有值数：",
        "采样日期 ",
    ):
        assert text in page


def test_page_separates_problems_from_warnings():
    """With both, problems come first, the status counts each, and the page says that nothing was computed."""
    problem = Problem("a.csv", "", "swapped", "exchange them", "plots")
    warning = InputWarning("a.csv", "", "ten times", "check", "plots")
    page = checks_page("Basin", [warning, problem], {"plots": ("a.csv", "5 plots")})
    assert page.index("Problems in plots") < page.index("Warnings in plots")
    assert 'class="left">1 problem, 1 warning<' in page
    assert "Nothing was computed" in page
