"""One call brings all up to date, and nothing else, after any change of a raw input or a setting.

The rules are the real ones; their scripts are replaced by one that writes what its inputs and parameters
were, so that a file is up to date exactly when its content is that of a run from nothing.
"""

import os
import random
import re
import shutil
import time

import pytest
import yaml
from project import Project

pytestmark = pytest.mark.workflow

STAND_IN = """
import hashlib, json, sys
from pathlib import Path

texts = [Path(path).read_text() for path in sorted(snakemake.input)]
params = {name: value for name, value in snakemake.params.items() if name != "code"}
if snakemake.rule == "admit_inputs" and "REFUSED" in texts[1]:
    sys.exit("refused")
digest = hashlib.sha256(repr((texts, params)).encode()).hexdigest()
refused = " REFUSED" if any("REFUSED" in text for text in texts) else ""
for path in snakemake.output:
    Path(path).write_text(snakemake.rule + " " + digest + refused)
if snakemake.rule == "make_grid":
    grid = {"height": 10, "width": 10, "transform": [30, 0, 0, 0, -30, 0], "digest": digest}
    Path(snakemake.output.grid).write_text(json.dumps(grid))
if snakemake.rule == "list_stages":
    Path(snakemake.output.settings).write_text(json.dumps(snakemake.params.settings))
if snakemake.rule == "record_code":
    Path(snakemake.output.code).write_text(json.dumps(snakemake.params.digests))
if snakemake.rule == "select_base_images":
    Path(snakemake.output.intervals).write_text("span,digest\\n20130101_20130501,%s\\n" % digest)
"""
SETTINGS = {
    "site": "mine",
    "period": {"first_month": "2013-01", "last_month": "2013-12"},
    "soil": {"properties": ["SOC"]},
    "inputs": {
        "study_area": "area.gpkg", "dem": "dem.tif", "land_cover": "cover.tif", "landsat": "landsat",
        "coarse": "coarse", "stations": "stations.csv", "weather": "weather.csv", "soil_samples": "soil.csv",
        "survey": "survey.gpkg",
    },
}  # fmt: skip
TARGETS = ["npp/npp.tif", "attribution/points.csv", "settings.yaml", "code.yaml"]
# the results that a change must reach, and some that it must leave alone
FUSED, MONTHLY = "ndvi/fused/20130101_20130501.tif", "ndvi/monthly/2013.tif"
CLIMATE, SOIL, DEGRADATION, NPP = "climate/mean/MAT.tif", "soil/SOC.tif", "mining/LD.tif", "npp/npp.tif"


