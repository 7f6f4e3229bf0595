"""Claims of casa, casa_inputs and water_stress."""

import itertools
from pathlib import Path

import casa_reference
import numpy as np
import pandas as pd
import pytest

from nppdrivers import casa
from nppdrivers.casa import water_stress
from nppdrivers.evapotranspiration import monthly_extraterrestrial_radiation

NAMES = casa_reference.TERMS
YEAR_T = np.array([-3.2, 0.4, 6.1, 13.3, 18.6, 22.4, 24.1, 22.9, 18.0, 12.2, 5.1, -1.5])
YEAR_P = np.array([5.0, 9.0, 20.0, 32.0, 55.0, 75.0, 140.0, 110.0, 75.0, 38.0, 17.0, 6.0])
YEAR_SOL = np.array([290.0, 330.0, 460.0, 550.0, 630.0, 610.0, 570.0, 530.0, 430.0, 380.0, 300.0, 270.0])
YEAR_NDVI = np.array([0.2, 0.21, 0.27, 0.38, 0.5, 0.61, 0.72, 0.7, 0.58, 0.44, 0.3, 0.22])
PARAMETERS = {"ndvi_min": 0.023, "ndvi_max": 0.8, "epsilon_max": 0.542, "optimum_temperature": 24.1}


def pixels(n, seed):
    """Years of n pixels around the example year, in shape (12, n)."""
    rng = np.random.default_rng(seed)
    t = YEAR_T[:, None] + rng.normal(0, 4, n) + rng.normal(0, 1.5, (12, n))
    p = YEAR_P[:, None] * rng.gamma(2.0, 0.5, (12, n))
    sol = YEAR_SOL[:, None] * rng.uniform(0.85, 1.15, (12, n))
    ndvi = YEAR_NDVI[:, None] * rng.uniform(0.6, 1.3, n) + rng.normal(0, 0.05, (12, n))
    return ndvi, t, p, sol


def extreme_years():
    """The pixels of `pixels` with every branch forced in some month of some pixel."""
    ndvi, t, p, sol = pixels(24, seed=1)
    ndvi[3, 0], ndvi[4, 1], ndvi[5, 2], ndvi[6, 3] = 1.0, np.nan, -0.4, 0.999999
    t[0, 4], t[0, 5], t[1, 6], t[6, 7], t[6, 8] = -10.0, np.nextafter(-10.0, 0), 0.0, 26.5, 31.0
    t[:, 9], t[:, 10] = np.linspace(-30, -0.5, 12), YEAR_T + 14.0
    t[2, 11], t[0, 12] = np.nan, -14.5
    p[:, 13], p[0, 14], p[6, 15], p[6, 16], p[3, 17] = 0.0, 0.0, 0.0, 900.0, np.nan
    t[0, 14] = -4.0
    p[:, 9][0] = 0.0
    sol[2, 18], sol[5, 19] = np.nan, 0.0
    t[:, 20], p[:, 20] = np.roll(t[:, 20], 6), np.roll(p[:, 20], 6)  # southern seasons
    return ndvi, t, p, sol


def assert_same(result, expected):
    """Every term equal to relative 1e-9, NaN in the same places."""
    for name in NAMES:
        np.testing.assert_allclose(
            getattr(result, name), expected[name], rtol=1e-9, atol=1e-300, err_msg=name
        )


def reference(ndvi, t, p, sol, low, high, epsilon, topt, tree=None, **choices):
    """The scalar implementation, pixel by pixel, stacked like the package's result."""
    n = ndvi.shape[1]
    tree = np.zeros(n, bool) if tree is None else tree
    years = [
        casa_reference.year(
            *(list(map(float, a[:, i])) for a in (ndvi, t, p, sol)),
            *(float(a[i]) for a in (low, high, epsilon, topt)),
            tree=bool(tree[i]),
            **choices,
        )
        for i in range(n)
    ]
    return {name: np.array([y[name] for y in years]).T for name in NAMES}


