"""Polygons with what was found in them."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from affine import Affine
from shapely import box

from export.export_vectors import layers_of_run, write_layers
from nppdrivers.contribution import INDISTINCT
from nppdrivers.export.vectors import leading_driver, polygon_layer, shares_of_classes
from nppdrivers.grid import Grid

GRID = Grid("EPSG:32649", Affine(10, 0, 0, 0, -10, 40), 4, 4)
LEGEND = {1: "C", 2: "SC", 3: "M", 4: INDISTINCT}
CODES = np.array([[1, 1, 2, 2], [1, 1, 2, 3], [4, 4, 0, 0], [4, 4, 0, 0]], np.uint8)
MINES = gpd.GeoDataFrame(
    {"name": ["west", "half a cell", "nothing"]},
    geometry=[box(0, 0, 20, 40), box(20, 25, 40, 40), box(20, 0, 40, 20)],
    crs=GRID.crs,
)
PARTS = np.full((4, 4), -2.0)
PARTS[:, 3] = np.nan
PARTS[2:, 2] = np.nan
STATISTICS = pd.DataFrame(
    {"kind": ["area", "mine", "mine"], "zone": [1, 1, 2], "area_km2": [9.0, 1, 2], "valid_percent": 100.0}
).assign(mean=[0.0, 300, 400], sd=5.0, total_tC=[0.0, 30, 40])


def test_shares_weigh_cells_by_the_part_inside():
    """A polygon over whole cells has their shares; of a row that it halves each cell counts half."""
    shares = shares_of_classes(CODES, LEGEND, GRID, MINES)
    assert shares.loc[0].to_dict() == pytest.approx({"C": 50, "SC": 0, "M": 0, INDISTINCT: 50})
    assert shares.loc[1].to_dict() == pytest.approx({"C": 0, "SC": 250 / 3, "M": 50 / 3, INDISTINCT: 0})
    assert shares.loc[2].isna().all()


def test_leading_driver_is_beyond_noise_and_the_first_of_a_pair():
    """Noise leads nowhere, SC counts for soil, and a polygon without any class has no leading driver."""
    found = leading_driver(shares_of_classes(CODES, LEGEND, GRID, MINES))
    assert list(found["leading_driver"][:2]) == ["C", "S"] and pd.isna(found["leading_driver"][2])
    assert found["S_percent"][1] == pytest.approx(250 / 3)
    assert found["not_distinguishable_percent"][0] == pytest.approx(50)


def test_only_noise_leads_nowhere():
    """Where all cells could be noise, no driver is named."""
    assert leading_driver(pd.DataFrame({"C": [0.0], INDISTINCT: [100.0]}))["leading_driver"].isna().all()


def test_polygons_have_the_numbers_of_the_table():
    """Statistics are joined by kind and number, not by name; a polygon without cells has none."""
    layer = polygon_layer({"mine": MINES}, STATISTICS, GRID, (CODES, LEGEND), {"soil": PARTS})
    assert list(layer["npp_mean_gC_m2_yr"][:2]) == [300, 400] and np.isnan(layer["npp_mean_gC_m2_yr"][2])
    assert (layer["kind"] == "mine").all() and layer.crs == GRID.crs
    parts = layer["soil_contribution_gC_m2_yr"]
    assert parts[0] == pytest.approx(-2) and np.isnan(parts[2])


def test_stations_keep_their_names(tmp_path):
    """Names of stations that look like numbers or missing values stay as they are."""
    GRID.save(tmp_path / "grid.json")
    (tmp_path / "stations.csv").write_text(
        "station,name,longitude,latitude,months\n007,NA,112.7,35.6,12\nNA,,112.8,35.6,\n"
    )
    none: list[str] = []
    given = {"grid": tmp_path / "grid.json", "stations": tmp_path / "stations.csv"}
    inputs = SimpleNamespace(
        mines=none, zones=none, dominant=none, points=none, samples=none, statistics="", **given
    )
    stations = layers_of_run(inputs, {})["stations"]
    assert list(stations["station"]) == ["007", "NA"]
    assert stations["name"][0] == "NA" and pd.isna(stations["name"][1])
    assert stations["months"][0] == 12 and pd.isna(stations["months"][1])


def test_equal_layers_are_equal_bytes(tmp_path):
    """The file has no date of its own, and its layers come back as they were."""
    layers = {"polygons": polygon_layer({"mine": MINES}, STATISTICS, GRID, None, {}), "other": MINES}
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_layers(layers, tmp_path / name / "vectors.gpkg")
    first, second = ((tmp_path / name / "vectors.gpkg").read_bytes() for name in ("a", "b"))
    assert first == second
    assert {name for name, _ in pyogrio.list_layers(tmp_path / "a" / "vectors.gpkg")} == set(layers)
