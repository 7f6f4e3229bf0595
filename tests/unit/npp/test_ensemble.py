"""Spread of NPP among the choices of CASA."""

from dataclasses import fields, replace
from itertools import product

import numpy as np
import pandas as pd
import pytest
from scipy.stats import spearmanr

from nppdrivers import casa
from nppdrivers.npp import ensemble
from nppdrivers.npp.ensemble import Choice, Series
from nppdrivers.npp.ranks import RankAgreement, rank_correlation
from nppdrivers.npp.spread import STEP, Sums, efficiencies, every_nth

YEAR_T = np.array([-3.2, 0.4, 6.1, 13.3, 18.6, 22.4, 24.1, 22.9, 18.0, 12.2, 5.1, -1.5])
YEAR_P = np.array([5.0, 9.0, 20.0, 32.0, 55.0, 75.0, 140.0, 110.0, 75.0, 38.0, 17.0, 6.0])
YEAR_SOL = np.array([290.0, 330.0, 460.0, 550.0, 630.0, 610.0, 570.0, 530.0, 430.0, 380.0, 300.0, 270.0])
YEAR_NDVI = np.array([0.2, 0.21, 0.27, 0.38, 0.5, 0.61, 0.72, 0.7, 0.58, 0.44, 0.3, 0.22])
RUN = Choice("zhu2007", "percentile", "mvc", True, 0, "zhou_zhang")
LEVELS = {
    "epsilon_max": ["zhu2007", "global"],
    "ndvi_bounds": ["percentile", "static"],
    "monthly_ndvi": ["mvc", "doy_mean"],
    "half_rule": [True, False],
    "radiation_percent": [-10, 0, 10],
    "water": ["zhou_zhang", "bucket"],
}
N = 9000  # more than one chunk


@pytest.fixture(scope="module")
def site():
    """Years of pixels around an example year: series by method, climate, cover."""
    rng = np.random.default_rng(3)
    ndvi = np.clip(YEAR_NDVI[:, None] * rng.uniform(0.6, 1.25, N) + rng.normal(0, 0.03, (12, N)), -0.2, 0.95)
    high, topt = rng.uniform(0.7, 0.85, N), rng.uniform(20.0, 25.0, N)
    bounds = {"percentile": high, "static": high - 0.1, "raised": high + 0.1}
    low = np.full(N, 0.023)
    series = {
        "mvc": Series(ndvi, low, bounds, topt),
        "doy_mean": Series(0.93 * ndvi, low, {k: v - 0.05 for k, v in bounds.items()}, topt - 0.5),
    }
    climate = (
        YEAR_T[:, None] + rng.normal(0, 2, N),
        YEAR_P[:, None] * rng.gamma(2.0, 0.5, (12, N)),
        YEAR_SOL[:, None] * rng.uniform(0.9, 1.1, N),
    )
    return series, climate, rng.random(N) < 0.5


def yields(site, choices, weights=None):
    """Light yields of the site."""
    series, climate, tree = site
    weights = np.ones(12) if weights is None else weights
    return ensemble.light_yields(choices, series, *climate, weights=weights, tree=tree, soil_texture="medium")


def simulated(site, choice, epsilon):
    """Annual NPP of a choice by casa.simulate."""
    series, (t, p, sol), tree = site
    one = series[choice.monthly_ndvi]
    options = casa.Options(
        fpar=choice.fpar, half_rule=choice.half_rule, te2_constant=choice.te2_constant, water=choice.water
    )
    return casa.simulate(
        one.ndvi,
        t,
        p,
        sol * choice.radiation_factor,
        ndvi_min=one.ndvi_min,
        ndvi_max=one.ndvi_max[choice.ndvi_bounds],
        epsilon_max=epsilon,
        optimum_temperature=one.optimum_temperature,
        options=options,
        tree=tree,
    ).annual_npp


def test_members_equal_simulate(site):
    """Efficiency x radiation x shared light yield is what casa.simulate gives for each combination."""
    choices = [
        *ensemble.combinations(RUN, LEVELS)[::17],
        *(choice for _, choice in ensemble.one_at_a_time(RUN, LEVELS)),
    ]
    found = yields(site, choices)
    for choice, npp_of_choice in zip(choices, found, strict=True):
        expected = simulated(site, choice, 0.5)
        np.testing.assert_allclose(0.5 * choice.radiation_factor * npp_of_choice, expected, rtol=1e-12)


