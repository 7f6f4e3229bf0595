"""A copy of the project in which the tiny virtual basin has been run once."""

from pathlib import Path

import pytest
from project import Project


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep in one process all tests that share the finished run, and each file with its own run."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            shares = {"finished", "untouched"} & set(item.fixturenames)
            item.add_marker(pytest.mark.xdist_group("finished run" if shares else item.path.stem))


@pytest.fixture(scope="session")
def untouched(tmp_path_factory) -> Project:
    """A copy of the project without results."""
    return Project(tmp_path_factory.mktemp("untouched") / "project")


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """A copy of the project with a finished run of the tiny virtual basin."""
    project = Project(tmp_path_factory.mktemp("finished") / "project")
    done = project.snakemake()
    assert done.returncode == 0, done.stdout[-8000:]
    return project


@pytest.fixture(scope="session")
def copy_of_finished(finished, tmp_path_factory) -> Project:
    """A copy of the finished project, results and compiled code included, whose files tests may remove."""
    return Project(tmp_path_factory.mktemp("copy") / "project", finished.folder)
