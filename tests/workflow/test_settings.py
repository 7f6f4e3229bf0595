"""Wrong settings are refused in one message before any job."""

import pytest

pytestmark = pytest.mark.workflow

WRONG = """
landsat: {harmonize: none}
npp: {water: bathtub}
fusion: {window: 50}
period: {first_month: 2013-01-01, last_month: "2014-12"}
inputs: {coarse: no_such_folder, study_area: config, landsat: config, land_cover: config}
"""
LINES = [
    "period.first_month: 2013-01-01 is a date; take text, in quotes",
    "landsat.harmonize: there is no such setting; did you mean harmonise?",
    "npp.water: bathtub is not a choice; take zhou_zhang, bucket or none",
    "fusion.window: 50 is even; take an odd number of cells",
    "inputs.weather: is missing; give it, monthly_weather, or climate_rasters of every variable",
    "inputs.coarse: no_such_folder does not exist; correct the path",
]


def test_wrong_settings_are_refused_together(untouched):
    """Mistakes in the settings end the run at once, one line each, without the schema or a traceback."""
    (untouched.folder / "wrong.yaml").write_text(WRONG)
    files = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "wrong.yaml"]
    done = untouched.snakemake("--dry-run", settings=files)
    assert done.returncode != 0
    assert "The settings cannot be used:\n  - " + "\n  - ".join(LINES) + "\n" in done.stdout
    assert "Traceback" not in done.stdout
    assert len(done.stdout.splitlines()) < 30


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
