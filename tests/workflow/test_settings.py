"""Wrong settings are refused in one message before any job."""

import pytest

pytestmark = pytest.mark.workflow

REFUSED = {
    "unknown key": ("landsat: {harmonize: none}", "harmonize"),
    "wrong type": ("fusion: {window: wide}", "wide"),
    "out of range": ("npp: {ndvi_max_percentile: 950}", "950"),
    "unknown choice": ("npp: {water: bathtub}", "bathtub"),
    "even window": ("fusion: {window: 50}", "50 is even"),
    "even local window": ("attribution: {local: {window: 8}}", "attribution.local.window: 8 is even"),
    "no such month": ('period: {first_month: "2013-13", last_month: "2014-12"}', "2013-13 is no month"),
    "period backwards": ('period: {first_month: "2014-01", last_month: "2013-12"}', "lies after"),
    "unquoted date": ("period: {first_month: 2013-01-01, last_month: 2014-12-31}", "2013"),
    "missing input": (
        "inputs: {modis: no_such_folder, study_area: a.gpkg, landsat: l, stations: s, weather: w, land_cover: c}",  # noqa: E501
        "no_such_folder does not exist",
    ),
    "two products of Terra": ("modis: {products: [MOD13Q1, MOD13A1]}", "two of one satellite"),
    "pixels of two widths": ("modis: {products: [MOD13Q1, MYD13A1]}", "pixels of different width"),
    "bands of ready images": (
        "inputs: {modis: config, study_area: config, landsat: '', fine_images: config/land_cover.csv}\nfusion: {fuse: bands}",  # noqa: E501
        "bands needs inputs.landsat",
    ),
    "no climate": (
        "inputs: {modis: config, study_area: config, landsat: config, land_cover: config}",
        "stations",
    ),
}


@pytest.mark.parametrize("settings, message", REFUSED.values(), ids=REFUSED)
def test_refused(untouched, settings, message):
    """A mistake in the settings ends the run at once with a message that names it."""
    (untouched.folder / "wrong.yaml").write_text(settings + "\n")
    files = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "wrong.yaml"]
    done = untouched.snakemake("--dry-run", settings=files)
    assert done.returncode != 0
    assert message in done.stdout
    assert "Traceback" not in done.stdout


def test_unknown_condition_of_a_figure_is_refused(untouched):
    """A row of the contents that needs an unknown condition ends the run; the message lists the known."""
    contents = untouched.folder / "config" / "contents.csv"
    rows = contents.read_text()
    contents.write_text(rows + "figure,my_map,NPP,the weather,My map.\n")
    done = untouched.snakemake("--dry-run")
    contents.write_text(rows)
    assert done.returncode != 0
    assert "config/contents.csv: unknown in column needs: the weather" in done.stdout
    assert "npp_points" in done.stdout and "Traceback" not in done.stdout


def test_refit_is_a_rule_of_its_own(untouched, finished):
    """The sensors are compared only where landsat.harmonise is refit; the images wait for the outcome."""
    assert not (finished.results / "ndvi" / "landsat" / "harmonisation.csv").exists()
    (untouched.folder / "refit.yaml").write_text("landsat: {harmonise: refit}\n")
    files = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "refit.yaml"]
    done = untouched.snakemake("--dry-run", "--until", "prepare_landsat", settings=files)
    assert "fit_harmonisation" in done.stdout


@pytest.mark.parametrize("profile", ["default", "slurm"])
def test_profiles(untouched, profile):
    """Both profiles give a complete plan of the run."""
    arguments = ["--profile", f"profiles/{profile}", "--workflow-profile", "none", "--dry-run"]
    done = untouched.snakemake(*arguments)
    assert done.returncode == 0, done.stdout
    assert "write_index" in done.stdout
