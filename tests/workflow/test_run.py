"""Whole runs of the tiny virtual basin."""

import hashlib
import json
import zipfile

import browser
import numpy as np
import pandas as pd
import pytest
import rasterio

from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.quantities import quantity

pytestmark = pytest.mark.workflow

AFTER_NPP = {
    "average_npp", "plot_npp", "sample_points", "correlate_points", "correlate_locally", "fit_forest",
    "map_contributions", "validate_npp", "score_truth", "write_index",
}  # fmt: skip
# What all steps from the raw data to the attribution lead to.
LAST_RASTERS = ["results/tiny/attribution/dominant_category.tif", "results/tiny/attribution/local/LD.tif"]


def rasters_of(project):
    """All rasters that the workflow made for its users (the raw data and the truth left out)."""
    return [
        path
        for path in sorted(project.results.rglob("*.tif"))
        if not {"raw", "truth"} & set(path.relative_to(project.results).parts)
    ]


def test_every_raster_is_registered_and_on_the_grid(finished):
    """Each raster lies on the run's grid and states a registered product, unit and valid values."""
    grid = Grid.load(finished.results / "grid" / "grid.json")
    paths = rasters_of(finished)
    assert len(paths) > 50
    for path in paths:
        with rasterio.open(path) as source:
            kind = quantity(source.tags()["product"])
            assert grid.matches(source.crs, source.transform, source.shape), path
            assert source.tags()["units"] == kind.unit, path
            assert all(source.descriptions), path
            values = source.read()
        if kind.kind == "continuous":
            kind.check(values, str(path))


def test_legends_name_every_class(finished):
    """Each raster of classes with a legend gives it back, with a name for every code in the raster."""
    paths = [path for path in rasters_of(finished) if "legend" in rasters.tags(path)]
    assert {rasters.tags(path)["product"] for path in paths} >= {
        "fusion_source",
        "correlation_class",
        "dominant_category",
        "applicability",
    }
    for path in paths:
        with rasterio.open(path) as source:
            assert set(np.unique(source.read()).tolist()) - {0} <= set(rasters.legend(path)), path


def test_page_and_figures(finished):
    """The page of results exists, needs nothing from elsewhere, and shows figures 1 to 5 and S1 to S3."""
    page = (finished.results / "index.html").read_text()
    assert 'src="http' not in page
    figures = {path.stem for path in (finished.results / "figures").glob("*.png")}
    wanted = ["figure_1", "figure_2", "figure_3", "figure_4", "figure_5a", "figure_5b"]
    wanted += ["figure_s1a", "figure_s1b", "figure_s2", "figure_s3", "rule_graph"]
    for name in wanted:
        assert any(figure.startswith(name) for figure in figures), name


def test_page_opens(finished):
    """In a browser the page of the run asks for nothing, has no error, and draws its map."""
    if browser.CHROMIUM is None:
        pytest.skip("there is no Chromium on this machine")
    page = finished.results / "index.html"
    with browser.browser() as shown:
        shown.size(1280, 900)
        shown.open(page)
        assert shown.requests == [page.as_uri()]
        assert shown.complaints == []
        assert shown.run("document.querySelectorAll('#left option').length") > 30


def test_scores_are_sane(finished):
    """On the tiny basin the fusion is near the truth, NPP follows it, and so does land degradation."""
    scores = pd.read_csv(finished.results / "validation" / "truth_scores.csv").set_index("score")["value"]
    assert scores["fused NDVI RMSE, dates without a fine image"] < 0.06
    assert scores["mean annual NPP r"] > 0.85
    assert scores["LD r"] > 0.95


def test_nothing_reruns_untouched(finished):
    """A second call finds nothing to do, also after a bare touch of a module."""
    (finished.folder / "workflow_scripts" / "nppdrivers" / "casa" / "model.py").touch()
    assert finished.would_run() == set()


def test_a_caption_reruns_the_page_alone(finished):
    """A changed caption of a figure writes the page again, and nothing else."""
    table = finished.folder / "config" / "contents.csv"
    before = table.read_text()
    assert "Mean annual climate." in before
    table.write_text(before.replace("Mean annual climate.", "Climate of the mean year."))
    rules = finished.would_run()
    table.write_text(before)
    assert rules == {"write_index"}


def test_a_caption_of_a_table_reruns_what_has_it_in_it(finished):
    """A caption of a table is in the data package and the catalogue too; its Chinese is code of the page."""
    captions = finished.folder / "config" / "contents.csv"
    words = finished.folder / "workflow_scripts" / "nppdrivers" / "pages" / "words.csv"
    before = {path: path.read_text(encoding="utf-8") for path in (captions, words)}
    for path, text in before.items():
        assert "Parameters of the classes." in text
        changed = text.replace("Parameters of the classes.", "What CASA takes for each class.")
        path.write_text(changed, encoding="utf-8")
    rules = finished.would_run()
    for path, text in before.items():
        path.write_text(text, encoding="utf-8")
    assert rules == {"export_tables", "record_code", "write_catalogue", "write_index"}


