"""Variograms, kriging and the choice of a model against PyKrige, dense solutions, refits and known truths."""

from dataclasses import replace

import numpy as np
import pytest
from pykrige.ok import OrdinaryKriging
from pykrige.uk import UniversalKriging
from scipy.spatial.distance import cdist

from nppdrivers import kriging
from nppdrivers.kriging.choice import choose_model
from nppdrivers.kriging.fitting import fit_variogram
from nppdrivers.kriging.transformation import RAW, Transform, fit_transform
from nppdrivers.kriging.variogram import (
    MODELS,
    Variogram,
    correlation,
    empirical_variogram,
    range_bounds,
)

# PyKrige's range is the practical one.
PYKRIGE_RANGE = {"spherical": 1.0, "exponential": 3.0, "gaussian": 7.0 / 4.0}


@pytest.fixture(scope="module")
def samples():
    """Places [m], values, a covariate; targets with their covariate, the first at a sample's place."""
    rng = np.random.default_rng(1)
    xy, targets = rng.uniform(0.0, 5000.0, (60, 2)), rng.uniform(0.0, 5000.0, (80, 2))
    targets[0] = xy[7]

    def covariate(p):
        return np.sin(p[:, :1] / 900.0)

    values = 3.0 + 2.0 * covariate(xy)[:, 0] + np.cos(xy[:, 1] / 700.0) + rng.normal(0.0, 0.3, 60)
    return {
        "xy": xy,
        "z": values,
        "drift": covariate(xy),
        "targets": targets,
        "target_drift": covariate(targets),
    }


def simulate(n, model, rng, extent=5000.0, fields=1):
    """Draw fields of a variogram at random places, mean zero."""
    xy = rng.uniform(0.0, extent, (n, 2))
    covariance = model.psill * correlation(model.model, cdist(xy, xy), model.range)
    covariance[np.diag_indices(n)] += model.nugget + 1e-10
    return xy, (np.linalg.cholesky(covariance) @ rng.normal(size=(n, fields))).T


def test_models_fall_from_one_to_zero():
    """Every correlation is 1 at distance 0, decreases, and is below 1 % at six times the range."""
    u = np.linspace(0.0, 10.0, 200)
    for model in MODELS:
        rho = correlation(model, u, 1.0)
        assert rho[0] == 1.0
        assert np.all(np.diff(rho) <= 0.0)
        assert correlation(model, 9.0, 1.0) < 0.01
    assert correlation("spherical", 1.0, 1.0) == 0.0


def test_variogram_jumps_by_the_nugget_and_ends_at_the_sill():
    """gamma(0) = 0, just beyond it is the nugget, far away the sill; impossible ones are refused."""
    v = Variogram("spherical", 0.2, 0.8, 500.0)
    np.testing.assert_allclose(v(np.array([0.0, 1e-9, 500.0, 1e4])), [0.0, 0.2, 1.0, 1.0], atol=1e-9)
    with pytest.raises(ValueError, match="unknown"):
        Variogram("cubic", 0.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="must not be negative"):
        Variogram("spherical", -0.1, 1.0, 1.0)


@pytest.mark.parametrize("model", PYKRIGE_RANGE)
def test_ordinary_kriging_equals_pykrige(samples, model):
    """Prediction and variance equal PyKrige's with the same parameters, at a sample's place too (1e-8)."""
    v = Variogram(model, 0.1, 1.2, 1100.0)
    parameters = {"psill": v.psill, "range": v.range * PYKRIGE_RANGE[model], "nugget": v.nugget}
    oracle = OrdinaryKriging(
        *samples["xy"].T, samples["z"], variogram_model=model, variogram_parameters=parameters
    )
    mean, variance = oracle.execute("points", *samples["targets"].T, backend="vectorized")
    got = kriging.predict(samples["xy"], samples["z"], v, samples["targets"])
    np.testing.assert_allclose(got[0], mean, atol=1e-8)
    np.testing.assert_allclose(got[1], variance, atol=1e-8)
    assert got[0][0] == pytest.approx(samples["z"][7], abs=1e-9)
    assert got[1][0] == pytest.approx(0.0, abs=1e-9)


