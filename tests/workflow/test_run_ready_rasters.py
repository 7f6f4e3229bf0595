"""Runs with ready rasters in place of soil samples and stations."""

import json
import shutil

import pandas as pd
import pytest
import rasterio

pytestmark = pytest.mark.workflow

SETTINGS = """
site: ready
inputs:
  study_area: ready/study_area.gpkg
  dem: ready/dem.tif
  land_cover: ready/land_cover.tif
  landsat: ready/landsat
  coarse: ready/coarse
  stations: ready/stations.csv
  weather: ready/weather.csv
  survey: ready/survey.gpkg
  soil_rasters: {SOC: ready/SOC.tif, TN: ready/TN.tif}
  climate_rasters: {wind_speed: "ready/wind_speed_{year}.tif"}
"""


@pytest.fixture(scope="module")
def ready(finished):
    """The finished project with the settings of a run of its own, whose rasters are results of the first."""
    folder = finished.folder / "ready"
    shutil.copytree(finished.results / "raw", folder)
    for name in ("SOC", "TN"):
        shutil.copy(finished.results / "soil" / f"{name}.tif", folder)
    for year in (2013, 2014):
        shutil.copy(
            finished.results / "climate" / "wind_speed" / f"{year}.tif", folder / f"wind_speed_{year}.tif"
        )
    (finished.folder / "ready.yaml").write_text(SETTINGS)
    return finished, ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "ready.yaml"]


def test_soil_rasters_reach_the_attribution(ready):
    """Without any sample the plan holds the attribution, and no kriging; the wind is not interpolated."""
    project, settings = ready
    planned = project.snakemake("--dry-run", settings=settings)
    assert planned.returncode == 0, planned.stdout
    rules = {line.split()[0] for line in planned.stdout.splitlines() if line.strip()}
    assert {"resample_soil", "resample_climate", "fit_forest", "map_contributions", "plot_soil"} <= rules
    assert "krige_soil" not in rules


def test_rasters_are_resampled_and_summed_up(ready):
    """A raster on the run's own grid comes through unchanged, and the summaries say where it came from."""
    project, settings = ready
    results = project.folder / "results" / "ready"
    targets = ["soil/properties.csv", "climate/wind_speed/2013.tif"]
    done = project.snakemake("--", *(f"results/ready/{target}" for target in targets), settings=settings)
    assert done.returncode == 0, done.stdout[-4000:]
    table = pd.read_csv(results / "soil" / "properties.csv").set_index("property")
    assert table.loc["SOC", "kind"] == "raster" and table.loc["SOC", "pixel [m]"] == pytest.approx(30)
    assert json.loads((results / "soil" / "TN.json").read_text())["flag"] == ""
    for made, given in (("soil/SOC.tif", "SOC.tif"), ("climate/wind_speed/2013.tif", "wind_speed_2013.tif")):
        with rasterio.open(results / made) as a, rasterio.open(project.folder / "ready" / given) as b:
            assert a.transform == b.transform
            assert abs(a.read(1) - b.read(1)).max() < 1e-4


def test_absent_raster_is_named(ready):
    """A path that does not exist ends the run at once; so does a property that nobody knows."""
    project, settings = ready
    wrong = project.folder / "wrong.yaml"
    wrong.write_text("inputs: {soil_rasters: {SOC: nowhere.tif}}\n")
    done = project.snakemake("--dry-run", settings=[*settings, "wrong.yaml"])
    assert done.returncode != 0 and "soil_rasters.SOC: nowhere.tif does not exist" in done.stdout
    wrong.write_text("inputs: {soil_rasters: {soc: ready/SOC.tif}}\n")
    done = project.snakemake("--dry-run", settings=[*settings, "wrong.yaml"])
    assert done.returncode != 0 and "soc" in done.stdout
