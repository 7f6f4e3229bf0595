"""Thin-plate smoothing splines against scipy, dense textbook solutions and refits."""

import numpy as np
import pytest
from scipy.interpolate import RBFInterpolator

from nppdrivers.spline import ThinPlateSpline
from nppdrivers.spline.solver import KERNELS, kernel


@pytest.fixture(scope="module")
def mountains():
    """Stations (lon, lat, elevation in km), noisy temperatures, a covariate, error scales and targets."""
    rng = np.random.default_rng(1)

    def places(n):
        return np.column_stack([rng.uniform(110, 114, n), rng.uniform(34, 37, n), rng.gamma(2.0, 0.4, n)])

    points, targets = places(45), places(60)
    values = 20.0 - 6.0 * points[:, 2] + np.sin(points[:, 0]) + rng.normal(0.0, 0.5, 45)
    return {
        "points": points,
        "values": values,
        "covariate": rng.normal(size=(45, 1)),
        "scale": rng.uniform(0.5, 2.0, 45),
        "targets": targets,
        "target_covariate": rng.normal(size=(60, 1)),
    }


def polynomials(points, order):
    """Monomials of degree below the order."""
    columns = [np.ones(len(points)), *points.T]
    if order == 3:
        d = points.shape[1]
        columns += [points[:, i] * points[:, j] for i in range(d) for j in range(i, d)]
    return np.column_stack(columns)


def slow_kernel(a, b, order):
    """E(r) written out for one pair after another."""
    theta, power = KERNELS[a.shape[1], order]
    out = np.zeros((len(a), len(b)))
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            r = np.sqrt(np.sum((x - y) ** 2))
            if r > 0.0:
                out[i, j] = theta * r**power * (np.log(r) if a.shape[1] == 2 else 1.0)
    return out


class DenseSpline:
    """The same spline from the full bordered system; weights, covariates and posterior variance included."""

    def __init__(self, points, values, rho, order=2, covariates=None, scale=None):
        self.points, self.order, n = points, order, len(points)
        self.centre = points.mean(axis=0)
        covariates = np.empty((n, 0)) if covariates is None else covariates
        scale = np.ones(n) if scale is None else scale
        self.t = np.hstack([polynomials(points - self.centre, order), covariates])
        p = self.t.shape[1]
        self.k = slow_kernel(points, points, order) + rho * np.diag(scale**2)
        self.system = np.block([[self.k, self.t], [self.t.T, np.zeros((p, p))]])
        self.inverse = np.linalg.inv(self.system)
        self.solution = self.inverse[:, :n] @ values
        self.hat = np.eye(n) - rho * np.diag(scale**2) @ self.inverse[:n, :n]
        scaled_residual = (np.eye(n) - self.hat) @ values / scale
        self.var = scaled_residual @ scaled_residual / np.trace(np.eye(n) - self.hat)
        self.gcv = n * (scaled_residual @ scaled_residual) / np.trace(np.eye(n) - self.hat) ** 2
        self.field_variance = self.var / rho

    def rows(self, targets, covariates=None):
        covariates = np.empty((len(targets), 0)) if covariates is None else covariates
        trend = np.hstack([polynomials(targets - self.centre, self.order), covariates])
        return np.hstack([slow_kernel(targets, self.points, self.order), trend])

    def predict(self, targets, covariates=None):
        return self.rows(targets, covariates) @ self.solution

    def standard_error(self, targets, covariates=None):
        rows = self.rows(targets, covariates)
        return np.sqrt(-self.field_variance * np.einsum("ij,jk,ik->i", rows, self.inverse, rows))


def test_trivariate_spline_is_scipys_linear_kernel(mountains):
    """In 3-D and order 2 scipy's `linear` kernel with smoothing 8 pi rho is the same spline (1e-9)."""
    spline = ThinPlateSpline().fit(mountains["points"], mountains["values"])
    oracle = RBFInterpolator(
        mountains["points"],
        mountains["values"],
        kernel="linear",
        degree=1,
        smoothing=8.0 * np.pi * spline.rho_,
    )
    np.testing.assert_allclose(
        spline.predict(mountains["targets"]), oracle(mountains["targets"]), rtol=0, atol=1e-9
    )


