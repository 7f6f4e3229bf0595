"""Checks of weather files: those in order pass, each mistake in them is reported with file and place."""

import gzip
import re
import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely.geometry import box
from weather_writers import cma_file, dly_line, gsod_file, station_line

from nppdrivers.checks.inspection import inspect
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import report
from nppdrivers.period import Period

DAYS = pd.date_range("2010-01-01", "2010-12-31")
PLACES = {"53975": (3530, 11250, 6595), "53976": (3542, 11300, 9000), "53977": (3500, 11230, 3000)}
SIZES = {"TEM": (-50, 300), "PRE": (0, 90), "SSD": (0, 120)}
COUNT = {"TEM": 3, "PRE": 3, "SSD": 1}
GHCN = {"TEM": "TAVG", "PRE": "PRCP"}


def degrees(ddmm):
    """Degrees of degrees and minutes."""
    return ddmm // 100 + ddmm % 100 / 60


def write_cma(folder, values):
    """Write a file for each element and month."""
    for element, table in values.items():
        for month in range(1, 13):
            lines = []
            for station, (lat, lon, alt) in PLACES.items():
                for day in DAYS[DAYS.month == month]:
                    value = " ".join([str(table.loc[day, station])] * COUNT[element] + ["0"] * COUNT[element])
                    lines.append(f"{station} {lat} {lon} {alt} 2010 {month} {day.day} {value}")
            cma_file(folder, element, f"2010{month:02d}", lines)


def write_ghcn(folder, values):
    """Write a file for each station, and the list of stations."""
    folder.mkdir()
    lines = []
    for station, (lat, lon, alt) in PLACES.items():
        months = [
            dly_line(
                f"CHM000{station}",
                2010,
                month,
                name,
                [f"{value:5d}  S" for value in values[element].loc[DAYS.month == month, station]],
            )
            for element, name in GHCN.items()
            for month in range(1, 13)
        ]
        (folder / f"CHM000{station}.dly").write_text("\n".join(months) + "\n")
        lines.append(station_line(f"CHM000{station}", degrees(lat), degrees(lon), alt / 10, station))
    (folder / "ghcnd-stations.txt").write_text("\n".join(lines) + "\n")


def write_gsod(folder, values):
    """Write a file for each station."""
    for station, (lat, lon, alt) in PLACES.items():
        place = {"STATION": f"{station}099999", "LATITUDE": f"{degrees(lat):.5f}"}
        place |= {"LONGITUDE": f"{degrees(lon):.5f}", "ELEVATION": f"{alt / 10}", "PRCP_ATTRIBUTES": "G"}
        rows = [
            place
            | {
                "DATE": f"{day:%Y-%m-%d}",
                "TEMP": f"{values['TEM'].loc[day, station] * 0.18 + 32:6.1f}",
                "PRCP": f"{values['PRE'].loc[day, station] / 254:5.2f}",
            }
            for day in DAYS
        ]
        gsod_file(folder / "2010" / f"{station}099999.csv", rows)


@pytest.fixture(scope="module")
def clean(tmp_path_factory) -> Path:
    """A study area and a year of three stations, as each service writes them."""
    folder = tmp_path_factory.mktemp("weather")
    rng = np.random.default_rng(1)
    values = {
        element: pd.DataFrame(rng.integers(*size, (len(DAYS), len(PLACES))), DAYS, list(PLACES))
        for element, size in SIZES.items()
    }
    for name, write in {"cma": write_cma, "ghcn": write_ghcn, "gsod": write_gsod}.items():
        write(folder / name, values)
    area = gpd.GeoDataFrame(geometry=[box(112.7, 35.5, 112.9, 35.6)], crs="EPSG:4326")
    area.to_file(folder / "area.gpkg")
    return folder


def check(folder, name, variables=("temperature", "precipitation"), **changed):
    """Check the study area and one form of the weather."""
    inputs = {"study_area": folder / "area.gpkg", "weather": folder / name}
    needed = {"period": Period("2010-01", "2010-12"), "variables": variables}
    return inspect(Study(inputs, **needed | changed)).problems


