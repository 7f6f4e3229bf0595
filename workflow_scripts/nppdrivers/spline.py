"""Thin-plate smoothing splines of scattered values: one decomposition per station set, any number of fields.

The data are modelled as z_i = f(x_i) + b'y_i + e_i with var(e_i) = (w_i sigma)^2, and the fit minimises
sum(((z - f - b'y) / w)^2) + rho J_m(f), J_m being the integral of the squared derivatives of order m.

Sources: Wahba (1990), Spline Models for Observational Data, chapters 1, 2, 4 and 5; Hutchinson and Gessler
(1994), Splines: more than just a smooth interpolator, Geoderma 62, 45-67; Green and Silverman (1994),
Nonparametric Regression and Generalized Linear Models, chapter 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numba import njit
from scipy.linalg import eigh, solve_triangular

# Elements of one kernel block: 2**19 doubles are 4 MiB, small enough to stay in cache.
BLOCK_ELEMENTS = 2**19
# Scale factor theta and power of E(r) = theta r^power (times log r in 2-D), by (dimension, order): Wahba (1990), 2.4.
KERNELS = {
    (2, 2): (1.0 / (8.0 * np.pi), 2),
    (2, 3): (-1.0 / (128.0 * np.pi), 4),
    (3, 2): (-1.0 / (8.0 * np.pi), 1),
    (3, 3): (1.0 / (96.0 * np.pi), 3),
}
GOLDEN = (np.sqrt(5.0) - 1.0) / 2.0


@njit(cache=True, nogil=True)
def _fill_kernel(targets, knots, theta, power, out):
    """Write E(|targets_i - knots_j|) into out; knots come as (d, n), so that the inner loop is contiguous."""
    dimension, n = knots.shape
    for i in range(targets.shape[0]):
        row = out[i]
        row[:] = 0.0
        for k in range(dimension):
            x = targets[i, k]
            for j in range(n):
                row[j] += (x - knots[k, j]) ** 2
        if dimension == 2:
            for j in range(n):
                squared = row[j]
                if squared > 0.0:
                    # r^2 log r = r^2 log(r^2) / 2 spares the square root
                    value = 0.5 * theta * squared * np.log(squared)
                    row[j] = value if power == 2 else value * squared
        elif power == 1:
            for j in range(n):
                row[j] = theta * np.sqrt(row[j])
        else:
            for j in range(n):
                row[j] = theta * row[j] * np.sqrt(row[j])


def _kernel(targets: np.ndarray, knots: np.ndarray, order: int) -> np.ndarray:
    theta, power = KERNELS[knots.shape[1], order]
    out = np.empty((len(targets), len(knots)))
    _fill_kernel(np.ascontiguousarray(targets), np.ascontiguousarray(knots.T), theta, power, out)
    return out


@dataclass
class _StationSet:
    """Decomposition of one set of stations, and what the fields observed at exactly these stations need of it.

    Everything is in coordinates divided by the error scale w: E / (w w'), T / w, z / w.
    """

    stations: np.ndarray  # indices into the union of stations
    fields: np.ndarray  # indices of the fields observed at these stations
    scale: np.ndarray
    energy: np.ndarray
    trend_solve: np.ndarray  # R^-1 Q1', (p, n)
    basis: np.ndarray  # V = Q2 U, (n, n - p)
    eigenvalues: np.ndarray
    rho: np.ndarray | None = None
    field_variance: np.ndarray | None = None  # VAR / rho

    @classmethod
    def decompose(cls, stations, fields, energy, trend, scale) -> _StationSet:
        energy = energy / np.outer(scale, scale)
        trend = trend / scale[:, None]
        p = trend.shape[1]
        q, r = np.linalg.qr(trend, mode="complete")
        eigenvalues, u = eigh(q[:, p:].T @ energy @ q[:, p:])
        return cls(
            stations=stations,
            fields=fields,
            scale=scale,
            energy=energy,
            trend_solve=solve_triangular(r[:p], q[:, :p].T),
            basis=q[:, p:] @ u,
            eigenvalues=np.maximum(eigenvalues, 0.0),
        )

    def posterior_variance(self, energy, trend, own=0.0) -> np.ndarray:
        """Variance of linear functionals of f, (functionals, fields).

        energy (functionals, n) and trend (functionals, p) are the functionals applied to E(., x_j) and to the
        trend; own is the functional applied twice to E, zero for point values. Wahba (1990), 1.5 and 5.1.
        """
        energy = energy / self.scale
        spread = trend @ self.trend_solve
        through = spread @ self.energy
        alpha = own + np.einsum("ij,ij->i", spread, through - 2.0 * energy)
        beta = np.einsum("ij,ij->i", spread, spread)
        explained = ((energy - through) @ self.basis) ** 2 @ (1.0 / (self.eigenvalues[:, None] + self.rho))
        variance = self.field_variance * (alpha[:, None] + np.outer(beta, self.rho) - explained)
        return np.maximum(variance, 0.0)


def _score(log_rho: np.ndarray, eigenvalues: np.ndarray, power: np.ndarray, n: int, criterion: str) -> np.ndarray:
    """Score of each field at its own rho; power = squared coordinates g^2, (n - p, fields)."""
    f = 1.0 / (eigenvalues[:, None] + np.exp(log_rho))
    if criterion == "gcv":
        return n * np.sum(power * f**2, axis=0) / np.sum(f, axis=0) ** 2
    return len(eigenvalues) * np.log(np.sum(power * f, axis=0)) - np.sum(np.log(f), axis=0)


def _minimise(eigenvalues, power, n, criterion) -> tuple[np.ndarray, np.ndarray]:
    """Minimise a score over rho for every field: a grid for the global minimum, then golden section.

    Returns rho (fields,) and where it lies: -1 at the lower end, 0 inside, 1 at the upper end.
    """
    largest = eigenvalues[-1]
    low = np.log(1e-4 * max(eigenvalues[0], 1e-12 * largest))
    high = np.log(1e4 * largest)
    grid = np.linspace(low, high, int(np.ceil((high - low) * 4)) + 1)
    scores = np.stack([_score(np.full(power.shape[1], x), eigenvalues, power, n, criterion) for x in grid])
    best = np.argmin(scores, axis=0)
    side = np.where(best == 0, -1, np.where(best == len(grid) - 1, 1, 0))
    inner = np.clip(best, 1, len(grid) - 2)
    a, b = grid[inner - 1], grid[inner + 1]
    x1, x2 = b - GOLDEN * (b - a), a + GOLDEN * (b - a)
    s1, s2 = (_score(x, eigenvalues, power, n, criterion) for x in (x1, x2))
    for _ in range(40):
        left = s1 < s2
        a, b = np.where(left, a, x1), np.where(left, x2, b)
        new = np.where(left, b - GOLDEN * (b - a), a + GOLDEN * (b - a))
        s_new = _score(new, eigenvalues, power, n, criterion)
        x1, x2 = np.where(left, new, x2), np.where(left, x1, new)
        s1, s2 = np.where(left, s_new, s2), np.where(left, s1, s_new)
    return np.exp(np.where(side == 0, (a + b) / 2.0, grid[best])), side


def _choose_rho(eigenvalues, g, n, criterion, magnitude) -> tuple[np.ndarray, np.ndarray]:
    """Smoothing parameter and flag of every field, by the criterion or by GML where GCV is not to be trusted.

    magnitude (fields,) is the size of the values: a field that is a trend to rounding has no information on rho.
    """
    power = g**2
    flags = np.full(g.shape[1], "", dtype=object)
    rho, side = _minimise(eigenvalues, power, n, criterion)
    if criterion == "gcv":
        signal = n - rho * np.sum(1.0 / (eigenvalues[:, None] + rho), axis=0)
        bad = (side != 0) | (signal > n / 2.0)
        flags[signal > n / 2.0] = "GML: signal above n/2"
        flags[side != 0] = "GML: GCV has no interior minimum"
        if bad.any():
            rho[bad], side[bad] = _minimise(eigenvalues, power[:, bad], n, "gml")
    ends = {-1: "rho at its lower end (interpolation)", 1: "rho at its upper end (trend only)"}
    for i in np.flatnonzero(side):
        flags[i] = "; ".join(filter(None, [flags[i], ends[side[i]]]))
    exact = np.sqrt(power.sum(axis=0)) <= 1e-12 * magnitude
    rho[exact] = 1e4 * eigenvalues[-1]
    flags[exact] = "the values are a trend exactly"
    return rho, flags


class ThinPlateSpline:
    """Thin-plate smoothing spline in two or three dimensions, optionally with linear covariates (partial spline).

    values may be one field (n,) or many (T, n) at the same points; NaN = not observed. Fields observed at the
    same stations share one decomposition, and all fields share each kernel block of a prediction.

    Parameters
    ----------
    order : int
        Order m of the roughness penalty, 2 or 3; the trend has the polynomials of degree below m.
    criterion : {"gcv", "gml"}
        How rho is chosen: generalized cross validation or generalized maximum likelihood. Where GCV has no
        interior minimum or a signal above n / 2, GML is used and flag_ says so.

    Attributes
    ----------
    rho_ : float or (T,)
        Smoothing parameter.
    signal_ : float or (T,)
        Trace of the influence matrix: degrees of freedom of the fit.
    rtgcv_, rtvar_ : float or (T,) [unit of values]
        Square roots of the generalized cross validation and of the estimated error variance VAR.
    loo_residuals_, loo_variance_ : (n,) or (T, n)
        Observed minus predicted without that station at the same rho [unit of values], and the variance of that
        prediction error; NaN where not observed.
    covariate_coefficients_ : (k,) or (T, k) [unit of values per unit of covariate]
    flag_ : str or (T,)
        Empty, or what to know about the choice of rho.
    """

    def __init__(self, order: int = 2, criterion: str = "gcv"):
        if order not in (2, 3):
            raise ValueError(f"order must be 2 or 3, not {order!r}")
        if criterion not in ("gcv", "gml"):
            raise ValueError(f"criterion must be 'gcv' or 'gml', not {criterion!r}")
        self.order = order
        self.criterion = criterion

    def fit(
        self,
        points: np.ndarray,
        values: np.ndarray,
        covariates: np.ndarray | None = None,
        rho: float | np.ndarray | None = None,
        error_scale: np.ndarray | None = None,
    ) -> ThinPlateSpline:
        """Fit to values at points.

        Parameters
        ----------
        points : (n, 2) or (n, 3)
            Coordinates in comparable units, such as longitude and latitude [degree] and elevation [km].
        values : (n,) or (T, n)
            NaN = missing: the station is left out of that field.
        covariates : (n, k), optional
            Linear terms of a partial spline.
        rho : float or (T,), optional
            Fixed smoothing parameter; by default chosen by the criterion.
        error_scale : (n,), optional
            w, the relative standard deviation of the error of each station; 1 by default.

        Returns
        -------
        ThinPlateSpline
            Itself.

        Raises
        ------
        ValueError
            For points that are not finite, too few stations, collinear points or covariates, or rho = 0 with two
            stations at one place.
        """
        values = np.asarray(values, dtype=float)
        self._single = values.ndim == 1
        values = np.atleast_2d(values)
        self._set_stations(points, covariates)
        scale = np.ones(len(self._points)) if error_scale is None else np.asarray(error_scale, dtype=float)
        self._check_values(values, scale)
        fixed = None if rho is None else np.broadcast_to(np.asarray(rho, dtype=float), len(values))
        if fixed is not None and not np.all(fixed >= 0.0):
            raise ValueError("rho must be zero or positive")
        self._allocate(values.shape)
        energy = _kernel(self._points, self._points, self.order)
        trend = self._trend(self._points, self._covariates)
        patterns, pattern_of = np.unique(np.isfinite(values), axis=0, return_inverse=True)
        self._sets = []
        for i, observed in enumerate(patterns):
            stations = np.flatnonzero(observed)
            fields = np.flatnonzero(pattern_of.ravel() == i)
            self._check_rank(trend[stations], fields)
            stations_set = _StationSet.decompose(
                stations, fields, energy[np.ix_(stations, stations)], trend[stations], scale[stations]
            )
            self._fit_set(stations_set, values, None if fixed is None else fixed[fields])
            self._sets.append(stations_set)
        self._publish()
        return self

    def predict(self, points: np.ndarray, covariates: np.ndarray | None = None, dtype=np.float64) -> np.ndarray:
        """Value of the spline [unit of values], (N,) or (T, N); NaN at targets with a NaN coordinate."""
        points, covariates = self._check_targets(points, covariates)
        out = np.empty((len(self._coefficients), len(points)), dtype=dtype)
        for block in self._blocks(len(points)):
            energy = _kernel(points[block], self._points, self.order)
            trend = self._trend(points[block], covariates[block])
            out[:, block] = self._coefficients @ energy.T + self._trend_coefficients @ trend.T
        return self._shaped(out)

    def standard_error(
        self, points: np.ndarray, covariates: np.ndarray | None = None, dtype=np.float64
    ) -> np.ndarray:
        """Posterior standard error of the spline [unit of values], (N,) or (T, N); NaN as in predict.

        It is the error of the smooth surface; the error of a new measurement there is sqrt(se^2 + rtvar_^2).
        """
        points, covariates = self._check_targets(points, covariates)
        out = np.empty((len(self._coefficients), len(points)), dtype=dtype)
        for block in self._blocks(len(points)):
            energy = _kernel(points[block], self._points, self.order)
            trend = self._trend(points[block], covariates[block])
            for s in self._sets:
                out[s.fields, block] = np.sqrt(s.posterior_variance(energy[:, s.stations], trend)).T
        return self._shaped(out)

    def contrast(self, points_a, points_b, covariates_a=None, covariates_b=None) -> tuple[np.ndarray, np.ndarray]:
        """Mean of the surface over points_a minus its mean over points_b, with its posterior standard error.

        With b the points of a one kilometre lower, it is the mean lapse rate per kilometre.
        """
        a, b = self._check_targets(points_a, covariates_a), self._check_targets(points_b, covariates_b)
        mean = {side: _kernel(t[0], self._points, self.order).mean(axis=0) for side, t in (("a", a), ("b", b))}
        energy = (mean["a"] - mean["b"])[None]
        trend = (self._trend(*a).mean(axis=0) - self._trend(*b).mean(axis=0))[None]
        own = sum(
            sign * _kernel(p[0], q[0], self.order).mean() for sign, p, q in ((1, a, a), (1, b, b), (-2, a, b))
        )
        value = self._coefficients @ energy[0] + self._trend_coefficients @ trend[0]
        error = np.empty(len(value))
        for s in self._sets:
            error[s.fields] = np.sqrt(s.posterior_variance(energy[:, s.stations], trend, own))[0]
        return self._shaped(value), self._shaped(error)

    def _set_stations(self, points, covariates) -> None:
        points = np.asarray(points, dtype=float)
        if points.ndim != 2 or points.shape[1] not in (2, 3):
            raise ValueError(f"points must be (n, 2) or (n, 3), not {points.shape}")
        covariates = np.empty((len(points), 0)) if covariates is None else np.asarray(covariates, dtype=float)
        covariates = covariates.reshape(len(points), -1)
        if not (np.isfinite(points).all() and np.isfinite(covariates).all()):
            rows = np.flatnonzero(~np.isfinite(np.hstack([points, covariates])).all(axis=1))
            raise ValueError(f"coordinates or covariates of stations {rows.tolist()} are missing: fill or drop them")
        self._points, self._covariates = points, covariates
        # Centred and scaled, the columns of the trend are well conditioned whatever the units.
        variables = np.hstack([points, covariates])
        self._centre, self._spread = variables.mean(axis=0), variables.std(axis=0)
        for column in np.flatnonzero(self._spread <= 1e-12 * (np.abs(self._centre) + 1e-300)):
            raise ValueError(f"variable {column} (coordinates, then covariates) is the same at all stations: drop it")

    def _trend(self, points, covariates) -> np.ndarray:
        """Polynomials of degree below the order in the coordinates, then the covariates; all standardised."""
        d = points.shape[1]
        x = (points - self._centre[:d]) / self._spread[:d]
        y = (covariates - self._centre[d:]) / self._spread[d:]
        columns = [np.ones(len(x)), *x.T]
        if self.order == 3:
            columns += [x[:, i] * x[:, j] for i, j in combinations_with_replacement(range(d), 2)]
        return np.column_stack([*columns, y])

    def _check_values(self, values, scale) -> None:
        if values.shape[1] != len(self._points):
            raise ValueError(f"{values.shape[1]} values a field for {len(self._points)} points")
        if scale.shape != (len(self._points),) or not np.all(scale > 0.0):
            raise ValueError("error_scale needs one positive number a station")
        if np.isinf(values).any():
            raise ValueError("values contain infinity: mark missing values as NaN")

    def _check_rank(self, trend, fields) -> None:
        n, p = trend.shape
        if n < p + 2:
            raise ValueError(f"field {fields[0]}: {n} stations; a spline with {p} trend terms needs {p + 2} or more")
        singular = np.linalg.svd(trend, compute_uv=False)
        if singular[-1] < 1e-10 * singular[0]:
            raise ValueError(
                f"field {fields[0]}: the stations lie on a line or plane, or the covariates depend on each other"
            )

    def _allocate(self, shape) -> None:
        t, n = shape
        d = self._points.shape[1]
        p = (1 + d if self.order == 2 else 1 + d + d * (d + 1) // 2) + self._covariates.shape[1]
        self._coefficients, self._trend_coefficients = np.zeros((t, n)), np.zeros((t, p))
        self._statistics = {name: np.empty(t) for name in ("rho", "signal", "rtgcv", "rtvar")}
        self._loo = {name: np.full((t, n), np.nan) for name in ("residuals", "variance")}
        self._flags = np.empty(t, dtype=object)

    def _fit_set(self, s: _StationSet, values, fixed) -> None:
        """Solve all fields of one station set and scatter their coefficients into the union of stations."""
        n, eigenvalues = len(s.stations), s.eigenvalues
        z = values[np.ix_(s.fields, s.stations)].T / s.scale[:, None]
        g = s.basis.T @ z
        if fixed is None:
            rho, flags = _choose_rho(eigenvalues, g, n, self.criterion, np.linalg.norm(z, axis=0))
        else:
            rho, flags = fixed, "fixed"
            if np.any(rho == 0.0) and eigenvalues[0] <= 1e-12 * eigenvalues[-1]:
                raise ValueError("two stations at one place: merge them or give a positive rho")
        f = 1.0 / (eigenvalues[:, None] + rho)
        c = s.basis @ (g * f)
        # All below are the textbook ratios with the common power of rho cancelled, so that rho = 0 is allowed.
        denominator = s.basis**2 @ f
        s.rho, s.field_variance = rho, np.sum((g * f) ** 2, axis=0) / np.sum(f, axis=0)
        where = np.ix_(s.fields, s.stations)
        self._coefficients[where] = (c / s.scale[:, None]).T
        self._trend_coefficients[s.fields] = (s.trend_solve @ (z - s.energy @ c - rho * c)).T
        self._loo["residuals"][where] = (c / denominator * s.scale[:, None]).T
        self._loo["variance"][where] = (s.field_variance / denominator * s.scale[:, None] ** 2).T
        self._statistics["rho"][s.fields] = rho
        self._statistics["signal"][s.fields] = n - rho * np.sum(f, axis=0)
        self._statistics["rtgcv"][s.fields] = np.sqrt(n * np.sum((g * f) ** 2, axis=0)) / np.sum(f, axis=0)
        self._statistics["rtvar"][s.fields] = np.sqrt(rho * s.field_variance)
        self._flags[s.fields] = flags

    def _publish(self) -> None:
        for name, statistic in self._statistics.items():
            setattr(self, f"{name}_", self._shaped(statistic))
        self.loo_residuals_ = self._shaped(self._loo["residuals"])
        self.loo_variance_ = self._shaped(self._loo["variance"])
        d, k = self._points.shape[1], self._covariates.shape[1]
        slopes = self._trend_coefficients[:, self._trend_coefficients.shape[1] - k :] / self._spread[d:]
        self.covariate_coefficients_ = self._shaped(slopes)
        self.flag_ = self._shaped(self._flags)

    def _shaped(self, array):
        return array[0] if self._single else array

    def _blocks(self, n_targets) -> list[slice]:
        step = max(1, BLOCK_ELEMENTS // len(self._points))
        return [slice(start, start + step) for start in range(0, n_targets, step)]

    def _check_targets(self, points, covariates) -> tuple[np.ndarray, np.ndarray]:
        points = np.asarray(points, dtype=float)
        d, k = self._points.shape[1], self._covariates.shape[1]
        covariates = np.empty((len(points), 0)) if covariates is None else np.asarray(covariates, dtype=float)
        covariates = covariates.reshape(len(points), -1)
        if points.ndim != 2 or points.shape[1] != d or covariates.shape[1] != k:
            raise ValueError(
                f"the spline was fitted with {d} coordinates and {k} covariates; the targets have "
                f"{points.shape[-1]} and {covariates.shape[1]}"
            )
        return points, covariates
