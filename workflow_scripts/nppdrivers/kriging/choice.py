"""Choice of a kriging model for samples of one property, and its maps on the scale of the property."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nppdrivers.agreement import NORMAL_95, OUTLIER_Z, coverage_90
from nppdrivers.blocks import block_numbers
from nppdrivers.kriging import fallback
from nppdrivers.kriging.candidates import best_of_each_model, compare, cross_validation_table
from nppdrivers.kriging.fitting import METHODS
from nppdrivers.kriging.member import Member, Samples
from nppdrivers.kriging.prediction import merge_duplicates
from nppdrivers.kriging.transformation import RAW, TRANSFORMS, Transform
from nppdrivers.kriging.variogram import Variogram, empirical_variogram

FEWEST = 3  # values that a map needs
MINIMUM_SAMPLES = 10  # a variogram cannot be fitted to fewer
MODELS = ("spherical", "exponential")  # smoother ones made maps of soil worse, see docs/interpolation.md


class Maps(NamedTuple):
    """Predictions at targets [unit of the property], and how many targets were clipped to its bounds."""

    mean: np.ndarray
    sd: np.ndarray
    q05: np.ndarray
    q95: np.ndarray
    clipped: int


@dataclass(frozen=True)
class KrigingChoice:
    """The models chosen for a property, with what was compared; `choose_model` makes it.

    Attributes
    ----------
    kind : str
        "kriging", or "idw" or "mean" where no kriging candidate was acceptable.
    flag : str
        Empty, or why the property is not kriged.
    table : DataFrame
        One row a candidate, the best first: transform, power, model, trend, method, nugget, psill, range,
        blocked_rmse [property's unit], log_score (mean log density of leave-one-out predictions, larger is
        better), rmse, me, r2 of leave-one-out [property's unit], msdr, coverage (share of samples in their
        90 % interval), rejected (reason or empty), weight in the map.
    cross_validation : DataFrame
        One row a place: x, y, observed, predicted, z (standardised leave-one-out error, the mean of the
        members').
    samples : Samples
        Merged, on the scale of the property.
    n_missing, n_merged : int
        Samples without value, and samples merged into others of the same place.
    bounds : (low, high)
        To which maps are clipped [unit of the property].
    members : tuple of Member
        The candidates whose mean is the map, the best first; none for a fallback.
    transform, variogram, method, uses_drift
        Of the best member, method "wls" or "reml"; for a fallback the values themselves and no variogram.
    """

    kind: str
    flag: str
    table: pd.DataFrame = field(repr=False)
    cross_validation: pd.DataFrame = field(repr=False)
    samples: Samples = field(repr=False)
    n_missing: int
    n_merged: int
    bounds: tuple[float, float]
    members: tuple[Member, ...] = field(repr=False)

    @property
    def transform(self) -> Transform:
        """Transform of the best member."""
        return self.members[0].transform if self.members else RAW

    @property
    def variogram(self) -> Variogram | None:
        """Variogram of the best member."""
        return self.members[0].variogram if self.members else None

    @property
    def method(self) -> str:
        """How the variogram of the best member was fitted."""
        return self.members[0].method if self.members else ""

    @property
    def uses_drift(self) -> bool:
        """Whether the best member uses the drift."""
        return bool(self.members) and self.members[0].uses_drift

    @property
    def outliers(self) -> pd.DataFrame:
        """Places whose leave-one-out error exceeds 3 standard deviations."""
        return self.cross_validation[np.abs(self.cross_validation["z"]) > OUTLIER_Z]

    def parameters(self) -> dict[str, Any]:
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
            "members": len(self.members),
            "places": len(self.cross_validation),
            "missing": self.n_missing,
            "merged": self.n_merged,
        }

    def empirical_variogram(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Distances, semivariances, pairs on the scale of the best member, less the drift if it has one."""
        s = self.samples
        drift = s.drift if self.uses_drift else None
        return empirical_variogram(s.xy, self.transform.forward(s.z), drift=drift)

    def scores(self) -> dict[str, float | None]:
        """Leave-one-out scores of the map, also of a fallback.

        Returns
        -------
        dict
            rmse and me (mean error) [unit of the property], r2, msdr (mean squared z), coverage (share of
            samples in their 90 % interval); r2 None for a constant property.
        """
        observed, z = self.cross_validation["observed"], self.cross_validation["z"]
        error = self._errors()
        mse = float(np.mean(error**2))
        return {
            "rmse": mse**0.5,
            "me": float(error.mean()),
            "r2": None if _constant(observed.to_numpy()) else 1.0 - mse / float(np.var(observed)),
            "msdr": float(np.mean(z**2)),
            "coverage": coverage_90(z),
        }

    def blocked_scores(self, block: float) -> dict[str, float | None]:
        """Cross-validate with square blocks of an edge [m] left out together, the models as chosen.

        Returns
        -------
        dict
            blocked_cv_rmse [unit of the property] and blocked_cv_r2; None where all samples are in one block.
        """
        s = self.samples
        _, folds = np.unique(block_numbers(s.xy, block), return_inverse=True)
        if folds.max() == 0:
            return {"blocked_cv_rmse": None, "blocked_cv_r2": None}
        if self.members:
            predicted = np.mean([member.left_out(s, folds) for member in self.members], axis=0)
        else:
            predicted = fallback.left_out(self.kind, s, folds)
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
        s = self.samples
        targets = np.asarray(targets, dtype=float)
        if self.members:
            each = [member.predict(s, targets, target_drift) for member in self.members]
            means, sds, lows, highs = (np.array(values) for values in zip(*each, strict=True))
            mean, q05, q95 = (values.mean(axis=0) for values in (means, lows, highs))
            sd = np.sqrt(np.mean(sds**2, axis=0) + np.var(means, axis=0))
        else:
            mean = fallback.predict(self.kind, s.xy, s.z, targets)
            sd = np.where(np.isfinite(mean), np.sqrt(np.mean(self._errors() ** 2)), np.nan)
            q05, q95 = (mean + sign * NORMAL_95 * sd for sign in (-1.0, 1.0))
        clipped = int(np.sum((mean < self.bounds[0]) | (mean > self.bounds[1])))
        mean, q05, q95 = (np.clip(x, *self.bounds) for x in (mean, q05, q95))
        return Maps(mean, sd, q05, q95, clipped)

    def _errors(self) -> pd.Series:
        """Leave-one-out errors, observed minus predicted."""
        return self.cross_validation["observed"] - self.cross_validation["predicted"]


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
    """Choose transform, trend and fitting method for each model of correlation; the map is their mean.

    A candidate is scored by its RMSE on the scale of the property with square blocks of land left out, whose
    edge is a sixth, a ninth and a twelfth of the diagonal of the samples (geometric mean). Rejected are
    candidates with a singular covariance, a range within the closest samples, no spatial structure, and by
    leave-one-out a mean squared deviation ratio outside 0.5 to 2 or an error above the standard deviation of
    the samples. The best acceptable candidate of each model is a member of the map, all with equal weight.
    Where none is acceptable, inverse-distance weighting or the mean, the better in leave-one-out, is used and
    flagged.

    The practical range is at most the diagonal of the samples. Above 500 places the likelihood is that of
    500 of them; the rest grows with the cube of their number.

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
    if len(values) - n_missing < FEWEST:
        raise ValueError(
            f"{len(values) - n_missing} samples with a value: at least {FEWEST} are needed for a map"
        )
    if np.nanmin(values) < bounds[0] or np.nanmax(values) > bounds[1]:
        raise ValueError(f"values {np.nanmin(values):g} to {np.nanmax(values):g} exceed the bounds {bounds}")
    samples = Samples(*merge_duplicates(xy, values, drift))
    reason = _unusable(samples.z)
    candidates = [] if reason else compare(samples, transforms, models, methods)
    members = best_of_each_model(candidates)
    if members:
        kind, reason = "kriging", ""
        predicted, z = (np.mean([vars(m)[part] for m in members], axis=0) for part in ("predicted", "z"))
        cross_validation = cross_validation_table(samples, predicted, z)
    else:
        kind, cross_validation = fallback.better_fallback(samples)
        reason = reason or f"no acceptable variogram: {kind} instead of kriging"
    weight = 1.0 / max(len(members), 1)
    rows = [row | {"weight": weight if member in members else 0.0} for row, member in candidates]
    return KrigingChoice(
        kind=kind,
        flag=reason,
        table=pd.DataFrame(rows),
        cross_validation=cross_validation,
        samples=samples,
        n_missing=n_missing,
        n_merged=len(values) - n_missing - len(samples.z),
        bounds=bounds,
        members=tuple(members),
    )


def _unusable(values: np.ndarray) -> str:
    """Reason why values cannot be kriged, or an empty string."""
    if _constant(values):
        return "the property is constant"
    if len(values) < MINIMUM_SAMPLES:
        return f"{len(values)} places are too few for a variogram"
    return ""


def _constant(values: np.ndarray) -> bool:
    """Whether values differ by no more than rounding."""
    return bool(np.ptp(values) <= 1e-12 * np.abs(values).max())
