"""Wrong settings are refused in one message before any job."""

import re

import pytest
import yaml
from project import REPOSITORY

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

DEFINED = re.compile(r"(?m)^ *(?:rule|checkpoint|use rule \w+ as) (\w+)(?:| with):$")
TEXTS = [path.read_text() for path in [REPOSITORY / "Snakefile", *(REPOSITORY / "rules").glob("*.smk")]]
RULES = {name for text in TEXTS for name in DEFINED.findall(text)}
LOCAL = {
    DEFINED.findall(part)[0]
    for text in TEXTS
    for part in re.split(r"\n(?= *(?:rule|checkpoint) )", text)
    if "localrule: True" in part
}


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


def test_fits_are_rules_of_their_own(untouched, finished):
    """Sensors are compared and efficiencies fitted on request alone; images and CASA wait for the outcome."""
    assert not (finished.results / "ndvi" / "landsat" / "harmonisation.csv").exists()
    assert not (finished.results / "npp" / "efficiencies.csv").exists()
    settings = "landsat: {harmonise: refit}\nnpp: {fit_epsilon: [plots]}\n"
    (untouched.folder / "fits.yaml").write_text(settings)
    files = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "fits.yaml"]
    done = untouched.snakemake("--dry-run", "--until", "prepare_landsat", "simulate_npp", settings=files)
    assert {"fit_harmonisation", "fit_efficiency"} <= set(done.stdout.split())


def plan(project, profile):
    """What a dry run with a profile writes."""
    done = project.snakemake("--profile", f"profiles/{profile}", "--workflow-profile", "none", "--dry-run")
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_local_plan_is_complete(untouched):
    """The profile for one machine gives a complete plan of the run."""
    assert "write_index" in plan(untouched, "default")


def test_cluster_gets_few_jobs(untouched):
    """The tiny basin is at most 25 Slurm jobs: groups, what is in none, and those that base images add."""
    shown = plan(untouched, "slurm")
    assert "write_index" in shown
    groups = yaml.safe_load((untouched.folder / "profiles" / "slurm" / "config.yaml").read_text())["groups"]
    stats = re.findall(r"^(\w+) +(\d+)$", shown, flags=re.MULTILINE)
    alone = sum(int(number) for rule, number in stats if rule in RULES - LOCAL - groups.keys())
    assert alone > 0
    # two groups fuse and map the error of a span, which are few: they are cut by work
    assert shown.count("Group job ") + alone + 2 <= 25


def test_every_step_of_a_stage_has_a_group():
    """The profile of the cluster names rules that exist, and leaves out no step but those named here."""
    profile = yaml.safe_load((REPOSITORY / "profiles" / "slurm" / "config.yaml").read_text())
    assert profile["groups"].keys() == RULES - LOCAL - {"all", "make_grid", "fit_harmonisation"}
    assert set(profile["group-components"]) == set(profile["groups"].values())
