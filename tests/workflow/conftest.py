"""A copy of the project in which the tiny virtual basin has been run once."""

import pytest
from project import Project


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