@pytest.mark.parametrize(
    ("dimension", "order", "name", "factor"),
    [(2, 2, "thin_plate_spline", 8.0 * np.pi), (3, 3, "cubic", 96.0 * np.pi)],
)
def test_other_orders_are_scipys_kernels(mountains, dimension, order, name, factor):
    """2-D order 2 is scipy's thin plate, 3-D order 3 its cubic kernel, up to the constant of the kernel."""
    points, targets = mountains["points"][:, :dimension], mountains["targets"][:, :dimension]
    rho = 0.02
    spline = ThinPlateSpline(order=order).fit(points, mountains["values"], rho=rho)
    oracle = RBFInterpolator(
        points, mountains["values"], kernel=name, degree=order - 1, smoothing=rho * factor
    )
    np.testing.assert_allclose(spline.predict(targets), oracle(targets), rtol=0, atol=1e-8)


@pytest.mark.parametrize(("dimension", "order"), [(2, 2), (2, 3), (3, 2), (3, 3)])
def test_fast_solution_is_the_dense_one(mountains, dimension, order):
    """Values, signal, GCV, VAR and errors equal those of the bordered system, weighted and partial."""
    points, targets = mountains["points"][:, :dimension], mountains["targets"][:, :dimension]
    kwargs = {"covariates": mountains["covariate"]}
    rho = 0.05
    spline = ThinPlateSpline(order=order).fit(
        points, mountains["values"], rho=rho, error_scale=mountains["scale"], **kwargs
    )
    dense = DenseSpline(points, mountains["values"], rho, order, mountains["covariate"], mountains["scale"])
    at = (targets, mountains["target_covariate"])
    np.testing.assert_allclose(spline.predict(*at), dense.predict(*at), rtol=1e-8)
    np.testing.assert_allclose(spline.standard_error(*at), dense.standard_error(*at), rtol=1e-6)
    assert spline.signal_ == pytest.approx(np.trace(dense.hat), abs=1e-8)
    assert spline.rtgcv_**2 == pytest.approx(dense.gcv, rel=1e-9)
    assert spline.rtvar_**2 == pytest.approx(dense.var, rel=1e-9)
    assert spline.flag_ == "fixed"


def test_kernel_is_zero_at_distance_zero_and_equals_the_loop(mountains):
    """The compiled kernel equals one pair after another, its diagonal is zero."""
    points = mountains["points"]
    for dimension, order in KERNELS:
        a, b = points[:, :dimension], mountains["targets"][:, :dimension]
        np.testing.assert_allclose(kernel(a, b, order), slow_kernel(a, b, order), rtol=1e-10, atol=1e-15)
        assert np.all(np.diag(kernel(a, a, order)) == 0.0)


def test_leave_one_out_equals_refits(mountains):
    """The closed-form residual of every station is that of a fit without it at the same rho (1e-8)."""
    points, z = mountains["points"][:, :2], mountains["values"]
    covariate, scale = mountains["points"][:, 2:], mountains["scale"]
    spline = ThinPlateSpline().fit(points, z, covariate, error_scale=scale)
    for i in range(len(z)):
        others = np.arange(len(z)) != i
        refit = ThinPlateSpline().fit(
            points[others], z[others], covariate[others], rho=spline.rho_, error_scale=scale[others]
        )
        expected = z[i] - refit.predict(points[[i]], covariate[[i]])[0]
        assert spline.loo_residuals_[i] == pytest.approx(expected, abs=1e-8)
        # The same field variance VAR / rho for both: the refit has its own.
        posterior = refit.standard_error(points[[i]], covariate[[i]])[0] ** 2
        posterior *= spline.rtvar_**2 / refit.rtvar_**2
        expected_variance = posterior + (spline.rtvar_ * scale[i]) ** 2
        assert spline.loo_variance_[i] == pytest.approx(expected_variance, rel=1e-8)


