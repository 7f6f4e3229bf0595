"""Polygons with what was found in them."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from affine import Affine
from qgis_python import has_qgis, qgis
from shapely import box

from export.export_vectors import layers_of_run, write_layers
from nppdrivers.contribution import INDISTINCT
from nppdrivers.export.vectors import (
    leading_driver,
    polygon_layer,
    sample_residuals,
    shares_of_classes,
    with_prediction,
)
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
CENTRES = gpd.GeoDataFrame(MINES[["name"]], geometry=MINES.centroid, crs=GRID.crs)
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
    (tmp_path / "residuals.csv").write_text("station,residual\n007,3\n007,-1\nNA,2\n")
    inputs.station_residuals = [tmp_path / "residuals.csv"]
    params = SimpleNamespace(columns={}, variables=["temperature"], kriged=none)
    stations = layers_of_run(inputs, params)["stations"]
    assert stations["temperature_bias"].tolist() == [1, 2]
    assert stations["temperature_rmse"].tolist() == pytest.approx([np.sqrt(5), 2])
    assert list(stations["station"]) == ["007", "NA"]
    assert stations["name"][0] == "NA" and pd.isna(stations["name"][1])
    assert stations["months"][0] == 12 and pd.isna(stations["months"][1])


def test_equal_layers_are_equal_bytes(tmp_path):
    """The file has no date of its own, and its layers come back as they were."""
    layers = {"polygons": polygon_layer({"mine": MINES}, STATISTICS, GRID, None, {}), "points": CENTRES}
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        write_layers(layers, tmp_path / name / "vectors.gpkg")
    first, second = ((tmp_path / name / "vectors.gpkg").read_bytes() for name in ("a", "b"))
    assert first == second
    found = pyogrio.list_layers(tmp_path / "a" / "vectors.gpkg")
    assert {name for name, geometry in found if geometry} == set(layers)


def test_points_have_their_prediction():
    """A point has the values of its own cell; outside every class it has none."""
    points = pd.DataFrame({"cell": [1, 6], "NPP": [10.0, 20]})
    predicted = np.arange(16.0).reshape(4, 4)
    inside = np.array([[0, 1, 2, 0], [0, 0, 0, 0]], np.uint8)
    found = with_prediction(points, predicted, inside)
    assert found["NPP_predicted"].tolist() == [1, 6] and found["NPP_residual"].tolist() == [9, 14]
    assert found["applicability"][0] == "inside" and pd.isna(found["applicability"][1])


def test_samples_have_residuals_by_property():
    """Residuals are joined by the name of the sample; a sample that was not used has none."""
    samples = CENTRES.rename(columns={"name": "sample"})
    table = pd.DataFrame({"sample": ["nothing", "west"], "observed": [5.0, 7], "predicted": [4.0, 9]})
    found = sample_residuals(samples, {"SOC": table})["SOC_residual"]
    assert found[0] == -2 and np.isnan(found[1]) and found[2] == 1


def test_qgis_takes_the_styles(tmp_path):
    """Opened in QGIS a polygon has the colour of the category that leads there, a point its own symbol."""
    polygons = polygon_layer({"mine": MINES}, STATISTICS, GRID, (CODES, LEGEND), {})
    write_layers({"polygons": polygons, "stations": CENTRES}, tmp_path / "vectors.gpkg")
    script = """
import sys
from qgis.core import QgsApplication, QgsVectorLayer, QgsRenderContext
app = QgsApplication([], False); app.initQgis()
layer = QgsVectorLayer(sys.argv[1] + "|layername=polygons", "a", "ogr")
print([(c.value(), c.symbol().color().name()) for c in layer.renderer().categories()])
layer = QgsVectorLayer(sys.argv[1] + "|layername=stations", "a", "ogr")
print(layer.renderer().type(), layer.renderer().symbol().color().name(), layer.renderer().symbol().size())
"""
    if not has_qgis():
        pytest.skip("Debian's python3-qgis is not installed")
    polygons, stations = qgis("-c", script, tmp_path / "vectors.gpkg").splitlines()[-2:]
    colours = {"C": "#0072b2", "S": "#d55e00", "M": "#009e73", "": "#d6d5d9"}
    assert polygons == str(list(colours.items()))
    assert stations == "singleSymbol #d55e00 3.0"
