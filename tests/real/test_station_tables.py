"""The Catalan stations of April 2022 as a tidy table with its own column names, and as GHCN-Daily files."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from nppdrivers.period import Period
from nppdrivers.weather import stations
from nppdrivers.weather.records import read_records
from nppdrivers.weather.table import Wanted

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from weather_writers import dly_line, station_line

pytestmark = pytest.mark.real

VARIABLES = {
    "mean_temperature": ("temperature", "TAVG", 10),
    "precipitation": ("precipitation", "PRCP", 10),
    "mean_relative_humidity": ("relative_humidity", "RHAV", 1),
}
COLUMNS = {
    "stations": {
        "station": "station_id",
        "name": "station_name",
        "longitude": "lon",
        "latitude": "lat",
        "elevation_m": "altitude",
    },
    "weather": {"station": "station_id", "date": "timestamp"},
}
WANTED = Wanted([variable for variable, _, _ in VARIABLES.values()], Period("2022-04", "2022-04"))


@pytest.fixture(scope="module")
def daily(real_data):
    """The table as it was published."""
    table = pd.read_csv(real_data / "stations" / "meteocat_2022_04_daily.csv.gz")
    return table.assign(timestamp=table["timestamp"].str[:10])


def expected(daily, name):
    """Monthly value of each station straight from the table, NaN with fewer than 27 days."""
    days = daily.groupby("station_id")[name].agg(["mean", "count"])
    total = days["mean"] * (30 if name == "precipitation" else 1)
    return total.where(days["count"] >= 27)[days["count"] > 0]


def check(daily, records, places, prefix=""):
    """Compare the months with those taken straight from the table."""
    months = stations.monthly(records, places)
    for name, (variable, _, _) in VARIABLES.items():
        found = months[months["variable"] == variable].set_index("station")["value"]
        found.index = found.index.str.removeprefix(prefix).str.lstrip("0")
        value = expected(daily, name)
        np.testing.assert_allclose(found[value.index], value, rtol=1e-9, atol=1e-9)
        assert len(found) == len(value) > 40


def test_tidy_table_with_its_own_names(daily, tmp_path):
    """Stations and days are read through the mapping of column names; months are those of the table."""
    daily.drop_duplicates("station_id").to_csv(tmp_path / "stations.csv", index=False)
    tidy = daily.melt(["timestamp", "station_id"], list(VARIABLES), "variable")
    tidy["variable"] = tidy["variable"].map({name: variable for name, (variable, _, _) in VARIABLES.items()})
    tidy.to_csv(tmp_path / "weather.csv", index=False)
    records, places = read_records(
        tmp_path / "weather.csv", WANTED, stations_path=tmp_path / "stations.csv", columns=COLUMNS
    )
    assert len(places) == 189
    assert places["elevation_m"].max() == 2535
    check(daily, records, places)


def test_ghcn_files(daily, tmp_path):
    """Written as .dly files and read back, the months of fifty stations are the same."""
    daily = daily[daily["station_id"].isin(daily["station_id"].unique()[:50])]
    listed = []
    for station, own in daily.groupby("station_id"):
        first, lines = own.iloc[0], []
        ghcn = f"SPM{station:0>8s}"
        listed.append(station_line(ghcn, first["lat"], first["lon"], first["altitude"], "X"))
        days = own.set_index(own["timestamp"].str[8:].astype(int)).reindex(range(1, 31))
        for name, (_, element, factor) in VARIABLES.items():
            written = (days[name] * factor).round().fillna(-9999).astype(int)
            lines.append(dly_line(ghcn, 2022, 4, element, [f"{value:5d}   " for value in written]))
        (tmp_path / f"{ghcn}.dly").write_text("\n".join(lines) + "\n")
    (tmp_path / "ghcnd-stations.txt").write_text("\n".join(listed) + "\n")
    records, places = read_records(tmp_path, WANTED)
    assert len(places) == 50
    check(daily, records, places, prefix="SPM")