def change_lines(pattern, change, *, every=False):
    """Change a line of a file, or every line of all files of the pattern."""

    def mistake(folder):
        paths = sorted(folder.rglob(pattern))
        for path in paths if every else paths[:1]:
            lines = path.read_text().splitlines()
            changed = [change(line) if every or number == 9 else line for number, line in enumerate(lines)]
            path.write_text("\n".join(line for line in changed if line is not None) + "\n")
        return paths[0].name

    return mistake


def replace_field(number, change):
    """Change one field of a line of fields between blanks."""

    def replaced(line):
        fields = line.split()
        fields[number] = str(change(fields[number]))
        return " ".join(fields)

    return replaced


def exchange(one, other):
    """Exchange two fields."""

    def exchanged(line):
        fields = line.split()
        fields[one], fields[other] = fields[other], fields[one]
        return " ".join(fields)

    return exchanged


def remove(pattern):
    """Remove the files of the pattern."""

    def mistake(folder):
        for path in folder.rglob(pattern):
            path.unlink()
        return folder.name

    return mistake


def rename(pattern, new):
    """Give a file another name."""

    def mistake(folder):
        path = sorted(folder.rglob(pattern))[0]
        path.rename(path.with_name(new))
        return new

    return mistake


def cut_off(pattern):
    """Lose the second half of a file."""

    def mistake(folder):
        path = next(folder.rglob(pattern))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        return path.name

    return mistake


def scaled_dly(element, factor):
    """Multiply the values of one element of all .dly files."""

    def scale(line):
        if line[17:21] != element:
            return line
        days = [line[start : start + 8] for start in range(21, 269, 8)]
        return line[:21] + "".join(
            day if day.startswith("-9999") else f"{int(int(day[:5]) * factor):5d}{day[5:]}" for day in days
        )

    return change_lines("*.dly", scale, every=True)


