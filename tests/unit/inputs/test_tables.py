"""Soil samples and plots: read, placed, and every fault reported."""

import numpy as np
import pytest

from nppdrivers.inputs import tables
from nppdrivers.inputs.problems import InputError
from nppdrivers.inputs.soil import read_soil_samples

CRS = "EPSG:32649"
SAMPLES = """sample,longitude,latitude,date,CF,SOC,TN,AP,AK,pH,BD
P1,112.70,35.56,2015-07-18,26.3,8.67,0.87,13.3,189,7.58,1.43
P2,112.71,35.57,2015-07-20,31.8,12.28,1.10,,162,8.13,1.36
P3,112.72,35.58,2015-07-21,22.0,9.50,0.95,9.1,140,7.90,1.30
"""
PLOTS = """plot,longitude,latitude,land_cover,size_m,first_year,last_year,biomass_g_m2_yr
A,112.70,35.56,farmland,30,2010,2011,719.8
B,112.71,35.57,grassland,30,2010,2011,619.3
"""


def soil(folder, text=SAMPLES, columns=None):
    """Write and read a table of samples."""
    (folder / "soil.csv").write_text(text)
    return read_soil_samples(folder / "soil.csv", CRS, columns)


def test_samples_are_placed_on_the_grid_system(tmp_path):
    """Points are in the grid's system: 112.70 E, 35.56 N is at 654 and 3936.5 km of UTM 49; gaps are NaN."""
    samples = soil(tmp_path)
    assert samples.crs == CRS
    assert samples.geometry.x[0] == pytest.approx(654_000, abs=500)
    assert samples.geometry.y[0] == pytest.approx(3_936_500, abs=500)
    assert samples["AP"].isna().tolist() == [False, True, False]


def test_column_names_are_mapped(tmp_path):
    """Columns of other names are read through the mapping."""
    samples = soil(
        tmp_path,
        SAMPLES.replace("SOC", "organic C").replace("sample", "id"),
        {"SOC": "organic C", "sample": "id"},
    )
    assert samples["SOC"].tolist() == [8.67, 12.28, 9.5]
    assert samples["sample"].tolist() == ["P1", "P2", "P3"]


@pytest.mark.parametrize("name", ["soil.gpkg", "soil.shp", "soil.geojson"])
def test_samples_as_a_layer(tmp_path, name):
    """A point layer in any system, with columns of other names, gives the same table as the CSV file."""
    samples = soil(tmp_path)
    layer = samples.drop(columns=["longitude", "latitude"]).rename(columns={"sample": "ID", "SOC": "soc_gkg"})
    layer.to_crs("EPSG:4326" if name.endswith("json") else "EPSG:4547").to_file(tmp_path / name)
    again = read_soil_samples(tmp_path / name, CRS, {"sample": "ID", "SOC": "soc_gkg"})
    assert again["sample"].tolist() == samples["sample"].tolist()
    np.testing.assert_allclose(again["longitude"], samples["longitude"], atol=1e-6)
    np.testing.assert_allclose(again.geometry.x, samples.geometry.x, atol=0.1)
    np.testing.assert_allclose(again["SOC"], samples["SOC"])


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_layer_without_system_and_numbers_as_names(tmp_path):
    """A layer without a coordinate system is refused; names of samples may be numbers."""
    layer = soil(tmp_path).drop(columns=["longitude", "latitude"])
    layer.assign(sample=range(len(layer))).to_file(tmp_path / "soil.gpkg")
    assert read_soil_samples(tmp_path / "soil.gpkg", CRS)["sample"].tolist()[:2] == ["0", "1"]
    layer.set_crs(None, allow_override=True).to_file(tmp_path / "bare.shp")
    with pytest.raises(InputError, match="no coordinate system"):
        read_soil_samples(tmp_path / "bare.shp", CRS)


