"""CASA with climate held constant."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers import casa
from nppdrivers.npp import held_climate
from nppdrivers.npp.held_climate import CLIMATE, EXPERIMENTS, Vegetation

T = np.array([-3.2, 0.4, 6.1, 13.3, 18.6, 22.4, 24.1, 22.9, 18.0, 12.2, 5.1, -1.5])
P = np.array([5.0, 9.0, 20.0, 32.0, 55.0, 75.0, 140.0, 110.0, 75.0, 38.0, 17.0, 6.0])
SOL = np.array([290.0, 330.0, 460.0, 550.0, 630.0, 610.0, 570.0, 530.0, 430.0, 380.0, 300.0, 270.0])
NDVI = np.array([0.2, 0.21, 0.27, 0.38, 0.5, 0.61, 0.72, 0.7, 0.58, 0.44, 0.3, 0.22])
CONSTANTS = {"ndvi_min": 0.023, "ndvi_max": 0.8, "epsilon_max": 0.542, "optimum_temperature": 24.0}


def climate(n, spread, seed=1):
    """Climate of n pixels that differ by a share, with its spatial means."""
    rng = np.random.default_rng(seed)
    maps = {
        "temperature": T[:, None] + spread * rng.normal(0, 3, n),
        "precipitation": P[:, None] * (1 + spread * rng.uniform(-0.4, 0.4, n)),
        "radiation": SOL[:, None] * (1 + spread * rng.uniform(-0.1, 0.1, n)),
    }
    return maps, {name: values.mean(axis=1) for name, values in maps.items()}


def annual(ndvi, held, maps, means):
    """NPP of the year with something held."""
    return casa.simulate(ndvi, *held_climate.hold(maps, means, held), **CONSTANTS).annual_npp


def gone(ndvi, maps, means, held):
    """Share of the variance that goes."""
    npp = annual(ndvi, (), maps, means)
    compared = held_climate.Comparison({})
    compared.add(npp, {"x": annual(ndvi, held, maps, means)}, np.ones(npp.size, int))
    return compared.table().loc[0, "variance_gone_percent"]


def test_all_variance_goes_where_climate_alone_makes_it():
    """With one NDVI everywhere NPP held at constant climate does not vary, and each variable carries less."""
    maps, means = climate(400, spread=1.0)
    ndvi = np.repeat(NDVI[:, None], 400, axis=1)
    assert gone(ndvi, maps, means, EXPERIMENTS["climate"]) == pytest.approx(100, abs=1e-9)
    for name in CLIMATE:
        assert gone(ndvi, maps, means, (name,)) < 100


def test_no_variance_goes_where_climate_is_constant():
    """With one climate everywhere holding it changes nothing."""
    maps, means = climate(400, spread=0.0)
    ndvi = NDVI[:, None] * np.random.default_rng(2).uniform(0.7, 1.2, 400)
    for held in EXPERIMENTS.values():
        assert gone(ndvi, maps, means, held) == pytest.approx(0, abs=1e-9)


def test_only_what_is_held_is_held():
    """Held variables take their month's mean, stay missing where they were, and the others are untouched."""
    maps, means = climate(5, spread=1.0)
    maps["temperature"][3, 2] = np.nan
    t, p, sol = held_climate.hold(maps, means, ("temperature",))
    assert np.isnan(t[3, 2])
    assert np.isnan(t).sum() == 1
    np.testing.assert_array_equal(t[:, 0], means["temperature"])
    assert p is maps["precipitation"]
    assert sol is maps["radiation"]


