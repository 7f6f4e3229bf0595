"""One run at a time on a site, and none that a dead process could lock out."""

import os
import signal
import subprocess
import sys
import time

import pytest

from nppdrivers.run.lock import JOBS_VARIABLE, RunLock, job_lock

HOLD = """
import sys, time
from nppdrivers.run.lock import RunLock, job_lock
if sys.argv[2] == "run":
    RunLock(sys.argv[1], "site").acquire()
    print("ready", flush=True)
    time.sleep(60)
with job_lock():
    print("ready", flush=True)
    time.sleep(float(sys.argv[3]))
"""


@pytest.fixture
def hold(tmp_path):
    """Start another process that keeps the lock of a run or of a job; it is killed at the end."""
    started = []

    def start(kind, seconds=60.0):
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(sys.path), JOBS_VARIABLE: str(RunLock(tmp_path, "site").jobs_path),
        }  # fmt: skip
        command = [sys.executable, "-c", HOLD, str(tmp_path), kind, str(seconds)]
        started.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True))
        assert started[-1].stdout.readline() == "ready\n"
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()


def lock_files(folder):
    """Write Snakemake's lock files as a run of the site and one of another site leave them."""
    (folder / "locks").mkdir()
    for number, site in enumerate(("site", "other")):
        for kind in ("input", "output"):
            (folder / "locks" / f"{number}.{kind}.lock").write_text(f"raw.csv\nresults/{site}/npp.tif\n")
    return lambda: sorted(path.name for path in (folder / "locks").iterdir())


def test_locks_of_a_killed_run_are_removed(tmp_path, hold):
    """While a run lives its lock files stay; once it is killed they go, those of another site stay."""
    left = lock_files(tmp_path)
    run = hold("run")
    RunLock(tmp_path, "site").remove_stale_locks()
    assert len(left()) == 4
    os.kill(run.pid, signal.SIGKILL)
    run.wait()
    RunLock(tmp_path, "site").remove_stale_locks()
    assert left() == ["1.input.lock", "1.output.lock"]


def test_locks_on_raw_data_are_removed(tmp_path):
    """A call that fetches raw data, and was killed, leaves locks on their folder: they go, others stay."""
    locks = tmp_path / "locks"
    locks.mkdir()
    (locks / "0.output.lock").write_text("/data/raw/site/acquire/parts/landsat_2013.csv\n")
    (locks / "1.output.lock").write_text("/data/raw/site_2/manifest.csv\n")
    RunLock(tmp_path, "site", "/data/raw/site").remove_stale_locks()
    assert [path.name for path in locks.iterdir()] == ["1.output.lock"]


def test_second_run_is_refused_with_the_first_one_named(tmp_path, hold):
    """A second run of a site is refused in words that name the process of the first; another site may run."""
    run = hold("run")
    with pytest.raises(BlockingIOError, match=rf"results/site \(process {run.pid} on "):
        RunLock(tmp_path, "site").acquire()
    RunLock(tmp_path, "other").acquire()


def test_run_waits_for_jobs_of_a_killed_one(tmp_path, hold, caplog):
    """Jobs that outlive their run are waited for, so that no two write the same file."""
    hold("job", seconds=1.5)
    begun = time.monotonic()
    RunLock(tmp_path, "site").wait_for_jobs()
    assert time.monotonic() - begun > 1
    assert "waiting for them to end" in caplog.text


def test_jobs_work_side_by_side(tmp_path, hold, monkeypatch):
    """The lock of the jobs is shared, and without a run there is none."""
    hold("job")
    monkeypatch.setenv(JOBS_VARIABLE, str(RunLock(tmp_path, "site").jobs_path))
    with job_lock():
        pass
    monkeypatch.delenv(JOBS_VARIABLE)
    with job_lock():
        assert not (tmp_path / "nowhere").exists()
