"""Candidates for the kriging of one property, and their errors with single samples and with blocks left out.

Source of the logarithmic score: Good (1952), Rational decisions, J. R. Stat. Soc. B 14, 107-114.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from nppdrivers.agreement import coverage_90
from nppdrivers.blocks import block_numbers
from nppdrivers.kriging.fitting import fit_reml, fit_wls
from nppdrivers.kriging.member import Member, Samples
from nppdrivers.kriging.prediction import fold_residuals, projection
from nppdrivers.kriging.transformation import Transform, fit_transform
from nppdrivers.kriging.variogram import (
    PRACTICAL_RANGE,
    Variogram,
    clean_samples,
    empirical_variogram,
    range_bounds,
)

MSDR_BOUNDS = (0.5, 2.0)
BLOCKS = (6, 9, 12)  # edges of the blocks left out: such parts of the diagonal of the samples
MOST_IN_LIKELIHOOD = 500  # places: its cost grows with their cube


class Candidate(NamedTuple):
    """A row of the table of candidates, and its kriging where it could be fitted."""

    row: dict[str, Any]
    member: Member | None


def compare(
    samples: Samples, transforms: tuple[str, ...], models: tuple[str, ...], methods: tuple[str, ...]
) -> list[Candidate]:
    """Evaluate every candidate; acceptable ones first, the least error with blocks left out leading."""
    trends = ("none",) if samples.drift is None else ("none", "drift")
    usable = [t for t in (fit_transform(name, samples.z) for name in transforms) if t is not None]
    folds = [np.arange(len(samples.z)), *(_blocks(samples.xy, parts) for parts in BLOCKS)]
    candidates = []
    for trend, model, method in product(trends, models, methods):
        fits = _fit(samples, usable, trend, model, method)
        for transform, fit in zip(usable, fits, strict=True):
            row = {"transform": transform.name, "power": transform.power}
            row |= {"model": model, "trend": trend, "method": method}
            candidates.append(_evaluate(samples, transform, fit, row, folds))
    return sorted(candidates, key=lambda c: (bool(c.row["rejected"]), c.row["blocked_rmse"]))


def best_of_each_model(candidates: list[Candidate]) -> list[Member]:
    """Acceptable candidates that lead those of their model of correlation, the best first."""
    best: dict[str, Member] = {}
    for row, member in candidates:
        if member is not None and not row["rejected"]:
            best.setdefault(row["model"], member)
    return list(best.values())


def _blocks(xy: np.ndarray, parts: int) -> np.ndarray:
    """Number of the square block of each sample, its edge such a part of the diagonal of the samples."""
    return block_numbers(xy, np.hypot(*np.ptp(xy, axis=0)) / parts, xy.min(axis=0))


def _fit(
    samples: Samples, transforms: list[Transform], trend: str, model: str, method: str
) -> Sequence[Variogram | ValueError]:
    """Fit the transformed values: a variogram or a refusal each."""
    xy, drift = samples.xy, samples.drift if trend == "drift" else None
    low = range_bounds(xy)[0]
    # Farther than the samples reach, correlation cannot be distinguished from a trend.
    bounds = low, max(float(np.hypot(*np.ptp(xy, axis=0))) / PRACTICAL_RANGE[model], 2.0 * low)
    values = [t.forward(samples.z) for t in transforms]
    try:
        if method == "wls":
            return [fit_wls(empirical_variogram(xy, t, drift=drift), model, bounds) for t in values]
        used = np.random.default_rng(0).permutation(len(xy))[:MOST_IN_LIKELIHOOD]
        xy, _, terms, counts = clean_samples(
            xy[used], samples.z[used], None if drift is None else drift[used], samples.counts[used]
        )
        return fit_reml(xy, np.array(values)[:, used], terms, counts, model, bounds)
    except ValueError as refusal:
        return [refusal] * len(transforms)


def _evaluate(
    samples: Samples,
    transform: Transform,
    fit: Variogram | ValueError,
    row: dict[str, Any],
    folds: list[np.ndarray],
) -> Candidate:
    """Score the predictions of one candidate, single samples left out first, then blocks."""
    names = ("nugget", "psill", "range", "blocked_rmse", "log_score", "rmse", "me", "r2", "msdr", "coverage")
    row |= dict.fromkeys(names, np.nan) | {"blocked_rmse": np.inf, "log_score": -np.inf}
    t = transform.forward(samples.z)
    drift = samples.drift if row["trend"] == "drift" else None
    try:
        if isinstance(fit, ValueError):
            raise fit
        xy, _, trend, counts = clean_samples(samples.xy, t, drift, samples.counts)
        p = projection(xy, fit, trend, counts)
        (e, variance), *left_out = [fold_residuals(p, t, fold) for fold in folds]
    except ValueError as refusal:
        return Candidate(row | {"rejected": str(refusal)}, None)
    row |= {"nugget": fit.nugget, "psill": fit.psill, "range": fit.range}
    predicted, _ = transform.moments(t - e, np.sqrt(variance))
    error, z = samples.z - predicted, e / np.sqrt(variance)
    density = -0.5 * (np.log(2.0 * np.pi * variance) + z**2) + transform.log_jacobian(samples.z)
    row |= {
        "blocked_rmse": _blocked_rmse(samples, transform, t, left_out),
        "log_score": float(density.mean()),
        "rmse": float(np.sqrt(np.mean(error**2))),
        "me": float(error.mean()),
        "r2": float(1.0 - np.mean(error**2) / np.var(samples.z)),
        "msdr": float(np.mean(z**2)),
        "coverage": coverage_90(z),
    }
    row["rejected"] = _rejection(row, samples)
    member = Member(transform, fit, row["method"], drift is not None, predicted, z)
    return Candidate(row, member)


def _blocked_rmse(
    samples: Samples,
    transform: Transform,
    t: np.ndarray,
    left_out: list[tuple[np.ndarray, np.ndarray]],
) -> float:
    """Geometric mean over the sizes of blocks of the RMSE [unit of the property]."""
    logs = []
    for e, variance in left_out:
        predicted, _ = transform.moments(t - e, np.sqrt(variance))
        logs.append(0.5 * np.log(np.mean((samples.z - predicted) ** 2)))
    return float(np.exp(np.mean(logs)))


def _rejection(row: dict[str, Any], samples: Samples) -> str:
    """Reason why a candidate is not acceptable, or an empty string."""
    if row["psill"] == 0.0:
        return "no spatial structure"
    if not row["range"] > 1.01 * range_bounds(samples.xy)[0]:
        return "range below the distance of the closest samples"
    if not MSDR_BOUNDS[0] <= row["msdr"] <= MSDR_BOUNDS[1]:
        return "msdr outside 0.5 to 2"
    if not row["rmse"] <= np.std(samples.z):
        return "error above the standard deviation"
    return ""


def cross_validation_table(samples: Samples, predicted: np.ndarray, z: np.ndarray) -> pd.DataFrame:
    """Tabulate a leave-one-out cross-validation: x, y, observed, predicted, z (standardised error)."""
    x, y = samples.xy.T
    return pd.DataFrame({"x": x, "y": y, "observed": samples.z, "predicted": predicted, "z": z})
