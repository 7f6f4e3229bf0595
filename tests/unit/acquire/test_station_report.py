"""What stations can say about the area: distance, height above it, months with values."""

import numpy as np
import pandas as pd
import pytest
import rasterio
from affine import Affine
from archive_services import GHCN_FILES, add_ghcn, station_name

from nppdrivers.acquire.area import Area
from nppdrivers.acquire.station_report import mean_elevation, station_report
from nppdrivers.period import Period

AREA = Area(
    "EPSG:32649",
    (650000, 3935000, 655000, 3940000),
    "POLYGON ((112.66 35.55, 112.72 35.55, 112.72 35.59, 112.66 35.59, 112.66 35.55))",
)


def test_months_and_heights_are_counted(tmp_path):
    """Months with too few days do not count; one day makes no month."""
    days = pd.date_range("2013-01-01", "2013-03-31").astype(str)
    rows = [("A", day, "temperature", 1.5, "degC") for day in days]
    rows += [("A", day, "precipitation", 0.2, "mm") for day in days if day < "2013-03-05"]
    rows += [("B", day, "temperature", 2.5, "degC") for day in days if day > "2013-02"]
    rows.append(("B", "2013-01-01", "precipitation", 3.0, "mm"))
    columns = ["station", "date", "variable", "value", "unit"]
    pd.DataFrame(rows, columns=columns).to_csv(tmp_path / "weather.csv", index=False)
    places = pd.DataFrame({"station": ["A", "B"], "name": ["Upper", "Lower"], "longitude": 112.7})
    places = places.assign(latitude=[35.5, 35.6], elevation_m=[900.0, 650.0])
    places.to_csv(tmp_path / "stations.csv", index=False)
    add_ghcn(tmp_path, tmp_path / "served")
    chosen = places.assign(station=places["station"].map(station_name), distance_km=[3.0, 5.0])
    report = station_report(
        chosen, tmp_path / "served" / GHCN_FILES, Period("2013-01", "2013-03"), 0.9, elevation_m=700
    )
    assert report["above the area [m]"].tolist() == [200, -50]
    assert report["months of temperature"].tolist() == [3, 2]
    assert report["months of precipitation"].tolist() == [2, 0]


def test_elevation_is_that_inside_the_area(tmp_path):
    """Cells outside the polygon, and missing ones, do not count; without a raster nothing is known."""
    values = np.full((40, 40), 5000, "float32")
    place = Affine(0.005, 0, 112.6, 0, -0.005, 35.65)
    values[12:20, 12:24] = 800
    values[14, 14] = -9999
    path = tmp_path / "dem.tif"
    profile = {"driver": "GTiff", "count": 1, "height": 40, "width": 40, "dtype": "float32", "nodata": -9999}
    with rasterio.open(path, "w", **profile, crs="EPSG:4326", transform=place) as target:
        target.write(values, 1)
    assert mean_elevation(path, AREA) == pytest.approx(800)
    assert np.isnan(mean_elevation(tmp_path / "none.tif", AREA))
