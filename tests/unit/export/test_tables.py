"""Tables for people: few digits, text as it is, and a Data Package that fits the files."""

import json
import math

import frictionless
import pandas as pd
import pytest

from export.export_tables import export_tables
from nppdrivers.export.sources import Source
from nppdrivers.export.tables import Table, rounded, write_table


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (99.41974745648106, "%", "99.42"),
        (390.807989754637, "gC m-2 yr-1", "390.81"),
        (123456.7, "t", "123457"),
        (99999.6, "t", "100000"),
        (-0.0, "1", "0"),
        (2.314542168408133e-06, "1", "2.3145e-06"),
        (112.70146668907604, "deg", "112.701467"),
        (35.5, "deg", "35.5"),
        (-math.inf, "1", "-INF"),
        (math.nan, "1", ""),
    ],
)
def test_numbers_have_five_digits(value, unit, text):
    """Five significant digits, none lost before the point, six decimals of degrees."""
    assert rounded(value, unit) == text


STATIONS = """\
station,name,longitude,latitude,elevation_m,months_of_sunshine
007,NA,112.5,35.5,1106.83,24.0
鲁,,1,2,,
"""


def written(folder, *, excel):
    """Readable copy of a table of stations, and the package of both."""
    source = folder / "stations.csv"
    source.write_text(STATIONS, encoding="utf-8")
    target, package = folder / "tables" / "stations.csv", folder / "datapackage.json"
    export_tables(
        [Table("climate/stations", "Stations.", source)],
        [str(target)],
        str(package),
        about={"title": "A site", "licence": "CC-BY-4.0"},
        sources=[Source("weather")],
        excel=excel,
    )
    return target, package


@pytest.mark.parametrize("excel", [False, True])
def test_the_package_fits_its_tables(tmp_path, excel):
    """An independent reader finds no fault, with and without the mark for Excel; text stays text."""
    target, package = written(tmp_path, excel=excel)
    assert target.read_bytes().startswith(b"\xef\xbb\xbf") == excel
    assert target.read_text("utf-8-sig").splitlines()[1:] == ["007,NA,112.5,35.5,1106.8,24", "鲁,,1,2,,"]
    described = json.loads(package.read_text("utf-8"))
    fields = {field["name"]: field for field in described["resources"][0]["schema"]["fields"]}
    assert (fields["elevation_m"]["unit"], fields["elevation_m"]["type"]) == ("m", "number")
    report = frictionless.Package(str(package)).validate()
    assert report.valid, report.flatten(["message"])
    read = pd.read_csv(target, dtype={"station": str}, keep_default_na=False)
    assert read["station"].tolist() == ["007", "鲁"]


def test_a_changed_table_does_not_fit(tmp_path):
    """The reader notices a table that is not the one described."""
    target, package = written(tmp_path, excel=False)
    target.write_text(target.read_text("utf-8").replace("1106.8", "high"), encoding="utf-8")
    faults = [row[0] for row in frictionless.Package(str(package)).validate().flatten(["type"])]
    assert "hash-count" in faults or "type-error" in faults


def test_text_in_a_column_of_numbers_is_refused(tmp_path):
    """The message names file, line, column and text."""
    source = tmp_path / "stations.csv"
    source.write_text("station,elevation_m\nA,1\nB,high\n")
    with pytest.raises(ValueError, match=r"stations\.csv, line 3, column elevation_m: 'high' is no number"):
        write_table(Table("climate/stations", "", source), tmp_path / "copy.csv")
