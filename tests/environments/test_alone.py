"""Each environment of envs/ alone: what it lists is enough to load the scripts of its rules.

Its packages come from where pip finds them, in the versions listed, not from conda-forge.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = REPOSITORY / "workflow_scripts"
LOAD = """
import importlib.util, sys
for path in sys.argv[1:]:
    spec = importlib.util.spec_from_file_location("script", path)
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
"""
UV = shutil.which("uv", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))


def scripts_by_environment():
    """Environment to the scripts of its rules, read from the rule files."""
    found = {}
    for file in sorted((REPOSITORY / "rules").glob("*.smk")):
        for rule in re.split(r"\n\s*(?:rule|checkpoint) ", file.read_text())[1:]:
            script = re.search(r'script:\s+"\.\./(workflow_scripts/\w+/\w+\.py)"', rule)
            environment = re.search(r'conda:\s+"\.\./envs/(\w+)\.yaml"', rule)
            if script and environment:
                found.setdefault(environment[1], set()).add(str(REPOSITORY / script[1]))
    return found


def test_every_environment_has_scripts():
    """Each file of envs/ belongs to a rule, so that each is tried below."""
    assert scripts_by_environment().keys() == {path.stem for path in (REPOSITORY / "envs").glob("*.yaml")}


@pytest.mark.parametrize("environment, scripts", scripts_by_environment().items())
def test_scripts_load_in_their_environment(environment, scripts, tmp_path):
    """With nothing installed but what the environment lists, every script of its rules can be imported."""
    assert UV, "install uv into the environment of the tests: python -m pip install uv"
    listed = yaml.safe_load((REPOSITORY / "envs" / f"{environment}.yaml").read_text())["dependencies"]
    packages = [line.replace(" ", "").replace("=", "==") for line in listed if not line.startswith("python")]
    python = tmp_path / "venv" / "bin" / "python"
    for command in (
        [UV, "venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv")],
        [UV, "pip", "install", "--quiet", "--python", str(python), *packages],
        [str(python), "-W", "ignore", "-c", LOAD, *sorted(scripts)],
    ):
        clean = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        done = subprocess.run(
            command, env=clean | {"PYTHONPATH": str(SCRIPTS)}, capture_output=True, text=True, timeout=300
        )
        assert done.returncode == 0, done.stderr[-3000:]