class Site:
    """A user's site in a copy of the project whose scripts are stand-ins."""

    def __init__(self, project, folder):
        self.project, self.results, self.data = project, folder / "results" / "mine", folder / "data"
        self.settings = SETTINGS | {"data": str(self.data)}
        names = [
            "area.gpkg",
            "dem.tif",
            "cover.tif",
            "stations.csv",
            "weather.csv",
            "soil.csv",
            "survey.gpkg",
        ]
        names += [f"landsat/LC08_L2SP_125035_{day}_02_T1_SR_B4.TIF" for day in ("20130101", "20130501")]
        names += [f"coarse/MOD13Q1.A2013{day}.h27v05.hdf" for day in ("001", "017")]
        for name in names:
            (self.data / name).parent.mkdir(parents=True, exist_ok=True)
            (self.data / name).write_text(f"first {name}")

    def start(self, *arguments):
        """Start Snakemake for the targets."""
        (self.project.folder / "mine.yaml").write_text(yaml.safe_dump(self.settings))
        targets = [f"results/mine/{target}" for target in TARGETS]
        files = ["--configfile", "config/config.yaml", "mine.yaml"]
        return self.project.start(*arguments, "--", *targets, settings=files)

    def call(self, *arguments):
        """Call Snakemake once for the targets; exit code and output."""
        process = self.start(*arguments)
        output, _ = process.communicate()
        return process.returncode, output

    def contents(self):
        """Content of every result but logs and benchmarks."""
        paths = (path for path in self.results.rglob("*") if path.is_file())
        shown = {str(path.relative_to(self.results)): path.read_text() for path in paths}
        return {name: text for name, text in shown.items() if not re.match("logs|benchmarks", name)}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that has been run once."""
    project = Project(tmp_path_factory.mktemp("up_to_date") / "project")
    for script in (project.folder / "workflow_scripts").glob("*/*.py"):
        if script.parent.name != "nppdrivers":
            script.write_text(STAND_IN)
    site = Site(project, project.folder)
    code, output = site.call()
    assert code == 0, output[-4000:]
    return site


def rewrite(name):
    """A change of the content of one file."""
    return lambda site: (site.data / name).write_text(f"changed {name}")


def set_key(section, **values):
    """A change of settings."""

    def change(site):
        site.settings[section] = site.settings.get(section, {}) | values

    return change


def add_image(site):
    """One more image in a folder."""
    (site.data / "landsat" / "LC08_L2SP_125035_20130704_02_T1_SR_B4.TIF").write_text("new")


def remove_image(site):
    """One image less in a folder."""
    (site.data / "coarse" / "MOD13Q1.A2013017.h27v05.hdf").unlink()


CHANGES = {
    "table": (rewrite("weather.csv"), {CLIMATE, NPP}, {FUSED, SOIL, DEGRADATION}),
    "raster": (rewrite("dem.tif"), {CLIMATE, SOIL, NPP}, {FUSED, DEGRADATION}),
    "vector": (rewrite("survey.gpkg"), {DEGRADATION}, {CLIMATE, SOIL, FUSED, NPP}),
    "image": (rewrite("landsat/LC08_L2SP_125035_20130101_02_T1_SR_B4.TIF"), {FUSED, NPP}, {CLIMATE, SOIL}),
    "file added to a folder": (add_image, {FUSED, MONTHLY, NPP}, {CLIMATE, SOIL, DEGRADATION}),
    "file removed from a folder": (remove_image, {FUSED, NPP}, {CLIMATE, SOIL, DEGRADATION}),
    "setting of checks and fusion": (
        set_key("fusion", min_base_percent=60),
        {FUSED, NPP},
        {CLIMATE},
    ),
    "period": (set_key("period", last_month="2013-11"), {NPP, MONTHLY}, {SOIL, DEGRADATION}),
}


@pytest.mark.parametrize("change, reached, left", CHANGES.values(), ids=CHANGES)
def test_one_call_after_a_change(site, change, reached, left):
    """One call renews what rests on the change and nothing else."""
    before = site.contents()
    change(site)
    code, output = site.call()
    assert code == 0, output[-4000:]
    after = site.contents()
    changed = {name for name, text in after.items() if text != before.get(name)}
    assert reached <= changed
    assert not left & changed


def test_refused_inputs_leave_the_former_results(site):
    """Refused inputs change no result, however often called; put right, one call brings all up to date."""
    before = site.contents()
    rewrite("soil.csv")(site)
    (site.data / "weather.csv").write_text("REFUSED")
    for _ in range(2):
        code, _ = site.call("--keep-going")
        assert code != 0
        after = site.contents()
        assert {name for name in after if after[name] != before.get(name)} <= {
            "inputs/problems.json", "inputs/warnings.json", "inputs/checks.html",
        }  # fmt: skip
    (site.data / "weather.csv").write_text("put right")
    assert site.call("--keep-going")[0] == 0
    after = site.contents()
    assert {CLIMATE, SOIL, NPP} <= {name for name in after if after[name] != before[name]}
    assert "Nothing to be done" in site.call()[1]


def test_all_calls_lead_to_a_run_from_nothing(site):
    """After all these changes nothing is left to do, and every file is that of a run from nothing."""
    assert "Nothing to be done" in site.call()[1]
    changed = site.contents()
    shutil.rmtree(site.results)
    code, output = site.call()
    assert code == 0, output[-4000:]
    assert site.contents() == changed


def test_killed_run_goes_on_by_the_same_command(site):
    """A run killed at any moment, its jobs still at work, is finished by the same call with the same results.

    NPPDRIVERS_KILLS sets the number of kills; one is enough to see that nothing locks the next call out.
    """
    expected = site.contents()
    moments = random.Random(1)
    for _ in range(int(os.environ.get("NPPDRIVERS_KILLS", "1"))):
        shutil.rmtree(site.results)
        process = site.start()
        begun = time.monotonic()
        while not (site.results / "grid" / "grid.json").exists() and time.monotonic() - begun < 60:
            time.sleep(0.1)
        time.sleep(moments.uniform(0, 3))
        process.kill()
        process.communicate()
        code, output = site.call("--rerun-incomplete")
        assert code == 0, output[-4000:]
        assert site.contents() == expected


def test_results_without_records_are_not_taken_for_up_to_date(site):
    """Results whose records are lost end a call with changed settings; unchanged, they are up to date."""
    shutil.rmtree(site.project.folder / ".snakemake")
    assert "Nothing to be done" in site.call()[1]
    set_key("npp", te2_constant=1.2)(site)
    code, output = site.call()
    assert code != 0
    assert "npp.te2_constant" in output
    assert site.call("--forceall", "--dry-run")[0] == 0
