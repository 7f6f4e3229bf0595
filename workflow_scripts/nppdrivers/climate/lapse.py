"""Lapse-rate regression with inverse-distance weighted residuals: for stations too few for a spline."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike
from scipy.spatial.distance import cdist

from nppdrivers.climate.diagnostics import root_mean_square

# A slope from fewer stations than this says more about their errors than about elevation.
SLOPE_STATIONS = 5
# Squared distance [degree^2] below which a target counts as being at the station (about 0.1 m).
SAME_PLACE = 1e-12


class LapseRateIdw:
    """z = a + b elevation + inverse-distance weighted residuals (power 2), many fields at the same stations.

    The slope b is 0 where elevation is not given, does not vary, or a field has fewer than 5 stations.

    Attributes
    ----------
    slope_ : (T,) [unit of values per unit of elevation]
    loo_residuals_ : (T, n) [unit of values]
        Observed minus predicted without that station; NaN where not observed or for a single station.
    rtvar_ : (T,) [unit of values]
        Root mean square of the leave-one-out residuals: the only measure of error this method has.
    """

    def fit(
        self, points: np.ndarray, values: np.ndarray, elevation: np.ndarray | None = None
    ) -> LapseRateIdw:
        """Fit to values (T, n) at points (n, 2) longitude, latitude [degree]; NaN values are left out.

        Raises
        ------
        ValueError
            For a field without any value.
        """
        self._points = np.asarray(points, dtype=float)
        self._values = np.asarray(values, dtype=float)
        empty = np.flatnonzero(~np.isfinite(self._values).any(axis=1))
        if empty.size:
            raise ValueError(f"fields {empty.tolist()} have no value at any station")
        self._elevation = np.zeros(len(self._points)) if elevation is None else np.ravel(elevation)
        self._shrink = np.array([np.cos(np.radians(self._points[:, 1].mean())), 1.0])
        fits = [self._regress(np.isfinite(z), z) for z in self._values]
        self.slope_ = np.array([slope for slope, _ in fits])
        self.loo_residuals_ = np.stack([self._leave_one_out(z) for z in self._values])
        self.rtvar_ = root_mean_square(self.loo_residuals_, axis=1)
        self.loo_variance_ = np.broadcast_to(self.rtvar_[:, None] ** 2, self._values.shape)
        return self

    def _regress(self, used: np.ndarray, z: np.ndarray) -> tuple[float, float]:
        """Slope and intercept of the stations used."""
        x = self._elevation[used]
        centred = x - x.mean()
        vary = used.sum() >= SLOPE_STATIONS and np.ptp(x) > 0.0
        slope = float(centred @ z[used] / (centred @ centred)) if vary else 0.0
        return slope, float(z[used].mean() - slope * x.mean())

    def _weights(self, targets: np.ndarray) -> np.ndarray:
        """Inverse squared distances of targets to all stations, (N, n)."""
        squared = cdist(targets * self._shrink, self._points * self._shrink, "sqeuclidean")
        return 1.0 / np.maximum(squared, SAME_PLACE)

    def _predict_one(
        self, z: np.ndarray, used: np.ndarray, weights: np.ndarray, elevation: np.ndarray
    ) -> np.ndarray:
        """Predict one field from the stations used."""
        slope, intercept = self._regress(used, z)
        residuals = z[used] - intercept - slope * self._elevation[used]
        weights = weights[:, used]
        return intercept + slope * elevation + weights @ residuals / weights.sum(axis=1)

    def _leave_one_out(self, z: np.ndarray) -> np.ndarray:
        """Observed minus predicted without that station, of one field."""
        observed = np.isfinite(z)
        out = np.full(len(z), np.nan)
        if observed.sum() < 2:
            return out
        weights = self._weights(self._points)
        for i in np.flatnonzero(observed):
            others = observed & (np.arange(len(z)) != i)
            out[i] = z[i] - self._predict_one(z, others, weights[[i]], self._elevation[[i]])[0]
        return out

    def predict(
        self, points: np.ndarray, elevation: np.ndarray | None = None, dtype: DTypeLike = np.float64
    ) -> np.ndarray:
        """Values at points, (T, N) [unit of values]; NaN where a coordinate is NaN."""
        points = np.asarray(points, dtype=float)
        height = np.zeros(len(points)) if elevation is None else np.ravel(elevation)
        weights = self._weights(points)
        out = np.empty((len(self._values), len(points)), dtype=dtype)
        for i, z in enumerate(self._values):
            out[i] = self._predict_one(z, np.isfinite(z), weights, height)
        return out

    def standard_error(
        self, points: np.ndarray, elevation: np.ndarray | None = None, dtype: DTypeLike = np.float64
    ) -> np.ndarray:
        """Zeros, (T, N): all that is known of the error is rtvar_."""
        return np.zeros((len(self._values), len(points)), dtype=dtype)
