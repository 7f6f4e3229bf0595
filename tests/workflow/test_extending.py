"""Two changes of the page on extending, made in a copy of the project and run."""

import diffs
import pandas as pd
import pytest
import rasterio
from project import REPOSITORY, Project

pytestmark = pytest.mark.workflow

PAGE = (REPOSITORY / "docs" / "extending.md").read_text(encoding="utf-8")
SITE = """
site: extended
data: results/tiny/raw
inputs:
  study_area: study_area.gpkg
  dem: dem.tif
  land_cover: land_cover.tif
  landsat: landsat
  coarse: coarse
  stations: stations.csv
  weather: weather.csv
  soil_samples: more_samples.csv
period: {first_month: "2013-01", last_month: "2014-12"}
fusion: {min_base_percent: 70}
soil: {properties: [SOC, CEC]}
columns: {soil_samples: {CEC: cec_cmol_kg}}
"""


@pytest.fixture(scope="module")
def copy(finished, tmp_path_factory):
    """A copy of the finished run that may be changed."""
    return Project(tmp_path_factory.mktemp("extended") / "project", source=finished.folder)


def test_figure(copy):
    """A new figure is drawn by its own rule alone, from the results that are there."""
    diffs.apply(diffs.diffs(PAGE, "A figure of the report"), copy.folder)
    target = "results/tiny/figures/npp_by_elevation.png"
    assert copy.would_run(target) == {"plot_npp_by_elevation"}
    done = copy.snakemake("--", target)
    assert done.returncode == 0, done.stdout[-4000:]
    assert (copy.folder / target).stat().st_size > 10_000


def test_soil_property(copy):
    """A new soil property is checked, kriged and written with the unit that the register gives it."""
    diffs.apply(diffs.diffs(PAGE, "A soil property"), copy.folder)
    raw = copy.results / "raw"
    samples = pd.read_csv(raw / "soil_samples.csv")
    samples["cec_cmol_kg"] = 5 + 0.8 * samples["SOC"]
    samples.to_csv(raw / "more_samples.csv", index=False)
    (copy.folder / "site.yaml").write_text(SITE)
    files = ["--configfile", "config/config.yaml", "site.yaml", "--"]
    done = copy.snakemake("results/extended/soil/CEC.tif", settings=files)
    assert done.returncode == 0, done.stdout[-4000:]
    with rasterio.open(copy.folder / "results" / "extended" / "soil" / "CEC.tif") as soil:
        assert soil.tags()["units"] == "cmol kg-1"
        values = soil.read(1, masked=True)
    assert samples["cec_cmol_kg"].min() < values.mean() < samples["cec_cmol_kg"].max()