@pytest.mark.parametrize("model", PYKRIGE_RANGE)
def test_external_drift_equals_pykrige(samples, model):
    """Kriging with a specified drift equals PyKrige's vectorized back end (1e-8)."""
    v = Variogram(model, 0.1, 0.5, 1100.0)
    parameters = {"psill": v.psill, "range": v.range * PYKRIGE_RANGE[model], "nugget": v.nugget}
    oracle = UniversalKriging(
        *samples["xy"].T,
        samples["z"],
        variogram_model=model,
        variogram_parameters=parameters,
        drift_terms=["specified"],
        specified_drift=[samples["drift"][:, 0]],
    )
    mean, variance = oracle.execute(
        "points",
        *samples["targets"].T,
        backend="vectorized",
        specified_drift_arrays=[samples["target_drift"][:, 0]],
    )
    got = kriging.predict(
        samples["xy"],
        samples["z"],
        v,
        samples["targets"],
        drift=samples["drift"],
        target_drift=samples["target_drift"],
    )
    np.testing.assert_allclose(got[0], mean, atol=1e-8)
    np.testing.assert_allclose(got[1], variance, atol=1e-8)


@pytest.mark.parametrize("model", ["matern15", "matern25"])
def test_matern_kriging_equals_pykrige(samples, model):
    """The Matern models equal PyKrige with the variogram given as a function (1e-8)."""
    v = Variogram(model, 0.1, 1.2, 500.0)
    oracle = OrdinaryKriging(
        *samples["xy"].T,
        samples["z"],
        variogram_model="custom",
        variogram_function=lambda parameters, h: v.nugget + v.psill * (1.0 - correlation(model, h, v.range)),
        variogram_parameters=[0.0],
    )
    mean, variance = oracle.execute("points", *samples["targets"].T, backend="vectorized")
    got = kriging.predict(samples["xy"], samples["z"], v, samples["targets"])
    np.testing.assert_allclose(got[0], mean, atol=1e-8)
    np.testing.assert_allclose(got[1], variance, atol=1e-8)


def test_empirical_variogram_equals_the_loop(samples):
    """Binned mean distances and half squared differences equal those of a loop over pairs."""
    xy, z = samples["xy"], samples["z"]
    distance, gamma, pairs = empirical_variogram(xy, z)
    width = np.hypot(*np.ptp(xy, axis=0)) / 3.0 / 15
    bins = {}
    for i in range(len(z)):
        for j in range(i):
            h = np.hypot(*(xy[i] - xy[j]))
            if h <= 15 * width:
                bins.setdefault(int(np.ceil(h / width)) - 1, []).append((h, 0.5 * (z[i] - z[j]) ** 2))
    expected = [np.mean(bins[b], axis=0) for b in sorted(bins)]
    np.testing.assert_allclose(np.transpose([distance, gamma]), expected, rtol=1e-12)
    assert pairs.tolist() == [len(bins[b]) for b in sorted(bins)]


def test_weighted_least_squares_beats_every_neighbour(samples):
    """No nugget, sill or range nearby has a smaller sum of weighted squares; nugget and sill stay >= 0."""
    distance, gamma, pairs = empirical_variogram(samples["xy"], samples["z"])

    def loss(v):
        return np.sum(pairs / distance**2 * (gamma - v(distance)) ** 2)

    for model in MODELS:
        v = fit_variogram(samples["xy"], samples["z"], model)
        for name in ("nugget", "psill", "range"):
            for factor in (0.9, 0.999, 1.001, 1.1):
                changed = {k: getattr(v, k) for k in ("nugget", "psill", "range")}
                changed[name] *= factor
                if changed["range"] > range_bounds(samples["xy"])[1]:
                    continue
                if model == "gaussian" and changed["nugget"] < 1e-6 * (changed["nugget"] + changed["psill"]):
                    continue
                assert loss(Variogram(model, **changed)) >= loss(v) * (1.0 - 1e-9)


