"""Kriging of the Meuse topsoil samples: the figures that gstat gives, and what the choice of a model adds."""

import numpy as np
import pandas as pd
import pytest

from nppdrivers.kriging import cross_validate, fit_variogram, predict
from nppdrivers.kriging.choice import choose_model

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def meuse(real_data):
    """The 155 samples and the 40 m grid."""
    folder = real_data / "soil"
    return pd.read_csv(folder / "meuse.csv"), pd.read_csv(folder / "meuse_grid.csv")


def prepared(samples, name):
    """Places, values and drift of a case: log zinc, log zinc with sqrt(dist) as drift, organic matter."""
    values = samples["om"] if name == "om" else np.log(samples["zinc"])
    drift = np.sqrt(samples[["dist"]].to_numpy()) if name == "drift" else None
    return samples[["x", "y"]].to_numpy(float), values.to_numpy(float), drift


# nugget, partial sill, range [m], leave-one-out RMSE and MSDR of gstat 2.1 (spherical, its defaults)
GSTAT = {
    "zinc": (0.05066, 0.5906, 897.0, 0.3918, 0.8185),
    "drift": (0.07981, 0.1491, 872.6, 0.3753, 1.0835),
    "om": (4.3708, 8.4019, 845.2, 2.4159, 0.8165),
}


@pytest.mark.parametrize("name", GSTAT)
def test_gstat_is_reproduced(meuse, name):
    """Nugget, partial sill and range within 0.5 % of gstat's, leave-one-out RMSE and MSDR within 0.1 %."""
    xy, z, drift = prepared(meuse[0], name)
    v = fit_variogram(xy, z, "spherical", drift=drift)
    nugget, psill, scale, rmse, msdr = GSTAT[name]
    assert v.nugget == pytest.approx(nugget, rel=5e-3)
    assert v.psill == pytest.approx(psill, rel=5e-3)
    assert v.range == pytest.approx(scale, rel=5e-3)
    e, variance = cross_validate(xy, z, v, drift=drift)
    assert np.sqrt(np.nanmean(e**2)) == pytest.approx(rmse, rel=1e-3)
    assert np.nanmean(e**2 / variance) == pytest.approx(msdr, rel=1e-3)


@pytest.mark.parametrize("name", GSTAT)
def test_restricted_likelihood_is_calibrated(meuse, name):
    """Variograms fitted by REML have a mean squared deviation ratio of 0.97 to 1.01."""
    xy, z, drift = prepared(meuse[0], name)
    for model in ("spherical", "exponential", "matern15"):
        v = fit_variogram(xy, z, model, drift=drift, method="reml")
        e, variance = cross_validate(xy, z, v, drift=drift)
        assert 0.97 <= np.nanmean(e**2 / variance) <= 1.01


def test_map_of_zinc_is_sane(meuse):
    """On the 40 m grid the chosen model keeps to the range of the samples and is surest near them."""
    samples, grid = meuse
    choice = choose_model(
        samples[["x", "y"]].to_numpy(float),
        samples["zinc"].to_numpy(float),
        drift=np.sqrt(samples[["dist"]].to_numpy()),
        bounds=(0.0, np.inf),
    )
    assert choice.kind == "kriging"
    assert choice.uses_drift
    assert choice.transform.name in ("log", "boxcox")
    best = choice.table.iloc[0]
    assert best["r2"] > 0.6
    assert 0.85 <= best["coverage"] <= 0.95
    maps = choice.predict(grid[["x", "y"]].to_numpy(float), np.sqrt(grid[["dist"]].to_numpy()))
    assert np.isfinite(maps.mean).all()
    assert samples["zinc"].min() * 0.5 < maps.mean.min()
    assert maps.mean.max() < samples["zinc"].max() * 1.5
    assert maps.clipped == 0


def test_intervals_cover_in_ten_folds(meuse):
    """Nominal 90 % intervals of organic matter cover 85 to 95 % of the samples left out in ten folds."""
    samples = meuse[0].dropna(subset="om")
    xy, z = samples[["x", "y"]].to_numpy(float), samples["om"].to_numpy(float)
    fold = np.random.default_rng(0).permutation(len(z)) % 10
    covered = np.zeros(len(z), dtype=bool)
    for k in range(10):
        inside = fold == k
        choice = choose_model(xy[~inside], z[~inside], bounds=(0.0, 100.0), models=("spherical", "matern15"))
        maps = choice.predict(xy[inside])
        covered[inside] = (maps.q05 <= z[inside]) & (z[inside] <= maps.q95)
    assert 0.85 <= covered.mean() <= 0.95


def test_missing_organic_matter_is_left_out(meuse):
    """The two samples without organic matter change nothing else."""
    xy, z, _ = prepared(meuse[0], "om")
    used = np.isfinite(z)
    assert (~used).sum() == 2
    v = fit_variogram(xy, z, "spherical")
    targets = meuse[1][["x", "y"]].to_numpy(float)[::50]
    np.testing.assert_array_equal(predict(xy, z, v, targets), predict(xy[used], z[used], v, targets))
