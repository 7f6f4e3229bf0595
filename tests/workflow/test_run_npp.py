"""NPP of the tiny virtual basin: its spread, its cells, and climate held constant."""

import numpy as np
import pandas as pd
import pytest
import rasterio

pytestmark = pytest.mark.workflow


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
