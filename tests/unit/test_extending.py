"""The diffs of the page on extending fit the project, and do what the page says."""

import re
import shutil
import subprocess
import sys

import diffs
import house
import pandas as pd
import pytest

PAGE = (house.REPOSITORY / "docs" / "extending.md").read_text(encoding="utf-8")
# Heading to the most files of code and settings, and what the changed code must print.
CHANGES = {
    "A land cover class": (2, "", ""),
    "A soil property": (
        3,
        "from nppdrivers.quantities import quantity; print(quantity('CEC').unit)",
        "cmol kg-1",
    ),
    "A figure of the report": (
        4,
        "from nppdrivers.figures.elevation import npp_by_elevation as draw; import numpy as np;"
        "print(len(draw(np.arange(9.0), np.arange(9.0) * 20).axes[0].lines[0].get_xdata()))",
        "7",
    ),
    "A fusion model": (
        3,
        "from nppdrivers.fusion.models.table import MODELS;"
        "from nppdrivers.fusion.settings import FusionSettings;"
        "import numpy as np; image = np.full((1, 2, 2), 0.25); pair = (image, image);"
        "model = MODELS['coarse_change']; settings = FusionSettings(method='coarse_change');"
        "print(model.predict(pair, pair, image[None] * 2, settings, {}, image[0] > 0).max())",
        "0.5",
    ),
    "A coarse sensor": (
        2,
        "from nppdrivers.images.coarse_products import PRODUCTS; print(PRODUCTS['VJ213A1'].layers.good)",
        "(0, 1, 2)",
    ),
    "A vegetation index": (
        4,
        "from nppdrivers.vegetation_index import as_index; import numpy as np;"
        "print(as_index(np.array([0.1, 0.4], 'f4').reshape(2, 1, 1)).item())",
        "0.457",
    ),
}


@pytest.fixture
def project(tmp_path):
    """A copy of code and settings."""
    for folder in ("config", "rules", "workflow_scripts"):
        shutil.copytree(house.REPOSITORY / folder, tmp_path / folder)
    return tmp_path


def test_every_change_is_tested():
    """The page has the changes that are tested here, and lists each in its table."""
    headings = re.findall("^## (.+)$", PAGE, flags=re.MULTILINE)
    assert headings == list(CHANGES)


@pytest.mark.parametrize("heading", CHANGES)
def test_change(project, heading):
    """The diff fits, takes few files, and the changed code does what it should."""
    most, code, printed = CHANGES[heading]
    files = diffs.apply(diffs.diffs(PAGE, heading), project)
    assert 0 < len(set(files)) <= most
    if code:
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=project / "workflow_scripts",
            capture_output=True,
            text=True,
        )
        assert done.stdout.startswith(printed), done.stderr


def test_class_table_stays_complete(project):
    """The new class has a value in every column, and a code that no other class has."""
    diffs.apply(diffs.diffs(PAGE, "A land cover class"), project)
    classes = pd.read_csv(project / "config" / "land_cover.csv").set_index("class")
    assert classes.loc["shrubland"].notna().all()
    assert (classes["code"] == classes.loc["shrubland", "code"]).sum() == 1
