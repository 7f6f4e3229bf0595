"""The conda environments: complete for the scripts that use them, and equal to the pinned versions."""

import ast
import re
import sys
from pathlib import Path

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
SCRIPTS = REPOSITORY / "workflow_scripts"
# Names of packages that are not the name they are imported by.
PACKAGE = {
    "netCDF4": "netcdf4",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "PIL": "pillow",
    "pystac_client": "pystac-client",
}
ENVIRONMENTS = sorted((REPOSITORY / "envs").glob("*.yaml"))


def rules_with_environment():
    """(script, environment) of every rule, read from the rule files."""
    for file in sorted((REPOSITORY / "rules").glob("*.smk")):
        for rule in re.split(r"\n\s*(?:rule|checkpoint) ", file.read_text())[1:]:
            script = re.search(r'script:\s+"\.\./workflow_scripts/(\w+/\w+)\.py"', rule)
            environment = re.search(r'conda:\s+"\.\./envs/(\w+)\.yaml"', rule)
            yield rule.split(":")[0], script and script[1], environment and environment[1]


def imports(path, seen):
    """Foreign packages that a script imports, through all modules of the project."""
    if path in seen:
        return set()
    seen.add(path)
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module] + [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            if name.split(".")[0] != "nppdrivers":
                found.add(name.split(".")[0])
                continue
            parts = name.split(".")
            # importing a module runs the __init__ of every package around it
            packages = [SCRIPTS / Path(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
            for file in [*packages, SCRIPTS / Path(*parts).with_suffix(".py")]:
                if file.exists():
                    found |= imports(file, seen)
    return {PACKAGE.get(name, name) for name in found - set(sys.stdlib_module_names)}


def pins():
    """Version of each package in requirements.txt, for the oldest Python supported."""
    lines = (REPOSITORY / "requirements.txt").read_text().splitlines()
    found = (re.match(r"([\w.-]+)==(\S+)", line) for line in lines if ">= '3.12'" not in line)
    return {match[1]: match[2] for match in found if match}


def content(environment):
    """Package to version of an environment file."""
    described = yaml.safe_load((REPOSITORY / "envs" / f"{environment}.yaml").read_text())
    return dict(line.replace(" ", "").split("=") for line in described["dependencies"])


@pytest.mark.parametrize("environment", [path.stem for path in ENVIRONMENTS])
def test_environment_is_complete_and_minimal(environment):
    """An environment lists exactly what the scripts of its rules import, and Python."""
    needed = {"python"}
    for _, script, used in rules_with_environment():
        if used == environment:
            needed |= imports(SCRIPTS / f"{script}.py", set())
    assert set(content(environment)) == needed


@pytest.mark.parametrize("environment", [path.stem for path in ENVIRONMENTS])
def test_environment_versions_equal_the_pins(environment):
    """A run with conda uses the versions that the tests ran with."""
    pinned = pins()
    for package, version in content(environment).items():
        if package != "python":
            assert pinned[package] == version, package


def test_every_rule_has_script_and_environment():
    """Each rule names a script of its own name and an environment that exists."""
    for rule, script, environment in rules_with_environment():
        if rule == "all":
            continue
        assert script.split("/")[1] == rule
        assert (REPOSITORY / "envs" / f"{environment}.yaml").exists(), rule