def test_rho_minimises_the_generalized_cross_validation(mountains):
    """No rho of a fine scan has a smaller GCV than the one chosen, whose neighbours are worse."""
    points, z = mountains["points"], mountains["values"]
    chosen = ThinPlateSpline().fit(points, z)
    assert chosen.flag_ == ""
    scan = ThinPlateSpline().fit(points, np.tile(z, (400, 1)), rho=chosen.rho_ * np.logspace(-4, 4, 400))
    assert np.min(scan.rtgcv_) >= chosen.rtgcv_ * (1.0 - 1e-12)
    nearby = ThinPlateSpline().fit(points, np.tile(z, (2, 1)), rho=chosen.rho_ * np.array([0.999, 1.001]))
    assert np.all(nearby.rtgcv_ > chosen.rtgcv_)


def test_gml_maximises_the_restricted_likelihood(mountains):
    """criterion="gml" finds the rho of greatest restricted likelihood of the error contrasts."""
    points, z = mountains["points"], mountains["values"]
    chosen = ThinPlateSpline(criterion="gml").fit(points, z)
    q2 = np.linalg.qr(polynomials(points, 2), mode="complete")[0][:, 4:]
    energy = q2.T @ slow_kernel(points, points, 2) @ q2

    def deviance(rho):
        covariance = energy + rho * np.eye(len(energy))
        data = q2.T @ z
        return len(data) * np.log(data @ np.linalg.solve(covariance, data)) + np.linalg.slogdet(covariance)[1]

    best = deviance(chosen.rho_)
    assert all(deviance(chosen.rho_ * factor) > best for factor in (0.5, 0.99, 1.01, 2.0))


def test_fields_with_gaps_equal_fields_fitted_alone(mountains):
    """Many fields with different gaps, fitted at once, equal each one fitted to its own stations."""
    rng = np.random.default_rng(2)
    points = mountains["points"]
    values = mountains["values"] + rng.normal(0.0, 0.5, (12, len(points)))
    values[rng.random(values.shape) < 0.15] = np.nan
    together = ThinPlateSpline().fit(points, values)
    predicted, errors = (
        together.predict(mountains["targets"]),
        together.standard_error(mountains["targets"]),
    )
    for t, z in enumerate(values):
        used = np.isfinite(z)
        alone = ThinPlateSpline().fit(points[used], z[used])
        assert together.rho_[t] == pytest.approx(alone.rho_, rel=1e-5)
        np.testing.assert_allclose(predicted[t], alone.predict(mountains["targets"]), rtol=1e-6)
        np.testing.assert_allclose(errors[t], alone.standard_error(mountains["targets"]), rtol=1e-5)
        np.testing.assert_allclose(together.loo_residuals_[t, used], alone.loo_residuals_, atol=1e-6)
        assert np.isnan(together.loo_residuals_[t, ~used]).all()


def test_blocks_do_not_change_predictions(mountains, monkeypatch):
    """Predictions and errors in blocks of a few targets equal those in one block."""
    spline = ThinPlateSpline().fit(mountains["points"], mountains["values"])
    whole = spline.predict(mountains["targets"]), spline.standard_error(mountains["targets"])
    monkeypatch.setattr("nppdrivers.spline.thin_plate.BLOCK_ELEMENTS", 7 * len(mountains["points"]))
    blocks = spline.predict(mountains["targets"]), spline.standard_error(mountains["targets"])
    np.testing.assert_allclose(blocks, whole, rtol=1e-12)


def test_nan_targets_stay_local(mountains):
    """A target with a NaN coordinate is NaN, the others are as without it, in 2-D and 3-D."""
    for dimension in (2, 3):
        spline = ThinPlateSpline().fit(mountains["points"][:, :dimension], mountains["values"])
        targets = mountains["targets"][:, :dimension].copy()
        expected = spline.predict(targets)
        targets[3, 1] = np.nan
        for got in (spline.predict(targets), spline.standard_error(targets)):
            assert np.flatnonzero(np.isnan(got)).tolist() == [3]
        np.testing.assert_allclose(np.delete(spline.predict(targets), 3), np.delete(expected, 3), rtol=1e-12)


def test_trend_is_reproduced_exactly(mountains):
    """Data on a plane (order 2) or a quadratic surface (order 3) come back exactly, with no error."""
    for order in (2, 3):
        x, targets = mountains["points"], mountains["targets"]
        coefficients = np.random.default_rng(3).normal(size=polynomials(x, order).shape[1])
        spline = ThinPlateSpline(order=order).fit(x, polynomials(x, order) @ coefficients)
        np.testing.assert_allclose(
            spline.predict(targets), polynomials(targets, order) @ coefficients, rtol=1e-7
        )
        assert spline.flag_ == "the values are a trend exactly"
        assert spline.standard_error(targets).max() < 1e-6 * np.abs(spline.predict(targets)).max()