def test_experiments_take_the_optimum_of_their_temperature():
    """Each experiment is CASA with its variables held, at the held optimum where temperature is held."""
    parameters = pd.DataFrame(
        {
            "ndvi_min": 0.023,
            "ndvi_max": [0.8, 0.7],
            "epsilon_max": [0.5, 0.6],
            "tree": [True, False],
            "vegetated": True,
            "optimum_temperature": [24.0, 22.0],
        }
    )
    maps, means = climate(6, spread=1.0)
    codes = np.array([1, 2, 1, 2, 2, 1])
    ndvi = NDVI[:, None] * np.linspace(0.8, 1.1, 6)
    vegetation = Vegetation.at(codes, parameters, held_optimum=np.array([20.0, 18.0]))
    found = dict(held_climate.simulate_held(ndvi, maps, means, vegetation, casa.Options(water="bucket")))
    assert list(found) == list(EXPERIMENTS)
    for name, held in EXPERIMENTS.items():
        optimum = [20.0, 18.0] if "temperature" in held else [24.0, 22.0]
        expected = casa.simulate(
            ndvi,
            *held_climate.hold(maps, means, held),
            ndvi_min=0.023,
            ndvi_max=np.array([0.8, 0.7])[codes - 1],
            epsilon_max=np.array([0.5, 0.6])[codes - 1],
            optimum_temperature=np.array(optimum)[codes - 1],
            options=casa.Options(water="bucket"),
            tree=codes == 1,
        ).npp
        np.testing.assert_array_equal(found[name], expected)


def test_optimum_of_a_constant_temperature():
    """A class's optimum is the mean over the years of its greenest month; NaN months and classes stay out."""
    years = np.array([T, T + 1.0])
    years[1, 6] = np.nan
    optimum = held_climate.held_optimum(np.array([7.0, 6.0, np.nan]), years)
    np.testing.assert_allclose(optimum, [24.1, 22.9, np.nan])


def test_comparison_by_hand():
    """Halving all deviations takes three quarters of the variance, r stays 1; too few cells give NaN."""
    npp, codes = np.array([1.0, 2.0, 3.0, np.nan]), np.array([1, 2, 2, 1])
    compared = held_climate.Comparison({"one": 1})
    compared.add(npp, {"climate": 2 + (npp - 2) / 2}, codes)
    table = compared.table()
    assert list(table["n"]) == [3, 1]
    assert table.loc[0, "variance_gone_percent"] == pytest.approx(75)
    assert table.loc[0, "r"] == pytest.approx(1)
    assert table.loc[1, "mean":"r"].isna().all()


def test_one_efficiency_leaves_absorbed_light():
    """Absorbed light is the term APAR of CASA, whatever the climate."""
    maps, _ = climate(50, spread=1.0)
    ndvi = NDVI[:, None] * np.random.default_rng(2).uniform(0.7, 1.2, 50)
    year = casa.simulate(ndvi, *(maps[name] for name in CLIMATE), **CONSTANTS)
    parameters = pd.DataFrame([CONSTANTS | {"tree": False, "vegetated": True}])
    vegetation = Vegetation.at(np.ones(50, int), parameters, np.array([24.0]))
    light = held_climate.absorbed_light(ndvi, maps["radiation"], vegetation, casa.Options())
    np.testing.assert_allclose(light, year.apar, rtol=1e-12)


def test_comparison_of_parts_is_that_of_the_whole():
    """Cells that come in parts, an empty one among them, are compared as NumPy compares them together."""
    npp, other = np.random.default_rng(4).normal(400, [[30], [5]], (2, 1000))
    compared = held_climate.Comparison({})
    for part in np.split(np.arange(1000), [3, 3, 400]):
        compared.add(npp[part], {"climate": other[part]}, np.ones(part.size, int))
    row = compared.table().iloc[0]
    assert row["sd"] == pytest.approx(npp.std(ddof=1), rel=1e-12)
    assert row["r"] == pytest.approx(np.corrcoef(npp, other)[0, 1], abs=1e-12)
    assert row["variance_gone_percent"] == pytest.approx(100 * (1 - other.var() / npp.var()), rel=1e-12)


def test_what_has_another_unit_is_brought_to_mean_npp():
    """Light of a thousandth of NPP in every cell has all of its variance, in the area and in a class."""
    npp, codes = np.random.default_rng(5).normal(400, 30, 200), np.arange(200) % 2
    compared = held_climate.Comparison({"one": 1})
    compared.add(npp, {"light": npp / 1000}, codes)
    table = compared.table(scaled=["light"])
    assert table["mean_held"].to_numpy() == pytest.approx(table["mean"].to_numpy(), rel=1e-9)
    assert table["variance_gone_percent"].to_numpy() == pytest.approx(0, abs=1e-6)