def test_mapped_columns_take_precedence(tmp_path):
    """A column that is mapped wins over one of the file that has our name already."""
    text = SAMPLES.replace("SOC", "soc_gkg").replace("TN", "SOC")
    assert soil(tmp_path, text, {"SOC": "soc_gkg"})["SOC"].tolist() == soil(tmp_path)["SOC"].tolist()


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"SOC": "soc_gkg"}, "column soc_gkg: no such column, to be SOC"),
        ({"SOC": "TN", "TN": "TN"}, "column TN: mapped twice: to SOC and to TN"),
    ],
)
def test_wrong_mappings(tmp_path, columns, message):
    """A mapping to a column that is not there, or of two names to one, is reported with the file."""
    with pytest.raises(InputError, match=r"soil\.csv, column") as caught:
        soil(tmp_path, columns=columns)
    assert message in str(caught.value)


def scaled(column: int, factor: float) -> str:
    """Scale one column of the table of samples."""
    lines = [line.split(",") for line in SAMPLES.strip().split("\n")]
    for cells in lines[1:]:
        cells[column] = f"{float(cells[column]) * factor:g}"
    return "\n".join(",".join(cells) for cells in lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (scaled(4, 0.01), "column CF: values from 0.22 to 0.318, unlikely in %"),
        (scaled(4, 10), "g kg-1 (x 0.1)"),
        (scaled(5, 0.1), "C:N ratio"),
        (scaled(5, 1000), "mg kg-1 (x 0.001)"),
        (scaled(6, 0.1), "C:N ratio"),
        (scaled(8, 1 / 391), "cmol kg-1 (x 391)"),
        (scaled(9, 10), "0.1 pH (x 0.1)"),
        (scaled(10, 1000), "kg m-3 (x 0.001)"),
        (SAMPLES.replace("7.58", "75.8"), "column pH, line 2: 75.8 outside 2 to 12"),
        (SAMPLES.replace("162", "-9999"), "leave the cells empty"),
        (SAMPLES.replace("9.50", "n.d."), "column SOC, line 4: not a number: 'n.d.'"),
        (SAMPLES.replace("P2", "P1"), "column sample, line 2, 3: P1: more than once"),
        (SAMPLES.replace("112.71,35.57", "112.70,35.56"), "line 2, 3: several rows of one place"),
        (SAMPLES.replace("112.71,35.57", "35.57,112.71"), "are longitude and latitude swapped"),
        (SAMPLES.replace("112.71", ""), "column longitude, line 3: empty cell"),
        (SAMPLES.replace("latitude", "lat"), "no column latitude"),
        (SAMPLES.split("P1")[0].replace("CF,SOC,TN,AP,AK,pH,BD", "Zn"), "no column CF or SOC"),
    ],
)
def test_faults_of_samples(tmp_path, text, message):
    """Each fault is reported with file, place and remedy."""
    with pytest.raises(InputError, match=r"soil\.csv") as caught:
        soil(tmp_path, text)
    assert message in str(caught.value)


def test_all_faults_are_told_together(tmp_path):
    """Three faults give three problems in one error."""
    text = SAMPLES.replace("P2", "P1").replace("7.58", "75.8").replace("112.71", "")
    with pytest.raises(InputError) as caught:
        soil(tmp_path, text)
    assert len(caught.value.problems) == 3


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (PLOTS.replace("719.8", "7.2").replace("619.3", "6.2"), "t ha-1 yr-1 (x 100)"),
        (PLOTS.replace("719.8", "0.72").replace("619.3", "0.62"), "kg m-2 yr-1 (x 1000)"),
        (PLOTS.replace("2010,2011,619", "2011,2010,619"), "line 3: first_year is after last_year"),
        (PLOTS.replace("plot,", "name,"), "no column plot"),
        (PLOTS.replace("biomass_g_m2_yr", "biomass"), "no column biomass_g_m2_yr"),
    ],
)
def test_plots(tmp_path, text, message):
    """Plots are read; each fault is reported."""
    (tmp_path / "plots.csv").write_text(PLOTS)
    assert tables.read_plots(tmp_path / "plots.csv", CRS)["land_cover"].tolist() == ["farmland", "grassland"]
    (tmp_path / "plots.csv").write_text(text)
    with pytest.raises(InputError) as caught:
        tables.read_plots(tmp_path / "plots.csv", CRS)
    assert message in str(caught.value)
