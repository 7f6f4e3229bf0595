"""The command line: which call of Snakemake a command becomes."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from nppdrivers.command.line import main, parser, snakemake_call

REPOSITORY = Path(__file__).resolve().parents[3]


def call_of(*arguments):
    """Arguments of Snakemake for a command line."""
    return snakemake_call(*parser().parse_known_args(arguments))


def test_run_has_settings_of_the_site_and_its_data():
    """The site follows the workflow's own settings, data and Snakemake's own options are handed on."""
    call = call_of("run", "--site", "my site.yaml", "--data", "/my/folder", "--cores", "3", "--dry-run")
    assert call == [
        *("--snakefile", str(REPOSITORY / "Snakefile"), "--cores", "3"),
        *("--configfile", str(REPOSITORY / "config" / "config.yaml"), "my site.yaml"),
        *("--config", "data=/my/folder", "--dry-run", "--", "all"),
    ]


@pytest.mark.parametrize(("command", "target"), [("plan", "acquire_plan"), ("acquire", "acquire")])
def test_fetching_asks_for_its_target(command, target):
    """Fetching and its plan are targets of their own."""
    assert call_of(command, "--site", "a.yaml")[-2:] == ["--", target]


def test_demo_has_no_site():
    """The demonstration rests on the workflow's settings alone."""
    call = call_of("demo")
    assert call[call.index("--configfile") + 2] == "--"


def test_missing_site_is_named(capsys):
    """A site file that is not there ends the call before Snakemake starts."""
    with pytest.raises(SystemExit, match=r"nowhere.yaml: no such file"):
        main(["run", "--site", "nowhere.yaml"])


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """What the wheel of the project puts next to each other where it is installed."""
    folder = tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    subprocess.run(build, cwd=REPOSITORY, check=True, capture_output=True)
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(folder)
    return folder


def test_installed_package_plans_a_run_in_any_folder(installed, tmp_path):
    """Installed from its wheel, the package plans the tiny basin in a folder that has nothing else."""
    site = tmp_path / "my area.yaml"
    site.write_text((REPOSITORY / "tests/workflow/tiny.yaml").read_text(), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "nppdrivers",
        "run",
        "--site",
        site.name,
        "--dry-run",
        "--quiet",
        "rules",
    ]
    environment = os.environ | {"PYTHONPATH": str(installed)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "write_index" in done.stdout + done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {site.name, ".snakemake"}