@pytest.mark.parametrize(
    ("form", "half_rule", "water"),
    list(itertools.product(("mean", "sr", "ndvi"), (True, False), ("zhou_zhang", "bucket", "none"))),
)
def test_all_switches_against_scalar_equations(form, half_rule, water):
    """Every term of every switch equals the scalar equations to 1e-9, on all branches."""
    years = extreme_years()
    n = years[0].shape[1]
    low, high = np.full(n, 0.023), np.linspace(0.6, 0.9, n)
    epsilon, topt = np.linspace(0.389, 1.044, n), np.linspace(8.0, 31.0, n)
    epsilon[21], topt[22], high[23] = np.nan, np.nan, np.nan
    tree = np.arange(n) % 2 == 0
    options = casa.Options(fpar=form, half_rule=half_rule, water=water)
    result = casa.simulate(
        *years,
        ndvi_min=low,
        ndvi_max=high,
        epsilon_max=epsilon,
        optimum_temperature=topt,
        options=options,
        tree=tree,
    )
    expected = reference(*years, low, high, epsilon, topt, tree, fpar=form, half_rule=half_rule, water=water)
    assert_same(result, expected)


@pytest.mark.parametrize("constant", [1.184, 1.1814, 1.1919])
def test_constant_of_te2(constant):
    """Te2 at the optimum is 0.9934, 0.9912, 1.0000 for the three published constants."""
    at_optimum = casa.temperature_scalar_2(np.array([24.0]), 24.0, constant)[0]
    assert at_optimum == pytest.approx({1.184: 0.9934, 1.1814: 0.9912, 1.1919: 1.0000}[constant], abs=5e-5)


@pytest.mark.parametrize("texture", list(water_stress.SOILS))
@pytest.mark.parametrize("tree", [False, True])
def test_bucket_of_every_soil(texture, tree):
    """The spun-up bucket of every soil and cover equals a thousand scalar years."""
    years = pixels(6, seed=2)
    options = casa.Options(water="bucket", soil_texture=texture)
    result = casa.simulate(*years, **PARAMETERS, options=options, tree=tree)
    filled = [np.full(6, PARAMETERS[k]) for k in PARAMETERS]
    expected = reference(*years, *filled, np.full(6, tree), water="bucket", soil_texture=texture)
    assert_same(result, expected)


def test_half_rule_is_strict():
    """At exactly +10 and -13 degC the curve holds, just beyond the half value (numbers exact in binary)."""
    t = np.array([34.0, 34.5, 11.0, 10.5])
    with_rule = casa.temperature_scalar_2(t, 24.0)
    curve = casa.temperature_scalar_2(t, 24.0, half_rule=False)
    half = 0.5 * casa.temperature_scalar_2(np.array([24.0]), 24.0)[0]
    np.testing.assert_array_equal(with_rule[[0, 2]], curve[[0, 2]])
    np.testing.assert_allclose(with_rule[[1, 3]], half, rtol=1e-14)
    np.testing.assert_allclose(curve[[0, 2]] / (2 * half), [0.585, 0.422], atol=5e-4)


def test_winter_under_the_half_rule():
    """At -3 degC and an optimum of 24 the curve gives 0.038 and the rule 0.497."""
    t = np.array([-3.0])
    assert casa.temperature_scalar_2(t, 24.0, half_rule=False)[0] == pytest.approx(0.038, abs=5e-4)
    assert casa.temperature_scalar_2(t, 24.0)[0] == pytest.approx(0.497, abs=5e-4)


def test_cold_limit_and_level_of_te1():
    """Te1 is 0 at -10 degC and below, 1 for an optimum of 20, 0.8 for one of 0 or 40, never negative."""
    t = np.array([-10.0, np.nextafter(-10, 0), 5.0, np.nan])
    np.testing.assert_allclose(casa.temperature_scalar_1(t, 20.0), [0.0, 1.0, 1.0, np.nan], rtol=1e-14)
    np.testing.assert_allclose(
        casa.temperature_scalar_1(np.zeros(3), np.array([0.0, 40.0, 80.0])), [0.8, 0.8, 0.0]
    )


def test_limits_of_fpar():
    """FPAR is 0.001 at and below NDVImin, 0.95 at and above NDVImax (also at 1), increases between."""
    ndvi = np.array([-0.5, 0.023, 0.3, 0.5, 0.8, 0.95, 1.0, np.nan])
    for form in ("mean", "sr", "ndvi"):
        values = casa.fpar(ndvi, 0.023, 0.8, form)
        np.testing.assert_allclose(values[[0, 1, 4, 5, 6]], [0.001, 0.001, 0.95, 0.95, 0.95], rtol=1e-14)
        assert np.all(np.diff(values[1:5]) > 0)
        assert np.isnan(values[7])


