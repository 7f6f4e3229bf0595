"""NPP of the tiny virtual basin: spread, cells, climate held constant, efficiencies fitted to plots."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import rasterio
from pyproj import Transformer

from npp.fit_efficiency import fit_efficiency
from nppdrivers import rasters
from nppdrivers.casa import Options
from nppdrivers.grid import Grid
from nppdrivers.period import Period

pytestmark = pytest.mark.workflow

PLANTED = {"forest": 1.4, "grassland": 0.7}  # efficiency over the published one
CLIMATE = {"temperature": "temperature", "precipitation": "precipitation", "radiation": "solar_radiation"}


def values(project, name):
    """First band of a raster of the NPP stage."""
    with rasterio.open(project.results / "npp" / f"{name}.tif") as source:
        return source.read(1)


def test_one_member_is_the_run(finished):
    """The ensemble is complete, and the member with the run's choices has the run's mean NPP and order."""
    members = pd.read_csv(finished.results / "npp" / "spread" / "members.csv", keep_default_na=False)
    assert len(members) == 4 * 2 * 2 * 2 * 3 * 2
    own = members.query(
        "epsilon_max == 'zhu2007_mixed' and ndvi_bounds == 'percentile' and monthly_ndvi == 'mvc' "
        "and half_rule and radiation_percent == 0 and water == 'zhou_zhang'"
    ).iloc[0]
    assert own["npp study area"] == pytest.approx(np.nanmean(values(finished, "npp"), dtype=float), rel=1e-5)
    assert own["rank_correlation"] == pytest.approx(1, abs=1e-6)
    mean = members["npp study area"].mean()
    assert np.nanmean(values(finished, "spread/mean"), dtype=float) == pytest.approx(mean, rel=1e-5)


def test_the_same_cells_have_npp_everywhere(finished):
    """Ensemble and held climate have values where the run has, and the cells add up to the study area."""
    has = np.isfinite(values(finished, "npp"))
    for name in ("spread/mean", "spread/sd", "spread/rank_spread", "constant_climate", "constant_radiation"):
        assert np.array_equal(np.isfinite(values(finished, name)), has), name
    cells = pd.read_csv(finished.results / "npp" / "cells.csv").set_index("cells")
    assert cells.loc["NPP", "n"] == has.sum()
    assert cells.loc["masked: water", "n"] > 0
    assert cells["percent"].sum() == pytest.approx(100)


def test_holding_climate_takes_its_pattern_away(finished):
    """The part of NPP that holding climate takes away follows climate: r of the maps is below 1."""
    table = pd.read_csv(finished.results / "npp" / "constant_climate.csv").set_index(
        ["zone", "held_constant"]
    )
    row = table.loc["study area", "climate"]
    npp, held = values(finished, "npp").astype(float), values(finished, "constant_climate").astype(float)
    assert row["variance_gone_percent"] == pytest.approx(
        100 * (1 - np.nanvar(held) / np.nanvar(npp)), abs=1e-3
    )
    assert 0.5 < row["r"] < 1


def test_intermediates_on_request(finished):
    """Each term that the settings ask for has twelve months, with values where the year has NPP."""
    for term in ("fpar", "water"):
        with rasterio.open(finished.results / "npp" / "terms" / term / "2013.tif") as source:
            assert source.count == 12
            has = np.isfinite(values(finished, "annual/2013"))
            assert np.array_equal(np.isfinite(source.read(7)), has), term


def planted_plots(results, parameters, grid, path):
    """Plots of a cell, 15 a class: NPP of the run times a factor of the class, with an error of 10 %."""
    rng = np.random.default_rng(6)
    npp = rasters.read(results / "npp" / "npp.tif", grid, bands=1)
    classes = rasters.read(results / "grid" / "land_cover.tif", grid, bands=1)
    inside = rasters.read_mask(results / "grid" / "study_area.tif", grid) & np.isfinite(npp)
    to_degrees = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    rows = []
    for name, factor in PLANTED.items():
        number = parameters.set_index("class").loc[name, "number"]
        chosen = rng.choice(np.flatnonzero(inside & (classes == number)), 15, replace=False)
        longitude, latitude = to_degrees.transform(*(part.ravel()[chosen] for part in grid.xy()))
        table = {"plot": [f"{name} {k}" for k in range(15)], "longitude": longitude, "latitude": latitude}
        biomass = factor * npp.ravel()[chosen] * (1 + 0.1 * rng.standard_normal(15)) / 0.45
        years = {"size_m": 30, "first_year": 2013, "last_year": 2014}
        rows.append(pd.DataFrame(table | {"land_cover": name, "biomass_g_m2_yr": biomass} | years))
    pd.concat(rows).to_csv(path, index=False)


def test_planted_efficiencies_are_recovered_from_plots(finished, tmp_path):
    """Each class gets the planted efficiency within its interval, and errs less at plots left out."""
    results, grid = finished.results, Grid.load(finished.results / "grid" / "grid.json")
    inputs = SimpleNamespace(
        **{name: str(results / "grid" / f"{name}.tif") for name in ("study_area", "land_cover")},
        grid=str(results / "grid" / "grid.json"),
        parameters=str(results / "npp" / "parameters.csv"),
        ndvi=[str(results / "ndvi" / "monthly" / f"{year}.tif") for year in (2013, 2014)],
        **{
            name: [str(results / "climate" / folder / f"{year}.tif") for year in (2013, 2014)]
            for name, folder in CLIMATE.items()
        },
    )
    output = SimpleNamespace(
        **{name: str(tmp_path / f"{name}.csv") for name in ("parameters", "efficiencies", "sites")}
    )
    published = pd.read_csv(inputs.parameters)
    planted_plots(results, published, grid, tmp_path / "plots.csv")
    fit_efficiency(
        inputs=inputs,
        output=output,
        tables={"plots": str(tmp_path / "plots.csv")},
        columns={},
        options=Options(),
        period=Period("2013-01", "2014-12"),
    )
    table = pd.read_csv(output.efficiencies).set_index("class")
    for name, factor in PLANTED.items():
        row = table.loc[name]
        assert row["low"] <= factor * row["published"] <= row["high"], name
        assert row["high"] / row["low"] < 1.2
        assert row["rmse_left_out"] < 0.6 * row["rmse_published"]
        assert row["epsilon_max"] == row["fitted"]
    after = pd.read_csv(output.parameters).set_index("class")["epsilon_max"]
    assert after["forest"] == pytest.approx(table.loc["forest", "fitted"])
    assert after["construction"] == published.set_index("class").loc["construction", "epsilon_max"]
