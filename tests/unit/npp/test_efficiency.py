"""Efficiencies fitted to measured NPP."""

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from nppdrivers.npp.efficiency import fit_classes, fit_factor, left_out_factors

PARAMETERS = pd.DataFrame(
    {
        "class": ["forest", "grassland", "farmland", "water"],
        "vegetated": [True, True, True, False],
        "epsilon_max": [0.5, 0.4, 0.6, 0.3],
    }
)


@pytest.fixture
def sites():
    """Measured and simulated NPP of nine sites."""
    rng = np.random.default_rng(3)
    simulated = rng.uniform(150.0, 600.0, 9)
    return 1.3 * simulated + 2.0 * np.sqrt(simulated) * rng.standard_normal(9), simulated


def test_the_site_left_out_has_no_part_in_its_factor(sites):
    """The factors equal fits to the other sites, one after the other."""
    measured, simulated = sites
    slow = [np.delete(measured, i).mean() / np.delete(simulated, i).mean() for i in range(9)]
    np.testing.assert_allclose(left_out_factors(measured, simulated), slow, rtol=1e-13)
    errors = [measured[i] - slow[i] * simulated[i] for i in range(9)]
    assert fit_factor(measured, simulated).rmse_after == pytest.approx(np.sqrt(np.mean(np.square(errors))))


def test_factor_and_interval_are_those_of_weighted_least_squares(sites):
    """Through the origin with weights 1 / simulated, fitted to m / sqrt(s)."""
    measured, simulated = sites
    root = np.sqrt(simulated)
    factor = np.linalg.lstsq(root[:, None], measured / root, rcond=None)[0][0]
    scale = np.sqrt(np.sum((measured / root - factor * root) ** 2) / 8 / np.sum(root**2))
    fit = fit_factor(measured, simulated)
    assert fit.factor == pytest.approx(factor, rel=1e-12)
    assert (fit.low, fit.high) == pytest.approx(stats.t.interval(0.95, 8, factor, scale), rel=1e-9)


def test_interval_covers_the_planted_factor():
    """Of 2000 sets of five sites about 95 % have the planted factor within their interval."""
    rng = np.random.default_rng(1)
    simulated = rng.uniform(200.0, 500.0, (2000, 5))
    measured = 0.8 * simulated + 3.0 * np.sqrt(simulated) * rng.standard_normal((2000, 5))
    fits = [fit_factor(m, s) for m, s in zip(measured, simulated, strict=True)]
    assert np.mean([fit.low <= 0.8 <= fit.high for fit in fits]) == pytest.approx(0.95, abs=0.015)


def test_too_few_sites_are_refused():
    """Two sites are not fitted to; the message says how many it takes."""
    with pytest.raises(ValueError, match="2 sites with measured NPP are too few to fit to: give 3 or more"):
        fit_factor([300.0, 400.0], [310.0, 380.0])


def sites_of(factors, number=8, noise=0.0, seed=5):
    """Sites of some classes whose measured NPP is a factor of the simulated."""
    rng = np.random.default_rng(seed)
    parts = []
    for name, factor in factors.items():
        simulated = rng.uniform(200.0, 600.0, number)
        measured = factor * simulated * (1 + noise * rng.standard_normal(number))
        parts.append(pd.DataFrame({"class": name, "simulated": simulated, "measured": measured}))
    return pd.concat(parts, ignore_index=True).assign(cell=lambda table: table.index)


def test_planted_efficiencies_are_found():
    """Each class gets its own factor exactly; one with two sites, or with none, keeps what is published."""
    sites = sites_of({"forest": 1.3, "grassland": 0.7}).iloc[:10]
    table, left_out = fit_classes(sites, PARAMETERS)
    table = table.set_index("class")
    assert list(table.index) == ["forest", "grassland", "farmland"]
    assert table.loc["forest", "epsilon_max"] == pytest.approx(0.65)
    assert table.loc[["grassland", "farmland"], "epsilon_max"].tolist() == [0.4, 0.6]
    assert table["sites"].tolist() == [8, 2, 0]
    assert table.loc["farmland", "outcome"] == "published: fewer than 3 sites"
    np.testing.assert_allclose(left_out[:8], sites["measured"][:8])
    assert left_out[8:].isna().all()


def test_a_fit_that_errs_more_at_sites_left_out_is_not_taken():
    """Where the published efficiency is right, noise in the sites does not move the map."""
    sites = sites_of({"forest": 1.0}, number=4, noise=0.3)
    row = fit_classes(sites, PARAMETERS)[0].iloc[0]
    assert row["rmse_left_out"] > row["rmse_published"]
    assert row["epsilon_max"] == 0.5 != row["fitted"]


def test_sites_of_one_cell_count_as_one():
    """The same place measured again with the same outcome changes no factor and no number of sites."""
    sites = sites_of({"forest": 1.2}, noise=0.1)
    again = pd.concat([sites, sites.iloc[[2, 2, 5]]], ignore_index=True)
    pd.testing.assert_frame_equal(fit_classes(sites, PARAMETERS)[0], fit_classes(again, PARAMETERS)[0])


def test_what_cannot_be_fitted_is_refused():
    """Too few sites in every class, and efficiencies that no plants have, as with dry matter for carbon."""
    with pytest.raises(ValueError, match=r"no class has 3 sites .*\(forest 2, grassland 0, farmland 0\)"):
        fit_classes(sites_of({"forest": 1.1}, number=2), PARAMETERS)
    with pytest.raises(ValueError, match=r"asks for 10\.00 gC MJ-1, more than the .* check its unit"):
        fit_classes(sites_of({"forest": 20.0}), PARAMETERS)
