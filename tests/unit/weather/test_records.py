"""Files of weather services: each trap of each format, and the same numbers whichever way they come."""

import gzip

import numpy as np
import pandas as pd
import pytest
from weather_writers import cma_file, dly_line, gsod_file, station_line

from nppdrivers.inputs.problems import InputError
from nppdrivers.period import Period
from nppdrivers.weather import records, stations
from nppdrivers.weather.records import read_records
from nppdrivers.weather.table import Wanted

ALL = ("temperature", "precipitation", "sunshine", "relative_humidity", "wind_speed")
TO_2M = 4.87 / np.log(67.8 * 10 - 5.42)  # FAO-56, equation 47


def wanted(*variables, first="2010-01", last="2010-12"):
    """What the tests ask for."""
    return Wanted(variables or ALL, Period(first, last))


def cma(folder, element, values, *, place="3548 11245 9000", day="2010 5 1", month="201005"):
    """Read the one value of a CMA file of one line."""
    variables = {
        "TEM": "temperature",
        "PRE": "precipitation",
        "SSD": "sunshine",
        "RHU": "relative_humidity",
        "WIN": "wind_speed",
    }
    cma_file(folder, element, month, [f"53975 {place} {day} {values}"])
    return records.read_service(
        folder, wanted(variables[element], first="2010-05", last="2010-05"), form="cma"
    )


CMA_VALUES = {
    "mean temperature in 0.1 degC": ("TEM", "68 192 -57 0 0 0", 6.8, ""),
    "negative temperature": ("TEM", "-123 -20 -250 0 0 0", -12.3, ""),
    "temperature missing": ("TEM", "32766 192 -57 8 0 0", None, "missing"),
    "temperature wrong": ("TEM", "268 192 -57 2 0 0", None, "failed check"),
    "temperature suspect": ("TEM", "268 192 -57 1 0 0", None, "suspect"),
    "temperature not checked": ("TEM", "68 192 -57 9 9 9", 6.8, ""),
    "quality of the extremes does not matter": ("TEM", "68 192 -57 0 2 8", 6.8, ""),
    "precipitation of the day is the third": ("PRE", "11 22 33 0 0 0", 3.3, ""),
    "trace": ("PRE", "0 32700 32700 0 0 0", 0.0, "trace"),
    "snow": ("PRE", "0 0 30056 0 0 0", 5.6, "snow"),
    "rain and snow": ("PRE", "0 0 31123 0 0 0", 12.3, "rain and snow"),
    "dew": ("PRE", "0 0 32002 0 0 0", 0.2, "fog, dew or frost"),
    "precipitation missing": ("PRE", "0 0 32766 0 0 8", None, "missing"),
    "precipitation blank": ("PRE", "0 0 32744 0 0 0", None, "missing"),
    "dry day": ("PRE", "0 0 0 0 0 0", 0.0, ""),
    "sunshine in 0.1 h": ("SSD", "105 0", 10.5, ""),
    "humidity in per cent": ("RHU", "64 31 0 0", 64.0, ""),
    "wind at 10 m in 0.1 m s-1": ("WIN", "24 60 12 90 13 0 0 0 0 0", 2.4 * TO_2M, ""),
    "wind above the instrument": ("WIN", "1400 60 12 90 13 0 0 0 0 0", 40 * TO_2M, "above the instrument"),
}


@pytest.mark.parametrize("name", CMA_VALUES)
def test_cma_values(tmp_path, name):
    """Each code of a CMA file gives its value and flag."""
    element, written, value, flag = CMA_VALUES[name]
    table, _ = cma(tmp_path, element, written)
    row = table.iloc[0]
    assert row["flag"] == flag
    assert np.isnan(row["value"]) if value is None else row["value"] == pytest.approx(value)
    assert (str(row["date"].date()), row["station"]) == ("2010-05-01", "53975")


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("3548 11245 9000", (112.75, 35.8, 900)),
        ("5258 12231 4330", (122 + 31 / 60, 52 + 58 / 60, 433)),
        ("905 10009 105", (100.15, 9 + 5 / 60, 10.5)),
        ("3060 11200 9000", (112, 31, 900)),  # sixty minutes are a degree
        ("3548 11245 109000", (112.75, 35.8, 900)),  # estimated height
        ("4256 8914 98460", (89 + 14 / 60, 42 + 56 / 60, -154)),  # estimated, below the sea
    ],
)
def test_cma_places(tmp_path, place, expected):
    """Coordinates are degrees and minutes, heights 0.1 m, with 100000 added where they are estimated."""
    _, places = cma(tmp_path, "TEM", "68 192 -57 0 0 0", place=place)
    np.testing.assert_allclose(places[["longitude", "latitude", "elevation_m"]].to_numpy()[0], expected)


