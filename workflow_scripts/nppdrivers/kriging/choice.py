"""Choice of a kriging model for samples of one property, and its maps on the scale of the property."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from nppdrivers.kriging.candidates import METHODS, NORMAL_95, Samples, compare, cross_validation_table
from nppdrivers.kriging.prediction import cross_validate, merge_duplicates, predict
from nppdrivers.kriging.transformation import RAW, TRANSFORMS, Transform
from nppdrivers.kriging.variogram import MODELS, Variogram, empirical_variogram

MINIMUM_SAMPLES = 10  # fewer say nothing about a variogram
OUTLIER_Z = 3.0


class Maps(NamedTuple):
    """Prediction at targets [unit of the property], and how many targets were clipped to its bounds."""

    mean: np.ndarray
    sd: np.ndarray
    q05: np.ndarray
    q95: np.ndarray
    clipped: int


@dataclass
class KrigingChoice:
    """The model chosen for a property, with what was compared; `choose_model` makes it.

    Attributes
    ----------
    kind : str
        "kriging", or "idw" or "mean" where no kriging candidate was acceptable; flag says why.
    transform, variogram, method : Transform, Variogram or None, str
        Of the kriging chosen; method is "wls" or "reml".
    uses_drift : bool
    flag : str
        Empty, or why the property is not kriged.
    table : DataFrame
        One row a candidate, the best first: transform, power, model, trend, method, nugget, psill, range,
        log_score (mean log density of leave-one-out predictions, larger is better), rmse, me, r2 [property's
        unit], msdr, coverage (share of samples in their 90 % interval), rejected (reason or empty).
    cross_validation : DataFrame
        One row a place: x, y, observed, predicted, z (standardised leave-one-out error).
    n_missing, n_merged : int
        Samples without value, and samples merged into others of the same place.
    """

    kind: str
    flag: str
    table: pd.DataFrame = field(repr=False)
    cross_validation: pd.DataFrame = field(repr=False)
    n_missing: int
    n_merged: int
    bounds: tuple[float, float]
    transform: Transform = RAW
    variogram: Variogram | None = None
    method: str = ""
    uses_drift: bool = False
    _samples: Samples | None = field(default=None, repr=False)

    @property
    def outliers(self) -> pd.DataFrame:
        """Places whose leave-one-out error exceeds 3 standard deviations."""
        return self.cross_validation[np.abs(self.cross_validation["z"]) > OUTLIER_Z]

    def parameters(self) -> dict:
        """Return what defines the model, in plain types."""
        fitted = {} if self.variogram is None else asdict(self.variogram)
        return {
            "kind": self.kind,
            "flag": self.flag,
            "transform": self.transform.name,
            "power": self.transform.power,
            **fitted,
            "method": self.method,
            "external_drift": self.uses_drift,
            "places": len(self.cross_validation),
            "missing": self.n_missing,
            "merged": self.n_merged,
        }

    def empirical_variogram(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distances, semivariances, pairs of the transformed values, less the drift where it is used."""
        s = self._samples
        drift = s.drift if self.uses_drift else None
        return empirical_variogram(s.xy, self.transform.forward(s.z), drift=drift)

    def scores(self) -> dict[str, float | None]:
        """Leave-one-out scores of the model chosen, also of a fallback.

        Returns
        -------
        dict
            rmse and me (mean error) [unit of the property], r2, msdr (mean squared z), coverage (share of
            samples in their 90 % interval); r2 None for a constant property.
        """
        observed, z = self.cross_validation["observed"], self.cross_validation["z"]
        error = observed - self.cross_validation["predicted"]
        mse = float(np.mean(error**2))
        return {
            "rmse": mse**0.5,
            "me": float(error.mean()),
            "r2": None if _constant(observed.to_numpy()) else 1.0 - mse / float(np.var(observed)),
            "msdr": float(np.mean(z**2)),
            "coverage": float(np.mean(np.abs(z) <= NORMAL_95)),
        }

    def blocked_scores(self, block: float) -> dict[str, float | None]:
        """Cross-validate with square blocks of an edge [m] left out together, the model as chosen.

        Returns
        -------
        dict
            blocked_cv_rmse [unit of the property] and blocked_cv_r2; None where all samples are in one block.
        """
        s = self._samples
        _, folds = np.unique(np.floor(s.xy / block), axis=0, return_inverse=True)
        if folds.max() == 0:
            return {"blocked_cv_rmse": None, "blocked_cv_r2": None}
        if self.kind == "kriging":
            t = self.transform.forward(s.z)
            drift = s.drift if self.uses_drift else None
            e, variance = cross_validate(
                s.xy, t, self.variogram, drift=drift, folds=folds.ravel(), counts=s.counts
            )
            predicted, _ = self.transform.moments(t - e, np.sqrt(variance))
        else:
            predicted = _left_out(s, self.kind, folds.ravel())
        mse = float(np.mean((s.z - predicted) ** 2))
        r2 = None if _constant(s.z) else 1.0 - mse / float(np.var(s.z))
        return {"blocked_cv_rmse": mse**0.5, "blocked_cv_r2": r2}

    def predict(self, targets: np.ndarray, target_drift: np.ndarray | None = None) -> Maps:
        """Predict at targets (N, 2), with covariates (N, k) where the choice uses the drift.

        Returns
        -------
        Maps
            mean, sd, q05, q95 (N,), within the property's bounds; NaN where a target is not finite.
        """
        s = self._samples
        targets = np.asarray(targets, dtype=float)
        if self.kind == "kriging":
            centre, spread = self._krige(targets, target_drift)
        else:
            centre = _idw(s.xy, s.z, targets) if self.kind == "idw" else _mean_at(s.z, targets)
            spread = np.where(np.isfinite(centre), self._fallback_sd(), np.nan)
        mean, sd = self.transform.moments(centre, spread)
        q05, q95 = (self.transform.inverse(centre + sign * NORMAL_95 * spread) for sign in (-1.0, 1.0))
        clipped = int(np.sum((mean < self.bounds[0]) | (mean > self.bounds[1])))
        mean, q05, q95 = (np.clip(x, *self.bounds) for x in (mean, q05, q95))
        return Maps(mean, sd, q05, q95, clipped)

    def _krige(self, targets, target_drift) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation of the transformed property."""
        s = self._samples
        drift, target_drift = (s.drift, target_drift) if self.uses_drift else (None, None)
        mean, variance = predict(
            s.xy,
            self.transform.forward(s.z),
            self.variogram,
            targets,
            drift=drift,
            target_drift=target_drift,
            counts=s.counts,
        )
        return mean, np.sqrt(variance)

    def _fallback_sd(self) -> float:
        error = self.cross_validation["observed"] - self.cross_validation["predicted"]
        return float(np.sqrt(np.mean(error**2)))


def choose_model(
    xy: np.ndarray,
    values: np.ndarray,
    *,
    drift: np.ndarray | None = None,
    bounds: tuple[float, float] = (-np.inf, np.inf),
    transforms: tuple[str, ...] = TRANSFORMS,
    models: tuple[str, ...] = MODELS,
    methods: tuple[str, ...] = METHODS,
) -> KrigingChoice:
    """Choose transform, variogram model, trend and fitting method by leave-one-out cross-validation.

    Every candidate is scored by the mean log density of its leave-one-out predictions on the scale of the
    property (with the Jacobian of the transform). Rejected are candidates with a singular covariance, a
    range at the end of its search, no spatial structure, a mean squared deviation ratio outside 0.5 to 2,
    or an error above the standard deviation of the samples. When none is left, inverse-distance weighting
    or the mean, the better in leave-one-out, is used and flagged.

    Parameters
    ----------
    xy : (n, 2) [m]
    values : (n,)
        NaN are dropped; samples at one place are averaged, with the nugget divided by their number.
    drift : (n, k), optional
        Covariates for an external drift, such as elevation; candidates with and without it are tried.
    bounds : (low, high)
        Possible values of the property; maps are clipped to them.
    transforms, models, methods
        Candidates; log and Box-Cox need positive values and are left out otherwise.

    Returns
    -------
    KrigingChoice

    Raises
    ------
    ValueError
        For fewer than 3 values, or values outside the bounds.
    """
    values = np.asarray(values, dtype=float)
    n_missing = int(np.sum(~np.isfinite(values)))
    if len(values) - n_missing < 3:
        raise ValueError(f"{len(values) - n_missing} samples with a value: at least 3 are needed for a map")
    if np.nanmin(values) < bounds[0] or np.nanmax(values) > bounds[1]:
        raise ValueError(f"values {np.nanmin(values):g} to {np.nanmax(values):g} exceed the bounds {bounds}")
    samples = Samples(*merge_duplicates(xy, values, drift))
    shared = {
        "n_missing": n_missing,
        "n_merged": len(values) - n_missing - len(samples.z),
        "bounds": bounds,
    }
    reason = _unusable(samples.z)
    candidates = [] if reason else compare(samples, transforms, models, methods)
    table = pd.DataFrame([c.row for c in candidates])
    if candidates and not candidates[0].row["rejected"]:
        best = candidates[0]
        shared |= {"transform": best.transform, "variogram": best.variogram, "method": best.row["method"]}
        shared |= {"uses_drift": best.row["trend"] == "drift", "cross_validation": best.cross_validation}
        return KrigingChoice(kind="kriging", flag="", table=table, _samples=samples, **shared)
    kind, cross_validation = _fallback(samples)
    flag = reason or f"no acceptable variogram: {kind} instead of kriging"
    return KrigingChoice(
        kind=kind, flag=flag, table=table, cross_validation=cross_validation, _samples=samples, **shared
    )


def _unusable(values: np.ndarray) -> str:
    """Reason why values cannot be kriged, or an empty string."""
    if _constant(values):
        return "the property is constant"
    if len(values) < MINIMUM_SAMPLES:
        return f"{len(values)} places are too few for a variogram"
    return ""


def _constant(values: np.ndarray) -> bool:
    return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())


def _fallback(samples: Samples) -> tuple[str, pd.DataFrame]:
    """Inverse-distance weighting or the mean, whichever has the smaller leave-one-out error."""
    left_out = {kind: _left_out(samples, kind, np.arange(len(samples.z))) for kind in ("mean", "idw")}
    errors = {kind: np.sqrt(np.mean((samples.z - p) ** 2)) for kind, p in left_out.items()}
    # For a constant both errors are rounding.
    kind = "idw" if errors["idw"] < errors["mean"] - 1e-9 * np.abs(samples.z).max() else "mean"
    z = (samples.z - left_out[kind]) / (errors[kind] if errors[kind] > 0.0 else 1.0)
    return kind, cross_validation_table(samples, left_out[kind], z)


def _left_out(samples: Samples, kind: str, folds: np.ndarray) -> np.ndarray:
    """Predict each sample without its fold by a fallback method."""
    out = np.empty(len(samples.z))
    for fold in np.unique(folds):
        inside = folds == fold
        z, places = samples.z[~inside], samples.xy[inside]
        out[inside] = _idw(samples.xy[~inside], z, places) if kind == "idw" else _mean_at(z, places)
    return out


def _idw(xy: np.ndarray, values: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Weight samples by the inverse squared distance; at a sample's place the sample itself."""
    out = np.empty(len(targets))
    step = max(1, 2**19 // len(values))
    tiny = 1e-12 * np.sum(np.ptp(xy, axis=0) ** 2) + 1e-300
    for start in range(0, len(targets), step):
        weights = 1.0 / np.maximum(cdist(targets[start : start + step], xy, "sqeuclidean"), tiny)
        out[start : start + step] = weights @ values / weights.sum(axis=1)
    return out


def _mean_at(values: np.ndarray, targets: np.ndarray) -> np.ndarray:
    return np.where(np.isfinite(targets).all(axis=1), values.mean(), np.nan)
