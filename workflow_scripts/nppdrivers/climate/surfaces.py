"""Monthly climate surfaces of one variable from stations, with their errors: splines where possible.

Sources: Hutchinson (1995), Interpolating mean rainfall using thin plate smoothing splines, Int. J. GIS 9,
385-403; Hutchinson (1998), Interpolation of rainfall data with thin plate smoothing splines, part I, J.
Geogr. Inf. Decis. Anal. 2, 139-151 (square root of precipitation).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd

from nppdrivers.climate import diagnostics as report
from nppdrivers.climate.lapse import LapseRateIdw
from nppdrivers.climate.station_checks import check_stations, check_targets, check_values
from nppdrivers.climate.transformation import Transformation
from nppdrivers.spline import ThinPlateSpline

# A spline needs this many stations and one more for elevation; below, a month falls back to `LapseRateIdw`.
MINIMUM_STATIONS = 10
METRES_PER_KM = 1000.0


@dataclass
class _Part:
    """The months fitted by one model, and the form of that model."""

    months: np.ndarray
    method: str
    model: ThinPlateSpline | LapseRateIdw


@dataclass
class ClimateSurface:
    """Monthly surfaces of one variable, as `interpolate_monthly` fits them.

    Attributes
    ----------
    method : str
        "trivariate" (spline of longitude, latitude, elevation), "partial" (spline of longitude and latitude,
        linear in elevation), "bivariate" (no elevation) or "fallback" (no month had a spline).
    candidates : DataFrame
        method, loo_rmse [unit of the variable], note: what was compared, over the months with a spline.
    log : DataFrame
        One row a month: month, n, signal, rtgcv, rtvar, rho, flag, loo_rmse [unit of the variable],
        lapse_rate, lapse_rate_se. signal to rho and the lapse rate [km-1] are those of the interpolated
        quantity: the square root for precipitation.
    residuals : DataFrame
        month, station, observed, predicted (without that station), residual [unit of the variable], z
        (residual of the interpolated quantity over its standard error); the largest absolute z first.
    error_correlation : float
        Mean correlation of the leave-one-out errors of a station between months, for the error of a sum.
    """

    variable: str
    months: np.ndarray
    stations: pd.DataFrame
    method: str
    candidates: pd.DataFrame
    log: pd.DataFrame = field(repr=False)
    residuals: pd.DataFrame = field(repr=False)
    error_correlation: float
    _parts: list[_Part] = field(repr=False)

    def predict(self, points: np.ndarray) -> np.ndarray:
        """Monthly values at points.

        Parameters
        ----------
        points : (N, 2) or (N, 3)
            Longitude, latitude [degree] and, unless the stations have none, elevation [m].

        Returns
        -------
        (T, N) float32 [unit of the variable]
            Within the variable's bounds; NaN where a coordinate is NaN.

        Raises
        ------
        ValueError
            For points far from the stations in place or height: swapped coordinates or another unit.
        """
        transformation = Transformation.of(self.variable)
        points = check_targets(points, self.stations)
        error = self._error(points) if transformation.square_root else None
        return transformation.backward(self._mean(points), error)

    def standard_error(self, points: np.ndarray) -> np.ndarray:
        """Give the error of a new monthly measurement at points, (T, N) float32 [unit of the variable].

        It joins the posterior error of the surface and the scatter of the stations around it. In a month
        with a single station it is NaN.
        """
        transformation = Transformation.of(self.variable)
        points = check_targets(points, self.stations)
        return transformation.backward_error(self._mean(points), self._error(points))

    def _mean(self, points: np.ndarray) -> np.ndarray:
        """Mean of the interpolated quantity, (T, N) float32."""
        mean = np.empty((len(self.months), len(points)), dtype=np.float32)
        for part in self._parts:
            mean[part.months] = part.model.predict(*_model_inputs(points, part.method), dtype=np.float32)
        return mean

    def _error(self, points: np.ndarray) -> np.ndarray:
        """Standard error of the interpolated quantity at a new station, (T, N) float32."""
        error = np.empty((len(self.months), len(points)), dtype=np.float32)
        for part in self._parts:
            targets = _model_inputs(points, part.method)
            surface = part.model.standard_error(*targets, dtype=np.float32)
            error[part.months] = np.hypot(surface, part.model.rtvar_[:, None].astype(np.float32))
        return error


def interpolate_monthly(
    stations: pd.DataFrame,
    values: np.ndarray,
    variable: str,
    *,
    months: np.ndarray | None = None,
    order: int = 2,
    criterion: str = "gcv",
) -> ClimateSurface:
    """Fit monthly surfaces of one climate variable to station values.

    Splines with elevation as third coordinate, with elevation as linear covariate, and without elevation are
    compared by their leave-one-out errors over all months; the best is used for all months. A month with
    fewer stations than 10 (11 with elevation) gets a lapse-rate regression with inverse-distance weighted
    residuals, and its row of the log says so.

    Parameters
    ----------
    stations : DataFrame, n rows
        Columns station (name), lon, lat [degree], elevation [m]. elevation may be missing at all stations
        (then it is not used), not at some.
    values : (T, n) [unit of the variable in the register]
        NaN = missing.
    variable : str
        A weather variable of the register.
    months : (T,), optional
        Labels of the months; 0 to T - 1 by default.
    order, criterion
        Of `ThinPlateSpline`.

    Returns
    -------
    ClimateSurface

    Raises
    ------
    ValueError
        For values or stations that cannot be, and for a month without any value.
    """
    transformation = Transformation.of(variable)
    stations = check_stations(stations)
    values = np.asarray(values, dtype=float)
    months = np.arange(len(values)) if months is None else np.asarray(months)
    names = stations["station"].to_numpy()
    check_values(values, names, months, transformation.quantity)
    points = stations[["lon", "lat", "elevation"]].to_numpy()
    with_elevation = bool(np.ptp(points[:, 2]) > 0.0)  # False for NaN
    enough = np.isfinite(values).sum(axis=1) >= MINIMUM_STATIONS + with_elevation
    method: str = "fallback"
    parts: list[_Part] = []
    candidates: list[tuple[str, float, str]] = []
    if enough.any():
        forms = ("trivariate", "partial", "bivariate") if with_elevation else ("bivariate",)
        method, parts, candidates = _choose_spline(
            forms,
            points,
            values,
            np.flatnonzero(enough),
            transformation,
            partial(ThinPlateSpline, order, criterion),
        )
    covered = enough if parts else np.zeros(len(values), dtype=bool)
    if not covered.all():
        parts.append(_fit_fallback(points, transformation.forward(values), np.flatnonzero(~covered)))
    loo = _leave_one_out(parts, values, transformation)
    return ClimateSurface(
        variable=variable,
        months=months,
        stations=stations,
        method=method,
        candidates=pd.DataFrame(candidates, columns=["method", "loo_rmse", "note"]),
        log=report.monthly_log(months, _statistics(parts, points, loo, names, variable), loo),
        residuals=report.residual_table(months, names, loo),
        error_correlation=report.error_correlation(loo["z"]),
        _parts=parts,
    )


def _model_inputs(points: np.ndarray, method: str) -> tuple[np.ndarray, np.ndarray | None]:
    """Coordinates and covariates of a form of model, with elevation in km."""
    if method == "bivariate" or points.shape[1] == 2 or np.isnan(points[:, 2]).all():
        return points[:, :2], None
    height = points[:, 2:] / METRES_PER_KM
    return (np.hstack([points[:, :2], height]), None) if method == "trivariate" else (points[:, :2], height)


def _choose_spline(
    forms: Sequence[str],
    points: np.ndarray,
    values: np.ndarray,
    rows: np.ndarray,
    transformation: Transformation,
    make_spline: Callable[[], ThinPlateSpline],
) -> tuple[str, list[_Part], list[tuple[str, float, str]]]:
    """Fit every form to the months `rows` and keep the one of least leave-one-out error."""
    fitted: dict[str, tuple[float, _Part]] = {}
    candidates = []
    for form in forms:
        coordinates, covariates = _model_inputs(points, form)
        try:
            model = make_spline().fit(coordinates, transformation.forward(values[rows]), covariates)
        except ValueError as refusal:
            candidates.append((form, np.nan, str(refusal)))
            continue
        part = _Part(rows, form, model)
        rmse = float(report.root_mean_square(_leave_one_out([part], values, transformation)["residual"]))
        fitted[form] = (rmse, part)
        candidates.append((form, rmse, ""))
    if not fitted:
        return "fallback", [], candidates
    method = min(fitted, key=lambda form: fitted[form][0])
    return method, [fitted[method][1]], candidates


def _fit_fallback(points: np.ndarray, transformed: np.ndarray, rows: np.ndarray) -> _Part:
    """Lapse-rate regression of the months `rows`."""
    coordinates, height = _model_inputs(points, "fallback")
    return _Part(rows, "fallback", LapseRateIdw().fit(coordinates, transformed[rows], height))


def _leave_one_out(
    parts: list[_Part], values: np.ndarray, transformation: Transformation
) -> dict[str, np.ndarray]:
    """Observed and predicted values, residuals and z, each (T, n); NaN where not observed or not fitted."""
    loo = {name: np.full(values.shape, np.nan) for name in ("observed", "predicted", "residual", "z")}
    for part in parts:
        observed = values[part.months]
        residuals, errors = part.model.loo_residuals_, np.sqrt(part.model.loo_variance_)
        loo["observed"][part.months] = observed
        loo["predicted"][part.months] = transformation.backward(
            transformation.forward(observed) - residuals, errors
        )
        # An exact fit leaves neither residual nor error.
        loo["z"][part.months] = residuals / np.where(errors > 0.0, errors, np.inf)
    loo["residual"] = loo["observed"] - loo["predicted"]
    return loo


def _statistics(
    parts: list[_Part], points: np.ndarray, loo: dict[str, np.ndarray], names: np.ndarray, variable: str
) -> dict[str, np.ndarray]:
    """Gather the columns of the monthly log that come from the models."""
    t = len(loo["observed"])
    columns = ("signal", "rtgcv", "rtvar", "rho", "lapse_rate", "lapse_rate_se")
    statistics = {name: np.full(t, np.nan) for name in columns}
    flags = np.full(t, "", dtype=object)
    for part in parts:
        for name in ("signal", "rtgcv", "rtvar", "rho"):
            if hasattr(part.model, f"{name}_"):
                statistics[name][part.months] = getattr(part.model, f"{name}_")
        slope, error = _lapse_rate(part, points)
        statistics["lapse_rate"][part.months], statistics["lapse_rate_se"][part.months] = slope, error
        flags[part.months] = getattr(part.model, "flag_", "fallback: lapse rate and inverse distances")
    low, high = report.PLAUSIBLE_LAPSE
    lapse = statistics["lapse_rate"]
    strange = (variable == "temperature") & ((lapse < low) | (lapse > high))
    notes = [np.where(strange, "implausible lapse rate", ""), report.outlier_flags(loo["residual"], names)]
    flag = np.array(["; ".join(filter(None, row)) for row in zip(flags, *notes, strict=True)], dtype=object)
    return (
        {name: statistics[name] for name in columns[:4]}
        | {"flag": flag}
        | {n: statistics[n] for n in columns[4:]}
    )


def _lapse_rate(part: _Part, points: np.ndarray) -> tuple[np.ndarray | float, np.ndarray | float]:
    """Mean change of the interpolated quantity with elevation at the stations [km-1], and its error."""
    if isinstance(part.model, LapseRateIdw):
        return np.where(part.model.slope_ == 0.0, np.nan, part.model.slope_), np.nan
    if part.method == "bivariate":
        return np.nan, np.nan
    half_km = np.array([0.0, 0.0, 0.5 * METRES_PER_KM])
    above, height_above = _model_inputs(points + half_km, part.method)
    below, height_below = _model_inputs(points - half_km, part.method)
    return part.model.contrast(above, below, height_above, height_below)
