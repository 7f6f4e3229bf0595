"""A small run, exported: maps of months, of classes and of land cover."""

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from export.export_maps import Place, export_maps
from nppdrivers import rasters
from nppdrivers.grid import Grid

GRID = Grid("EPSG:32649", Affine(30, 0, 600_000, 0, -30, 3_900_000), 600, 700)
LEGEND = {1: "rising", 2: "falling", 3: "not distinguishable from none"}
LAND_COVER = pd.DataFrame({"code": [1, 2], "class": ["forest", "water"], "colour": ["darkgreen", "#3288bd"]})
TITLE = 'Mine <script> "Nr. 1" 长河'


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Exported maps of months, of classes and of land cover; the west is no study area."""
    folder = tmp_path_factory.mktemp("run")
    rng = np.random.default_rng(4)
    inside = np.arange(GRID.width) >= 300
    rasters.write(
        folder / "area.tif", np.broadcast_to(inside, GRID.shape).astype("uint8"), GRID, "study_area"
    )
    months = rng.uniform(10, 90, (2, *GRID.shape)).astype("float32")
    months[0, 5, 400] = np.nan
    rasters.write(folder / "months.tif", months, GRID, "npp_month", bands=["2013-01", "2013-02"])
    codes = rng.integers(0, 4, GRID.shape).astype("uint8")
    codes[210, 450] = 2
    rasters.write(folder / "trend.tif", codes, GRID, "trend_class", legend=LEGEND)
    rasters.write(folder / "cover.tif", rng.integers(1, 3, GRID.shape).astype("uint8"), GRID, "land_cover")
    names = ("months", "trend", "cover")
    export_maps(
        sources=[str(folder / f"{name}.tif") for name in names],
        targets=[str(folder / "out" / "maps" / f"{name}.tif") for name in names],
        names=[
            {"group": group, "title": title, "words": {}}
            for group, title in (("NPP", "Monthly NPP"), ("Change", TITLE), ("Place", ""))
        ],
        place=Place(GRID, str(folder / "area.tif"), LAND_COVER, "en"),
        title=TITLE,
        project_path=str(folder / "out" / "project.qgz"),
    )
    return folder


@pytest.fixture(scope="module")
def title():
    """Title of the run, and of its map of classes."""
    return TITLE


@pytest.fixture(scope="module")
def legend():
    """Legend of the map of classes."""
    return LEGEND


@pytest.fixture(scope="module")
def area():
    """Columns in the study area."""
    return np.arange(GRID.width) >= 300
