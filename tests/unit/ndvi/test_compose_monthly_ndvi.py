"""From fused images to months: observations counted, series smoothed across the files of intervals."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from affine import Affine

from ndvi.compose_monthly_ndvi import compose_monthly_ndvi
from ndvi.count_unobserved_months import count_unobserved_months
from ndvi.plot_ndvi import never_observed
from nppdrivers import rasters
from nppdrivers.grid import Grid
from nppdrivers.images.composites import composite_starts, nominal_date
from nppdrivers.ndvi.monthly import monthly_doy_mean
from nppdrivers.ndvi.smoothing import CANDIDATES, Smoothing, smooth
from nppdrivers.period import Period, months_of_year

GRID = Grid("EPSG:32649", Affine(30, 0, 650025, 0, -30, 3940005), 6, 8)
DATES = [
    nominal_date(start) for start in composite_starts(Period("2010-01", "2012-12")) if start.year >= 2010
]
MONTHS = months_of_year(2011)
NONE = Smoothing("none", window=5, degree=2, smoothness="gcv")


@pytest.fixture
def series():
    """Noisy fused NDVI of three years."""
    rng = np.random.default_rng(8)
    season = 0.5 + 0.3 * np.sin(np.arange(len(DATES)) * 2 * np.pi / 23)
    return (season[:, None, None] + rng.normal(0, 0.04, (len(DATES), *GRID.shape))).astype("float32")


@pytest.fixture
def compose(tmp_path, series):
    """Compose 2011 from intervals of 13 dates with these settings; NDVI and observations."""
    GRID.save(tmp_path / "grid.json")
    intervals = []
    for start in range(0, len(DATES), 13):
        part = slice(start, start + 13)
        intervals.append(tmp_path / f"{DATES[start]:%Y%m%d}.tif")
        rasters.write(
            intervals[-1], series[part], GRID, "ndvi", bands=[day.isoformat() for day in DATES[part]]
        )
    fine = np.full((4, *GRID.shape), 0.5, "float32")
    fine[0, 0], fine[1, :2], fine[3, 5] = np.nan, np.nan, np.nan
    days = ["2011-05-03", "2011-05-19", "2011-06-01", "2011-12-31"]
    rasters.write(tmp_path / "fine.tif", fine, GRID, "ndvi", bands=days)

    def call(compose_by="doy_mean", period=("2010-01", "2012-12"), **smoothing):
        output = SimpleNamespace(ndvi=tmp_path / "monthly.tif", observations=tmp_path / "observations.tif")
        compose_monthly_ndvi(
            year="2011",
            method=compose_by,
            smoothing=replace(NONE, **smoothing),
            period=Period(*period),
            inputs=SimpleNamespace(grid=tmp_path / "grid.json", fused=intervals, fine=tmp_path / "fine.tif"),
            output=output,
        )
        return [rasters.read(path, GRID) for path in (output.ndvi, output.observations)]

    return call


def test_clear_observations_are_counted_by_cell_and_month(compose):
    """Each cell's number is that of the clear days in the calendar month, 0 in months without an image."""
    _, observations = compose()
    may = observations[4]
    assert may[0].max() == 0
    assert set(may[1]) == {1}
    assert set(may[2:].ravel()) == {2}
    assert (observations[5] == 1).all()
    assert set(observations[11, 5]) == {0}
    assert set(observations[11, :5].ravel()) == {1}
    assert observations[[0, 1, 2, 3, 6, 7, 8, 9, 10]].max() == 0


def test_months_outside_the_period_are_missing(compose):
    """Months before the first or after the last of the period are NaN, the others are there."""
    ndvi, _ = compose(period=("2011-03", "2011-10"))
    assert np.isnan(ndvi[[0, 1, 10, 11]]).all()
    assert np.isfinite(ndvi[2:10]).all()


@pytest.mark.parametrize(
    "smoothing",
    [{"method": "savitzky_golay"}, {"method": "whittaker", "smoothness": 0.5}, {"method": "none"}],
)
def test_intervals_and_years_leave_no_seam(compose, series, smoothing):
    """Months are those of the whole series smoothed at once, though it lies in files and is read by years."""
    whole = smooth(series, DATES, replace(NONE, **smoothing))
    expected = monthly_doy_mean(whole, DATES, MONTHS)
    np.testing.assert_allclose(compose(**smoothing)[0], expected, atol=1e-4)


def test_smoothness_is_chosen_and_stated(compose, tmp_path):
    """With gcv a number is chosen from the series around the year; the tags of the raster state it."""
    compose(method="whittaker")
    method, smoothness = rasters.tags(tmp_path / "monthly.tif")["smoothing"].split(", smoothness ")
    assert method == "whittaker"
    assert min(abs(float(smoothness) / CANDIDATES - 1)) < 1e-3


def test_months_without_observation_are_counted(tmp_path):
    """A month without a clear fine image and a usable composite is counted, by cell and by month."""
    GRID.save(tmp_path / "grid.json")
    inside = np.ones(GRID.shape, "uint8")
    inside[:, 6:] = 0
    rasters.write(tmp_path / "area.tif", inside, GRID, "study_area")
    paths = {"observations": [], "coarse": []}
    for year in ("2011", "2012"):
        fine, months = np.zeros((12, *GRID.shape), "float32"), months_of_year(year)
        fine[4, :, :3] = 2  # May
        days = [day for day in DATES if day.year == int(year)]
        coarse = np.full((len(days), *GRID.shape), np.nan, "float32")
        coarse[[day.month in (6, 7, 8, 9) for day in days]] = 0.5
        if year == "2012":
            coarse[[day.month == 1 for day in days], 0] = 0.1
        for kind, values, names in (("observations", fine, months), ("coarse", coarse, map(str, days))):
            paths[kind].append(str(tmp_path / f"{kind}{year}.tif"))
            product = "ndvi_observations" if kind == "observations" else "coarse_ndvi"
            rasters.write(paths[kind][-1], values, GRID, product, bands=list(names))
    period = Period("2011-01", "2012-12")
    count_unobserved_months(
        inputs=SimpleNamespace(grid=tmp_path / "grid.json", study_area=tmp_path / "area.tif", **paths),
        raster_path=str(tmp_path / "unobserved.tif"),
        table_path=str(tmp_path / "observed.csv"),
        period=period,
    )
    table = pd.read_csv(tmp_path / "observed.csv", index_col="month")
    assert table.loc["2011-01"].tolist() == [0, 0, 100]
    assert table.loc["2012-01"].tolist() == pytest.approx([0, 100 / 6, 500 / 6], abs=1e-3)
    assert table.loc["2011-07"].tolist() == [0, 100, 0]
    # the composite that is half in May is dated in June
    assert table.loc["2011-05", "fine_percent"] == 50
    years = rasters.read(tmp_path / "unobserved.tif", GRID)
    assert years[0, 0, 0] == 1 and years[0, 1, 0] == 2 and np.isnan(years[0, 0, 7])
    never = never_observed(str(tmp_path / "unobserved.tif"), GRID, period)
    assert not never[0, 0, :6].any() and never[0, 1:, :6].all() and not never[6].any()
