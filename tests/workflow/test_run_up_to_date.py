"""One call brings all up to date, and nothing else, after any change of a raw input or a setting.

The rules are the real ones; their scripts are replaced by one that writes what its inputs and parameters
were, so that a file is up to date exactly when its content is that of a run from nothing.
"""

import os
import random
import shutil
import time
from contextlib import suppress

import psutil
import pytest
from stand_ins import Site

pytestmark = pytest.mark.workflow

# the results that a change must reach, and some that it must leave alone
FUSED, MONTHLY = "ndvi/fused/20130101_20130501.tif", "ndvi/monthly/2013.tif"
CLIMATE, SOIL, DEGRADATION, NPP = "climate/mean/MAT.tif", "soil/SOC.tif", "mining/LD.tif", "npp/npp.tif"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site that has been run once."""
    # a path as users have it
    site = Site(tmp_path_factory.mktemp("up_to_date") / "我的 数据 (ü) & co")
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
    """One call renews what rests on the change, and makes nothing else anew, even with the same content."""
    before, made = site.contents(), site.times()
    change(site)
    code, output = site.call()
    assert code == 0, output[-4000:]
    after = site.contents()
    changed = {name for name, text in after.items() if text != before.get(name)}
    assert reached <= changed
    assert not left & {name for name, time in site.times().items() if time != made.get(name)}


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
    """A run killed at any moment is finished by the same call with the same results.

    Its jobs are still at work, or every second time killed with it. NPPDRIVERS_KILLS sets the number of
    kills; one is enough to see that nothing locks the next call out.
    """
    expected = site.contents()
    moments = random.Random(1)
    for number in range(int(os.environ.get("NPPDRIVERS_KILLS", "1"))):
        shutil.rmtree(site.results)
        process = site.start()
        begun = time.monotonic()
        while not (site.results / "grid" / "grid.json").exists() and time.monotonic() - begun < 60:
            time.sleep(0.1)
        time.sleep(moments.uniform(0, 3))
        jobs = psutil.Process(process.pid).children(recursive=True) if number % 2 else []
        process.kill()
        for job in jobs:
            with suppress(psutil.NoSuchProcess):
                job.kill()
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