def test_limits_of_rho(mountains):
    """With rho = 0 it passes through the data; a huge rho gives the least-squares plane."""
    x, z = mountains["points"], mountains["values"]
    np.testing.assert_allclose(ThinPlateSpline().fit(x, z, rho=0.0).predict(x), z, atol=1e-8)
    plane = polynomials(x, 2) @ np.linalg.lstsq(polynomials(x, 2), z, rcond=None)[0]
    np.testing.assert_allclose(ThinPlateSpline().fit(x, z, rho=1e12).predict(x), plane, atol=1e-7)


def test_rough_values_fall_back_to_gml():
    """Without noise GCV wants a signal above n / 2: GML is used and the flag says so."""
    rng = np.random.default_rng(4)
    x = rng.uniform(0.0, 1.0, (60, 2))
    spline = ThinPlateSpline().fit(x, np.sin(9.0 * x[:, 0]) * np.cos(9.0 * x[:, 1]))
    assert spline.flag_.startswith("GML")
    gml = ThinPlateSpline(criterion="gml").fit(x, np.sin(9.0 * x[:, 0]) * np.cos(9.0 * x[:, 1]))
    assert spline.rho_ == gml.rho_


def test_noise_about_a_plane_is_flagged_as_trend_only():
    """Noise alone leaves nothing but the plane: rho at its upper end, a signal of three, and a flag."""
    rng = np.random.default_rng(5)
    x = rng.uniform(0.0, 1.0, (40, 2))
    noise = rng.normal(size=(200, 40))
    # Remove any roughness by chance: keep the fields whose likelihood prefers the plane.
    spline = ThinPlateSpline(criterion="gml").fit(x, noise)
    ends = np.array(["upper end" in flag for flag in spline.flag_])
    assert ends.mean() > 0.4
    np.testing.assert_allclose(spline.signal_[ends], 3.0, atol=1e-2)


def test_intervals_cover_new_measurements():
    """sqrt(se^2 + rtvar^2) of simulated fields covers 90 % of new measurements within 3 points."""
    rng = np.random.default_rng(6)
    x, new = rng.uniform(0.0, 1.0, (60, 2)), rng.uniform(0.1, 0.9, (40, 2))

    def truth(p):
        return np.sin(4.0 * p[:, 0]) + np.cos(3.0 * p[:, 1] + p[:, 0])

    values = truth(x) + rng.normal(0.0, 0.2, (50, 60))
    spline = ThinPlateSpline().fit(x, values)
    error = np.hypot(spline.standard_error(new), spline.rtvar_[:, None])
    measured = truth(new) + rng.normal(0.0, 0.2, (50, 40))
    covered = np.abs(measured - spline.predict(new)) <= 1.645 * error
    assert covered.mean() == pytest.approx(0.90, abs=0.03)


def test_contrast_is_the_coefficient_of_a_covariate(mountains):
    """One unit more of the covariate changes a partial spline by its coefficient; the error is GLS."""
    points, z = mountains["points"][:, :2], mountains["values"]
    height = mountains["points"][:, 2:]
    spline = ThinPlateSpline().fit(points, z, height)
    slope, error = spline.contrast(points, points, height + 0.5, height - 0.5)
    assert slope == pytest.approx(spline.covariate_coefficients_[0], rel=1e-9)
    dense = DenseSpline(points, z, spline.rho_, covariates=height)
    assert error == pytest.approx(np.sqrt(-dense.field_variance * dense.inverse[-1, -1]), rel=1e-6)
    assert slope == pytest.approx(-6.0, abs=3.0 * error)