def test_reml_beats_a_dense_scan(samples):
    """No variogram of a scan has a larger restricted likelihood than the fit, with drift and duplicates."""
    xy, z, drift = samples["xy"], samples["z"], samples["drift"]
    counts = np.ones(len(z))
    counts[:10] = 3.0
    f = np.column_stack([np.ones(len(z)), drift])
    h = cdist(xy, xy)

    def deviance(v):
        k = v.psill * correlation(v.model, h, v.range) + v.nugget * np.diag(1.0 / counts)
        inverse = np.linalg.inv(k)
        gram = f.T @ inverse @ f
        r = z - f @ np.linalg.solve(gram, f.T @ inverse @ z)
        return np.linalg.slogdet(k)[1] + np.linalg.slogdet(gram)[1] + r @ inverse @ r

    for model in MODELS:
        v = fit_variogram(xy, z, model, drift=drift, method="reml", counts=counts)
        best = deviance(v)
        for nugget in (0.0, 0.8, 0.98, 1.02, 1.2):
            for sill in (0.8, 0.98, 1.0, 1.02, 1.2):
                for scale in (0.5, 0.9, 0.98, 1.0, 1.02, 1.1, 2.0):
                    other = Variogram(model, max(v.nugget * nugget, 1e-6), v.psill * sill, v.range * scale)
                    assert deviance(other) >= best - 2e-3


@pytest.mark.parametrize("method", ["wls", "reml"])
def test_fit_does_not_depend_on_units(samples, method):
    """Metres instead of kilometres and grams instead of kilograms change the parameters and nothing else."""
    small = fit_variogram(samples["xy"] / 1000.0, samples["z"], "spherical", method=method)
    large = fit_variogram(samples["xy"], samples["z"] * 1000.0, "spherical", method=method)
    assert large.range == pytest.approx(small.range * 1e3, rel=1e-3)
    assert large.psill == pytest.approx(small.psill * 1e6, rel=1e-3)
    assert large.nugget == pytest.approx(small.nugget * 1e6, rel=1e-3, abs=1e-3 * large.psill)


def test_reml_recovers_a_known_variogram():
    """Over 20 simulated fields of 120 samples the median parameters are within 25 % of the truth."""
    truth = Variogram("exponential", 0.3, 1.0, 600.0)
    xy, fields = simulate(120, truth, np.random.default_rng(7), fields=20)
    fits = [fit_variogram(xy, z, "exponential", method="reml") for z in fields]
    for name in ("nugget", "psill", "range"):
        assert np.median([getattr(f, name) for f in fits]) == pytest.approx(getattr(truth, name), rel=0.25)


def test_leave_one_out_equals_refits(samples):
    """Residuals and variances equal predictions without the sample (1e-8), with drift and counts."""
    xy, z, drift = samples["xy"], samples["z"], samples["drift"]
    v = Variogram("matern15", 0.2, 0.9, 600.0)
    counts = np.where(np.arange(len(z)) % 4 == 0, 2.0, 1.0)
    e, variance = kriging.cross_validate(xy, z, v, drift=drift, counts=counts)
    for i in range(len(z)):
        k = np.arange(len(z)) != i
        mean, var = kriging.predict(
            xy[k], z[k], v, xy[[i]], drift=drift[k], target_drift=drift[[i]], counts=counts[k]
        )
        assert e[i] == pytest.approx(z[i] - mean[0], abs=1e-8)
        assert variance[i] == pytest.approx(var[0] - v.nugget + v.nugget / counts[i], abs=1e-8)


def test_folds_equal_refits(samples):
    """Residuals of left-out folds equal predictions without the fold; labels and a number of folds agree."""
    xy, z = samples["xy"], samples["z"]
    v = Variogram("spherical", 0.1, 1.0, 1500.0)
    labels = np.arange(len(z)) % 7
    e, variance = kriging.cross_validate(xy, z, v, folds=labels)
    for fold in range(7):
        inside = labels == fold
        mean, var = kriging.predict(xy[~inside], z[~inside], v, xy[inside])
        np.testing.assert_allclose(e[inside], z[inside] - mean, atol=1e-8)
        np.testing.assert_allclose(variance[inside], var, atol=1e-8)
    np.testing.assert_array_equal(kriging.cross_validate(xy, z, v, folds=7)[0], e)
    with pytest.raises(ValueError, match="too few samples remain"):
        kriging.cross_validate(xy, z, v, folds=np.zeros(len(z)))


