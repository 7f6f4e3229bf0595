"""QGIS itself opens the project and draws the maps in the colours of the register."""

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from matplotlib import colormaps
from matplotlib.colors import to_rgb
from qgis_python import has_qgis, qgis

from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.quantities import quantity

CELL = (450, 210)  # column and row, inside the study area; its class is given


@pytest.fixture(scope="module")
def drawn(run):
    """What QGIS reads of the project, and the colour of one cell on each of its maps."""
    if not has_qgis():
        pytest.skip("Debian's python3-qgis is not installed")
    with rasterio.open(run / "out/maps/months.tif") as raster:
        x, y = raster.xy(*CELL[::-1])
    script = Path(__file__).parents[2] / "support" / "qgis_colours.py"
    return json.loads(qgis(script, run / "out/project.qgz", x, y).splitlines()[-1])


def value_at(run, name):
    """Value of the cell in the first band of an exported map."""
    with rasterio.open(run / f"out/maps/{name}.tif") as raster:
        return raster.read(1)[CELL[::-1]]


def test_project_has_its_title_and_coordinate_system(drawn, title):
    """Title and coordinate system are those of the run."""
    assert (drawn["title"], drawn["crs"]) == (title, "EPSG:32649")


def test_classes_have_the_colours_of_the_register(drawn, run, title, legend):
    """The cell has the colour of its class."""
    colours = coloured_classes("trend_class", legend).set_index("code")["colour"]
    assert drawn["colours"][title] == colours[value_at(run, "trend")]


def test_values_have_the_colours_of_their_quantity(drawn, run):
    """The cell has the colour that the figures give its value, to the error of eleven stops."""
    with rasterio.open(run / "out/maps/months.tif") as raster:
        low, high = np.nanpercentile(raster.read(), [1, 99])
    expected = colormaps[quantity("npp_month").colours]((value_at(run, "months") - low) / (high - low))
    assert np.abs(np.subtract(to_rgb(drawn["colours"]["Monthly NPP"]), expected[:3])).max() < 0.03