TEM, WHOLE = "*TEM-12001-201003.TXT", "not whole numbers"
MISTAKES = {
    "cma temperature already converted": (
        change_lines("*TEM*", replace_field(7, lambda v: int(v) / 10), every=True),
        WHOLE,
    ),
    "cma temperature in 0.01 degC": (
        change_lines("*TEM*", replace_field(7, lambda v: int(v) * 10), every=True),
        "0.1 degC",
    ),
    "cma precipitation in 0.01 mm": (
        change_lines("*PRE*", replace_field(9, lambda v: int(v) * 10), every=True),
        "0.1 mm",
    ),
    "cma coordinates swapped": (change_lines("*", exchange(1, 2), every=True), "outside China"),
    "cma coordinates in decimals": (change_lines(TEM, replace_field(1, lambda v: int(v) / 100)), WHOLE),
    "cma element file missing": (remove(TEM), "element TEM: no file of 2010-03"),
    "cma precipitation missing": (remove("*PRE*"), "no file"),
    "cma line cut off": (change_lines(TEM, lambda line: line[:20]), "line 10: cut off"),
    "cma file cut off": (cut_off(TEM), "cut off"),
    "cma file empty": (change_lines(TEM, lambda line: None, every=True), "no columns to parse"),
    "cma text in a number": (change_lines(TEM, replace_field(7, lambda v: "--")), "line 10"),
    "cma day that is none": (change_lines(TEM, replace_field(6, lambda v: 32)), "line 10: not a day"),
    "cma file under another month": (
        rename("*TEM-12001-201003.TXT", "SURF_CLI_CHN_MUL_DAY-TEM-12001-201004.TXT"),
        "day of another month",
    ),
    "cma file under another element": (
        rename("*SSD*01.TXT", "SURF_CLI_CHN_MUL_DAY-TEM-12001-201001.TXT"),
        "9 columns",
    ),
    "cma impossible value": (change_lines(TEM, replace_field(7, lambda v: 999)), "99.9 outside"),
    "cma day twice": (change_lines(TEM, lambda line: f"{line}\n{line}"), "twice"),
    "ghcn line truncated": (change_lines("*53976.dly", lambda line: line[:200]), "line 10: 200 characters"),
    "ghcn list missing": (remove("ghcnd-stations.txt"), "no ghcnd-stations.txt"),
    "ghcn station not listed": (
        change_lines("ghcnd*", lambda line: line.replace("53976", "53999"), every=True),
        "CHM00053976 is not in",
    ),
    "ghcn list swapped": (
        change_lines("ghcnd*", lambda s: s[:12] + s[22:30] + "  " + s[12:20] + s[30:], every=True),
        "latitude 112.8",
    ),
    "ghcn temperature in 0.01 degC": (scaled_dly("TAVG", 10), "0.1 degC"),
    "ghcn columns shifted": (change_lines("*53975.dly", lambda line: " " + line, every=True), "53975.dly"),
    "ghcn file of text": (change_lines("*53975.dly", lambda line: "x" * 269, every=True), "not the columns"),
    "gsod temperature in kelvin": (
        change_lines(
            "*.csv",
            lambda line: re.sub(r'"LOWER TOWN, CH","[^"]+"', '"LOWER TOWN, CH"," 283.2"', line),
            every=True,
        ),
        "temperature",
    ),
    "gsod coordinates swapped": (
        change_lines("*.csv", lambda s: re.sub(r'"(35[.]\d+)","(11\d[.]\d+)"', r'"\2","\1"', s), every=True),
        "swapped",
    ),
    "gsod column renamed": (
        change_lines("*53975*.csv", lambda s: s.replace("WDSP", "WIND"), every=True),
        "53975099999.csv",
    ),
    "gsod far away": (
        change_lines("*.csv", lambda s: re.sub(r'"(11\d[.]\d+)"', '"-80.0"', s), every=True),
        "km from the study area",
    ),
    "gsod line cut off": (change_lines("*53975*.csv", lambda s: s[:60]), "53975099999.csv"),
}


@pytest.mark.parametrize("name", ["cma", "ghcn", "gsod"])
def test_files_in_order_have_no_problem(clean, name):
    """What the services write passes without any message."""
    assert report(check(clean, name)) == "All inputs are in order.\n"


@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_reported(clean, tmp_path, name):
    """A mistake is reported with its file and what it is."""
    mistake, message = MISTAKES[name]
    service = name.split()[0]
    shutil.copytree(clean / service, tmp_path / service)
    shutil.copy(clean / "area.gpkg", tmp_path)
    file = mistake(tmp_path / service)
    variables = ["precipitation"] if "precipitation" in name else ["temperature"]
    problems = check(tmp_path, service, variables)
    text = report(problems)
    assert message.lower() in text.lower()
    assert file in text or str(tmp_path / service) in text
    assert all(problem.remedy for problem in problems)


def test_months_and_variables_that_files_lack(clean):
    """A variable that a service does not observe and months outside its files are reported."""
    assert "no sunshine" in report(check(clean, "gsod", ["temperature", "sunshine"]))
    problems = check(clean, "ghcn", ["temperature"], period=Period("2012-01", "2012-12"))
    assert "no value from 2012-01 to 2012-12" in report(problems)


def test_format_that_is_not_there(clean):
    """A format in the settings that the folder does not contain is reported."""
    assert "no file of GSOD" in report(check(clean, "cma", weather_format="gsod"))