def test_published_simple_ratios():
    """SR of the NDVI bounds of Zhu's table: 0.747 -> 6.91, 0.676 -> 5.17, 0.636 -> 4.49, 0.023 -> 1.05."""
    ratios = casa.simple_ratio(np.array([0.747, 0.676, 0.636, 0.023]))
    np.testing.assert_allclose(ratios, [6.91, 5.17, 4.49, 1.05], atol=0.006)


def test_zhou_zhang_landmarks():
    """EET / P is 0.998 at P = 0.1 Ep0 and 0.74 at P = Ep0; EET passes Ep0 at P = 1.884 Ep0; EET < P."""
    ep0 = np.array([100.0, 100.0, 100.0, 100.0])
    p = np.array([10.0, 100.0, 188.0, 189.0])
    eet, pet = water_stress.zhou_zhang(ep0, p)
    np.testing.assert_allclose((eet / p)[:2], [0.998, 0.74], atol=5e-3)
    assert eet[2] < 100.0 < eet[3]
    assert np.all(eet < p)
    np.testing.assert_allclose(pet, (eet + ep0) / 2, rtol=1e-15)


def test_water_scalar_without_demand_is_the_limit():
    """As Ep0 falls to 0 with rain the water scalar rises to 1, its value at 0; without rain it is 0.5."""
    ep0 = np.array([1.0, 1e-3, 1e-9, 0.0, 0.0, 5.0])
    p = np.array([20.0, 20.0, 20.0, 20.0, 0.0, 0.0])
    eet, pet = water_stress.zhou_zhang(ep0, p)
    np.testing.assert_allclose(water_stress.water_scalar(eet, pet, p), [1, 1, 1, 1, 0.5, 0.5], rtol=1e-14)


def test_thornthwaite_joins_and_known_values():
    """Ep0 is 0 at 0 degC; at 26.5 degC the hot branch gives 136.5 mm and T / I decides below it."""
    year = np.array([0.0, 26.5, *([26.5] * 10)])
    ep0 = water_stress.thornthwaite_demand(year)
    assert ep0[0] == 0.0
    assert ep0[1] == pytest.approx(-415.85 + 32.24 * 26.5 - 0.43 * 26.5**2, rel=1e-14)
    # A year of 20 degC: I = 12 x 4^1.514 = 97.88, a = 2.1409, Ep0 = 16 (200 / 97.88)^a = 73.8 mm.
    assert water_stress.heat_index(np.full(12, 20.0)) == pytest.approx(97.88, abs=0.02)
    assert water_stress.thornthwaite_demand(np.full(12, 20.0))[3] == pytest.approx(73.8, abs=0.1)


def test_thornthwaite_misses_only_what_needs_the_missing_month():
    """A NaN temperature takes the months that need the heat index, not the frozen and the hot ones."""
    t = np.array([-2.0, np.nan, 5.0, 10.0, 15.0, 20.0, 28.0, 20.0, 15.0, 10.0, 5.0, 1.0])
    missing = np.isnan(water_stress.thornthwaite_demand(t))
    np.testing.assert_array_equal(np.flatnonzero(~missing), [0, 6])


def test_frozen_year():
    """A year below -10 degC fixes nothing, with every water model, and divides nothing by zero."""
    t = np.linspace(-30.0, -11.0, 12)
    for water in ("zhou_zhang", "bucket", "none"):
        year = casa.simulate(
            YEAR_NDVI,
            t,
            YEAR_P,
            YEAR_SOL,
            **{**PARAMETERS, "optimum_temperature": -11.0},
            options=casa.Options(water=water),
        )
        np.testing.assert_array_equal(year.npp, 0.0)
        np.testing.assert_array_equal(year.water, 1.0)
        np.testing.assert_array_equal(year.eet, 0.0)


