"""Stations: reading, checking, and from days to months."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers.inputs.problems import InputError
from nppdrivers.quantities import quantity
from nppdrivers.weather import stations

STATIONS = "station,name,longitude,latitude,elevation_m\nA,Upper,112.7,35.6,900\nB,Lower,112.8,35.5,\n"
UNITS = {
    "temperature": "degC",
    "precipitation": "mm",
    "sunshine": "h",
    "relative_humidity": "%",
    "wind_speed": "m s-1",
    "solar_radiation": "MJ m-2",
}


@pytest.fixture
def places(tmp_path):
    """Two stations."""
    (tmp_path / "stations.csv").write_text(STATIONS)
    return stations.read_stations(tmp_path / "stations.csv")


@pytest.fixture
def daily():
    """A year of all variables at both stations."""
    rng = np.random.default_rng(2)
    days = pd.date_range("2011-01-01", "2011-12-31")
    season = np.cos((days.day_of_year.to_numpy() - 190) / 58)
    values = {
        "temperature": 10 + 14 * season + rng.normal(0, 2, 365),
        "precipitation": rng.exponential(1.6, 365),
        "sunshine": rng.uniform(0, 12, 365),
        "relative_humidity": rng.uniform(30, 95, 365),
        "wind_speed": rng.uniform(0, 5, 365),
        "solar_radiation": 14 + 6 * season + rng.uniform(-3, 3, 365),
    }
    frames = [
        pd.DataFrame(
            {
                "station": s,
                "date": days.strftime("%Y-%m-%d"),
                "variable": v,
                "value": x.round(3),
                "unit": UNITS[v],
            }
        )
        for s in "AB"
        for v, x in values.items()
    ]
    return pd.concat(frames, ignore_index=True)


def read(table, places, folder):
    """Write the table and read it back."""
    path = folder / "weather.csv"
    table.to_csv(path, index=False)
    return stations.read_weather(path, places)


def test_stations_without_elevation_are_kept(places):
    """A station without elevation has NaN, not zero."""
    assert places["station"].tolist() == ["A", "B"]
    assert places["elevation_m"].tolist()[0] == 900
    assert np.isnan(places["elevation_m"].tolist()[1])


def test_daily_to_monthly(daily, places, tmp_path):
    """Complete months are the mean of the days, or their sum."""
    months = stations.monthly(read(daily, places, tmp_path), places)
    assert len(months) == 2 * 6 * 12
    for variable in UNITS:
        mine = daily[(daily["station"] == "A") & (daily["variable"] == variable)]
        grouped = mine["value"].groupby(mine["date"].str[:7])
        expected = grouped.sum() if quantity(variable).is_monthly_sum else grouped.mean()
        found = months[(months["station"] == "A") & (months["variable"] == variable)].set_index("month")
        np.testing.assert_allclose(found["value"], expected, rtol=1e-12)
    assert set(months.loc[months["month"] == "2011-02", "n_days"]) == {28}


@pytest.mark.parametrize(("removed", "usable"), [(0, True), (3, True), (4, False), (31, None)])
def test_completeness(daily, places, tmp_path, removed, usable):
    """With 28 of 31 days (90 %) a month counts, with 27 it is NaN, with none it has no row."""
    july = daily.index[(daily["date"].str[:7] == "2011-07") & (daily["variable"] == "precipitation")]
    mine = july[daily.loc[july, "station"] == "A"]
    table = daily.drop(mine[:removed])
    months = stations.monthly(read(table, places, tmp_path), places).query(
        "station == 'A' and variable == 'precipitation' and month == '2011-07'"
    )
    if usable is None:
        assert months.empty
        return
    kept = daily.loc[mine[removed:], "value"]
    expected = kept.mean() * 31 if usable else np.nan
    np.testing.assert_allclose(months["value"].item(), expected, rtol=1e-12)
    assert months["n_days"].item() == 31 - removed


def test_empty_values_are_missing_days(daily, places, tmp_path):
    """An empty cell counts like an absent row, not like zero."""
    table = daily.copy()
    rows = table.index[(table["date"].str[:7] == "2011-07") & (table["variable"] == "precipitation")][:3]
    table.loc[rows, "value"] = np.nan
    with_empty, without = (
        stations.monthly(read(version, places, tmp_path), places) for version in (table, table.drop(rows))
    )
    pd.testing.assert_frame_equal(with_empty, without)


def test_monthly_values_pass(places, tmp_path):
    """Values that came monthly are not multiplied by the days of the month."""
    rows = [("A", f"2011-{m:02d}", "precipitation", 40.0, "mm") for m in range(1, 13)]
    table = pd.DataFrame(rows, columns=["station", "date", "variable", "value", "unit"])
    months = stations.monthly(read(table, places, tmp_path), places)
    assert (months["value"] == 40).all()
    assert months["n_days"].tolist()[:2] == [31, 28]


def test_leap_february(places, tmp_path):
    """February 2012 has 29 days."""
    days = pd.date_range("2012-02-01", "2012-02-29").strftime("%Y-%m-%d")
    table = pd.DataFrame(
        {"station": "A", "date": days, "variable": "precipitation", "value": 2.0, "unit": "mm"}
    )
    months = stations.monthly(read(table, places, tmp_path), places)
    assert months["value"].tolist() == [58]


def change(table, variable, function):
    """Replace the values of one variable."""
    mine = table["variable"] == variable
    return table.assign(value=table["value"].where(~mine, function(table["value"])))


@pytest.mark.parametrize(
    ("variable", "function", "message"),
    [
        ("temperature", lambda x: x + 273.15, "kelvin"),
        ("temperature", lambda x: x * 10, "0.1 degC"),
        ("temperature", lambda x: x * 1.8 + 32, "degrees Fahrenheit"),
        ("precipitation", lambda x: x * 10, "0.1 mm"),
        ("precipitation", lambda x: x / 25.4, "inches"),
        ("sunshine", lambda x: x * 10, "0.1 h"),
        ("relative_humidity", lambda x: x / 100, "a fraction"),
        ("wind_speed", lambda x: x * 10, "0.1 m s-1"),
        ("solar_radiation", lambda x: x / 0.0864, "W m-2"),
        ("solar_radiation", lambda x: x / 3.6, "MJ m-2 a day or a month"),  # kWh m-2
    ],
)
def test_unit_mistakes_are_told(daily, places, tmp_path, variable, function, message):
    """Values in a wrong unit are refused with the unit that they look like."""
    with pytest.raises(InputError, match=f"variable {variable}") as caught:
        read(change(daily, variable, function), places, tmp_path)
    assert message in str(caught.value)
    assert len(caught.value.problems) == 1


@pytest.mark.parametrize(
    ("variable", "function", "message"),
    [
        ("precipitation", lambda x: x / 30.4, "mm per day in a monthly table"),
        ("sunshine", lambda x: x / 30.4, "hours per day in a monthly table"),
        ("solar_radiation", lambda x: x / 30.4, "MJ m-2 per day in a monthly table"),
        ("solar_radiation", lambda x: x / 30.4 / 0.0864, "of the radiation above the atmosphere"),  # W m-2
    ],
)
def test_unit_mistakes_of_monthly_tables(daily, places, tmp_path, variable, function, message):
    """Daily means in a monthly table of sums are reported."""
    months = stations.monthly(read(daily, places, tmp_path), places).rename(columns={"month": "date"})
    tidy = months[["station", "date", "variable", "value"]]
    assert len(read(tidy, places, tmp_path)) == len(tidy)
    with pytest.raises(InputError, match=message):
        read(change(tidy, variable, function), places, tmp_path)


def test_one_station_in_another_unit(daily, places, tmp_path):
    """When only one station has the wrong unit, it is named."""
    mine = (daily["station"] == "B") & (daily["variable"] == "temperature")
    with pytest.raises(InputError, match="station B: values"):
        read(daily.assign(value=daily["value"].where(~mine, daily["value"] + 273.15)), places, tmp_path)


def test_all_faults_are_told_together(daily, places, tmp_path):
    """Unknown names, dates, units and repeated rows are all in one error, with their lines."""
    table = daily.astype({"station": object, "variable": object})
    table.loc[0, "station"] = "C"
    table.loc[1, "date"] = "2/1/2011"
    table.loc[2, "variable"] = "temp"
    table = pd.concat([table, table.iloc[[10]]], ignore_index=True)
    with pytest.raises(InputError) as caught:
        read(table, places, tmp_path)
    text = str(caught.value)
    for message in (
        "line 2: unknown station C",
        "line 3: 2/1/2011",
        "line 4: unknown variable temp",
        "line 12, 4382",
    ):
        assert message in text


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("unit", "K", "unit is K"),
        ("date", "2011-02-30", "2011-02-30 is not a day"),
        ("date", "2011-13", "2011-13 is not a day"),
        ("value", "trace", "not a number: 'trace'"),
        ("value", -9999, "a code for missing values"),
        ("value", 99.9, "99.9 outside"),
    ],
)
def test_single_faults(daily, places, tmp_path, column, value, message):
    """A single wrong cell is reported with its line."""
    table = daily.astype({column: object})
    table.loc[5, column] = value
    with pytest.raises(InputError, match="line 7") as caught:
        read(table, places, tmp_path)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (STATIONS.replace("112.7,35.6", "35.6,112.7"), "are longitude and latitude swapped"),
        (STATIONS.replace("B,", "A,"), "more than once"),
        (STATIONS.replace("112.8,35.5", "112.7,35.6"), "rows of the same longitude, latitude"),
        (STATIONS.replace("900", "90000"), "90000"),
        (STATIONS.replace("longitude", "long"), "no column longitude"),
        (STATIONS.replace("112.8", ""), "empty cell"),
        (STATIONS.replace("112.8", "112°48'"), "not a number"),
    ],
)
def test_wrong_stations(tmp_path, text, message):
    """Each fault of a table of stations is reported."""
    (tmp_path / "stations.csv").write_text(text)
    with pytest.raises(InputError, match=r"stations\.csv") as caught:
        stations.read_stations(tmp_path / "stations.csv")
    assert message in str(caught.value)


def test_chinese_encoding(tmp_path):
    """A table saved in GB 18030 is read."""
    (tmp_path / "stations.csv").write_bytes(STATIONS.replace("Upper", "晋城").encode("gb18030"))
    assert stations.read_stations(tmp_path / "stations.csv")["name"][0] == "晋城"


def test_wide_table(tmp_path):
    """A wide monthly table becomes tidy through its column names; an empty cell has no row."""
    rows = [f"X,35.5,112.7,2011,{m},{m},{10 * m},{400}" for m in range(1, 13)]
    rows[2] = "X,35.5,112.7,2011,3,,30,400"
    (tmp_path / "wide.csv").write_text("id,lat,lon,year,month,t,p,rs\n" + "\n".join(rows) + "\n")
    names = {"station": "id", "latitude": "lat", "longitude": "lon"}
    names |= {"temperature": "t", "precipitation": "p", "solar_radiation": "rs"}
    table = stations.read_monthly_wide(tmp_path / "wide.csv", names)
    assert len(table) == 35
    found = table[(table["variable"] == "precipitation") & (table["month"] == "2011-12")]
    assert found[["value", "longitude", "n_days"]].to_numpy().tolist() == [[120, 112.7, 31]]
    assert table["elevation_m"].isna().all()