def test_epsilon_reruns_casa_and_what_follows(finished):
    """A changed light use efficiency reruns the parameters, CASA and what follows, not fusion or climate."""
    table = finished.folder / "config" / "land_cover.csv"
    before = table.read_text()
    classes = pd.read_csv(table)
    classes["epsilon_zhu2007_mixed"] *= 1.1
    classes.to_csv(table, index=False)
    rules = finished.would_run()
    table.write_text(before)
    assert {"set_vegetation_parameters", "simulate_npp"} | AFTER_NPP <= rules
    assert not rules & {
        "fuse_ndvi",
        "compose_monthly_ndvi",
        "interpolate_climate",
        "krige_soil",
        "prepare_landsat",
    }


# module of one stage: rules that must run again where it changes, and rules that must not
STAGE_OF_MODULE = {
    "kriging/choice.py": (
        {"krige_soil", "sample_points", "fit_forest", "map_contributions"},
        {"simulate_npp", "average_npp", "fuse_ndvi", "interpolate_climate", "map_land_degradation"},
    ),
    "fusion/abrupt_change.py": (
        {"fuse_ndvi", "leave_one_out", "compose_monthly_ndvi", "simulate_npp", "fit_forest"},
        {"prepare_landsat", "prepare_coarse", "interpolate_climate", "krige_soil", "map_land_degradation"},
    ),
    "attribution/diagnostics.py": (
        {"diagnose_drivers", "plot_attribution_checks", "write_index"},
        {"sample_points", "fit_forest", "map_contributions", "simulate_npp", "krige_soil", "plot_npp"},
    ),
}


@pytest.mark.parametrize("module, again, not_again", [(m, *r) for m, r in STAGE_OF_MODULE.items()])
def test_changed_module_reruns_its_stage(finished, module, again, not_again):
    """A changed module reruns the rules of its stage that use it and what follows, and nothing else."""
    path = finished.folder / "workflow_scripts" / "nppdrivers" / module
    before = path.read_text()
    path.write_text(before + "\n\nCHANGED = True\n")
    rules = finished.would_run()
    path.write_text(before)
    assert again <= rules
    assert not rules & not_again


def would_rerun(finished, settings):
    """Names of the rules that a finished run would run again with other settings."""
    (finished.folder / "other.yaml").write_text(settings + "\n")
    return finished.would_run("--configfile", "config/config.yaml", "tests/workflow/tiny.yaml", "other.yaml")


def test_settings_of_attribution_rerun_no_earlier_stage(finished):
    """Another seed or block size of the attribution draws and scores anew; soil and land degradation stay."""
    rules = would_rerun(finished, "attribution: {seed: 8, block_km: 0.5}")
    assert {"sample_points", "fit_forest", "resample_contributions"} <= rules
    assert not rules & {"krige_soil", "map_land_degradation", "average_npp"}


def test_settings_of_soil_and_mining_rerun_their_stage(finished):
    """The blocks that score kriging and the seed of the judgements are settings of their own stages."""
    assert "krige_soil" in would_rerun(finished, "soil: {block_km: 0.5}")
    rules = would_rerun(finished, "mining: {seed: 8}")
    assert "map_land_degradation" in rules and "krige_soil" not in rules


def test_same_bytes_again(finished):
    """Running every rule that leads to the last maps again gives the same bytes in every raster."""
    digests = {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in rasters_of(finished)}
    done = finished.snakemake("--forceall", *LAST_RASTERS)
    assert done.returncode == 0, done.stdout[-8000:]
    changed = [p for p, digest in digests.items() if hashlib.sha256(p.read_bytes()).hexdigest() != digest]
    assert changed == []


def test_report(finished):
    """Snakemake's own report of the run has figures, tables and both pages, with captions in its language."""
    done = finished.snakemake("--report", "report.zip", "--config", "language=zh")
    assert done.returncode == 0, done.stdout
    with zipfile.ZipFile(finished.folder / "report.zip") as report:
        (page,) = [name for name in report.namelist() if name.endswith("report.html")]
        text = report.read(page).decode()
    for caption in ("各类型的参数。", "年均 NPP。", "输入检查", "全部结果"):
        assert caption in text or json.dumps(caption).strip('"') in text, caption


def test_sides_of_the_river(finished):
    """Both sides of the river have cells, together those of the study area that have NPP."""
    sides = pd.read_csv(finished.results / "npp" / "west_east.csv").iloc[0]
    area = pd.read_csv(finished.results / "npp" / "statistics.csv").set_index("kind").loc["area"]
    assert min(sides["n_west"], sides["n_east"]) > 100
    assert sides["n_west"] + sides["n_east"] == area["n"]


def test_mean_npp_is_the_mean_of_the_years(finished):
    """Over whole years the sum of the mean months equals the mean of the annual sums."""
    annual = []
    for year in (2013, 2014):
        with rasterio.open(finished.results / "npp" / "annual" / f"{year}.tif") as source:
            annual.append(source.read(1))
    with rasterio.open(finished.results / "npp" / "npp.tif") as source:
        mean = source.read(1)
    assert np.isfinite(mean).sum() > 1000
    assert np.array_equal(np.isfinite(mean), np.isfinite(annual[0] + annual[1]))
    assert np.allclose(mean, np.mean(annual, axis=0), rtol=1e-5, equal_nan=True)