def test_missing_values_are_left_out(samples):
    """NaN values change nothing but their own residual; a NaN coordinate or covariate is refused."""
    xy, z, drift = samples["xy"], samples["z"].copy(), samples["drift"]
    v = Variogram("spherical", 0.1, 1.0, 1500.0)
    z[[3, 11]] = np.nan
    k = np.isfinite(z)
    e, _ = kriging.cross_validate(xy, z, v, drift=drift)
    assert np.flatnonzero(np.isnan(e)).tolist() == [3, 11]
    np.testing.assert_array_equal(e[k], kriging.cross_validate(xy[k], z[k], v, drift=drift[k])[0])
    for method in ("wls", "reml"):
        assert fit_variogram(xy, z, "spherical", method=method) == fit_variogram(
            xy[k], z[k], "spherical", method=method
        )
    broken = xy.copy()
    broken[5, 0] = np.nan
    with pytest.raises(ValueError, match="coordinates"):
        kriging.cross_validate(broken, z, v)
    with pytest.raises(ValueError, match="covariates are missing"):
        kriging.cross_validate(xy, z, v, drift=np.where(np.arange(60)[:, None] == 9, np.nan, drift))


def test_nan_targets_stay_local_and_blocks_do_not_matter(samples, monkeypatch):
    """A NaN target is NaN alone; blocks of a few targets give the result of one block."""
    v = Variogram("spherical", 0.1, 1.0, 1500.0)
    args = samples["xy"], samples["z"], v
    kwargs = {"drift": samples["drift"]}
    whole = kriging.predict(*args, samples["targets"], target_drift=samples["target_drift"], **kwargs)
    targets, drift = samples["targets"].copy(), samples["target_drift"].copy()
    targets[4, 0], drift[9, 0] = np.nan, np.nan
    monkeypatch.setattr("nppdrivers.kriging.prediction.BLOCK_ELEMENTS", 7 * len(samples["xy"]))
    got = kriging.predict(*args, targets, target_drift=drift, **kwargs)
    for a, b in zip(got, whole, strict=True):
        assert np.flatnonzero(np.isnan(a)).tolist() == [4, 9]
        np.testing.assert_allclose(np.delete(a, [4, 9]), np.delete(b, [4, 9]), rtol=1e-11)


def test_duplicates_merged_equal_duplicates_kept(samples):
    """With a nugget, averaging two samples at one place with nugget / 2 predicts what the two predict."""
    xy, z = np.vstack([samples["xy"], samples["xy"][:5]]), np.r_[samples["z"], samples["z"][:5] + 0.4]
    v = Variogram("exponential", 0.3, 1.0, 800.0)
    merged_xy, merged_z, _, counts = kriging.merge_duplicates(xy, z)
    assert len(merged_z) == 60
    assert counts.tolist() == [2] * 5 + [1] * 55
    np.testing.assert_array_equal(merged_xy, samples["xy"])
    targets = samples["targets"][1:]
    kept = kriging.predict(xy, z, v, targets)
    merged = kriging.predict(merged_xy, merged_z, v, targets, counts=counts)
    np.testing.assert_allclose(merged, kept, atol=1e-9)


def test_singular_systems_are_refused(samples):
    """Two samples at one place without a nugget, and too smooth a model, are refused instead of solved."""
    xy, z = np.vstack([samples["xy"], samples["xy"][:1]]), np.r_[samples["z"], 1.0]
    with pytest.raises(ValueError, match="merge_duplicates"):
        kriging.predict(xy, z, Variogram("spherical", 0.0, 1.0, 900.0), samples["targets"])
    with pytest.raises(ValueError, match="singular"):
        kriging.cross_validate(samples["xy"], samples["z"], Variogram("gaussian", 0.0, 1.0, 9000.0))


def test_wrong_arguments_are_refused(samples):
    """Unknown models and methods, a drift at one end only and constants name the cause."""
    xy, z = samples["xy"], samples["z"]
    v = Variogram("spherical", 0.1, 1.0, 1500.0)
    with pytest.raises(ValueError, match="unknown"):
        fit_variogram(xy, z, "linear")
    with pytest.raises(ValueError, match="method"):
        fit_variogram(xy, z, "spherical", method="ml")
    with pytest.raises(ValueError, match="at neither"):
        kriging.predict(xy, z, v, samples["targets"], drift=samples["drift"])
    with pytest.raises(ValueError, match="1 drift covariates at the samples, 2"):
        kriging.predict(
            xy, z, v, xy, drift=samples["drift"], target_drift=np.column_stack([samples["drift"]] * 2)
        )
    with pytest.raises(ValueError, match="same at all samples"):
        fit_variogram(xy, z, "spherical", drift=np.ones(60))
    with pytest.raises(ValueError, match="no variance"):
        fit_variogram(xy, np.full(60, 2.0), "spherical")
    with pytest.raises(ValueError, match="too few"):
        fit_variogram(xy[:3], z[:3], "spherical")
    with pytest.raises(ValueError, match="one place"):
        fit_variogram(np.zeros((60, 2)), z, "spherical")