def test_nan_in_ndvi_stays_in_its_month():
    """Months without NDVI are NaN, and no other month or pixel changes; the annual sum is NaN."""
    years = pixels(5, seed=3)
    whole = casa.simulate(*years, **PARAMETERS)
    ndvi = years[0].copy()
    ndvi[[0, 11], 2] = np.nan
    partial = casa.simulate(ndvi, *years[1:], **PARAMETERS)
    expected = whole.npp.copy()
    expected[[0, 11], 2] = np.nan
    np.testing.assert_array_equal(partial.npp, expected)
    np.testing.assert_array_equal(np.isnan(partial.annual_npp), [False, False, True, False, False])
    np.testing.assert_array_equal(partial.water, whole.water)


@pytest.mark.parametrize("water", ["zhou_zhang", "bucket"])
def test_southern_hemisphere_is_the_year_rolled(water):
    """Shifting all inputs by six months shifts the results by six months: nothing knows the hemisphere."""
    years = pixels(20, seed=4)
    options = casa.Options(water=water)
    north = casa.simulate(*years, **PARAMETERS, options=options)
    south = casa.simulate(*(np.roll(a, 6, axis=0) for a in years), **PARAMETERS, options=options)
    np.testing.assert_allclose(south.npp, np.roll(north.npp, 6, axis=0), rtol=1e-9)


@pytest.mark.parametrize("water", ["zhou_zhang", "bucket"])
def test_blocks_equal_the_whole(water):
    """Pixels one block at a time, in any shape, give the same bits as all at once."""
    years = pixels(60, seed=5)
    options = casa.Options(water=water)
    topt = np.linspace(15, 28, 60)
    parameters = {k: v for k, v in PARAMETERS.items() if k != "optimum_temperature"}
    whole = casa.simulate(*years, **parameters, optimum_temperature=topt, options=options)
    maps = casa.simulate(
        *(a.reshape(12, 6, 10) for a in years),
        **parameters,
        optimum_temperature=topt.reshape(6, 10),
        options=options,
    )
    part = casa.simulate(
        *(a[:, 17:31] for a in years), **parameters, optimum_temperature=topt[17:31], options=options
    )
    for name in NAMES:
        np.testing.assert_array_equal(getattr(maps, name).reshape(12, 60), getattr(whole, name))
        np.testing.assert_array_equal(getattr(part, name), getattr(whole, name)[:, 17:31])


def test_only_the_terms_asked_for():
    """A term asked for alone has the bits that it has among all of them; the others are None."""
    years = pixels(9, seed=11)
    whole = casa.simulate(*years, **PARAMETERS)
    part = casa.simulate(*years, **PARAMETERS, terms=("npp", "eet"))
    np.testing.assert_array_equal(part.npp, whole.npp)
    np.testing.assert_array_equal(part.eet, whole.eet)
    assert part.annual_npp.shape == (9,)
    assert [name for name in NAMES if getattr(part, name) is not None] == ["eet", "npp"]
    with pytest.raises(ValueError, match="add it to the terms"):
        _ = casa.simulate(*years, **PARAMETERS, terms=("eet",)).annual_npp
    with pytest.raises(ValueError, match="gpp"):
        casa.simulate(*years, **PARAMETERS, terms=("gpp",))


def test_parts_leave_no_seams(monkeypatch):
    """The size of the parts in which a map is computed changes no bit, whether or not it divides the map."""
    years = [a.reshape(12, 11, 13) for a in pixels(143, seed=10)]
    whole = casa.simulate(*years, **PARAMETERS)
    for size in (1, 40, 13 * 3):
        monkeypatch.setattr("nppdrivers.casa.model.PART_PIXELS", size)
        np.testing.assert_array_equal(casa.simulate(*years, **PARAMETERS).npp, whole.npp)


@pytest.mark.parametrize("water", ["zhou_zhang", "bucket", "none"])
def test_constant_climate_broadcasts(water):
    """A climate of (12,) or (12, 1, 1) equals the same climate written out for every pixel."""
    ndvi = pixels(12, seed=6)[0].reshape(12, 4, 3)
    options = casa.Options(water=water)
    full = casa.simulate(
        ndvi,
        *(np.tile(a[:, None, None], (1, 4, 3)) for a in (YEAR_T, YEAR_P, YEAR_SOL)),
        **PARAMETERS,
        options=options,
    )
    for climate in (
        (YEAR_T, YEAR_P, YEAR_SOL),
        tuple(a.reshape(12, 1, 1) for a in (YEAR_T, YEAR_P, YEAR_SOL)),
    ):
        year = casa.simulate(ndvi, *climate, **PARAMETERS, options=options)
        for name in NAMES:
            assert getattr(year, name).shape == ndvi.shape
            np.testing.assert_array_equal(getattr(year, name), getattr(full, name))