@pytest.mark.parametrize(
    ("element", "values", "changed", "message"),
    [
        ("TEM", "68 192 -57 0 0", {}, "12 columns in place of 13"),
        ("TEM", "6.8 19.2 -5.7 0 0 0", {}, "not whole numbers"),
        ("TEM", "68 192 -57 0 0 0", {"place": "35.8 112.75 900"}, "not whole numbers"),
        ("TEM", "68 192 -57 0 0 0", {"place": "11245 3548 9000"}, "outside China"),
        ("TEM", "68 192 -57 0 0 0", {"place": "3580 11275 9000"}, "more than 60 minutes"),
        ("TEM", "68 192 -57 0 0 0", {"day": "2010 5 32"}, "not a day of the calendar"),
    ],
)
def test_cma_wrong_lines(tmp_path, element, values, changed, message):
    """A line that cannot be right is reported with its file."""
    with pytest.raises(InputError, match=message) as caught:
        cma(tmp_path, element, values, **changed)
    assert "TEM-12001-201005.TXT" in str(caught.value)


def test_cma_station_that_moves(tmp_path):
    """A move of over two minutes or twenty metres makes a second station; a smaller one is the same place."""
    for month, place in (
        ("201003", "3548 11245 9000"),
        ("201004", "3549 11246 9100"),
        ("201005", "3556 11245 9000"),
        ("201006", "3548 11245 9000"),
        ("201007", "3548 11245 9800"),
    ):
        lines = [
            f"{s} {place if s == 53975 else '3500 11200 5000'} 2010 {int(month[4:])} 1 68 1 1 0 0 0"
            for s in (53975, 53976)
        ]
        cma_file(tmp_path, "TEM", month, lines)
    table, places = records.read_service(tmp_path, wanted("temperature", first="2010-03", last="2010-07"))
    assert places["station"].tolist() == ["53975", "53975@2010-05", "53975@2010-07", "53976"]
    assert places["elevation_m"].tolist() == [910, 900, 980, 500]
    days = table[table["station"] != "53976"].set_index("date")["station"]
    assert days.astype(str).tolist() == ["53975", "53975", "53975@2010-05", "53975", "53975@2010-07"]


def test_cma_absent_month_and_stations_given(tmp_path):
    """A month without a file is reported; a station table chooses stations and their coordinates."""
    for month in ("201005", "201007"):
        lines = [
            f"{station} 3548 11245 9000 2010 {int(month[4:])} 1 68 1 1 0 0 0" for station in (53975, 53976)
        ]
        cma_file(tmp_path / "cma", "TEM", month, lines)
    with pytest.raises(InputError, match="element TEM: no file of 2010-06"):
        records.read_service(tmp_path / "cma", wanted("temperature", first="2010-05", last="2010-07"))
    given = pd.DataFrame(
        {"station": ["53976"], "name": "A", "longitude": 112.1, "latitude": 35.1, "elevation_m": 5.0}
    )
    table, places = records.read_service(
        tmp_path / "cma", wanted("temperature", first="2010-05", last="2010-05"), given=given
    )
    assert set(table["station"]) == {"53976"}
    assert places[["longitude", "elevation_m"]].to_numpy().tolist() == [[112.1, 5.0]]


GHCN_STATION = "CHM00053975"
STATION_LIST = station_line(GHCN_STATION, 35.5, 112.8333, 659.5, "YANGCHENG") + "\n"
STATION_LIST += station_line("CHM00053976", 35.6, 112.9, -999.9, "UNKNOWN HEIGHT") + "\n"


def ghcn(folder, lines, form="dly"):
    """Read GHCN-Daily lines written as .dly or as CSV."""
    (folder / "ghcnd-stations.txt").write_text(STATION_LIST)
    (folder / f"{GHCN_STATION}.dly").write_text("\n".join(lines) + "\n")
    return records.read_service(folder, wanted())


