"""Maps where no kriging is acceptable: inverse-distance weighting, or the mean."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from nppdrivers.kriging.candidates import cross_validation_table
from nppdrivers.kriging.member import Samples


def better_fallback(samples: Samples) -> tuple[str, pd.DataFrame]:
    """Fallback with the smaller leave-one-out error, "idw" or "mean", and its cross-validation."""
    predicted = {kind: left_out(kind, samples, np.arange(len(samples.z))) for kind in ("mean", "idw")}
    errors = {kind: np.sqrt(np.mean((samples.z - p) ** 2)) for kind, p in predicted.items()}
    # For a constant both errors are rounding.
    kind = "idw" if errors["idw"] < errors["mean"] - 1e-9 * np.abs(samples.z).max() else "mean"
    z = (samples.z - predicted[kind]) / (errors[kind] if errors[kind] > 0.0 else 1.0)
    return kind, cross_validation_table(samples, predicted[kind], z)


def left_out(kind: str, samples: Samples, folds: np.ndarray) -> np.ndarray:
    """Predict each sample without its fold."""
    predicted = np.empty(len(samples.z))
    for fold in np.unique(folds):
        inside = folds == fold
        predicted[inside] = predict(kind, samples.xy[~inside], samples.z[~inside], samples.xy[inside])
    return predicted


def predict(kind: str, xy: np.ndarray, values: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Predict at targets (N, 2) from samples; NaN where a target is not finite."""
    if kind == "idw":
        return _inverse_distance(xy, values, targets)
    return np.where(np.isfinite(targets).all(axis=1), values.mean(), np.nan)


def _inverse_distance(xy: np.ndarray, values: np.ndarray, targets: np.ndarray) -> np.ndarray:
    """Weight samples by the inverse squared distance; at a sample's place the sample itself."""
    predicted = np.empty(len(targets))
    step = max(1, 2**19 // len(values))
    tiny = 1e-12 * np.sum(np.ptp(xy, axis=0) ** 2) + 1e-300
    for start in range(0, len(targets), step):
        weights = 1.0 / np.maximum(cdist(targets[start : start + step], xy, "sqeuclidean"), tiny)
        predicted[start : start + step] = weights @ values / weights.sum(axis=1)
    return predicted