def test_quadrature_gives_the_lognormal_moments():
    """The back-transformed logarithm has the mean and sd of the lognormal distribution."""
    mean, sd = np.array([0.0, 1.0, 3.0]), np.array([0.1, 0.5, 0.8])
    got = Transform("log", 0.0).moments(mean, sd)
    expected = np.exp(mean + sd**2 / 2.0)
    np.testing.assert_allclose(got[0], expected, rtol=1e-8)
    np.testing.assert_allclose(got[1], expected * np.sqrt(np.expm1(sd**2)), rtol=1e-6)


def test_quadrature_of_box_cox_equals_simulation():
    """Mean and sd of back-transformed Box-Cox values are those of 400 000 draws (0.5 %)."""
    t = Transform("boxcox", 0.4)
    draws = t.inverse(2.0 + 0.9 * np.random.default_rng(0).normal(size=400_000))
    mean, sd = t.moments(np.array([2.0]), np.array([0.9]))
    assert mean[0] == pytest.approx(draws.mean(), rel=5e-3)
    assert sd[0] == pytest.approx(draws.std(), rel=5e-3)


def test_transforms_invert_and_have_their_jacobian():
    """inverse(forward(z)) = z; the Jacobian is the derivative by differences."""
    z, step = np.array([0.3, 1.0, 7.5]), 1e-6
    for t in (RAW, Transform("log", 0.0), Transform("boxcox", 0.4)):
        np.testing.assert_allclose(t.inverse(t.forward(z)), z, rtol=1e-12)
        derivative = (t.forward(z + step) - t.forward(z - step)) / (2.0 * step)
        np.testing.assert_allclose(t.log_jacobian(z), np.log(derivative), atol=1e-6)


def test_box_cox_power_is_recovered():
    """The square of normal values asks for a power near one half; a log-normal leaves Box-Cox out."""
    rng = np.random.default_rng(3)
    power = fit_transform("boxcox", rng.normal(10.0, 2.0, 3000) ** 2).power
    assert power == pytest.approx(0.5, abs=0.1)
    skewed = np.exp(rng.normal(0.0, 1.0, 3000) ** 3 / 3.0 + rng.normal(size=3000))
    assert fit_transform("boxcox", skewed) is None or fit_transform("boxcox", skewed).power < 0.1
    assert fit_transform("log", np.array([0.0, 1.0])) is None
    with pytest.raises(ValueError, match="unknown"):
        fit_transform("sqrt", np.array([1.0]))


@pytest.fixture(scope="module")
def lognormal():
    """Samples of a log-normal field, some twice at one place, some missing, and targets of the same field."""
    truth = Variogram("spherical", 0.05, 0.5, 1800.0)
    xy, fields = simulate(260, truth, np.random.default_rng(11))
    z = np.exp(1.0 + fields[0])
    return {"xy": xy[:110], "z": z[:110], "targets": xy[110:], "truth": z[110:]}


def test_choice_transforms_a_lognormal_field(lognormal):
    """A log-normal field is not kriged raw; its map is better than the mean, the table is ranked."""
    choice = choose_model(lognormal["xy"], lognormal["z"], bounds=(0.0, np.inf))
    assert choice.kind == "kriging"
    assert choice.transform.name in ("log", "boxcox")
    maps = choice.predict(lognormal["targets"])
    truth = lognormal["truth"]
    assert np.all(maps.q05 < maps.mean)
    assert np.all(maps.mean < maps.q95)
    assert np.sqrt(np.mean((truth - maps.mean) ** 2)) < 0.9 * truth.std()
    errors = choice.table["blocked_rmse"][choice.table["rejected"] == ""]
    assert errors.is_monotonic_increasing
    assert len(choice.table) == 3 * 2 * 2