def test_float32_inputs_lose_only_their_own_rounding():
    """Float32 inputs are computed in float64: equal to the same rounded numbers given as float64."""
    years = [a.astype(np.float32) for a in pixels(30, seed=7)]
    single = casa.simulate(*years, **PARAMETERS)
    double = casa.simulate(*(a.astype(np.float64) for a in years), **PARAMETERS)
    assert single.npp.dtype == np.float64
    np.testing.assert_array_equal(single.npp, double.npp)


def test_leap_february_fixes_a_day_more():
    """With the radiation of 29 days for 28 February's NPP grows by that radiation, 3 to 5 %, and alone."""
    runs = []
    for year in (2011, 2012):
        months = np.arange(f"{year}-01", f"{year + 1}-01", dtype="datetime64[M]")
        sol = 0.5 * monthly_extraterrestrial_radiation(months, np.array(35.56))
        runs.append((sol, casa.simulate(YEAR_NDVI, YEAR_T, YEAR_P, sol, **PARAMETERS).npp))
    (sol, npp), (leap_sol, leap_npp) = runs
    assert 1.03 < leap_npp[1] / npp[1] < 1.05
    np.testing.assert_allclose(leap_npp / npp, leap_sol / sol, rtol=1e-12)
    np.testing.assert_allclose(np.delete(leap_npp / npp, 1), 1.0, atol=0.01)


def test_npp_is_proportional_to_light_and_efficiency():
    """NPP doubles with radiation and with eps_max, and is the product of the terms returned."""
    year = casa.simulate(YEAR_NDVI, YEAR_T, YEAR_P, YEAR_SOL, **PARAMETERS)
    twice = casa.simulate(YEAR_NDVI, YEAR_T, YEAR_P, 2 * YEAR_SOL, **PARAMETERS)
    np.testing.assert_allclose(twice.npp, 2 * year.npp, rtol=1e-14)
    product = YEAR_SOL * 0.5 * year.fpar * 0.542 * year.t1 * year.t2 * year.water
    np.testing.assert_allclose(year.npp, product, rtol=1e-14)


EFFECTS = {  # change of annual NPP in percent, from published comparisons on a temperate double-season basin
    "half rule off": ({"half_rule": False}, {}, (-12, -3)),
    "C 1.1814": ({"te2_constant": 1.1814}, {}, (-0.3, -0.1)),
    "C 1.1919": ({"te2_constant": 1.1919}, {}, (0.5, 0.8)),
    "SR only": ({"fpar": "sr"}, {}, (-35, -8)),
    "NDVI only": ({"fpar": "ndvi"}, {}, (8, 35)),
    "We = 1": ({"water": "none"}, {}, (6, 14)),
    "bucket": ({"water": "bucket"}, {}, (1, 12)),
    "NDVImax + 0.10": ({}, {"ndvi_max": 0.9}, (-30, -18)),
    "NDVImin 0.10": ({}, {"ndvi_min": 0.10}, (-25, -1)),
    "global efficiency": ({}, {"epsilon_max": 0.389}, (-28.3, -28.1)),
}


@pytest.mark.parametrize("name", list(EFFECTS))
def test_size_of_published_deviations(name):
    """Each choice moves annual NPP by the sign and order reported for it in this climate."""
    options, parameters, (least, most) = EFFECTS[name]
    years = (YEAR_NDVI, YEAR_T, YEAR_P, YEAR_SOL)
    base = casa.simulate(*years, **PARAMETERS).annual_npp
    other = casa.simulate(*years, **{**PARAMETERS, **parameters}, options=casa.Options(**options)).annual_npp
    assert least <= 100 * (other / base - 1) <= most