GHCN_VALUES = {
    "precipitation in 0.1 mm": ({"PRCP": "   56  S"}, "precipitation", 5.6, ""),
    "trace": ({"PRCP": "    0T S"}, "precipitation", 0.0, "trace"),
    "failed check": ({"PRCP": " 5600 XS"}, "precipitation", None, "failed check"),
    "mean temperature": (
        {"TAVG": " -123H S", "TMAX": "  100  S", "TMIN": " -100  S"},
        "temperature",
        -12.3,
        "",
    ),
    "mean of extremes": ({"TMAX": "  212  S", "TMIN": "  -37  S"}, "temperature", 8.75, "mean of extremes"),
    "mean that failed": (
        {"TAVG": "  999 XS", "TMAX": "  212  S", "TMIN": "  -37  S"},
        "temperature",
        8.75,
        "mean of extremes",
    ),
    "one extreme that failed": (
        {"TMAX": "  212 IS", "TMIN": "  -37  S"},
        "temperature",
        None,
        "failed check",
    ),
    "sunshine in minutes": ({"TSUN": "  630  S"}, "sunshine", 10.5, ""),
    "humidity": ({"RHAV": "   64  S"}, "relative_humidity", 64, ""),
    "wind at 10 m in 0.1 m s-1": ({"AWND": "   24  S"}, "wind_speed", 2.4 * TO_2M, ""),
}


@pytest.mark.parametrize("name", GHCN_VALUES)
def test_ghcn_values(tmp_path, name):
    """Each flag and element gives its value, in a .dly file as in a CSV file."""
    days, variable, value, flag = GHCN_VALUES[name]
    missing = "-9999   "
    lines = [dly_line(GHCN_STATION, 2010, 5, element, [missing, day]) for element, day in days.items()]
    rows = [
        f"{GHCN_STATION},20100502,{element},{int(day[:5])},{day[5].strip()},{day[6].strip()},{day[7]},0700"
        for element, day in days.items()
    ]
    (tmp_path / "csv").mkdir()
    (tmp_path / "csv" / "ghcnd-stations.txt").write_text(STATION_LIST)
    (tmp_path / "csv" / "2010.csv").write_text("\n".join(rows) + "\n")
    (tmp_path / "dly").mkdir()
    for table, places in (
        ghcn(tmp_path / "dly", lines),
        records.read_service(tmp_path / "csv", wanted()),
    ):
        row = table.iloc[0]
        assert (len(table), row["variable"], row["flag"]) == (1, variable, flag)
        assert np.isnan(row["value"]) if value is None else row["value"] == pytest.approx(value)
        assert str(row["date"].date()) == "2010-05-02"
        assert places.to_numpy().tolist() == [[GHCN_STATION, "YANGCHENG", 112.8333, 35.5, 659.5]]


def test_ghcn_days_that_are_none(tmp_path):
    """Missing days have no row, days 29 to 31 of February neither, and the last day keeps its flag."""
    february = [f"{day:5d}  S" for day in range(1, 32)]
    july = ["-9999   "] * 30 + ["  310 XS"]
    lines = [dly_line(GHCN_STATION, 2010, 2, "PRCP", february), dly_line(GHCN_STATION, 2010, 7, "PRCP", july)]
    table, _ = ghcn(tmp_path, [lines[0], lines[1].rstrip()])
    assert len(table) == 29
    np.testing.assert_allclose(table["value"][:28], np.arange(1, 29) / 10)
    assert (str(table["date"].iloc[28].date()), table["flag"].iloc[28]) == ("2010-07-31", "failed check")


def test_ghcn_other_forms(tmp_path):
    """A header, compression, other elements and other years are dealt with; an unknown height is NaN."""
    rows = ["ID,DATE,ELEMENT,DATA_VALUE,M_FLAG,Q_FLAG,S_FLAG,OBS_TIME", "CHM00053976,20100502,PRCP,56,,,S,"]
    rows += [
        "CHM00053976,20100502,SNWD,56,,,S,",
        "CHM00053976,20090502,PRCP,56,,,S,",
        "CHM00053976,20100503,PRCP,-9999,,,S,",
    ]
    with gzip.open(tmp_path / "CHM00053976.csv.gz", "wt") as file:
        file.write("\n".join(rows) + "\n")
    (tmp_path / "ghcnd-stations.txt").write_text(STATION_LIST)
    table, places = records.read_service(tmp_path, wanted())
    assert table["value"].tolist() == pytest.approx([5.6])
    assert np.isnan(places["elevation_m"].item())


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda lines, places: ([lines[0][:150]], places), "line 1: 150 characters in place of 269"),
        (
            lambda lines, places: ([lines[0].replace("   56", "  5,6")], places),
            "not the columns of a .dly file",
        ),
        (lambda lines, places: (lines, None), "no ghcnd-stations.txt"),
        (
            lambda lines, places: (lines, places.replace("53975", "53999")),
            "CHM00053975 is not in ghcnd-stations.txt",
        ),
        (
            lambda lines, places: (lines, station_line(GHCN_STATION, 112.8333, 35.5, 659.5, "X")),
            "latitude 112.833, longitude 35.5",
        ),
    ],
)
def test_ghcn_wrong_files(tmp_path, spoil, message):
    """Truncated lines, other columns, and stations that are not listed are reported."""
    lines, places = spoil([dly_line(GHCN_STATION, 2010, 5, "PRCP", ["   56  S"])], STATION_LIST)
    (tmp_path / "a.dly").write_text("\n".join(lines) + "\n")
    if places:
        (tmp_path / "ghcnd-stations.txt").write_text(places)
    with pytest.raises(InputError) as caught:
        records.read_service(tmp_path, wanted())
    assert message in str(caught.value)