def test_candidates_are_scored_by_blocks_of_three_sizes(lognormal):
    """The score is the geometric mean of the RMSE with blocks of three sizes left out, on the raw scale."""
    xy, z = lognormal["xy"], lognormal["z"]
    choice = choose_model(xy, z, transforms=("log",), models=("spherical",), methods=("wls",))
    edge = np.hypot(*np.ptp(xy, axis=0))
    errors = []
    for parts in (6, 9, 12):
        blocks = np.floor((xy - xy.min(axis=0)) / (edge / parts)) @ [1.0, 100.0]
        e, variance = kriging.cross_validate(xy, np.log(z), choice.variogram, folds=blocks)
        errors.append(np.sqrt(np.mean((z - np.exp(np.log(z) - e + variance / 2.0)) ** 2)))
    assert choice.table["blocked_rmse"][0] == pytest.approx(np.prod(errors) ** (1.0 / 3.0), rel=1e-9)


def test_map_is_the_mean_of_the_best_of_each_model(lognormal):
    """Mean and quantiles are those of the maps of single models, the variance adds their disagreement."""
    xy, z, targets = lognormal["xy"], lognormal["z"], lognormal["targets"]
    models = ("exponential", "matern15")
    both = choose_model(xy, z, models=models)
    single = [choose_model(xy, z, models=(model,)).predict(targets) for model in models]
    maps = both.predict(targets)
    for name in ("mean", "q05", "q95"):
        np.testing.assert_allclose(getattr(maps, name), np.mean([getattr(m, name) for m in single], axis=0))
    variance = np.mean([m.sd**2 for m in single], axis=0) + np.var([m.mean for m in single], axis=0)
    np.testing.assert_allclose(maps.sd, np.sqrt(variance))
    assert both.parameters()["members"] == 2
    assert both.table.groupby("model")["weight"].max().to_dict() == dict.fromkeys(models, 0.5)
    assert both.table["weight"].dtype == float and both.table["weight"].sum() == 1.0


def test_ranges_stay_within_what_the_samples_show():
    """With a trend across the area 95 % of the sill is reached within the diagonal of the samples."""
    rng = np.random.default_rng(2)
    xy = rng.uniform(0.0, 5000.0, (60, 2))
    z = 5.0 + xy[:, 0] / 1000.0 + rng.normal(0.0, 0.3, 60)
    choice = choose_model(xy, z, transforms=("raw",), models=("exponential", "matern15"))
    diagonal = np.hypot(*np.ptp(xy, axis=0))
    for name, longest in (("exponential", diagonal / 3.0), ("matern15", diagonal / 4.744)):
        ranges = choice.table["range"][choice.table["model"] == name]
        assert ranges.max() == pytest.approx(longest, rel=1e-3)
    assert choice.kind == "kriging"


def test_likelihood_of_many_samples_is_that_of_some(lognormal, monkeypatch):
    """Above its limit the likelihood uses a part of the places, and the map all of them."""
    xy, z = lognormal["xy"], lognormal["z"]
    options = {"transforms": ("log",), "models": ("exponential",), "methods": ("reml",)}
    whole = choose_model(xy, z, **options)
    monkeypatch.setattr("nppdrivers.kriging.candidates.MOST_IN_LIKELIHOOD", 90)
    part = choose_model(xy, z, **options)
    assert part.variogram != whole.variogram
    assert part.variogram.sill == pytest.approx(whole.variogram.sill, rel=0.5)
    assert len(part.cross_validation) == len(xy)


def test_maps_of_lognormal_fields_are_unbiased_and_cover():
    """Over six log-normal fields the mean is unbiased within 6 %, the 90 % interval covers 85 to 95 %."""
    variogram = Variogram("spherical", 0.05, 0.5, 1800.0)
    covered, bias = [], []
    for seed in range(6):
        xy, fields = simulate(260, variogram, np.random.default_rng(seed))
        z = np.exp(1.0 + fields[0])
        choice = choose_model(xy[:110], z[:110], models=("spherical", "exponential"), methods=("reml",))
        maps = choice.predict(xy[110:])
        covered.append(np.mean((z[110:] >= maps.q05) & (z[110:] <= maps.q95)))
        bias.append(maps.mean.mean() / z[110:].mean() - 1.0)
    assert 0.85 <= np.mean(covered) <= 0.95
    assert abs(np.mean(bias)) < 0.06


