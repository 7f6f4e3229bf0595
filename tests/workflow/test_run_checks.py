"""The input checks in a run: what they write, and that nothing follows when there is a problem."""

import json
import shutil

import pandas as pd
import pytest
import yaml

pytestmark = pytest.mark.workflow

FILES = {
    "study_area": "study_area.gpkg",
    "dem": "dem.tif",
    "land_cover": "land_cover.tif",
    "landsat": "landsat",
    "coarse": "coarse",
    "stations": "stations.csv",
    "weather": "weather.csv",
    "plots": "plots.csv",
}


def test_page_of_a_run_in_order(finished):
    """The finished run has an empty list of problems, and a page with the scenes that were found."""
    folder = finished.results / "inputs"
    assert json.loads((folder / "problems.json").read_text()) == []
    assert json.loads((folder / "warnings.json").read_text()) == []
    page = (folder / "checks.html").read_text()
    assert "inputs, in order" in page
    assert "base images on" in page


def test_problems_stop_the_run_but_not_their_report(finished):
    """A user's plots with exchanged coordinates end the run before the grid; list and page stay."""
    raw = finished.folder / "given"
    shutil.copytree(finished.results / "raw", raw)
    plots = pd.read_csv(raw / "plots.csv")
    plots.rename(columns={"longitude": "latitude", "latitude": "longitude"}).to_csv(
        raw / "plots.csv", index=False
    )
    settings = {"site": "given", "inputs": FILES, "data": str(raw)}
    (finished.folder / "given.yaml").write_text(yaml.safe_dump(settings))
    files = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "given.yaml"]
    done = finished.snakemake("--", "results/given/grid/grid.json", settings=files)
    results = finished.folder / "results" / "given"
    assert done.returncode != 0
    assert "longitude and latitude swapped" in done.stdout
    assert [record["input"] for record in json.loads((results / "inputs" / "problems.json").read_text())] == [
        "plots"
    ]
    assert "plots.csv" in (results / "inputs" / "checks.html").read_text()
    assert not (results / "inputs" / "checks.json").exists()
    assert not (results / "grid").exists()
