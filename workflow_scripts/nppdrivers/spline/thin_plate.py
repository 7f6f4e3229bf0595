"""Thin-plate smoothing splines of scattered values: one decomposition per station set, any number of fields.

The data are modelled as z_i = f(x_i) + b'y_i + e_i with var(e_i) = (w_i sigma)^2, and the fit minimises
sum(((z - f - b'y) / w)^2) + rho J_m(f), J_m being the integral of the squared derivatives of order m.

Sources: Wahba (1990), Spline Models for Observational Data, chapters 1, 2, 4 and 5; Hutchinson and Gessler
(1994), Splines: more than just a smooth interpolator, Geoderma 62, 45-67; Green and Silverman (1994),
Nonparametric Regression and Generalized Linear Models, chapter 7.
"""

from __future__ import annotations

from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import DTypeLike

from nppdrivers.spline.solver import Solution, StationSet, kernel

# Numbers of some fields, and of the stations at which exactly these are observed.
_Part = tuple[np.ndarray, np.ndarray]

# Elements of one kernel block: 2**19 doubles are 4 MiB, small enough to stay in cache.
BLOCK_ELEMENTS = 2**19


class ThinPlateSpline:
    """Thin-plate smoothing spline in two or three dimensions, optionally with linear covariates (partial).

    values may be one field (n,) or many (T, n) at the same points; NaN = not observed. Fields observed at the
    same stations share one decomposition, and all fields share each kernel block of a prediction.

    Parameters
    ----------
    order : int
        Order m of the roughness penalty, 2 or 3; the trend has the polynomials of degree below m.
    criterion : {"gcv", "gml"}
        How rho is chosen: generalized cross validation or generalized maximum likelihood. Where GCV has no
        interior minimum or a signal above n / 2, GML is used and flag_ reports it.

    Attributes
    ----------
    rho_ : float or (T,)
        Smoothing parameter.
    signal_ : float or (T,)
        Trace of the influence matrix: degrees of freedom of the fit.
    rtgcv_, rtvar_ : float or (T,) [unit of values]
        Square roots of the generalized cross validation and of the estimated error variance VAR.
    loo_residuals_, loo_variance_ : (n,) or (T, n)
        Observed minus predicted without that station at the same rho [unit of values], and the variance of
        that prediction error; NaN where not observed.
    covariate_coefficients_ : (k,) or (T, k) [unit of values per unit of covariate]
    flag_ : str or (T,)
        Empty, or a remark on the choice of rho.

    Examples
    --------
    Temperature at six stations falls by 6 degC per km and rises to the east; what is it at 1 km elevation?

    >>> import numpy as np
    >>> from nppdrivers import spline
    >>> places = np.array([[0, 0], [1, 0], [0, 1], [1, 1], [0.5, 0.2], [0.3, 0.8]])
    >>> elevation_km = np.array([0.1, 0.5, 0.3, 1.2, 0.4, 0.8])
    >>> temperature = 20 + places[:, 0] - 6 * elevation_km
    >>> fit = spline.ThinPlateSpline().fit(places, temperature, covariates=elevation_km)
    >>> fit.predict(np.array([[0.5, 0.5]]), covariates=np.array([1.0])).round(2)
    array([14.5])
    >>> fit.covariate_coefficients_.round(2)
    array([-6.])
    >>> fit.flag_
    'the values are a trend exactly'
    """

    rho_: np.ndarray
    signal_: np.ndarray
    rtgcv_: np.ndarray
    rtvar_: np.ndarray
    loo_residuals_: np.ndarray
    loo_variance_: np.ndarray
    flag_: np.ndarray

    def __init__(self, order: int = 2, criterion: str = "gcv") -> None:
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
            For points that are not finite, too few stations, collinear points or covariates, or rho = 0
            with two stations at one place.
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
        energy = kernel(self._points, self._points, self.order)
        trend = self._trend(self._points, self._covariates)
        patterns, pattern_numbers = np.unique(np.isfinite(values), axis=0, return_inverse=True)
        self._sets: list[tuple[_Part, StationSet]] = []
        solutions: list[tuple[_Part, Solution]] = []
        for i, observed in enumerate(patterns):
            where = np.flatnonzero(pattern_numbers.ravel() == i), np.flatnonzero(observed)
            fields, stations = where
            _check_rank(trend[stations], fields[0])
            station_set = StationSet(energy[np.ix_(stations, stations)], trend[stations], scale[stations])
            rhos = None if fixed is None else fixed[fields]
            solutions.append((where, station_set.solve(values[np.ix_(*where)], self.criterion, rhos)))
            self._sets.append((where, station_set))
        self._scatter(solutions, values.shape, trend.shape[1])
        return self

    def predict(
        self, points: np.ndarray, covariates: np.ndarray | None = None, dtype: DTypeLike = np.float64
    ) -> np.ndarray:
        """Value of the spline [unit of values], (N,) or (T, N); NaN at targets with a NaN coordinate."""
        points, covariates = self._check_targets(points, covariates)
        out = np.empty((len(self._coefficients), len(points)), dtype=dtype)
        coefficients = np.hstack([self._coefficients, self._trend_coefficients])
        for block in self._blocks(len(points)):
            out[:, block] = coefficients @ self._design(points[block], covariates[block]).T
        return self._shaped(out)

    def standard_error(
        self, points: np.ndarray, covariates: np.ndarray | None = None, dtype: DTypeLike = np.float64
    ) -> np.ndarray:
        """Posterior standard error of the spline [unit of values], (N,) or (T, N); NaN as in predict.

        It is the error of the smooth surface; the error of a new measurement there is sqrt(se^2 + rtvar_^2).
        """
        points, covariates = self._check_targets(points, covariates)
        out = np.empty((len(self._coefficients), len(points)), dtype=dtype)
        for block in self._blocks(len(points)):
            design = self._design(points[block], covariates[block])
            trend = design[:, len(self._points) :]
            for (fields, stations), station_set in self._sets:
                out[fields, block] = np.sqrt(station_set.posterior_variance(design[:, stations], trend)).T
        return self._shaped(out)

    def contrast(
        self,
        points_a: np.ndarray,
        points_b: np.ndarray,
        covariates_a: np.ndarray | None = None,
        covariates_b: np.ndarray | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Mean of the surface over points_a minus its mean over points_b, with its posterior standard error.

        With b the points of a one kilometre lower, it is the mean lapse rate per kilometre.
        """
        a, b = self._check_targets(points_a, covariates_a), self._check_targets(points_b, covariates_b)
        to_a, to_b = (kernel(side[0], self._points, self.order).mean(axis=0) for side in (a, b))
        energy = (to_a - to_b)[None]
        trend = (self._trend(*a).mean(axis=0) - self._trend(*b).mean(axis=0))[None]
        own = sum(
            sign * kernel(p[0], q[0], self.order).mean() for sign, p, q in ((1, a, a), (1, b, b), (-2, a, b))
        )
        value = self._coefficients @ energy[0] + self._trend_coefficients @ trend[0]
        error = np.empty(len(value))
        for (fields, stations), station_set in self._sets:
            error[fields] = np.sqrt(station_set.posterior_variance(energy[:, stations], trend, own))[0]
        return self._shaped(value), self._shaped(error)

    def _set_stations(self, points: np.ndarray, covariates: np.ndarray | None) -> None:
        """Check and keep the stations, and what standardises the trend."""
        points = np.asarray(points, dtype=float)
        if points.ndim != 2 or points.shape[1] not in (2, 3):
            raise ValueError(f"points must be (n, 2) or (n, 3), not {points.shape}")
        covariates = np.empty((len(points), 0)) if covariates is None else np.asarray(covariates, dtype=float)
        covariates = covariates.reshape(len(points), -1)
        if not (np.isfinite(points).all() and np.isfinite(covariates).all()):
            rows = np.flatnonzero(~np.isfinite(np.hstack([points, covariates])).all(axis=1))
            raise ValueError(
                f"coordinates or covariates of stations {rows.tolist()} are missing: fill or drop them"
            )
        self._points, self._covariates = points, covariates
        # Centred and scaled, the columns of the trend are well conditioned whatever the units.
        variables = np.hstack([points, covariates])
        self._centre, self._spread = variables.mean(axis=0), variables.std(axis=0)
        for column in np.flatnonzero(self._spread <= 1e-12 * (np.abs(self._centre) + 1e-300)):
            raise ValueError(
                f"variable {column} (coordinates, then covariates) is the same at all stations: drop it"
            )

    def _trend(self, points: np.ndarray, covariates: np.ndarray) -> np.ndarray:
        """Polynomials of degree below the order in the coordinates, then the covariates; all standardised."""
        d = points.shape[1]
        x = (points - self._centre[:d]) / self._spread[:d]
        y = (covariates - self._centre[d:]) / self._spread[d:]
        columns = [np.ones(len(x)), *x.T]
        if self.order == 3:
            columns += [x[:, i] * x[:, j] for i, j in combinations_with_replacement(range(d), 2)]
        return np.column_stack([*columns, y])

    def _design(self, points: np.ndarray, covariates: np.ndarray) -> np.ndarray:
        """Kernel and trend of targets side by side, so that one product predicts all fields, (N, n + p)."""
        n_terms = self._trend_coefficients.shape[1]
        design = kernel(points, self._points, self.order, more_columns=n_terms)
        design[:, len(self._points) :] = self._trend(points, covariates)
        return design

    def _check_values(self, values: np.ndarray, scale: np.ndarray) -> None:
        """Refuse fields and error scales that do not fit the stations."""
        if values.shape[1] != len(self._points):
            raise ValueError(f"{values.shape[1]} values a field for {len(self._points)} points")
        if scale.shape != (len(self._points),) or not np.all(scale > 0.0):
            raise ValueError("error_scale needs one positive number a station")
        if np.isinf(values).any():
            raise ValueError("values contain infinity: mark missing values as NaN")

    def _scatter(self, solutions: list[tuple[_Part, Solution]], shape: tuple[int, ...], n_terms: int) -> None:
        """Gather the station sets' solutions in the union of stations and publish them as attributes."""
        t, n = shape
        # A station that a field lacks has no weight in it, but no residual either.
        self._coefficients, self._trend_coefficients = np.zeros((t, n)), np.empty((t, n_terms))
        loo = {name: np.full((t, n), np.nan) for name in ("loo_residuals", "loo_variance")}
        numbers: dict[str, np.ndarray] = {name: np.empty(t) for name in ("rho", "signal", "rtgcv", "rtvar")}
        numbers["flag"] = np.empty(t, dtype=object)
        for (fields, stations), solution in solutions:
            self._coefficients[np.ix_(fields, stations)] = solution.coefficients
            self._trend_coefficients[fields] = solution.trend_coefficients
            for name, array in loo.items():
                array[np.ix_(fields, stations)] = getattr(solution, name)
            for name, array in numbers.items():
                array[fields] = getattr(solution, name)
        for name, array in (loo | numbers).items():
            setattr(self, f"{name}_", self._shaped(array))
        k = self._covariates.shape[1]
        slopes = self._trend_coefficients[:, n_terms - k :] / self._spread[self._points.shape[1] :]
        self.covariate_coefficients_ = self._shaped(slopes)

    def _shaped(self, array: np.ndarray) -> np.ndarray:
        """One field without its axis where one field was fitted."""
        return array[0] if self._single else array

    def _blocks(self, n_targets: int) -> list[slice]:
        """Blocks of targets whose kernel stays in cache."""
        step = max(1, BLOCK_ELEMENTS // len(self._points))
        return [slice(start, start + step) for start in range(0, n_targets, step)]

    def _check_targets(
        self, points: np.ndarray, covariates: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray]:
        """Targets as arrays; a ValueError where they do not fit the stations."""
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


def _check_rank(trend: np.ndarray, field: int) -> None:
    """Refuse stations that do not determine the trend of a field."""
    n, p = trend.shape
    if n < p + 2:
        raise ValueError(f"field {field}: {n} stations; a spline with {p} trend terms needs {p + 2} or more")
    singular = np.linalg.svd(trend, compute_uv=False)
    if singular[-1] < 1e-10 * singular[0]:
        raise ValueError(
            f"field {field}: the stations lie on a line or plane, or the covariates depend on each other"
        )