def test_log_score_is_comparable_between_transforms(lognormal):
    """The score of a candidate is the mean log density of the held-out values themselves."""
    choice = choose_model(lognormal["xy"], lognormal["z"], transforms=("log",), models=("spherical",))
    row = choice.table.iloc[0]
    e, variance = kriging.cross_validate(lognormal["xy"], np.log(lognormal["z"]), choice.variogram)
    z, t = lognormal["z"], np.log(lognormal["z"])
    density = np.exp(-0.5 * e**2 / variance) / np.sqrt(2.0 * np.pi * variance) / z
    assert row["log_score"] == pytest.approx(np.log(density).mean(), rel=1e-10)
    assert row["msdr"] == pytest.approx(np.mean(e**2 / variance), rel=1e-10)
    expected = np.exp(t - e + variance / 2.0)
    assert row["rmse"] == pytest.approx(np.sqrt(np.mean((z - expected) ** 2)), rel=1e-6)


def test_thirty_percent_missing_is_sane(lognormal):
    """With 30 % of the values missing the map is still a kriging of those present, and says how many lack."""
    z = lognormal["z"].copy()
    z[np.random.default_rng(0).random(len(z)) < 0.3] = np.nan
    choice = choose_model(lognormal["xy"], z, models=("spherical", "exponential"))
    assert choice.kind == "kriging"
    assert choice.parameters()["missing"] == np.isnan(z).sum()
    assert np.isfinite(choice.predict(lognormal["targets"]).mean).all()


def test_duplicates_are_merged_and_counted(lognormal):
    """Samples at one place are averaged and counted in the parameters."""
    xy, z = np.vstack([lognormal["xy"], lognormal["xy"][:8]]), np.r_[lognormal["z"], lognormal["z"][:8]]
    choice = choose_model(xy, z, models=("spherical",), methods=("reml",))
    assert choice.parameters()["merged"] == 8
    assert choice.parameters()["places"] == 110


def test_drift_is_used_where_it_explains(samples):
    """A covariate that explains the property is chosen as external drift and then needed for prediction."""
    z = samples["z"] + 10.0 * samples["drift"][:, 0]
    choice = choose_model(samples["xy"], z, drift=samples["drift"], models=("spherical", "matern15"))
    assert choice.uses_drift
    assert choice.parameters()["external_drift"]
    assert np.isfinite(choice.predict(samples["targets"], samples["target_drift"]).mean).all()
    with pytest.raises(ValueError, match="at neither"):
        choice.predict(samples["targets"])
    distance, gamma, pairs = choice.empirical_variogram()
    assert len(distance) == len(gamma) == len(pairs)


def test_the_drift_stated_is_that_of_the_best_member(samples):
    """Model and trend stated belong together: that a second member uses the drift changes neither."""
    with_drift = choose_model(
        samples["xy"], samples["z"] + 10.0 * samples["drift"][:, 0], drift=samples["drift"]
    )
    without = choose_model(samples["xy"], samples["z"])
    mixed = replace(with_drift, members=(without.members[0], with_drift.members[0]))
    assert with_drift.parameters()["external_drift"] and not mixed.parameters()["external_drift"]
    assert mixed.parameters()["model"] == without.parameters()["model"]
    gamma = mixed.empirical_variogram()[1]
    alone = replace(mixed, members=without.members).empirical_variogram()[1]
    np.testing.assert_array_equal(gamma, alone)


def test_constant_property_is_flagged(samples):
    """A constant property gives its value everywhere, with no error and a flag."""
    choice = choose_model(samples["xy"], np.full(60, 4.2))
    assert (choice.kind, choice.flag) == ("mean", "the property is constant")
    maps = choice.predict(samples["targets"])
    np.testing.assert_allclose(maps.mean, 4.2)
    np.testing.assert_allclose(maps.sd, 0.0, atol=1e-12)
    assert choice.blocked_scores(1000.0)["blocked_cv_r2"] is None


def test_pure_noise_is_not_kriged_in_silence():
    """Without spatial structure the map is the mean or IDW with a flag, or is kriged to near the mean."""
    rng = np.random.default_rng(5)
    flagged = 0
    for _ in range(6):
        xy, z = rng.uniform(0.0, 5000.0, (60, 2)), rng.normal(5.0, 1.0, 60)
        choice = choose_model(xy, z, transforms=("raw",), models=("spherical",))
        maps = choice.predict(rng.uniform(0.0, 5000.0, (50, 2)))
        flagged += choice.kind != "kriging"
        if choice.kind != "kriging":
            assert "no acceptable variogram" in choice.flag
            assert np.all(choice.table["rejected"] != "")
        assert maps.mean.std() < 0.8 * z.std()
        assert maps.sd.min() > 0.5 * z.std()
    assert flagged >= 3