def test_contrast_error_counts_the_covariance_of_points(mountains):
    """The error of a difference of two places is that of their joint posterior distribution."""
    points, z = mountains["points"], mountains["values"]
    spline = ThinPlateSpline().fit(points, z)
    a, b = mountains["targets"][:4], mountains["targets"][4:9]
    value, error = spline.contrast(a, b)
    assert value == pytest.approx(spline.predict(a).mean() - spline.predict(b).mean(), rel=1e-9)
    dense = DenseSpline(points, z, spline.rho_)
    both = np.vstack([a, b])
    weights = np.r_[np.full(4, 1 / 4), np.full(5, -1 / 5)]
    rows = dense.rows(both)
    covariance = slow_kernel(both, both, 2) - rows @ dense.inverse @ rows.T
    assert error == pytest.approx(np.sqrt(dense.field_variance * weights @ covariance @ weights), rel=1e-6)


def test_two_stations_at_one_place_are_averaged(mountains):
    """Two stations at one place act as one with their mean and an error scale of 1 / sqrt(2)."""
    points, z = mountains["points"], mountains["values"]
    doubled = ThinPlateSpline().fit(np.vstack([points, points[:1]]), np.r_[z, z[0] + 1.0], rho=0.03)
    mean, scale = z.copy(), np.ones(len(z))
    mean[0], scale[0] = z[0] + 0.5, np.sqrt(0.5)
    single = ThinPlateSpline().fit(points, mean, rho=0.03, error_scale=scale)
    np.testing.assert_allclose(
        doubled.predict(mountains["targets"]), single.predict(mountains["targets"]), rtol=1e-9
    )
    assert ThinPlateSpline().fit(np.vstack([points, points[:1]]), np.r_[z, z[0] + 1.0]).rho_ > 0.0


def test_shifted_and_scaled_coordinates_give_the_same_surface(mountains):
    """Coordinates in metres with large offsets give the surface of coordinates in kilometres."""
    km = (mountains["points"][:, :2] - [112.0, 35.0]) * 100.0
    targets = (mountains["targets"][:, :2] - [112.0, 35.0]) * 100.0
    spline = ThinPlateSpline().fit(km, mountains["values"])
    metres = ThinPlateSpline().fit(km * 1000.0 + [5e5, 4e6], mountains["values"])
    np.testing.assert_allclose(
        metres.predict(targets * 1000.0 + [5e5, 4e6]), spline.predict(targets), rtol=1e-5
    )
    assert metres.signal_ == pytest.approx(spline.signal_, rel=1e-4)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda m: m["points"].__setitem__((2, 0), np.nan), r"stations \[2\] are missing"),
        (lambda m: m["points"].__setitem__((slice(None), 2), 0.5), "variable 2 .* same at all stations"),
        (lambda m: m["points"].__setitem__((slice(None), 1), m["points"][:, 0] * 2.0), "line or plane"),
        (lambda m: m["values"].__setitem__(slice(5, None), np.nan), "5 stations"),
        (lambda m: m["values"].__setitem__(1, np.inf), "infinity"),
    ],
)
def test_unusable_stations_are_refused(mountains, change, message):
    """Missing or collinear coordinates, constant ones, too few stations and infinities name the cause."""
    broken = {name: mountains[name].copy() for name in ("points", "values")}
    change(broken)
    with pytest.raises(ValueError, match=message):
        ThinPlateSpline().fit(broken["points"], broken["values"])


def test_wrong_arguments_are_refused(mountains):
    """Unknown orders and criteria, negative rho, rho = 0 at one place and mismatched targets are errors."""
    points, z = mountains["points"], mountains["values"]
    with pytest.raises(ValueError, match="order"):
        ThinPlateSpline(order=4)
    with pytest.raises(ValueError, match="criterion"):
        ThinPlateSpline(criterion="aic")
    with pytest.raises(ValueError, match="rho"):
        ThinPlateSpline().fit(points, z, rho=-1.0)
    with pytest.raises(ValueError, match="one place"):
        ThinPlateSpline().fit(np.vstack([points, points[:1]]), np.r_[z, z[0]], rho=0.0)
    with pytest.raises(ValueError, match="places or fewer"):
        ThinPlateSpline().fit(np.repeat(points[:4], 5, axis=0), np.tile(z[:4], 5) + np.arange(20) * 0.1)
    with pytest.raises(ValueError, match="positive number a station"):
        ThinPlateSpline().fit(points, z, error_scale=np.zeros(len(z)))
    with pytest.raises(ValueError, match="fitted with 3 coordinates and 0 covariates"):
        ThinPlateSpline().fit(points, z).predict(points[:, :2])