WRONG_UNITS = {
    "NDVI x 10000": ({"ndvi": YEAR_NDVI * 1e4}, "NDVI x 10000"),
    "kelvin": ({"temperature": YEAR_T + 273.15}, "kelvin"),
    "precipitation in m": ({"precipitation": YEAR_P / 1e3}, "metres"),
    "W m-2": ({"solar_radiation": YEAR_SOL / (0.0864 * 30.4)}, "W m-2"),
    "MJ per day": ({"solar_radiation": YEAR_SOL / 30.4}, "MJ m-2 per day"),
    "kWh": ({"solar_radiation": YEAR_SOL / 3.6}, "kWh"),
    "negative rain": ({"precipitation": YEAR_P - 6.0}, "clip"),
}


@pytest.mark.parametrize("name", list(WRONG_UNITS))
def test_wrong_units_are_refused_with_their_cause(name):
    """Each common wrong unit stops the year with an error that names it."""
    change, cause = WRONG_UNITS[name]
    years = {"ndvi": YEAR_NDVI, "temperature": YEAR_T, "precipitation": YEAR_P, "solar_radiation": YEAR_SOL}
    with pytest.raises(ValueError, match=cause):
        casa.simulate(**{**years, **change}, **PARAMETERS)


def test_unit_report_lists_every_problem():
    """Four wrong inputs give one error with four lines."""
    with pytest.raises(ValueError) as error:
        casa.check_units(YEAR_NDVI * 1e4, YEAR_T + 273.15, YEAR_P / 1e3, YEAR_SOL / 30.0)
    lines = str(error.value).splitlines()[1:]
    assert [line.split(":")[0] for line in lines] == [
        "- ndvi",
        "- temperature",
        "- precipitation",
        "- solar_radiation",
    ]


def test_unit_check_passes_rare_but_real_years():
    """A rainless year, missing data, NDVI a little beyond 1, and an experiment with constant climate pass."""
    nothing = np.full(12, np.nan)
    casa.check_units(nothing, nothing, nothing, nothing)
    casa.check_units(YEAR_NDVI + 0.35, YEAR_T, np.zeros(12), YEAR_SOL)
    casa.check_units(YEAR_NDVI, YEAR_T, np.full(12, 0.5), np.full(12, 100.0))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ndvi_min": 0.9}, "ndvi_min < ndvi_max"),
        ({"ndvi_max": 1.0}, "0.999"),
        ({"epsilon_max": 542.0}, "gC MJ-1"),
        ({"epsilon_max": -0.1}, "gC MJ-1"),
        ({"epsilon_max": np.zeros(3)}, "epsilon_max has shape"),
        ({"ndvi": YEAR_NDVI[:11]}, "12 months"),
        ({"temperature": 10.0}, "12 months"),
        ({"precipitation": np.ones((12, 3))}, "needs the axes of ndvi"),
    ],
)
def test_bad_arguments_say_what_is_wrong(change, message):
    """Wrong shapes and impossible parameters raise an error that names the argument."""
    years = {"ndvi": YEAR_NDVI, "temperature": YEAR_T, "precipitation": YEAR_P, "solar_radiation": YEAR_SOL}
    with pytest.raises(ValueError, match=message):
        casa.simulate(**{**years, **PARAMETERS, **change})


@pytest.mark.parametrize(
    "wrong", [{"fpar": "both"}, {"water": "lswi"}, {"soil_texture": "mud"}, {"te2_constant": 0}]
)
def test_unknown_options_are_refused(wrong):
    """An option that does not exist is refused by name."""
    with pytest.raises(ValueError, match=next(iter(wrong))):
        casa.Options(**wrong)


def test_bounds_by_class_against_exact_percentiles():
    """Histogram bounds, added over blocks, lie within a bin of each class's exact percentiles."""
    rng = np.random.default_rng(8)
    ndvi = np.clip(rng.normal(0.4, 0.2, (12, 30, 40)), -1, 1)
    ndvi[rng.random(ndvi.shape) < 0.1] = np.nan
    classes = rng.integers(0, 5, (30, 40))
    classes[classes == 3] = 2
    histogram = sum(
        casa.ndvi_histogram(ndvi[:, rows], classes[rows], 4) for rows in (slice(0, 7), slice(7, 30))
    )
    np.testing.assert_array_equal(histogram, casa.ndvi_histogram(ndvi, classes, 4))
    for percentile in (5.0, 50.0, 95.0):
        bounds = casa.ndvi_bounds(histogram, percentile)
        for code in (1, 2, 4):
            exact = np.nanpercentile(ndvi[:, classes == code], percentile)
            assert bounds[code] == pytest.approx(exact, abs=0.002)
        assert np.isnan(bounds[[0, 3]]).all()


