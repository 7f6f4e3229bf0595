"""NDVI and NPP of each month in the study area and in polygons."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from shapely import box

from npp.plot_npp import mean_months
from npp.tabulate_months import tabulate_months
from nppdrivers import rasters
from nppdrivers.figures.labels import MONTHS
from nppdrivers.grid import Grid

GRID = Grid("EPSG:32649", Affine(10, 0, 0, 0, -10, 20), 2, 2)


def test_months_of_area_and_polygons(tmp_path):
    """Means weigh cells by their part inside and leave out missing ones; rows are in order of the months."""
    GRID.save(tmp_path / "grid.json")
    rasters.write(tmp_path / "area.tif", np.array([[1, 1], [1, 0]], np.uint8), GRID, "study_area")
    for year in (2013, 2014):
        months = [f"{year}-{month:02}" for month in range(1, 13)]
        values = np.full((12, 2, 2), 0.5, "f4")
        values[0] = [[0.2, np.nan], [0.8, 0.6]]
        rasters.write(tmp_path / f"ndvi_{year}.tif", values, GRID, "ndvi", bands=months)
        rasters.write(tmp_path / f"npp_{year}.tif", 100 * values, GRID, "npp_month", bands=months)
    # the western column, its northern cell by half; a place without cells
    shapes = [box(0, 0, 10, 15), box(50, 50, 60, 60)]
    mines = gpd.GeoDataFrame({"name": ["west", "elsewhere"]}, geometry=shapes, crs=GRID.crs)
    mines.to_file(tmp_path / "mines.gpkg")
    paths = {name: [tmp_path / f"{name}_{year}.tif" for year in (2013, 2014)] for name in ("ndvi", "npp")}
    inputs = SimpleNamespace(
        grid=tmp_path / "grid.json", study_area=tmp_path / "area.tif",
        mines=tmp_path / "mines.gpkg", zones=[], **paths,
    )  # fmt: skip
    tabulate_months(inputs=inputs, columns={}, months_path=tmp_path / "months.csv")
    table = pd.read_csv(tmp_path / "months.csv")
    assert list(table) == ["kind", "zone", "name", "month", "ndvi", "npp"]
    assert len(table) == 3 * 24
    area, west, elsewhere = (table[table["name"] == name] for name in ("study area", "west", "elsewhere"))
    assert list(west["month"]) == sorted(west["month"])
    assert area["ndvi"].iloc[0] == pytest.approx(0.5) and area["npp"].iloc[12] == pytest.approx(50)
    assert west["ndvi"].iloc[0] == pytest.approx((0.5 * 0.2 + 0.8) / 1.5, rel=1e-5)
    assert west["npp"].iloc[13] == pytest.approx(50)
    assert elsewhere["ndvi"].isna().all()


def test_mean_months_leave_out_what_no_year_has(tmp_path):
    """A month is the mean of the years that have it, cell by cell; a month that none has is left out."""
    for year, value in ((2013, 10.0), (2014, 30.0)):
        values = np.full((12, 2, 2), value, "f4")
        values[0] = np.nan
        if year == 2014:
            values[1, 0, 0] = np.nan
        months = [f"{year}-{month:02}" for month in range(1, 13)]
        rasters.write(tmp_path / f"{year}.tif", values, GRID, "npp_month", bands=months)
    means = mean_months([tmp_path / "2013.tif", tmp_path / "2014.tif"], GRID)
    assert list(means) == list(MONTHS[1:])
    assert means["Feb"].tolist() == [[10, 20], [20, 20]]