GSOD_PLACE = {"STATION": "53975099999", "LATITUDE": "35.5", "LONGITUDE": "112.8333", "ELEVATION": "659.5"}
GSOD_VALUES = {
    "mean temperature in Fahrenheit": ({"TEMP": "  50.0"}, "temperature", 10.0, ""),
    "temperature missing": ({}, "temperature", None, "missing"),
    "freezing": ({"TEMP": " -40.0"}, "temperature", -40.0, ""),
    "precipitation in inches": ({"PRCP": " 0.50", "PRCP_ATTRIBUTES": "G"}, "precipitation", 12.7, ""),
    "precipitation missing": ({"PRCP": "99.99"}, "precipitation", None, "missing"),
    "dry day": ({"PRCP": " 0.00", "PRCP_ATTRIBUTES": "D"}, "precipitation", 0.0, ""),
    "zero of nothing reported": (
        {"PRCP": " 0.00", "PRCP_ATTRIBUTES": "I"},
        "precipitation",
        None,
        "not reported",
    ),
    "zero with rain in the hours": (
        {"PRCP": " 0.00", "PRCP_ATTRIBUTES": "H"},
        "precipitation",
        None,
        "part of the day",
    ),
    **{
        f"rain with attribute {letter}": (
            {"PRCP": " 0.10", "PRCP_ATTRIBUTES": letter},
            "precipitation",
            None if letter in "ABCE" else 2.54,
            "part of the day" if letter in "ABCE" else "",
        )
        for letter in "ABCDEFG"
    },
    "wind in knots": ({"WDSP": "  4.5"}, "wind_speed", 4.5 * 0.514444 * TO_2M, ""),
    "wind missing": ({"WDSP": "999.9"}, "wind_speed", None, "missing"),
    # FAO-56, table 2.3: 1.228 kPa at 10 degC, 2.338 kPa at 20 degC
    "humidity of the dew point": (
        {"TEMP": "  68.0", "DEWP": "  50.0"},
        "relative_humidity",
        100 * 1.228 / 2.338,
        "",
    ),
    "dew point above the air": ({"TEMP": "  50.0", "DEWP": "  50.9"}, "relative_humidity", 100.0, ""),
    "dew point missing": ({"TEMP": "  50.0"}, "relative_humidity", None, "missing"),
}


@pytest.mark.parametrize("name", GSOD_VALUES)
def test_gsod_values(tmp_path, name):
    """Units, missing codes and attributes of GSOD give value and flag."""
    cells, variable, value, flag = GSOD_VALUES[name]
    path = gsod_file(tmp_path / "2010" / "53975099999.csv", [GSOD_PLACE | {"DATE": "2010-05-02"} | cells])
    table, places = records.read_service(path, wanted(variable))
    row = table.iloc[0]
    assert (len(table), row["flag"]) == (1, flag)
    assert np.isnan(row["value"]) if value is None else row["value"] == pytest.approx(value, rel=4e-4)
    assert places.to_numpy().tolist() == [["53975099999", "53975099999", 112.8333, 35.5, 659.5]]


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"LATITUDE": "112.8", "LONGITUDE": "35.5"}, "swapped"),
        ({"LATITUDE": "0.0", "LONGITUDE": "0.0"}, "no longitude and latitude of station 53975099999"),
        ({"DATE": "02.05.2010"}, "02.05.2010 is not a date"),
        ({"TEMP": "50,0"}, "column TEMP, line 2: not a number"),
    ],
)
def test_gsod_wrong_files(tmp_path, changed, message):
    """Places and numbers that cannot be are reported with their line."""
    rows = [GSOD_PLACE | {"DATE": "2010-05-02", "TEMP": "  50.0"} | changed]
    gsod_file(tmp_path / "a.csv", rows)
    with pytest.raises(InputError) as caught:
        records.read_service(tmp_path, wanted())
    assert message in str(caught.value)


