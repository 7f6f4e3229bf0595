"""Fixtures shared by all tests."""

import os
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def real_data() -> Path:
    """Folder of the open data set: NPPDRIVERS_DATA, or `shared/data` next to the project."""
    folder = Path(os.environ.get("NPPDRIVERS_DATA", REPOSITORY.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"the open data set is not at {folder}; set NPPDRIVERS_DATA to its folder")
    return folder
