"""Maps for other programs: what they hold, and in which colours they open."""

import json
import zipfile
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest
import rasterio

from nppdrivers.export import styles
from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.quantities import quantity


def project(run):
    """Root of the project in its zipped file."""
    with zipfile.ZipFile(run / "out" / "project.qgz") as packed:
        return ElementTree.fromstring(packed.read("project.qgs"))


@pytest.mark.parametrize("name", ["months", "trend", "cover"])
def test_map_has_the_values_of_the_run_inside_the_study_area(run, area, name):
    """Inside every value, tag, band name and unit is that of the run; outside nothing is left."""
    with rasterio.open(run / f"{name}.tif") as source, rasterio.open(run / f"out/maps/{name}.tif") as target:
        expected = np.where(area, source.read(), source.nodata)
        np.testing.assert_array_equal(target.read(), expected)
        assert source.tags().items() <= target.tags().items()
        assert (target.descriptions, target.units) == (source.descriptions, source.units)
        assert target.nodata == source.nodata or np.isnan([target.nodata, source.nodata]).all()


def test_map_is_cloud_optimised(run):
    """GDAL calls the layout COG; there are overviews, statistics of the values, and no ZSTD."""
    with rasterio.open(run / "out/maps/months.tif") as target:
        assert target.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert target.compression.name == "deflate"
        assert target.overviews(1)
        stated = target.tags(1)
        assert float(stated["STATISTICS_MEAN"]) == pytest.approx(np.nanmean(target.read(1)), rel=1e-6)


def test_classes_open_in_their_colours_and_names(run, legend):
    """Colour table, attribute table, categories and QGIS style have the colours and names of the register."""
    classes = coloured_classes("trend_class", legend)
    with rasterio.open(run / "out/maps/trend.tif") as target:
        table = target.colormap(1)
    found = {code: "#{:02x}{:02x}{:02x}".format(*table[code]) for code in legend}
    assert found == dict(zip(classes["code"], classes["colour"], strict=True))
    root = ElementTree.parse(run / "out/maps/trend.tif.aux.xml").getroot()
    assert [each.text or "" for each in root.iter("Category")] == ["", *legend.values()]
    rows = [[cell.text for cell in row] for row in root.iter("Row")]
    assert rows[0] == ["1", "rising", "47", "121", "181"]
    style = ElementTree.parse(run / "out/maps/trend.qml").getroot()
    assert [entry.get("label") for entry in style.iter("paletteEntry")] == list(legend.values())


def test_land_cover_has_the_classes_of_the_run(run):
    """Names and colours of land cover come from the run's own table."""
    style = ElementTree.parse(run / "out/maps/cover.qml").getroot()
    entries = [(entry.get("label"), entry.get("color")) for entry in style.iter("paletteEntry")]
    assert entries == [("forest", "#006400"), ("water", "#3288bd")]


def test_terra_finds_unit_and_months(run):
    """The file that the R package reads gives the unit of each band and the middle of each month."""
    found = json.loads((run / "out/maps/months.tif.aux.json").read_text())
    assert found["unit"] == ["gC m-2 month-1"] * 2
    days = pd.to_datetime(np.array(found["time"], dtype=float), unit="s")
    assert list(days.strftime("%Y-%m-%d")) == ["2013-01-15", "2013-02-15"]


def test_project_shows_the_maps_in_groups(run, title):
    """Layers stand in groups in their order, with relative paths that exist; any name is text."""
    root = project(run)
    tree = [
        (group.get("name"), layer.get("name"))
        for group in root.find("layer-tree-group")
        for layer in group.iter("layer-tree-layer")
    ]
    assert tree == [("NPP", "Monthly NPP"), ("Change", title), ("Place", "Land cover class")]
    assert root.findtext("title") == title
    sources = [each.text for each in root.iter("datasource")]
    assert all(source.startswith("./maps/") and (run / "out" / source).exists() for source in sources)


def test_colours_that_part_at_zero_have_it_in_the_middle():
    """The middle stop of contributions is 0; NPP has colours from the 1st to the 99th percentile."""
    values = np.linspace(-2, 6, 801)
    parted = styles.continuous_style(values, quantity("actual_contribution")).entries["value"]
    assert parted.iloc[5] == pytest.approx(0, abs=1e-9) and parted.iloc[-1] == pytest.approx(5.92)
    plain = styles.continuous_style(values + 2, quantity("npp")).entries["value"]
    assert (plain.iloc[0], plain.iloc[-1]) == pytest.approx((0.08, 7.92))