def test_formats_are_recognised(tmp_path):
    """A file or folder is recognised by names and first lines; several services in one folder are refused."""
    cma_file(tmp_path / "cma", "TEM", "201005", ["53975 3548 11245 9000 2010 5 1 68 192 -57 0 0 0"])
    (tmp_path / "cma" / "SURF_CLI_CHN_MUL_DAY_readme.txt").write_text("notes\n")
    gsod_file(tmp_path / "gsod" / "2010" / "1.csv", [GSOD_PLACE | {"DATE": "2010-05-02"}])
    (tmp_path / "ghcn").mkdir()
    (tmp_path / "ghcn" / "2010.csv").write_text(f"{GHCN_STATION},20100502,PRCP,56,,,S,0700\n")
    (tmp_path / "weather.csv").write_text("station,date,variable,value,unit\n")
    for name in ("cma", "ghcn", "gsod"):
        assert records.recognise(tmp_path / name) == name
    assert records.recognise(tmp_path / "weather.csv") == "tidy"
    with pytest.raises(InputError, match="files of several services"):
        records.recognise(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="no file of a weather service"):
        records.recognise(tmp_path / "empty")
    with pytest.raises(InputError, match="correct climate"):
        records.read_service(tmp_path / "cma", wanted(), form="gsod")


def test_service_files_and_tidy_table_give_the_same_months(tmp_path):
    """The same days as CMA files, as GHCN-Daily and as a tidy table give the same monthly values."""
    rng = np.random.default_rng(3)
    days = pd.date_range("2010-05-01", "2010-06-30")
    tenths = {"temperature": rng.integers(-50, 250, 61), "precipitation": rng.integers(0, 90, 61)}
    tenths["temperature"][5] = 32766
    elements = {"temperature": ("TEM", "TAVG"), "precipitation": ("PRE", "PRCP")}
    for variable, values in tenths.items():
        for month in (5, 6):
            month_values = values[days.month == month]
            rows = [
                f"53975 3530 11250 6595 2010 {month} {day} {value} {value} {value} 0 0 0"
                for day, value in enumerate(month_values, 1)
            ]
            cma_file(tmp_path / "cma", elements[variable][0], f"2010{month:02d}", rows)
    (tmp_path / "ghcn").mkdir()
    lines = [
        dly_line(
            "53975000000",
            2010,
            month,
            elements[v][1],
            [f"{x if x < 999 else -9999:5d}   " for x in values[days.month == month]],
        )
        for v, values in tenths.items()
        for month in (5, 6)
    ]
    (tmp_path / "ghcn" / "a.dly").write_text("\n".join(lines) + "\n")
    (tmp_path / "ghcn" / "ghcnd-stations.txt").write_text(
        station_line("53975000000", 35.5, 112.8333, 659.5, "Y") + "\n"
    )
    tidy = pd.concat(
        pd.DataFrame({"station": "53975", "date": days.strftime("%Y-%m-%d"), "variable": v, "value": x / 10})
        for v, x in tenths.items()
    )
    tidy[tidy["value"] < 999].to_csv(tmp_path / "weather.csv", index=False)
    (tmp_path / "stations.csv").write_text(
        f"station,longitude,latitude,elevation_m\n53975,{112 + 50 / 60},35.5,659.5\n"
    )
    months = []
    for path, places in (
        (tmp_path / "cma", None),
        (tmp_path / "ghcn", None),
        (tmp_path / "weather.csv", tmp_path / "stations.csv"),
    ):
        asked = wanted("temperature", "precipitation", first="2010-05", last="2010-06")
        records, where = read_records(path, asked, stations_path=places)
        months.append(stations.monthly(records, where).drop(columns=["station"]))
    assert months[0]["n_days"].tolist() == [31, 30, 30, 30]
    for other in months[1:]:
        pd.testing.assert_frame_equal(months[0], other, rtol=1e-6)


def test_impossible_values_are_told_with_their_file(tmp_path):
    """A value outside the range of its quantity is reported with station, day and file."""
    rows = [
        f"53975 3530 11250 6595 2010 5 {day} {850 if day == 7 else 150} 0 0 0 0 0" for day in range(1, 32)
    ]
    cma_file(tmp_path, "TEM", "201005", rows)
    with pytest.raises(InputError, match="85 outside") as caught:
        read_records(tmp_path, wanted("temperature", first="2010-05", last="2010-05"))
    assert "53975 on 2010-05-07 (SURF_CLI_CHN_MUL_DAY-TEM-12001-201005.TXT)" in str(caught.value)
