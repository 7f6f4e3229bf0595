"""Contributions of a whole run: parts that add up, classes beyond noise, fewer categories."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest
import rasterio

pytestmark = pytest.mark.workflow

WITHOUT_SURVEY = """
site: two
inputs:
  study_area: two/study_area.gpkg
  dem: two/dem.tif
  land_cover: two/land_cover.tif
  landsat: two/landsat
  coarse: two/coarse
  stations: two/stations.csv
  weather: two/weather.csv
  soil_samples: two/soil_samples.csv
"""


def bands(path):
    """All bands of a raster, and its tags."""
    with rasterio.open(path) as source:
        return source.read(), source.tags()


def test_shapley_values_add_up(finished):
    """The maps of the Shapley values add up to the prediction of all drivers less the mean of the points."""
    folder = finished.results / "attribution"
    values, tags = bands(folder / "shapley.tif")
    prediction, _ = bands(folder / "forests" / "without_none.tif")
    mean = pd.read_csv(folder / "points.csv")["NPP"].mean()
    assert float(tags["mean_of_points"]) == mean
    excess = values.sum(axis=0) - (prediction[0].astype(float) - mean)
    assert np.isfinite(excess).sum() > 1000
    assert np.nanmax(np.abs(excess)) < 1e-9


@pytest.mark.parametrize("name", ["dominant_category", "shapley_dominant"])
def test_noise_has_a_class_of_its_own(finished, name):
    """The map equals the plain one but for code 10, and the table counts both."""
    folder = finished.results / "attribution"
    (marked,), tags = bands(folder / f"{name}.tif")
    (plain,), plain_tags = bands(folder / f"{name}_plain.tif")
    assert set(json.loads(tags["legend"])) - set(json.loads(plain_tags["legend"])) == {"10"}
    indistinct = marked == 10
    assert np.array_equal(marked[~indistinct], plain[~indistinct])
    assert 0 < indistinct.sum() < (plain > 0).sum() and plain.max() <= 9
    table = pd.read_csv(folder / f"{name}.csv").set_index("code")
    assert table.loc[10, "cells"] == indistinct.sum() and table.loc[10, "share_of_all_plain"] == 0
    assert table["share_of_all"].sum() == pytest.approx(100)
    assert table["share_of_all_plain"].sum() == pytest.approx(100)


def test_explained_variance_adds_up(finished):
    """Out-of-bag R2: unique and shared parts, and Shapley shares, add up to the R2 of all drivers."""
    folder = finished.results / "attribution"
    table = pd.read_csv(folder / "explained_variance.csv").query("score == 'oob_r2'")
    total = pd.read_csv(folder / "forest_scores.csv").set_index("left_out").loc["none", "oob_r2"]
    sums = table.groupby("kind")["r2"].sum()
    assert sums["unique"] + sums["shared"] == pytest.approx(total)
    assert sums["shapley"] == pytest.approx(total)


def test_one_blocked_score(finished):
    """The forest on all drivers has one R2 by blocks of land, in the table of forests and of experiments."""
    folder = finished.results / "attribution"
    score = pd.read_csv(folder / "forest_scores.csv").set_index("left_out").loc["none", "blocked_cv_r2"]
    experiments = pd.read_csv(folder / "experiments.csv").set_index("experiment")["blocked_r2"]
    assert experiments["paper: NPP, all drivers"].unique() == pytest.approx([score])
    assert experiments.nunique() == 4


def test_two_categories_suffice(finished):
    """Without a survey the plan attributes to climate and soil, with three forests."""
    shutil.copytree(finished.results / "raw", finished.folder / "two")
    (finished.folder / "two.yaml").write_text(WITHOUT_SURVEY)
    files = ["--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "two.yaml"]
    planned = finished.snakemake("--dry-run", settings=files)
    assert planned.returncode == 0, planned.stdout
    jobs = dict(line.split()[:2] for line in planned.stdout.splitlines() if len(line.split()) == 2)
    assert jobs["fit_forest"] == "3" and jobs["map_contributions"] == "1"
    assert "map_land_degradation" not in jobs