def test_bounds_of_one_repeated_value():
    """A class with one NDVI has that value, to a bin, as every percentile, the limits 0 and 100 included."""
    histogram = casa.ndvi_histogram(np.full((12, 3), 0.6543), np.array([1, 1, 1]), 1)
    for percentile in (0, 5, 95, 100):
        assert casa.ndvi_bounds(histogram, percentile)[1] == pytest.approx(0.6543, abs=0.001)
    with pytest.raises(ValueError, match="percentile"):
        casa.ndvi_bounds(histogram, 101)


def test_class_means_add_over_blocks():
    """Sums and counts over blocks give each class's monthly mean without the missing values."""
    rng = np.random.default_rng(9)
    values = rng.normal(0.4, 0.1, (12, 20, 9))
    values[:, 3, 4] = np.nan
    classes = rng.integers(0, 4, (20, 9))
    parts = [casa.class_month_sums(values[:, s], classes[s], 3) for s in (slice(0, 8), slice(8, 20))]
    sums, counts = (sum(column) for column in zip(*parts, strict=True))
    for code in (1, 2, 3):
        np.testing.assert_allclose(
            sums[:, code] / counts[:, code], np.nanmean(values[:, classes == code], axis=1), rtol=1e-12
        )
    assert counts[:, 0].sum() == 0


def test_optimum_is_the_temperature_of_the_greenest_month():
    """The earliest of equal peaks counts, NaN months are left out, a pixel without NDVI has no optimum."""
    ndvi = np.tile(YEAR_NDVI[:, None], (1, 4))
    ndvi[3, 1] = ndvi[6, 1]  # two equal peaks: April and July
    ndvi[6, 2] = np.nan  # the peak is missing: August is next
    ndvi[:, 3] = np.nan
    topt = casa.optimum_temperature(ndvi, np.tile(YEAR_T[:, None], (1, 4)))
    np.testing.assert_array_equal(topt, [YEAR_T[6], YEAR_T[3], YEAR_T[7], np.nan])


def test_regional_optimum_uses_the_class_month_and_the_pixel_temperature():
    """Pixels take their own temperature in their class's peak month; unknown classes have none."""
    class_ndvi = np.full((12, 3), np.nan)
    class_ndvi[:, 1], class_ndvi[:, 2] = YEAR_NDVI, np.roll(YEAR_NDVI, -2)  # peaks in July and May
    classes = np.array([[1, 2], [0, 7]])
    temperature = YEAR_T[:, None, None] + np.array([[0.0, 1.0], [2.0, 3.0]])
    topt = casa.regional_optimum_temperature(class_ndvi, temperature, classes)
    np.testing.assert_array_equal(topt, [[YEAR_T[6], YEAR_T[4] + 1.0], [np.nan, np.nan]])
    by_class = casa.regional_optimum_temperature(class_ndvi, np.tile(YEAR_T[:, None], (1, 3)), np.arange(3))
    np.testing.assert_array_equal(by_class, [np.nan, YEAR_T[6], YEAR_T[4]])


@pytest.fixture(scope="module")
def land_cover():
    """The table of class constants as pandas reads it."""
    return pd.read_csv(Path(__file__).resolve().parents[3] / "config" / "land_cover.csv")


