"""Values of weather that are possible but cannot be true together: each is reported, its remedy mends it."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers.checks.weather.codes import code_findings
from nppdrivers.checks.weather.gaps import daily_gap_findings
from nppdrivers.checks.weather.neighbours import neighbour_findings
from nppdrivers.checks.weather.series import series_findings
from nppdrivers.evapotranspiration import daylight_hours, extraterrestrial_radiation
from nppdrivers.inputs.problems import InputError, InputWarning, Problem
from nppdrivers.quantities import WEATHER
from nppdrivers.weather.stations import monthly, read_weather

DAYS = pd.date_range("2010-01-01", "2012-12-31")
NAMES = list("ABCDEFG")
STATIONS = pd.DataFrame(
    {
        "station": NAMES,
        "longitude": 112.0 + 0.1 * np.arange(len(NAMES)),
        "latitude": 35.0,
        "elevation_m": [300.0, 500.0, 700.0, 900.0, 1100.0, 600.0, 800.0],
    }
)


def weather(monthly_stations=("F", "G")) -> pd.DataFrame:
    """Three years at seven stations with a common course and noise of their own; two report months."""
    rng = np.random.default_rng(4)
    season = -np.cos(2 * np.pi * (DAYS.dayofyear - 15) / 365)
    wet = rng.random(len(DAYS)) < 0.3 + 0.15 * season
    rain, cloud = np.where(wet, rng.gamma(0.8, 9, len(DAYS)), 0), rng.random(len(DAYS))
    warmth, day = rng.normal(0, 2, len(DAYS)), DAYS.dayofyear.to_numpy(float)
    long, above = daylight_hours(day, 35.0), extraterrestrial_radiation(day, 35.0)
    tables = []
    for name, height in zip(NAMES, STATIONS["elevation_m"], strict=True):
        noise = rng.normal(0, 1, (6, len(DAYS)))
        sun = np.clip(0.9 * (1 - cloud) + 0.05 * noise[1], 0, 1)
        values = {
            "temperature": 14 + 12 * season - 0.0055 * height + warmth + 0.5 * noise[0],
            "precipitation": rain * np.exp(0.3 * noise[2]),
            "sunshine": sun * long,
            "solar_radiation": (0.25 + 0.5 * sun) * above,
            "relative_humidity": np.clip(60 + 10 * season + 12 * cloud + 4 * noise[3], 20, 100),
            "wind_speed": 2.2 * np.exp(0.3 * noise[4]),
        }
        frame = pd.DataFrame(values, DAYS).round(1)
        if name in monthly_stations:
            sums = [each for each in frame if WEATHER[each].is_monthly_sum]
            frame = (
                frame.resample("MS").agg({each: "sum" if each in sums else "mean" for each in frame}).round(1)
            )
            frame.index = frame.index.strftime("%Y-%m")
        else:
            frame.index = frame.index.strftime("%Y-%m-%d")
        tables.append(
            frame.rename_axis("date").reset_index().melt("date", var_name="variable").assign(station=name)
        )
    table = pd.concat(tables, ignore_index=True)
    units = {name: entry.daily.unit for name, entry in WEATHER.items()}
    return table.assign(unit=table["variable"].map(units))


@pytest.fixture(scope="module")
def clean() -> pd.DataFrame:
    """Weather without a fault."""
    return weather()


def findings(table: pd.DataFrame, folder, stations=STATIONS) -> list[Problem]:
    """Problems and warnings of reading and judging a table."""
    path = folder / "weather.csv"
    table.to_csv(path, index=False)
    try:
        records = read_weather(path, stations)
    except InputError as error:
        return error.problems
    found = [*series_findings(records, stations, path), *daily_gap_findings(records, stations, path)]
    found += code_findings(records, stations, path)
    return found + list(neighbour_findings(monthly(records, stations), path))


def scaled(variable, station, factor, year="", offset=0.0):
    """Multiply values of a station, of one year or all."""

    def spoil(table):
        mine = (table["variable"] == variable) & (table["station"] == station)
        mine &= table["date"].str.startswith(year)
        return table.assign(
            value=(table["value"] * np.where(mine, factor, 1) + np.where(mine, offset, 0)).round(3)
        )

    return spoil


def filled(variable, station, first, last, value):
    """Give all values between two dates one value; None empties them."""

    def spoil(table):
        mine = (table["variable"] == variable) & (table["station"] == station)
        return table.assign(value=table["value"].mask(mine & table["date"].between(first, last), value))

    return spoil


def coded(variable, station, code, every=40):
    """Write a code in the place of single values."""

    def spoil(table):
        mine = table.index[(table["variable"] == variable) & (table["station"] == station)]
        return table.assign(value=table["value"].mask(table.index.isin(mine[3::every]), code))

    return spoil


def rolled(station, months, year=""):
    """Shift the temperature of a station by months."""

    def spoil(table):
        mine = (table["variable"] == "temperature") & (table["station"] == station)
        rows = table.index[mine & table["date"].str.startswith(year)]
        steps = months * (30 if len(table.loc[rows[0], "date"]) > 7 else 1)
        values = table["value"].copy()
        values[rows] = np.roll(values[rows].to_numpy(), steps)
        return table.assign(value=values)

    return spoil


TWO_MONTHS = ("2011-06-10", "2011-08-20")
# Mistake, what must be reported, and whether the run goes on
MISTAKES = {
    "rain ten times at a station": (scaled("precipitation", "B", 10), "look like 0.1 mm", False),
    "rain ten times in a year": (scaled("precipitation", "B", 10, "2011"), "station B in 2011", False),
    "rain a tenth at a station": (scaled("precipitation", "B", 0.1), "it looks like cm", True),
    "rain a tenth in a year": (scaled("precipitation", "B", 0.1, "2011"), "B 2011: 1/", False),
    "rain a tenth in a year of months": (scaled("precipitation", "F", 0.1, "2011"), "F 2011: 1/", False),
    "wind in km/h in a year": (scaled("wind_speed", "C", 3.6, "2012"), "it looks like km h-1", True),
    "wind in knots in a year": (scaled("wind_speed", "C", 1.944, "2012"), "it looks like knots", True),
    "wind in km/h at a station": (scaled("wind_speed", "C", 3.6), "it looks like km h-1", True),
    "kelvin in a year": (scaled("temperature", "C", 1, "2011", 273.15), "C in 2011: values", False),
    "Fahrenheit in a year": (scaled("temperature", "C", 1.8, "2011", 32), "degrees Fahrenheit", False),
    "Fahrenheit in a month": (scaled("temperature", "F", 1.8, "2011-02", 32), "2011-02: ", True),
    "humidity as a fraction in a month": (
        scaled("relative_humidity", "F", 0.01, "2011-02"),
        "2011-02: ",
        True,
    ),
    "maximum in place of the mean in a year": (scaled("temperature", "C", 1, "2011", 6), "2011 is ", True),
    **{
        f"code {code:g} in rain": (coded("precipitation", "A", code), f"{code:g} occurs", False)
        for code in (99.9, 999, 999.9)
    },
    **{
        f"code {code:g} in {variable}": (
            coded(variable, "A", code),
            f"{code:g} {WEATHER[variable].daily.unit} on ",
            True,
        )
        for variable, code in (
            ("relative_humidity", 84),
            ("temperature", 0),
            ("sunshine", 9.9),
            ("precipitation", 9.99),
        )
    },
    "wind in knots at a station": (scaled("wind_speed", "C", 1.944), "it looks like knots", True),
    "rain ten times in a month": (
        scaled("precipitation", "F", 10, "2011-07"),
        "2011-07: 8.7 times",
        True,
    ),
    "code 999.9 in rain of months": (coded("precipitation", "G", 999.9, 12), "999.9 occurs", False),
    "code -49.9 in temperature": (coded("temperature", "A", -49.9), "-49.9 occurs", False),
    "code 24 in sunshine": (coded("sunshine", "A", 24), "the length of the day", False),
    "rain of 0 in a gap": (filled("precipitation", "A", *TWO_MONTHS, 0), "0 on ", False),
    "rain of 0 in a month": (filled("precipitation", "F", "2011-07", "2011-07", 0), "0 in 2011-07", False),
    "sunshine of 0 in a gap": (filled("sunshine", "A", *TWO_MONTHS, 0), "0 on ", False),
    "sunshine of 0 in a month": (filled("sunshine", "F", "2011-07", "2011-07", 0), "0 in 2011-07", False),
    "humidity of 0": (coded("relative_humidity", "A", 0, 600), "no air is that dry", False),
    "radiation of 0": (coded("solar_radiation", "A", 0), "while the sun rises", False),
    "wind of 0 in a gap": (filled("wind_speed", "A", *TWO_MONTHS, 0), "stands at 0", False),
    "wind of 0 in a month": (filled("wind_speed", "F", "2011-07", "2011-07", 0), "0 in 2011-07", False),
    "temperature of 0 in a gap": (filled("temperature", "A", *TWO_MONTHS, 0), "stands at 0", False),
    "temperature that stands": (
        filled("temperature", "A", "2011-06-10", "2011-06-25", 21.3),
        "stands at 21.3",
        False,
    ),
    "humidity that stands": (filled("relative_humidity", "A", *TWO_MONTHS, 63), "stands at 63", False),
    "constant sunshine of months": (
        filled("sunshine", "F", "2010-01", "2012-12", 200),
        "values are 200",
        False,
    ),
    "sunshine half as much again": (scaled("sunshine", "D", 1.5), "the length of the day", False),
    "radiation half as much again": (scaled("solar_radiation", "D", 1.5), "the top of the atmosphere", False),
    "seasons of the other hemisphere": (rolled("D", 6), "the seasons of the other hemisphere", False),
    "a year shifted by three months": (rolled("D", 3, "2011"), "2011 are 3 months later", False),
    "a year of months shifted by one": (rolled("F", 1, "2011"), "2011 are 1 month later", True),
    "one decimal point lost": (filled("precipitation", "A", "2011-08-01", "2011-08-01", 700), "700 mm", True),
}


def test_weather_in_order(clean, tmp_path):
    """Weather without a fault gives no message, also when one station is alone."""
    assert findings(clean, tmp_path) == []
    for name in ("A", "F"):
        assert findings(clean[clean["station"] == name], tmp_path) == []


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_reported_and_mended(clean, tmp_path, name):
    """The mistake is reported at its station; where cells are to be emptied, that ends the message."""
    spoil, message, goes_on = MISTAKES[name]
    spoilt = spoil(clean)
    changed = spoilt["value"] != clean["value"]
    spoilt = spoilt[spoilt["variable"].isin(spoilt.loc[changed, "variable"])]
    found = findings(spoilt, tmp_path)
    text = "\n".join(f"{each.place}: {each.problem}; {each.remedy}" for each in found)
    assert message in text
    assert all(isinstance(each, InputWarning) for each in found) == goes_on
    (station,) = spoilt.loc[changed, "station"].unique()
    assert all(f"station {station}" in each.place for each in found), text
    if all("empty" in each.remedy for each in found):
        assert findings(spoilt.assign(value=spoilt["value"].mask(changed)), tmp_path) == []


def test_factor_that_a_message_gives_mends_the_values(clean, tmp_path):
    """Multiplied as the message says, the values pass."""
    for variable, wrong in (("precipitation", 0.1), ("wind_speed", 3.6), ("wind_speed", 1.944)):
        table = clean[clean["variable"] == variable]
        (finding,) = findings(scaled(variable, "C", wrong, "2012")(table), tmp_path)
        factor = float(finding.remedy.split("multiply them by ")[1].split(";")[0])
        assert factor == pytest.approx(1 / wrong, rel=0.01)


def test_elevation_that_temperature_contradicts(clean, tmp_path):
    """An elevation in feet is a warning with the elevation that would fit; corrected it passes."""
    wrong = STATIONS.assign(
        elevation_m=STATIONS["elevation_m"] / np.where(STATIONS["station"] == "E", 0.3048, 1)
    )
    (finding,) = findings(clean, tmp_path, wrong)
    assert isinstance(finding, InputWarning)
    fits = float(finding.problem.split("would fit ")[1].split(" m")[0])
    assert fits == pytest.approx(1100, abs=250)
    assert (
        findings(
            clean,
            tmp_path,
            wrong.assign(elevation_m=wrong["elevation_m"].where(wrong["station"] != "E", fits)),
        )
        == []
    )


def test_latitude_of_the_other_hemisphere(clean, tmp_path):
    """A latitude without its sign is reported for seasons and sunshine of all stations, in a line each."""
    found = findings(clean, tmp_path, STATIONS.assign(latitude=-35.0))
    assert any("sign of the latitude" in each.remedy for each in found)
    assert len(found) <= 4


def test_lost_signs(clean, tmp_path):
    """Temperatures without their minus end at 0, where they are not rare; mild winters are no fault."""
    mine = (clean["variable"] == "temperature") & (clean["station"] == "A")
    spoilt = clean.assign(value=clean["value"].where(~mine, clean["value"].abs()))
    assert any("the signs seem to be lost" in each.remedy for each in findings(spoilt, tmp_path))
    temperatures = clean["variable"] == "temperature"
    lowest = clean["value"][temperatures].min()
    assert (
        findings(clean.assign(value=clean["value"].where(~temperatures, clean["value"] - lowest)), tmp_path)
        == []
    )


def test_exchanged_day_and_month(clean, tmp_path):
    """Dates up to the 12th whose day and month changed places; exchanged again they pass."""

    def exchanged(table):
        parts = table["date"].str.split("-", expand=True)
        odd = parts[2].fillna("99").astype(int) <= 12
        return table.assign(date=table["date"].where(~odd, parts[0] + "-" + parts[2] + "-" + parts[1]))

    spoilt = exchanged(clean)
    assert any("day and month seem exchanged" in each.problem for each in findings(spoilt, tmp_path))
    assert findings(exchanged(spoilt), tmp_path) == []


def test_running_total_of_months(clean, tmp_path):
    """Monthly rain that adds up over the year; the differences from month to month pass."""
    table = clean[(clean["station"] == "F") & (clean["variable"] == "precipitation")]
    total = table.assign(value=table.groupby(table["date"].str[:4])["value"].cumsum())
    assert any("a running total of the year" in each.problem for each in findings(total, tmp_path))
    first = total["date"].str.endswith("-01")
    mended = total.assign(value=total["value"].where(first, total["value"].diff()).round(1))
    assert findings(mended, tmp_path) == []


def test_copies(clean, tmp_path):
    """A station that repeats another one is a warning, a year that repeats another one a problem."""
    mine = (clean["station"] == "A") & (clean["variable"] == "temperature")
    copied = pd.concat(
        [
            clean[~((clean["station"] == "B") & (clean["variable"] == "temperature"))],
            clean[mine].assign(station="B"),
        ]
    )
    assert any("same values in every month as B" in each.problem for each in findings(copied, tmp_path))
    year = clean[mine & clean["date"].str.startswith("2010")]
    rest = clean[~(mine & clean["date"].str.startswith("2011"))]
    again = pd.concat([rest, year.assign(date=year["date"].str.replace("2010-", "2011-"))])
    assert any("of 2010 and 2011" in each.problem for each in findings(again, tmp_path))


def test_whole_table_in_another_unit(clean, tmp_path):
    """All rain in cm, or all wind in km/h, is a warning by what is usual on Earth."""
    for variable, factor, message in (
        ("precipitation", 0.1, "ten times too small"),
        ("wind_speed", 3.6, "km/h x 0.278"),
    ):
        mine = clean["variable"] == variable
        found = findings(clean.assign(value=clean["value"] * np.where(mine, factor, 1)), tmp_path)
        assert found
        assert all(isinstance(each, InputWarning) for each in found)
        assert any(message in f"{each.problem} {each.remedy}" for each in found)


def test_far_stations_are_not_compared(clean, tmp_path):
    """Stations a thousand kilometres apart may have other rain, warmth and dry months."""
    table = clean[
        clean["station"].isin(["A", "B"]) & clean["variable"].isin(["temperature", "precipitation"])
    ]
    there = table["station"] == "B"
    warmer = table["value"].where(~(there & (table["variable"] == "temperature")), table["value"] + 15)
    other = warmer.where(
        ~(there & (table["variable"] == "precipitation")), table["value"].iloc[::-1].to_numpy() * 0.15
    )
    moved = STATIONS.assign(longitude=STATIONS["longitude"] + 12.0 * (STATIONS["station"] == "B"))
    found = findings(table.assign(value=other.clip(lower=-5)), tmp_path, moved)
    assert not any("other stations" in each.problem for each in found)
