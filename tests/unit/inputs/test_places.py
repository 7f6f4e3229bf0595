"""Places of a table: degrees, or x and y in a system that the table or the settings state."""

import numpy as np
import pandas as pd
import pytest
from pyproj import Transformer

from nppdrivers.inputs import tables
from nppdrivers.inputs.problems import InputError

LONGITUDE, LATITUDE = np.array([112.70, 112.71, 112.72]), np.array([35.56, 35.57, 35.58])


def write(folder, names=("x", "y"), code="EPSG:4547", **others):
    """Write places in a system, with further columns."""
    x, y = Transformer.from_crs("EPSG:4326", code, always_xy=True).transform(LONGITUDE, LATITUDE)
    table = pd.DataFrame({"place": list("ABC"), names[0]: x, names[1]: y, "npp_gC_m2_yr": 300.0} | others)
    table.to_csv(folder / "points.csv", index=False)
    return folder / "points.csv"


@pytest.mark.parametrize(
    ("names", "code", "others", "columns"),
    [
        (("x", "y"), "EPSG:4547", {"crs": "EPSG:4547"}, {}),
        (("X", "Y"), "EPSG:4547", {"epsg": 4547}, {}),
        (("easting", "northing"), "EPSG:32649", {"CRS": "epsg:32649"}, {}),
        (("x_32649", "y_32649"), "EPSG:32649", {}, {}),
        (("longitude", "latitude"), "EPSG:4547", {}, {"crs": "EPSG:4547"}),
        (("e", "n"), "EPSG:4547", {}, {"x": "e", "y": "n", "crs": "EPSG:4547"}),
        (("longitude", "latitude"), "EPSG:4490", {"crs": "EPSG:4490"}, {}),
        (("x", "y"), "EPSG:4326", {}, {}),
    ],
)
def test_places_in_any_system(tmp_path, names, code, others, columns):
    """X and y come out as longitude and latitude, wherever their system is stated; so do figures' points."""
    path = write(tmp_path, names, code, **others)
    points = tables.read_npp_points(path, "EPSG:4326", columns)
    np.testing.assert_allclose(points.geometry.x, LONGITUDE, atol=1e-6)
    np.testing.assert_allclose(points["latitude"], LATITUDE, atol=1e-6)
    np.testing.assert_allclose(tables.point_layer(path, columns).geometry.x, LONGITUDE, atol=1e-6)


def test_each_row_may_have_its_own_system(tmp_path):
    """Rows of two zones, each with its code, come out at their places."""
    path = write(tmp_path, crs="EPSG:4547")
    table = pd.read_csv(path)
    to_utm = Transformer.from_crs("EPSG:4326", "EPSG:32649", always_xy=True)
    table.loc[1, ["x", "y"]] = to_utm.transform(LONGITUDE[1], LATITUDE[1])
    table.loc[1, "crs"] = "EPSG:32649"
    table.to_csv(path, index=False)
    points = tables.read_npp_points(path, "EPSG:4326")
    np.testing.assert_allclose(points.geometry.x, LONGITUDE, atol=1e-6)


@pytest.mark.parametrize(
    ("names", "others", "message"),
    [
        (("x", "y"), {}, "are no degrees"),
        (("longitude", "latitude"), {}, "are no degrees"),
        (("x", "y"), {"crs": "EPSG:999999"}, "unknown coordinate system EPSG:999999"),
        (("x", "y"), {"crs": "EPSG:27700"}, "outside of the area of OSGB36"),
        (("y", "x"), {"crs": "EPSG:4547"}, "as if x and y were exchanged"),
    ],
)
def test_faults_of_systems(tmp_path, names, others, message):
    """Metres without a system, an unknown or another system and exchanged axes are refused."""
    path = write(tmp_path, names, **others)
    with pytest.raises(InputError, match=r"points\.csv") as caught:
        tables.read_npp_points(path, "EPSG:4326")
    assert message in str(caught.value)
    assert len(caught.value.problems) == 1


def test_what_is_advised_mends_the_places(tmp_path):
    """A column crs, as advised for metres, and exchanged names, as advised for exchanged axes, are read."""
    path = write(tmp_path, ("y", "x"))
    points = tables.read_npp_points(path, "EPSG:4326", {"x": "y", "y": "x", "crs": "EPSG:4547"})
    np.testing.assert_allclose(points.geometry.x, LONGITUDE, atol=1e-6)
