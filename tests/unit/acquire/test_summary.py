"""The list before anything is fetched: counts, days, months without scenes."""

import pandas as pd

from nppdrivers.acquire.plan import Wanted
from nppdrivers.acquire.summary import by_year, months_without, remarks, scenes
from nppdrivers.pages.plan import plan_page, timeline

WANTED = [
    Wanted(
        "landsat_2013", "c", "B", "red", "", "", "2013-03-05", "12.5", "landsat-8", expected_bytes=2_000_000
    ),
    Wanted(
        "landsat_2013", "c", "B", "nir08", "", "", "2013-03-05", "12.5", "landsat-8", expected_bytes=500_000
    ),
    Wanted("landsat_2013", "c", "A", "red", "", "", "2013-01-07", "60", "landsat-7", expected_bytes=100_000),
    Wanted("landsat_2014", "c", "C", "red", "", "", "2014-01-07", "", "landsat-7", expected_bytes=100_000),
    Wanted("COP-DEM-GLO-30", "d", "D", "data", "", "dem/x.tif", expected_bytes=300_000),
]


def test_counts_by_source_and_year():
    """Items and files are counted apart, sizes are added up in MB; a source without years has none."""
    table = by_year(WANTED)
    assert table["year"].tolist() == [2013, 2014, ""]
    assert table["items"].tolist() == [2, 1, 1] and table["files"].tolist() == [3, 1, 1]
    assert table["size [MB]"].tolist() == [2.6, 0.1, 0.3]


def test_scenes_come_by_day_and_clouds_may_be_unknown():
    """A scene of many files is one row; the first day comes first."""
    found = scenes(WANTED)
    assert found["item"].tolist() == ["A", "B", "C"]
    assert found["cloud [%]"].isna().tolist() == [False, False, True]


def test_remarks_name_base_images_and_empty_months():
    """Scenes with few clouds are counted, months without a scene are named."""
    lines = remarks(scenes(WANTED), "2012-12", "2013-03", 80)
    assert lines[0].startswith("3 fine images, 1 of them with at most 20 % cloud")
    assert lines[1] == "months without a scene: 2012-12, 2013-02"
    assert remarks(scenes(WANTED[-1:]), "2012-12", "2013-03", 80) == []
    assert months_without([], "2013-11", "2014-01") == ["2013-11", "2013-12", "2014-01"]


def test_the_timeline_puts_scenes_where_their_days_are():
    """The middle of the period is in the middle; the fewer clouds the darker; unknown is hollow."""
    rows = pd.DataFrame(
        {"platform": "landsat-8", "date": ["2013-01-01", "2014-01-01"], "cloud [%]": [100, 0.0]}
    )
    drawing = timeline(pd.concat([rows, rows[:1].assign(**{"cloud [%]": float("nan")})]), [2013, 2014])
    assert 'cx="90.0"' in drawing and 'cx="480.0"' in drawing
    assert 'fill-opacity="0.15"' in drawing and 'fill-opacity="1.00"' in drawing and 'fill="none"' in drawing


def test_the_page_shows_tables_that_have_rows():
    """A plan without scenes and stations has no empty sections."""
    page = plan_page(
        "Plan <x>", ["5 files"], {"Files": by_year(WANTED), "Stations": pd.DataFrame()}, scenes([]), [2013]
    )
    assert "Plan &lt;x&gt;" in page and "5 files" in page and ">Files<" in page
    assert "Stations" not in page and "svg" not in page
