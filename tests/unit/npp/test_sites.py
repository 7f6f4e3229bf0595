"""Cells of places with measured NPP."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from nppdrivers.grid import Grid
from nppdrivers.npp.sites import cells_of_sites, read_sites

GRID = Grid.around((499980, 3999990, 500130, 4000110), "EPSG:32649", 30)
NAMES = {1: "forest", 2: "grassland"}
CODES = np.array([[1, 1, 2, 2, 0], [1, 1, 2, 2, 0], [1, 2, 2, 2, 0], [0, 0, 0, 0, 0]])


def site(column, row, stated=np.nan, size_m=30.0):
    """A site at the middle of a cell."""
    x, y = GRID.transform @ (column + 0.5, row + 0.5)
    return {"class": stated, "size_m": size_m, "x": x, "y": y}


def test_cells_are_those_of_the_class_of_the_site():
    """The stated class counts where the run has it, else the most frequent; other cells of a plot do not."""
    table = pd.DataFrame(
        [
            site(1, 1, "forest", 90),
            site(1, 1, size_m=90),
            site(2, 1, "meadow", 90),
            site(4, 1),
            site(2, 0, "forest"),
        ]
    )
    places = gpd.GeoDataFrame(table, geometry=gpd.points_from_xy(table["x"], table["y"]), crs=GRID.crs)
    classes, cells = cells_of_sites(places, CODES, NAMES, GRID)
    assert classes[:3].tolist() == ["forest", "forest", "grassland"] and pd.isna(classes[3])
    assert cells[0].tolist() == cells[1].tolist() == [0, 1, 5, 6, 10]
    assert cells[2].tolist() == [2, 3, 7, 8, 11, 12, 13]
    assert cells[3].size == 0
    assert classes[4] == "forest" and cells[4].size == 0


def test_both_tables_are_read_in_carbon(tmp_path):
    """Dry matter of plots counts 0.45, carbon of points as it is; columns have the names of the settings."""
    place = {"longitude": [112.5], "latitude": [35.6]}
    plot = {"id": ["A"], **place, "land_cover": ["forest"], "size_m": [60.0], "first_year": [2013]}
    pd.DataFrame(plot | {"last_year": [2014], "biomass_g_m2_yr": [1000.0]}).to_csv(tmp_path / "plots.csv")
    pd.DataFrame({"place": ["tower"], **place, "npp_gC_m2_yr": [500.0]}).to_csv(tmp_path / "points.csv")
    paths = {"plots": tmp_path / "plots.csv", "npp_points": tmp_path / "points.csv"}
    sites = read_sites(paths, {"plots": {"plot": "id"}}, GRID.crs)
    assert sites["site"].tolist() == ["A", "tower"]
    assert sites["measured"].tolist() == pytest.approx([450.0, 500.0])
    assert sites["class"][0] == "forest" and pd.isna(sites["class"][1])
    assert sites["size_m"].tolist() == [60.0, 0.0]