def test_months_that_do_not_count_may_be_missing(site):
    """A month of weight 0 is left out even where NDVI is missing; half weights give half the month."""
    series, climate, tree = site
    holed = series["mvc"].ndvi.copy()
    holed[:4] = np.nan
    missing = {"mvc": replace(series["mvc"], ndvi=holed)}
    weights = np.r_[np.zeros(4), np.full(8, 0.5)]
    part = yields((missing, climate, tree), [RUN], weights)[0]
    one = series["mvc"]
    months = casa.simulate(
        one.ndvi,
        *climate,
        ndvi_min=0.023,
        ndvi_max=one.ndvi_max["percentile"],
        epsilon_max=1.0,
        optimum_temperature=one.optimum_temperature,
    ).npp
    np.testing.assert_allclose(part, 0.5 * months[4:].sum(axis=0), rtol=1e-12)


def test_mean_and_sd_against_every_member():
    """Mean and standard deviation from the factors are those of all members written out."""
    rng = np.random.default_rng(5)
    light, epsilon, factors = rng.gamma(5, 100, (6, 40)), rng.uniform(0.3, 1, (4, 40)), [0.9, 1.0, 1.1]
    members = np.array([y * e * r for y, e, r in product(light, epsilon, factors)])
    mean, sd = ensemble.mean_and_sd(light, epsilon, factors)
    np.testing.assert_allclose(mean, members.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(sd, members.std(axis=0), rtol=1e-9)


def rank_agreement(light, epsilon, reference):
    """Spread of rank and rank correlation where all cells are the sample."""
    ranks = RankAgreement(light, epsilon, reference)
    spread = ranks.add(light, epsilon, reference)
    return spread, rank_correlation(ranks.sums()).reshape(len(epsilon), len(light))


def test_rank_agreement_against_scipy():
    """Spearman's rho of each member equals scipy's; the spread is that of the ranks written out."""
    rng = np.random.default_rng(6)
    light, epsilon = rng.gamma(5, 100, (3, 50)), rng.uniform(0.3, 1, (2, 50))
    reference = rng.gamma(5, 100, 50)
    spread, rho = rank_agreement(light, epsilon, reference)
    ranks = []
    for e, k in product(range(2), range(3)):
        member = light[k] * epsilon[e]
        ranks.append(member.argsort().argsort() * 100 / 49)
        assert rho[e, k] == pytest.approx(spearmanr(member, reference).statistic, rel=1e-12)
    np.testing.assert_allclose(spread, np.std(ranks, axis=0), rtol=1e-9)


def test_a_common_scale_moves_no_rank():
    """Members that differ by a factor only have the same order: no spread, rho 1; a reversed one -1."""
    light = np.arange(1.0, 101.0)
    spread, rho = rank_agreement(np.array([light, 2 * light]), np.full((1, 100), 0.5), light)
    np.testing.assert_allclose(spread, 0, atol=1e-9)
    np.testing.assert_allclose(rho, 1)
    assert rank_agreement(light[None], np.ones((1, 100)), -light)[1][0, 0] == pytest.approx(-1)


def test_ranks_among_a_sample_are_about_those_among_all():
    """Cells that are ranked by blocks among a tenth of them have about the ranks among all."""
    rng = np.random.default_rng(8)
    light, epsilon = rng.gamma(5, 100, (2, 5000)).round(-1), rng.uniform(0.3, 1, (2, 5000)).round(1)
    reference = light[0] + rng.normal(0, 100, 5000)
    spread, rho = rank_agreement(light, epsilon, reference)
    ranks = RankAgreement(light[:, ::10], epsilon[:, ::10], reference[::10])
    parts = [
        ranks.add(light[:, cells], epsilon[:, cells], reference[cells], every_nth(cells.start, 10))
        for cells in (slice(0, 1303), slice(1303, 5000))
    ]
    np.testing.assert_allclose(np.concatenate(parts), spread, atol=4)
    assert abs(np.mean(np.concatenate(parts) - spread)) < 0.5
    found = rank_correlation(ranks.sums())
    _, among_sample = rank_agreement(light[:, ::10], epsilon[:, ::10], reference[::10])
    assert np.array_equal(found, among_sample.ravel())
    np.testing.assert_allclose(found, rho.ravel(), atol=0.04)


def test_class_sums_do_not_depend_on_parts(site):
    """Means by class are those of the cells to half a step; parts in any order give equal sums."""
    classes = np.random.default_rng(7).choice([1, 2, 4], N)
    light = yields(site, [RUN, replace(RUN, half_rule=False)])
    light[1, classes == 2] = np.where(np.arange((classes == 2).sum()) == 5, np.nan, 1.0)
    whole = Sums(4, 2)
    whole.add(light, classes)
    tables = []
    for cells in (slice(4001, None), slice(0, 4001)):
        part = Sums(4, 2)
        part.add(light[:, cells], classes[cells])
        tables.append(part.table())
    pd.testing.assert_frame_equal(sum(tables), whole.table())
    means = Sums.from_table(sum(tables)).means()
    expected = [[row[classes == c].mean() if c != 3 else np.nan for c in range(1, 5)] for row in light]
    np.testing.assert_allclose(means, expected, atol=STEP / 2)
    assert np.isnan(means[:, 2]).all() and np.isnan(means[1, 1])


def test_mean_npp_is_that_of_the_map(site):
    """Means of the area and the classes from class sums equal those of the map; an empty class is NaN."""
    classes = np.random.default_rng(7).choice([1, 2, 4], N)
    epsilon = {"zhu2007": np.array([0.5, 0.6, 0.7, 0.8])}
    choice = replace(RUN, radiation_percent=10)
    light = yields(site, [choice])
    counts = np.bincount(classes, minlength=5)[1:]
    sums = Sums(4, 1)
    sums.add(light, classes)
    means = sums.means()
    found = ensemble.mean_npp([choice], {choice.unscaled: means[0]}, epsilon, counts)[0]
    npp = 1.1 * light[0] * np.r_[np.nan, epsilon["zhu2007"]][classes]
    expected = [npp.mean(), *(npp[classes == c].mean() if c != 3 else np.nan for c in range(1, 5))]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


def test_variance_shares_of_a_known_model():
    """Of y = 3 a + b the levels a = +-1 make 90 %, b = +-1 10 %; of y = a b neither makes any alone."""
    levels = pd.DataFrame(list(product([-1, 1], [-1, 1])), columns=["a", "b"])
    levels["sum"], levels["product"] = 3 * levels["a"] + levels["b"], levels["a"] * levels["b"]
    shares = ensemble.variance_shares(levels, ["a", "b"], ["sum", "product"]).set_index("choice")
    np.testing.assert_allclose(shares["sum"], [90, 10])
    np.testing.assert_allclose(shares["product"], 0, atol=1e-12)


def test_ensemble_is_complete_and_single_choices_are_single():
    """The ensemble has every combination once; each single choice differs from the run in its one field."""
    members = ensemble.combinations(RUN, LEVELS)
    assert len(members) == len(set(members)) == 96
    assert RUN in members
    for name, choice in ensemble.one_at_a_time(RUN, LEVELS):
        assert [f.name for f in fields(Choice) if getattr(choice, f.name) != getattr(RUN, f.name)] == [name]


def test_published_deviations_in_sign_and_order(site):
    """One at a time: a raised NDVI maximum costs a fifth to two fifths; the half rule 4 to 9 %; no water
    stress gives 5 to 20 %, the bucket less; SR alone and NDVI alone are equal and opposite; C is nothing.
    """
    single = [(name, choice) for name, choice in ensemble.one_at_a_time(RUN, LEVELS)]
    light = yields(site, [RUN, *(choice for _, choice in single)]).mean(axis=1)
    effect = {
        (name, getattr(choice, name)): 100 * (value * choice.radiation_factor / light[0] - 1)
        for (name, choice), value in zip(single, light[1:], strict=True)
    }
    assert -40 < effect["ndvi_bounds", "raised"] < -20
    assert 20 < effect["ndvi_bounds", "static"] < 50
    assert -9 < effect["half_rule", False] < -4
    assert 0 < effect["water", "bucket"] < effect["water", "none"] < 20
    assert effect["fpar", "sr"] == pytest.approx(-effect["fpar", "ndvi"])
    assert -35 < effect["fpar", "sr"] < -12
    assert effect["radiation_percent", -10] == pytest.approx(-10)
    assert effect["te2_constant", 1.1814] == pytest.approx(-0.22, abs=0.005)
    assert effect["te2_constant", 1.1919] == pytest.approx(0.67, abs=0.005)


def test_wrong_units_are_refused(site):
    """Kelvin ends with its likely cause, as in casa.simulate."""
    series, (t, p, sol), tree = site
    with pytest.raises(ValueError, match="kelvin"):
        yields((series, (t + 273.15, p, sol), tree), [RUN])


def test_fitted_efficiencies_are_a_set_of_their_own(tmp_path):
    """The run's fitted efficiencies join the published sets, in the order of its classes."""
    classes = pd.DataFrame({"class": ["water", "forest"], "epsilon_zhu2007": [0.5, 0.7]})
    classes.to_csv(tmp_path / "classes.csv", index=False)
    parameters = pd.DataFrame({"class": ["forest", "water"], "vegetated": [True, False]})
    parameters.assign(epsilon_max=[0.6, 0.5]).to_csv(tmp_path / "parameters.csv", index=False)
    sets = efficiencies(str(tmp_path / "classes.csv"), str(tmp_path / "parameters.csv"), parameters)
    np.testing.assert_equal(sets, {"zhu2007": [0.7, np.nan], "fitted": [0.6, np.nan]})
    assert list(efficiencies(str(tmp_path / "classes.csv"), [], parameters)) == ["zhu2007"]
