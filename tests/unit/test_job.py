"""How a job ends: what its log, and so Snakemake, shows."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "workflow_scripts"


def run(log, statement):
    """Exit code and standard error of a job that runs one statement."""
    code = f"from nppdrivers.job import running\nwith running({str(log)!r}, 1):\n    {statement}\n"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=SCRIPTS, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def test_refusal_is_one_message(tmp_path):
    """Bad input ends the job with its message alone, in log and standard error; the traceback lies apart."""
    log = tmp_path / "job.log"
    code, shown = run(log, "raise ValueError('soil.csv, row 3: pH is 77')")
    assert code == 1
    assert shown.strip().splitlines() == ["ERROR soil.csv, row 3: pH is 77"]
    assert log.read_text().strip() == "ERROR soil.csv, row 3: pH is 77"
    apart = tmp_path / "job.log.traceback"
    assert "raise ValueError" not in shown and "Traceback" in apart.read_text()
    assert run(log, "pass") == (0, "")
    assert not apart.exists()


@pytest.mark.parametrize("statement", ["{}['unknown']", "open('/nowhere/at/all')"])
def test_fault_keeps_its_traceback(tmp_path, statement):
    """A fault of the software shows where it arose, and asks for a report."""
    code, shown = run(tmp_path / "job.log", statement)
    assert code == 1
    assert "This is a fault of nppdrivers" in shown and "Traceback" in shown
    assert "Traceback" in (tmp_path / "job.log").read_text()


@pytest.mark.parametrize(
    "statement, reason",
    [
        (
            "__import__('pathlib').Path('/dev/full').write_text('results')",
            "a file of this job: No space left on device",
        ),
        ("raise OSError(30, 'Read-only file system', 'npp.tif')", "npp.tif: Read-only file system"),
    ],
)
def test_refusal_of_the_disk_is_plain(tmp_path, statement, reason):
    """A full or read-only disk ends a job with what was refused and what to do."""
    code, shown = run(tmp_path / "job.log", statement)
    assert code == 1
    assert f"{reason}; free space or mend the permissions" in shown
    assert "Traceback" not in shown and "fault of nppdrivers" not in shown
