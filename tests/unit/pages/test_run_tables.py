"""Tables of a run on a Chinese page: headings, what shows when they are pointed at, and cells."""

import csv
from collections import defaultdict
from pathlib import Path

import pytest

from nppdrivers.export import columns
from nppdrivers.pages.results import run_tables
from nppdrivers.pages.results.run_tables import run_table
from nppdrivers.registers import register

CONTENTS = Path(__file__).parents[3] / "config" / "contents.csv"


@pytest.fixture(scope="module")
def shown():
    """Registered columns of each table that a page can show."""
    with CONTENTS.open(encoding="utf-8") as contents:
        names = {row["name"] for row in csv.DictReader(contents) if row["kind"] == "table"}
    rows = [row for row in register(columns.__file__) if row["table"] in names]
    assert len({row["table"] for row in rows}) > 40
    return rows


def test_every_column_has_a_heading_in_chinese(shown):
    """The meaning of each column that a page shows has a row, and no row is of no use."""
    known = {row["en"] for row in register(run_tables.__file__)}
    everywhere = {row["words"] for row in register(columns.__file__) if not row["table"]}
    assert {row["words"] for row in shown} | everywhere == known


def test_headings_of_a_table_differ(shown):
    """Two columns of a table have different headings, and ``{}`` is where their name has words in braces."""
    headings = {row["en"]: row["heading_zh"] for row in register(run_tables.__file__)}
    found = defaultdict(list)
    for row in shown:
        heading = headings[row["words"]]
        assert heading.count("{}") == row["column"].count("{"), row
        found[row["table"]].append(heading)
    for table, own in found.items():
        assert len(set(own)) == len(own), (table, sorted(own))


def test_headings_and_cells_are_chinese_and_names_stay(tmp_path):
    """A heading names its column when pointed at; classes are translated, a mine called Forest is not."""
    path = tmp_path / "statistics.csv"
    path.write_text("kind,name,mean,cv_percent\nland cover,forest,420,3\nmine,Forest,130,7\n")
    rows, headings = run_table(path, "npp/statistics", "zh")
    assert rows["kind"].tolist() == ["土地覆盖", "矿区"] and rows["name"].tolist() == ["林地", "Forest"]
    assert headings["cv_percent"] == ("变异系数", "%", "标准差占平均值的百分比（cv_percent）")
    rows, headings = run_table(path, "npp/statistics", "en")
    assert rows["name"].tolist() == ["forest", "Forest"]
    assert headings["cv_percent"] == ("cv percent", "%", "Standard deviation in % of the mean")


def test_names_in_headings_and_values_of_settings_are_words(tmp_path):
    """The class in the name of a column, the categories of a forest, and codes of settings are words."""
    path = tmp_path / "table.csv"
    path.write_text("choice,instead_of,taken,forest\nwater,zhou_zhang,bucket,-2\n")
    rows, headings = run_table(path, "npp/spread/one_at_a_time", "zh")
    assert rows.iloc[0].tolist()[:3] == ["水分胁迫", "周广胜和张新时", "水桶模型"]
    assert headings["forest"][:2] == ("林地", "%")
    path.write_text("left_out,oob_r2\nclimate_soil,0.4\nnone,0.8\n")
    rows, _ = run_table(path, "attribution/forest_scores", "zh")
    assert rows["left_out"].tolist() == ["气候 + 土壤", "无"]
    path.write_text("code,name\n1,C\n4,CS\n10,not distinguishable from noise\n")
    rows, _ = run_table(path, "attribution/dominant_category", "zh")
    assert rows["name"].tolist() == ["气候", "气候为主，土壤次之", "与噪声无法区分"]
