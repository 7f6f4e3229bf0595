"""Candidates for the kriging of one property, and their scores in leave-one-out cross-validation.

Source of the logarithmic score: Good (1952), Rational decisions, J. R. Stat. Soc. B 14, 107-114.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nppdrivers.agreement import coverage_90
from nppdrivers.kriging.prediction import cross_validate, fit_variogram
from nppdrivers.kriging.transformation import Transform, fit_transform
from nppdrivers.kriging.variogram import Variogram, range_bounds

METHODS = ("wls", "reml")
MSDR_BOUNDS = (0.5, 2.0)


class Samples(NamedTuple):
    """Merged samples: coordinates (n, 2), values, drift (n, k) or None, number averaged at each place."""

    xy: np.ndarray
    z: np.ndarray
    drift: np.ndarray | None
    counts: np.ndarray


@dataclass
class Candidate:
    """One candidate: its row of the table and what is needed to use it; no variogram where the fit failed."""

    transform: Transform
    variogram: Variogram | None
    row: dict[str, Any]
    cross_validation: pd.DataFrame


def compare(
    samples: Samples, transforms: tuple[str, ...], models: tuple[str, ...], methods: tuple[str, ...]
) -> list[Candidate]:
    """Evaluate every candidate by leave-one-out; the acceptable ones come first, the best score leading."""
    trends = ("none",) if samples.drift is None else ("none", "drift")
    usable = [t for t in (fit_transform(name, samples.z) for name in transforms) if t is not None]
    candidates = [_evaluate(samples, *options) for options in product(usable, trends, models, methods)]
    return sorted(candidates, key=lambda c: (bool(c.row["rejected"]), -c.row["log_score"]))


def _evaluate(samples: Samples, transform: Transform, trend: str, model: str, method: str) -> Candidate:
    """Fit one candidate and score its leave-one-out predictions."""
    row: dict[str, Any] = {
        "transform": transform.name,
        "power": transform.power,
        "model": model,
        "trend": trend,
        "method": method,
    }
    names = ("nugget", "psill", "range", "log_score", "rmse", "me", "r2", "msdr", "coverage")
    row |= dict.fromkeys(names, np.nan) | {"log_score": -np.inf}
    drift = samples.drift if trend == "drift" else None
    t = transform.forward(samples.z)
    try:
        variogram = fit_variogram(samples.xy, t, model, drift=drift, method=method, counts=samples.counts)
        e, variance = cross_validate(samples.xy, t, variogram, drift=drift, counts=samples.counts)
    except ValueError as refusal:
        return Candidate(transform, None, row | {"rejected": str(refusal)}, pd.DataFrame())
    row |= {"nugget": variogram.nugget, "psill": variogram.psill, "range": variogram.range}
    predicted, _ = transform.moments(t - e, np.sqrt(variance))
    error, z = samples.z - predicted, e / np.sqrt(variance)
    density = -0.5 * (np.log(2.0 * np.pi * variance) + z**2) + transform.log_jacobian(samples.z)
    row |= {
        "log_score": float(density.mean()),
        "rmse": float(np.sqrt(np.mean(error**2))),
        "me": float(error.mean()),
        "r2": float(1.0 - np.mean(error**2) / np.var(samples.z)),
        "msdr": float(np.mean(z**2)),
        "coverage": coverage_90(z),
    }
    row["rejected"] = _rejection(row, samples)
    return Candidate(transform, variogram, row, cross_validation_table(samples, predicted, z))


def _rejection(row: dict[str, Any], samples: Samples) -> str:
    """Reason why a candidate is not acceptable, or an empty string."""
    low, high = range_bounds(samples.xy)
    if row["psill"] == 0.0:
        return "no spatial structure"
    if not 1.01 * low < row["range"] < 0.99 * high:
        return "range at its bound"
    if not MSDR_BOUNDS[0] <= row["msdr"] <= MSDR_BOUNDS[1]:
        return "msdr outside 0.5 to 2"
    if not row["rmse"] <= np.std(samples.z):
        return "error above the standard deviation"
    return ""


def cross_validation_table(samples: Samples, predicted: np.ndarray, z: np.ndarray) -> pd.DataFrame:
    """Tabulate a leave-one-out cross-validation: x, y, observed, predicted, z (standardised error)."""
    x, y = samples.xy.T
    return pd.DataFrame({"x": x, "y": y, "observed": samples.z, "predicted": predicted, "z": z})
