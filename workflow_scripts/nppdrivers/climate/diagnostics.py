"""Report on a fitted climate variable: monthly log, ranked residuals, error correlation."""

from __future__ import annotations

import numpy as np
import pandas as pd

from nppdrivers.agreement import coverage_90

# Leave-one-out residual over its robust standard deviation in the month, above which a station is named.
OUTLIER_RATIO = 6.0
# A monthly lapse rate of temperature outside this range [degC km-1] suggests a wrong unit of elevation.
PLAUSIBLE_LAPSE = (-12.0, 6.0)


def varies_less_than_error(values: np.ndarray, standard_error: float) -> bool:
    """Whether a map differs less, from its least to its greatest value, than its own mean standard error.

    Its pattern may then be made of errors alone. False where the error is NaN: unknown.
    """
    known = values[np.isfinite(values)]
    return bool(known.size and np.ptp(known) < standard_error)


def monthly_log(
    months: np.ndarray, statistics: dict[str, np.ndarray], loo: dict[str, np.ndarray]
) -> pd.DataFrame:
    """Tabulate the statistics of every month with the leave-one-out error; statistics has (T,) columns."""
    log = pd.DataFrame({"month": months, "n": np.isfinite(loo["observed"]).sum(axis=1), **statistics})
    log.insert(log.columns.get_loc("flag") + 1, "loo_rmse", root_mean_square(loo["residual"], axis=1))
    return log


def residual_table(months: np.ndarray, names: np.ndarray, loo: dict[str, np.ndarray]) -> pd.DataFrame:
    """Rank the leave-one-out residuals, largest absolute z first: month, station and the columns of loo."""
    t, n = loo["z"].shape
    table = pd.DataFrame({"month": np.repeat(months, n), "station": np.tile(names, t)})
    for name, array in loo.items():
        table[name] = array.ravel()
    table = table[np.isfinite(table["observed"].to_numpy())]
    order = np.argsort(-np.abs(table["z"].to_numpy()), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def outlier_flags(loo_residuals: np.ndarray, names: np.ndarray) -> list[str]:
    """Name in each month the stations whose leave-one-out residual (T, n) stands far out of the others'."""
    size = np.abs(loo_residuals)
    with np.errstate(invalid="ignore"):
        typical = 1.4826 * np.array(
            [np.median(row[np.isfinite(row)]) if np.isfinite(row).any() else 0 for row in size]
        )
        out = size > OUTLIER_RATIO * np.where(typical > 0.0, typical, np.inf)[:, None]
    return [f"outlying: {', '.join(names[row])}" if row.any() else "" for row in out]


def root_mean_square(x: np.ndarray, axis: int | None = None) -> np.ndarray:
    """Root of the mean of the squares of the finite elements; NaN where there are none."""
    used = np.isfinite(x)
    count = used.sum(axis=axis)
    total = np.where(used, x, 0.0) ** 2
    return np.sqrt(total.sum(axis=axis) / np.where(count > 0, count, np.nan))


def error_correlation(z: np.ndarray) -> float:
    """Mean correlation between months of standardised errors (T, n), pairs of one station; 0 where undefined.

    sum over stations and pairs of months of z_t z_u, over the mean of z^2; bounded to 0 ... 1.
    """
    used = np.isfinite(z)
    z = np.where(used, z, 0.0)
    count = used.sum(axis=0)
    pairs = np.sum(count * (count - 1))
    squares = np.sum(z**2)
    if pairs == 0 or squares == 0.0:
        return 0.0
    products = np.sum(z.sum(axis=0) ** 2 - np.sum(z**2, axis=0))
    return float(np.clip((products / pairs) / (squares / used.sum()), 0.0, 1.0))


def elevation_correlation(surface: np.ndarray, elevation: np.ndarray) -> float:
    """Correlate a surface with elevation over the cells where both are finite; NaN if undefined."""
    used = np.isfinite(surface) & np.isfinite(elevation)
    x, y = surface[used].astype(float), elevation[used].astype(float)
    if x.size < 3 or np.ptp(x) == 0.0 or np.ptp(y) == 0.0:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def summary(log: pd.DataFrame, residuals: pd.DataFrame) -> dict[str, float]:
    """Summarise the monthly log and the leave-one-out residuals of a variable.

    Parameters
    ----------
    log, residuals : DataFrame
        Of `ClimateSurface`.

    Returns
    -------
    dict
        stations; months; fallback_months and flagged_months (other flags than a fall-back); medians over the
        months of signal_share (signal / n), rtgcv, rtvar and lapse_rate; loo_rmse and loo_bias [unit of the
        variable]; loo_r2, of the differences between stations within the months, so that the seasons do not
        count; coverage_90, share of residuals within the 90 % interval. NaN where nothing is known.
    """
    flags = log["flag"].fillna("").astype(str)
    fallback = flags.str.contains("fallback")
    residual = residuals["residual"].to_numpy(dtype=float)
    observed = residuals["observed"]
    apart = (observed - observed.groupby(residuals["month"]).transform("mean")).to_numpy()
    known = np.isfinite(residual)
    z = residuals["z"].to_numpy(dtype=float)
    z = z[np.isfinite(z)]
    total = np.sum(apart[known] ** 2)
    return {
        "stations": residuals["station"].nunique(),
        "months": len(log),
        "fallback_months": int(fallback.sum()),
        "flagged_months": int(((flags != "") & ~fallback).sum()),
        "signal_share": float((log["signal"] / log["n"]).median()),
        "rtgcv": float(log["rtgcv"].median()),
        "rtvar": float(log["rtvar"].median()),
        "lapse_rate": float(log["lapse_rate"].median()),
        "loo_rmse": float(root_mean_square(residual)),
        "loo_bias": float(residual[known].mean()) if known.any() else float("nan"),
        "loo_r2": float(1.0 - np.sum(residual[known] ** 2) / total) if total > 0.0 else float("nan"),
        "coverage_90": coverage_90(z),
    }
