"""Claims of npp_places, and of the table of measured points."""

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from shapely import box

from nppdrivers.grid import Grid
from nppdrivers.inputs import tables
from nppdrivers.inputs.problems import InputError
from nppdrivers.npp import polygons, zones

GRID = Grid("EPSG:32649", Affine(30, 0, 600_000, 0, -30, 4_000_000), 20, 30)


def around(*cells):
    """Polygons over (column, row, columns, rows) of the grid, fractions allowed, named a, b, ..."""
    shapes = [
        box(6e5 + 30 * left, 4e6 - 30 * (top + high), 6e5 + 30 * (left + wide), 4e6 - 30 * top)
        for left, top, wide, high in cells
    ]
    return gpd.GeoDataFrame({"name": list("abcdef"[: len(shapes)])}, geometry=shapes, crs=GRID.crs)


@pytest.fixture
def npp():
    """A map with a few missing cells."""
    rng = np.random.default_rng(4)
    values = rng.gamma(4.0, 70.0, GRID.shape)
    values[rng.random(GRID.shape) < 0.1] = np.nan
    return values


def test_whole_cells_as_by_class(npp):
    """A polygon along cell edges gives what zone_statistics gives for its cells."""
    labels = np.zeros(GRID.shape, int)
    labels[3:11, 5:17] = 1
    expected = zones.zone_statistics(npp, labels, GRID.cell_area_m2).iloc[0].drop(["zone", "name"])
    found = polygons.polygon_statistics(npp, GRID, around((5, 3, 12, 8))).iloc[0]
    np.testing.assert_allclose(found[expected.index].astype(float), expected.astype(float), rtol=1e-6)


def test_cut_cells_count_by_their_share():
    """Half of a cell of 100 and all of one of 400: n 1.5, mean 300, total 1.5 cells x 300 gC m-2."""
    values = np.full(GRID.shape, np.nan)
    values[0, :2] = [100.0, 400.0]
    found = polygons.polygon_statistics(values, GRID, around((0.5, 0, 1.5, 1))).iloc[0]
    assert found["n"] == pytest.approx(1.5)
    assert found["mean"] == pytest.approx(300)
    assert found["total_tC"] == pytest.approx(300 * 1.5 * 900 / 1e6)
    # weighted squares: (0.5 x 200^2 + 1 x 100^2) / (1.5 - 1)
    assert found["sd"] == pytest.approx(np.sqrt(60_000))
    assert found["valid_percent"] == pytest.approx(100)


def test_parts_add_up(npp):
    """Carbon of a polygon cut in two anywhere is the sum of its parts."""
    whole, left, right = polygons.polygon_statistics(
        npp, GRID, around((2.3, 4.1, 10, 9), (2.3, 4.1, 3.7, 9), (6.0, 4.1, 6.3, 9))
    )["total_tC"]
    assert whole == pytest.approx(left + right, rel=1e-6)


def test_overlaps_outside_and_other_coordinates(npp):
    """Polygons may overlap; one outside the map has n 0; longitude and latitude give the same figures."""
    shapes = around((2, 2, 6, 6), (2, 2, 6, 6), (100, 100, 5, 5))
    found = polygons.polygon_statistics(npp, GRID, shapes)
    np.testing.assert_allclose(found.loc[0, "n":].astype(float), found.loc[1, "n":].astype(float))
    assert found.loc[2, "n"] == 0
    assert found.loc[2, ["mean", "sd", "total_tC"]].isna().all()
    turned = polygons.polygon_statistics(npp, GRID, shapes.to_crs("EPSG:4326"))
    np.testing.assert_allclose(turned["total_tC"], found["total_tC"], rtol=1e-4)


def test_polygons_need_names(npp):
    """Without a column name the message lists the columns there are."""
    with pytest.raises(ValueError, match="label"):
        polygons.polygon_statistics(npp, GRID, around((1, 1, 2, 2)).rename(columns={"name": "label"}))


def test_points_are_read_and_checked(tmp_path):
    """Points come in the grid's coordinates; t C per hectare is named as the likely unit."""
    path = tmp_path / "points.csv"
    path.write_text("place,longitude,latitude,npp_gC_m2_yr\ntower,112.7,35.5,310\nwood,112.8,35.6,455\n")
    points = tables.read_npp_points(path, GRID.crs)
    assert list(points["npp_gC_m2_yr"]) == [310, 455]
    assert points.crs == GRID.crs
    path.write_text("place,longitude,latitude,npp_gC_m2_yr\ntower,112.7,35.5,3.1\nwood,112.8,35.6,4.5\n")
    with pytest.raises(InputError, match="t C ha-1"):
        tables.read_npp_points(path, GRID.crs)