def test_class_table_is_usable_as_read(land_cover):
    """Codes count up from 1, bounds and efficiencies lie in range, every value has its source."""
    assert list(land_cover["class"][:5]) == ["forest", "grassland", "farmland", "construction", "water"]
    codes = land_cover["code"].dropna()
    np.testing.assert_array_equal(codes, np.arange(1, len(codes) + 1))
    assert land_cover["vegetated"].dtype == bool
    assert list(land_cover.loc[~land_cover["vegetated"], "class"]) == ["water"]
    efficiencies = land_cover.filter(like="epsilon_")
    assert list(efficiencies) == [
        f"epsilon_{s}" for s in ("zhu2007", "zhu2007_mixed", "feng2014", "pan2017", "global")
    ]
    assert ((efficiencies >= 0.09) & (efficiencies <= 2.16)).all(axis=None)
    assert (land_cover["ndvi_min"] < land_cover["ndvi_max"]).all()
    assert land_cover["colour"].str.fullmatch("#[0-9a-f]{6}").all()
    for name in [*(c.removeprefix("epsilon_") for c in efficiencies), "NDVI bounds"]:
        assert land_cover["source"].str.contains(f"{name}:").all()


# Linear RGB as seen with each kind of colour blindness (Machado et al. 2009, severity 1).
SEEN = {
    "normal": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.01182, 0.04294, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.3039],
    ],
}


@pytest.mark.parametrize("sight", list(SEEN))
def test_class_colours_differ_for_every_sight(land_cover, sight):
    """Any two class colours are at least 20 CIELAB units apart, also for the colour blind."""
    srgb = np.array([[int(c[i : i + 2], 16) / 255 for i in (1, 3, 5)] for c in land_cover["colour"]])
    linear = np.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(linear @ np.transpose(SEEN[sight]), 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    x, y, z = np.cbrt(seen @ to_xyz.T / [0.9505, 1.0, 1.089]).T
    lab = np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=1)
    apart = np.linalg.norm(lab[:, None] - lab, axis=-1)[np.triu_indices(len(lab), 1)]
    assert apart.min() >= 20


def documented_table(header):
    """Rows of the table of docs/npp.md under this header."""
    text = (Path(__file__).resolve().parents[3] / "docs" / "npp.md").read_text(encoding="utf-8")
    lines = text.split(f"| {header} |\n")[1].splitlines()[1:]
    table = itertools.takewhile(lambda line: line.startswith("|"), lines)
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table]


@pytest.fixture(scope="module")
def documented_year():
    """The inputs of the worked example as the document prints them."""
    return np.array(documented_table("month | NDVI | T | P | SOL"), dtype=float)[:, 1:].T


def test_worked_example_of_the_document(documented_year):
    """Every number of the documented example comes out of its documented inputs, to its last digit."""
    year = casa.simulate(*documented_year, **PARAMETERS)
    printed = documented_table("month | FPAR | APAR | Te1 | Te2 | Ep0 | EET | PET | We | eps | NPP")
    assert len(printed) == 12
    for month, row in enumerate(printed):
        assert row[1:] == [f"{getattr(year, name)[month]:.4f}" for name in NAMES]
    assert f"{year.annual_npp:.2f}" == "432.44"


DOCUMENTED_CHOICES = {
    "half rule off": lambda run: run(half_rule=False),
    "C 1.1814 (Potter, Field)": lambda run: run(te2_constant=1.1814),
    "C 1.1919 (CASA-GFED)": lambda run: run(te2_constant=1.1919),
    "FPAR by SR alone": lambda run: run(fpar="sr"),
    "FPAR by NDVI alone": lambda run: run(fpar="ndvi"),
    "NDVImax + 0.10": lambda run: run(ndvi_max=0.9),
    "NDVImin 0.10": lambda run: run(ndvi_min=0.1),
    "water none": lambda run: run(water="none"),
    "water bucket": lambda run: run(water="bucket"),
    "eps_max 0.389": lambda run: run(epsilon_max=0.389),
    "SOL - 10 %": lambda run: run(light=0.9),
    "PAR share 0.48": lambda run: run(light=0.96),
}


def test_choices_of_the_document(documented_year):
    """Every effect of the documented table of choices comes out of the example pixel."""

    def run(light=1.0, **changes):
        parameters = {name: changes.pop(name, value) for name, value in PARAMETERS.items()}
        ndvi, t, p, sol = documented_year
        return casa.simulate(
            ndvi, t, p, light * sol, **parameters, options=casa.Options(**changes)
        ).annual_npp

    printed = dict(documented_table("choice | effect %"))
    assert printed == {name: f"{100 * (of(run) / run() - 1):+.1f}" for name, of in DOCUMENTED_CHOICES.items()}
