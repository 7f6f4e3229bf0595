"""One way of kriging a property: what the mean of several makes its map of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from nppdrivers.agreement import NORMAL_95
from nppdrivers.kriging.prediction import cross_validate, predict
from nppdrivers.kriging.transformation import Transform
from nppdrivers.kriging.variogram import Variogram


class Samples(NamedTuple):
    """Merged samples: coordinates (n, 2), values, drift (n, k) or None, number averaged at each place."""

    xy: np.ndarray
    z: np.ndarray
    drift: np.ndarray | None
    counts: np.ndarray


@dataclass(frozen=True, eq=False)
class Member:
    """Kriging with one transform, variogram and trend, and its predictions of each sample from the others."""

    transform: Transform
    variogram: Variogram
    method: str  # of the fit, "wls" or "reml"
    uses_drift: bool
    predicted: np.ndarray  # [unit of the property]
    z: np.ndarray  # standardised errors of these predictions, on the scale that is kriged

    def left_out(self, samples: Samples, folds: np.ndarray) -> np.ndarray:
        """Predict each sample without its fold [unit of the property]."""
        t = self.transform.forward(samples.z)
        drift = samples.drift if self.uses_drift else None
        e, variance = cross_validate(
            samples.xy, t, self.variogram, drift=drift, folds=folds, counts=samples.counts
        )
        return self.transform.moments(t - e, np.sqrt(variance))[0]

    def predict(
        self, samples: Samples, targets: np.ndarray, target_drift: np.ndarray | None
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Mean, standard deviation, 5 % and 95 % quantile at targets (N,) [unit of the property]."""
        centre, variance = predict(
            samples.xy,
            self.transform.forward(samples.z),
            self.variogram,
            targets,
            drift=samples.drift if self.uses_drift else None,
            target_drift=target_drift if self.uses_drift else None,
            counts=samples.counts,
        )
        spread = np.sqrt(variance)
        low, high = (self.transform.inverse(centre + sign * NORMAL_95 * spread) for sign in (-1.0, 1.0))
        return *self.transform.moments(centre, spread), low, high