def test_packed_file_cut_off(clean, tmp_path):
    """A cut .csv.gz is named, and the other problems of the weather are reported with it."""
    shutil.copytree(clean / "ghcn", tmp_path / "ghcn")
    shutil.copy(clean / "area.gpkg", tmp_path)
    lines = [f"CHM00053975,2010{day:%m%d},TAVG,100,,,S," for day in DAYS]
    packed = gzip.compress("\n".join(lines).encode())
    (tmp_path / "ghcn" / "2010.csv.gz").write_bytes(packed[: int(0.6 * len(packed))])
    (tmp_path / "ghcn" / "USW.csv").write_text("<html><title>404 Not Found</title></html>")
    change_lines("*53976.dly", lambda line: line[:200])(tmp_path / "ghcn")
    text = report(check(tmp_path, "ghcn"))
    assert "2010.csv.gz\n  - the file is cut off or damaged" in text
    assert "line 10: 200 characters" in text
    assert "USW.csv\n  - is a web page, not data" in text


def seen(folder, name, **changed):
    """Problems, warnings and facts of the weather."""
    inputs = {"study_area": folder / "area.gpkg", "weather": folder / name}
    needed = {"period": Period("2010-01", "2010-12"), "variables": ["temperature", "precipitation"]}
    return inspect(Study(inputs, **needed | changed))


def test_web_page_in_the_place_of_a_station(clean, tmp_path):
    """A web page among files in order is a problem with its name; text of another form is a warning."""
    shutil.copytree(clean / "gsod", tmp_path / "gsod")
    shutil.copy(clean / "area.gpkg", tmp_path)
    (tmp_path / "gsod" / "2010" / "50011099999.csv").write_text("<!DOCTYPE HTML>\n404 Not Found")
    (tmp_path / "gsod" / "2010" / "50012099999.csv").write_text("station;temp\n5;1\n")
    (tmp_path / "gsod" / "isd-history.csv").write_text("USAF,WBAN\n5,1\n")
    found = seen(tmp_path, "gsod")
    (problem,), (warning,) = found.problems, found.warnings
    assert (Path(problem.file).name, problem.problem) == ("50011099999.csv", "is a web page, not data")
    assert "not read as GSOD (CSV): 2010/50012099999.csv" in warning.problem


def test_amounts_of_part_of_the_day(clean, tmp_path):
    """Rain of 6, 12 or 18 hours is left out and its share reported; too few days left are a problem."""
    shutil.copytree(clean / "gsod", tmp_path / "gsod")
    shutil.copy(clean / "area.gpkg", tmp_path)
    change_lines("5397[56]*.csv", lambda s: s.replace('"G"', '"A"'), every=True)(tmp_path / "gsod")
    found = seen(tmp_path, "gsod")
    warning = next(warning for warning in found.warnings if "amounts" in warning.problem)
    assert "730 of 1095 amounts of precipitation (67 %)" in warning.problem
    assert warning.place == "station 53975099999, 53976099999"
    assert (
        "precipitation 2010-01 to 2010-12 (12 of 12 months, each from 1 station)"
        in (found.found["weather"][1])
    )
    change_lines("53977*.csv", lambda s: s.replace('"G"', '"E"'), every=True)(tmp_path / "gsod")
    (problem,) = seen(tmp_path, "gsod").problems
    assert "no precipitation from" in problem.problem
    assert "of another source" in problem.remedy


def test_months_rest_on_complete_days(clean, tmp_path):
    """A month with too few days at every station is a problem, solved by a lower share or by more days."""
    shutil.copytree(clean / "gsod", tmp_path / "gsod")
    shutil.copy(clean / "area.gpkg", tmp_path)
    lost = re.compile(r'"2010-05-(0[1-9]|1\d)"')
    change_lines("*.csv", lambda s: None if lost.search(s) else s, every=True)(tmp_path / "gsod")
    problems = seen(tmp_path, "gsod").problems
    assert [problem.problem for problem in problems] == [
        f"no station has {name} on 90 % of the days of 2010-05" for name in ("temperature", "precipitation")
    ]
    assert "climate.min_days_percent" in problems[0].remedy
    assert seen(tmp_path, "gsod", min_days_percent=35).problems == []
    facts = seen(clean, "gsod").found["weather"][1]
    assert "temperature 2010-01 to 2010-12 (12 of 12 months, each from 3 stations)" in facts
