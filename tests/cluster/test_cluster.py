"""Runs on a real Slurm: what comes out, whatever happens to jobs, nodes, controller and main process."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
import virtual_slurm
from project import Project
from stand_ins import Site
from virtual_slurm import NoSlurm, install, wait_for

pytestmark = pytest.mark.cluster

SETTINGS = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "tests/cluster/basin.yaml"]
TILES = "tiles: 3\n"
# every stage up to NPP: the later ones would only add time
NAMES = ["npp/npp.tif", "npp/statistics.csv", "mining/LD.tif", "soil/SOC.tif"]
TARGETS = [f"results/tiny/{name}" for name in NAMES]
# takes 1300 MB for longer than Slurm needs to look twice, whatever was asked
HUNGRY = "import time; block = bytearray(1_300_000_000); time.sleep(8)\n"


def results_of(folder):
    """Content of every raster, table and layer of a run."""
    paths = [path for path in folder.rglob("*") if path.suffix in {".tif", ".csv", ".gpkg"}]
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_daemons_of_a_killed_test_are_ended(tmp_path):
    """What a killed process leaves of a Slurm is ended by the next one; that of a living one stays."""
    try:
        install()
    except NoSlurm as reason:
        pytest.skip(str(reason))
    command = [sys.executable, virtual_slurm.__file__, str(tmp_path / "virtual")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout.read(10) == "Slurm runs"
        with pytest.raises(NoSlurm, match=f"process {owner.pid} runs tests"):
            install()
        owner.kill()
    daemons = [int(path.read_text()) for path in (tmp_path / "virtual").glob("*.pid")]
    assert len(daemons) >= 4 and all(map(psutil.pid_exists, daemons))
    install()
    assert not any(map(psutil.pid_exists, daemons))


@pytest.fixture(scope="module")
def local(slurm, tmp_path_factory):
    """Results of a run on this machine alone, without tiles."""
    project = Project(tmp_path_factory.mktemp("local") / "project")
    done = project.snakemake("--keep-going", "--", *TARGETS, settings=SETTINGS)
    assert done.returncode == 0, done.stdout[-6000:]
    return results_of(project.results)


def test_disturbed_run_gives_the_bytes_of_a_local_one(local, slurm, call_on, tmp_path):
    """Job cancelled, node drained, node lost, controller restarted, run killed: the bytes of a local run.

    The fusion is cut into three tiles, which the local run has not.
    """
    project = Project(tmp_path / "project")
    (project.folder / "tiles.yaml").write_text(TILES)
    call = [*SETTINGS, "tiles.yaml", "--", *TARGETS]
    run = call_on(project)
    run.start(*call)

    cancelled = run.wait_for_job("prepare")
    slurm.ask("scancel", cancelled.number)
    again = run.wait_for_job("prepare", other_than=cancelled)
    assert int(again.memory.removesuffix("M")) > int(cancelled.memory.removesuffix("M"))
    slurm.ask("scontrol", "update", f"nodename={again.node}", "state=drain", "reason=test")
    slurm.stop_controller()
    slurm.start_controller()
    wait_for(slurm.jobs, "the controller's answer")
    lost = run.wait_for_job("climate")
    assert lost.node != again.node
    slurm.kill_node(lost.node)
    wait_for(lambda: slurm.states()[lost.node] == "down", "the loss of the node to be seen", 60)
    slurm.start_node(lost.node)
    slurm.ask("scontrol", "update", f"nodename={again.node}", "state=resume")
    slurm.ask("scontrol", "update", f"jobid={lost.number}", "starttime=now")
    run.wait_for_job("npp")
    run.kill()
    assert slurm.jobs("running")

    run.start(*call)
    assert run.end() == 0, run.output()[-6000:]
    assert "A run that was killed left" in run.output()
    results = results_of(project.results)
    assert results.keys() == local.keys()
    assert [name for name in local if results[name] != local[name]] == []
    assert [str(path) for path in Path(project.results).rglob("*unfinished*")] == []


@pytest.fixture(scope="module")
def site(slurm, tmp_path_factory):
    """A site whose scripts are stand-ins."""
    return Site(tmp_path_factory.mktemp("site") / "project")


def test_unknown_partition_is_refused_before_any_job(site, call_on, slurm):
    """A wrong partition ends the call with one message, and nothing is queued.

    A wrong account needs a Slurm that keeps accounts: tests/unit/run/test_cluster.py.
    """
    before = slurm.jobs()
    run = call_on(site.project)
    asked = ["--default-resources", "slurm_partition=absent"]
    run.start(*asked, *site.write_settings(), "--", *site.targets)
    assert run.end() != 0
    assert run.output().count("Slurm takes no job with partition absent: invalid partition") == 1
    assert "Put it right under default-resources in profiles/slurm/config.yaml" in run.output()
    assert slurm.jobs() == before


def test_job_beyond_its_memory_is_tried_with_more(site, call_on, slurm):
    """A job that Slurm ends for its memory asks for twice as much the second time, and the run ends well."""
    script = site.project.folder / "workflow_scripts" / "soil" / "krige_soil.py"
    script.write_text(HUNGRY + script.read_text())
    before = {job.number for job in slurm.jobs()}
    run = call_on(site.project)
    run.start(*site.write_settings(), "--", "results/mine/soil/SOC.tif")
    assert run.end() == 0, run.output()[-6000:]
    assert (site.results / "soil" / "SOC.tif").exists()
    jobs = [job for job in slurm.jobs() if job.number not in before and job.comment.startswith("rule_soil")]
    asked = [int(job.memory.removesuffix("M")) for job in jobs]
    assert len(asked) == 2
    assert asked[1] == 2 * asked[0]
