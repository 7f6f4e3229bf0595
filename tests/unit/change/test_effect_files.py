"""The job that estimates effects, from rasters and polygons to tables, and the figures drawn from these."""

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from scipy.ndimage import gaussian_filter
from shapely import box

from change.estimate_effects import estimate_effects
from change.plot_effects import plot_effects
from nppdrivers import rasters
from nppdrivers.export.columns import column_of
from nppdrivers.figures.canvas import Imprint
from nppdrivers.grid import Grid
from validation.score_truth import effect_scores

YEARS = list(range(2010, 2016))
SHAPE = (60, 70)
CONTROLS = {"distance_m": 90.0, "block_m": 150.0, "caliper": 1.0, "fakes": 29, "seed": 7}


class Paths(SimpleNamespace):
    """Paths by attribute or by name, as Snakemake hands them over."""

    def __getitem__(self, name):
        """Path of that name."""
        return getattr(self, name)


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Grid, and paths of inputs and outputs of a job whose mine lost 100 from 2012 on."""
    folder = tmp_path_factory.mktemp("effects")
    grid = Grid("EPSG:32649", Affine.translation(600_000, 3_900_000) @ Affine.scale(30, -30), *SHAPE)
    grid.save(folder / "grid.json")
    rng = np.random.default_rng(4)
    height = gaussian_filter(rng.normal(size=SHAPE), 4)
    height = 900 + 50 * height / height.std()
    mine = np.zeros(SHAPE, bool)
    mine[20:30, 30:42] = True
    for year in YEARS:
        npp = 300 + height / 5 + rng.normal(0, 5, SHAPE) - 100 * mine * (year > 2011)
        rasters.write(folder / f"{year}.tif", npp, grid, "npp_year", bands=[str(year)])
    rasters.write(folder / "elevation.tif", height, grid, "elevation")
    rasters.write(folder / "inside.tif", np.ones(SHAPE, np.uint8), grid, "study_area", legend={1: "inside"})
    rasters.write(folder / "cover.tif", np.full(SHAPE, 2, np.uint8), grid, "land_cover", legend={2: "grass"})
    left, top = 600_000 + 30 * 30, 3_900_000 - 30 * 20
    shapes = [box(left, top - 300, left + 360, top), box(600_030, 3_898_300, 600_150, 3_898_450)]
    mines = gpd.GeoDataFrame({"name": ["A", "B"], "opened": [2011, None]}, geometry=shapes, crs=grid.crs)
    mines.to_file(folder / "mines.gpkg")
    inputs = Paths(
        grid=str(folder / "grid.json"),
        study_area=str(folder / "inside.tif"),
        land_cover=str(folder / "cover.tif"),
        elevation=str(folder / "elevation.tif"),
        soil=[],
        npp=[str(folder / f"{year}.tif") for year in YEARS],
        mines=str(folder / "mines.gpkg"),
    )
    names = ("effects", "years", "carbon", "balance")
    output = Paths(**{name: str(folder / f"{name}.csv") for name in names}, places=str(folder / "a.geojson"))
    estimate_effects(
        inputs=inputs, output=output, kinds=["mines"], columns={"mines": {}}, years=YEARS, controls=CONTROLS
    )
    return folder, inputs, output


def test_the_effect_is_found_in_the_files(run):
    """The one polygon with a year has its loss in every table; no control lies in the other."""
    _, _, output = run
    effects, carbon = pd.read_csv(output.effects), pd.read_csv(output.carbon)
    (row,) = effects.to_dict("records")
    assert (row["name"], row["event"], row["cells"], row["matched"]) == ("A", "opened", 120, 120)
    assert row["effect [gC m-2 yr-1]"] == pytest.approx(-100, abs=4) and row["p"] <= 0.05
    assert row["effect_low [gC m-2 yr-1]"] < -100 < row["effect_high [gC m-2 yr-1]"]
    sums = carbon.set_index("year").loc["sum"]
    assert sums["against_control [t]"] == pytest.approx(-4 * 100 * 120 * 900 / 1e6, rel=0.05)
    places = gpd.read_file(output.places)
    assert places["opened: effect [gC m-2 yr-1]"].notna().tolist() == [True, False]
    assert places.crs.is_geographic


def test_figures_are_drawn_from_the_files(run):
    """Both figures are written."""
    folder, inputs, output = run
    figures = Paths(courses=str(folder / "courses.png"), effects=str(folder / "map.png"))
    made = Paths(grid=inputs.grid, area="", **{n: output[n] for n in ("effects", "years", "places")})
    plot_effects(inputs=made, output=figures, imprint=Imprint())
    assert all((folder / name).stat().st_size > 10_000 for name in ("courses.png", "map.png"))


def test_effects_are_scored_against_what_was_planted(run, tmp_path):
    """The mine whose loss was planted counts as found, over the same years before and after."""
    _, _, output = run
    lost = {"name": "A", "year": YEARS, "effect [gC m-2 yr-1]": [-100.0 * (year > 2011) for year in YEARS]}
    pd.DataFrame(lost).to_csv(tmp_path / "planted.csv", index=False)
    inputs = Paths(effects=output.effects, places=output.places, truth=str(tmp_path))
    scores = {score: value for score, value, _ in effect_scores(inputs, YEARS)}
    assert scores["effects of events with years before them, number"] == 1
    assert scores["effects of events, share of 90 % intervals with the planted effect"] == 1.0
    effect = pd.read_csv(output.effects)["effect [gC m-2 yr-1]"][0]
    assert scores["effects of events bias"] == pytest.approx(effect + 100)
    assert not list(effect_scores(Paths(effects=[]), YEARS))


@pytest.mark.parametrize("table", ["effects", "years", "carbon", "balance"])
def test_columns_are_registered(run, table):
    """Each column has an entry in the register of columns, with the unit that its name has."""
    _, _, output = run
    for name in pd.read_csv(output[table]):
        unit = column_of(f"change/effects/{table}", name).unit
        named = name.partition("[")[2].rstrip("]")
        assert named in ("", unit, "sd", "% of control"), name
