"""Slurm before a run, with stand-ins for its commands that answer as Slurm 22.05 does."""

import re
from pathlib import Path

import pytest
import yaml

from nppdrivers.run import cluster
from nppdrivers.run.cluster import LeftJobs, refuse_unknown_names

SBATCH = """
case "$*" in
*partition=absent*)
    echo "sbatch: error: invalid partition specified: absent" >&2
    echo "allocation failure: Invalid partition name specified" >&2
    exit 1 ;;
esac
"""
# the queue is a file of job ids; the first call after scancel still shows them
SQUEUE = 'cat "{folder}/queue" 2>/dev/null; [ ! -e "{folder}/cancelled" ] || rm -f "{folder}/queue"'
SCANCEL = 'touch "{folder}/cancelled"'


@pytest.fixture
def slurm(tmp_path, monkeypatch):
    """Folder of the stand-ins, which come first in the path."""
    scripts = {
        "sbatch": SBATCH,
        "squeue": SQUEUE,
        "scancel": SCANCEL,
        "sinfo": "echo 'normal*'",
        "sacctmgr": "exit 1",
    }
    for name, text in scripts.items():
        (tmp_path / name).write_text("#!/bin/sh\n" + text.replace("{folder}", str(tmp_path)) + "\n")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "sshare").symlink_to(tmp_path / "sacctmgr")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    monkeypatch.setattr(cluster.time, "sleep", lambda seconds: None)
    return tmp_path


def test_names_that_slurm_knows_pass(slurm):
    """Nothing given, or a partition that is there: nothing is refused."""
    refuse_unknown_names({})
    refuse_unknown_names({"slurm_partition": "normal", "slurm_account": None, "qos": ""})


def test_unknown_partition_is_refused_with_those_there_are(slurm):
    """The message has Slurm's reason, the partitions of the cluster and the place to put it right."""
    with pytest.raises(ValueError, match=r"partition absent: invalid partition .*normal\*.*profiles/slurm"):
        refuse_unknown_names({"slurm_partition": "absent"})


def test_every_name_of_the_profile_is_checked():
    """What the profile lets a user fill in as a name of the cluster is what is asked for before a run."""
    path = Path(__file__).resolve().parents[3] / "profiles" / "slurm" / "config.yaml"
    profile = yaml.safe_load(re.sub(r'(?m)^( *)# ?(?=[\w-]+: ")', r"\1", path.read_text()))
    assert profile.pop("default-resources").keys() - {"mem_mb", "runtime"} == cluster.OPTIONS.keys()
    assert not [key for key in profile if key.removeprefix("slurm-") in cluster.OPTIONS.values()]


def test_account_without_accounting_is_refused(slurm):
    """An account where Slurm keeps none, which the executor would wait on for ever, ends the run."""
    with pytest.raises(ValueError, match="account reclamation: this Slurm keeps no accounts"):
        refuse_unknown_names({"slurm_account": "reclamation"})


def test_account_of_others_is_refused_with_those_there_are(slurm):
    """An account that is not the user's is refused with the user's own."""
    (slurm / "sacctmgr").write_text("#!/bin/sh\necho reclamation\n")
    refuse_unknown_names({"slurm_account": "reclamation"})
    with pytest.raises(
        ValueError, match=r"my_account appears to be invalid. Available accounts: reclamation"
    ):
        refuse_unknown_names({"slurm_account": "my_account"})


def test_jobs_of_a_killed_run_are_cancelled(slurm, caplog):
    """Jobs left in the queue are cancelled and waited for; then nothing of the dead run is remembered."""
    left = LeftJobs(slurm / "records" / "site.slurm")
    left.cancel()  # nothing was ever submitted
    left.remember("name-of-run")
    (slurm / "queue").write_text("11\n12\n")
    left.cancel()
    assert "left 2 jobs in Slurm's queue; cancelling them: 11, 12" in caplog.text
    assert not (slurm / "queue").exists()
    assert not left.path.exists()


def test_silent_slurm_ends_the_run(slurm):
    """Where the queue cannot be seen, a run does not start: jobs of a dead one could write the same files."""
    left = LeftJobs(slurm / "site.slurm")
    left.remember("name-of-run")
    (slurm / "squeue").write_text("#!/bin/sh\necho 'Unable to contact slurm controller' >&2; exit 1\n")
    with pytest.raises(ConnectionError, match="call again once it does: Unable to contact"):
        left.cancel()
    assert left.path.exists()