def test_few_samples_fall_back_or_are_refused(samples):
    """Nine samples give a flagged fallback, two are refused; a NaN target stays local in the fallback."""
    choice = choose_model(samples["xy"][:9], samples["z"][:9])
    assert choice.kind in ("mean", "idw")
    assert "too few" in choice.flag
    targets = samples["targets"][:5].copy()
    targets[2, 0] = np.nan
    maps = choice.predict(targets)
    for field in maps[:4]:
        assert np.flatnonzero(np.isnan(field)).tolist() == [2]
    with pytest.raises(ValueError, match="at least 3"):
        choose_model(samples["xy"][:2], samples["z"][:2])


def test_wild_outlier_is_reported(lognormal):
    """A sample multiplied by 40 is listed among the outliers, and the map elsewhere stays in range."""
    z = lognormal["z"].copy()
    z[20] *= 40.0
    choice = choose_model(lognormal["xy"], z, bounds=(0.0, np.inf), models=("spherical", "matern15"))
    assert choice.outliers["observed"].max() == pytest.approx(z[20])
    maps = choice.predict(lognormal["targets"])
    far = np.hypot(*(lognormal["targets"] - lognormal["xy"][20]).T) > 1500.0
    assert maps.mean[far].max() < 3.0 * lognormal["z"].max()


def test_maps_stay_within_bounds_and_count_clipped_cells(samples):
    """Means and quantiles never leave the bounds of the property; the clipped cells are counted."""
    z = np.clip(samples["z"] - samples["z"].min(), 0.0, 3.0)
    free = choose_model(samples["xy"], z, transforms=("raw",), models=("gaussian",))
    bound = choose_model(samples["xy"], z, bounds=(0.0, 3.0), transforms=("raw",), models=("gaussian",))
    outside = free.predict(samples["targets"]).mean
    outside = np.sum((outside < 0.0) | (outside > 3.0))
    maps = bound.predict(samples["targets"])
    assert maps.clipped == outside > 0
    for field in (maps.mean, maps.q05, maps.q95):
        assert field.min() >= 0.0
        assert field.max() <= 3.0
    with pytest.raises(ValueError, match="exceed the bounds"):
        choose_model(samples["xy"], z - 1.0, bounds=(0.0, 3.0))


def test_blocked_scores_equal_folds(lognormal):
    """Blocked scores are those of cross-validation with the blocks as folds; one block has none."""
    choice = choose_model(lognormal["xy"], lognormal["z"], transforms=("raw",), models=("spherical",))
    blocks = np.floor(lognormal["xy"] / 1000.0) @ [1.0, 100.0]
    e, _ = kriging.cross_validate(lognormal["xy"], lognormal["z"], choice.variogram, folds=blocks)
    scores = choice.blocked_scores(1000.0)
    assert scores["blocked_cv_rmse"] == pytest.approx(np.sqrt(np.mean(e**2)), rel=1e-10)
    assert scores["blocked_cv_r2"] == pytest.approx(1.0 - np.mean(e**2) / np.var(lognormal["z"]), rel=1e-10)
    assert scores["blocked_cv_rmse"] > choice.table["rmse"].iloc[0]
    assert choice.blocked_scores(1e6) == {"blocked_cv_rmse": None, "blocked_cv_r2": None}


def test_scores_of_the_choice_are_those_of_its_row(lognormal):
    """The scores of a kriging equal its row of the candidates; a constant has no R2 and no error."""
    xy, values = lognormal["xy"], lognormal["z"]
    choice = choose_model(xy, values, models=("exponential",), methods=("reml",))
    best = choice.table.iloc[0]
    scores = choice.scores()
    assert choice.kind == "kriging"
    assert all(scores[name] == pytest.approx(best[name]) for name in ("rmse", "me", "r2", "msdr", "coverage"))
    constant = choose_model(xy, np.full(len(xy), 4.0)).scores()
    assert constant["r2"] is None and constant["rmse"] == pytest.approx(0.0, abs=1e-12)
