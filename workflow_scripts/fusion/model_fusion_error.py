"""Weights of the fusion and the standard error of fused values, from the images that were left out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np
import pandas as pd

from nppdrivers.agreement import agreement
from nppdrivers.fusion.combination import (
    DEPARTURE_COLUMNS,
    Departures,
    Weights,
    combined,
    fit_weights,
)
from nppdrivers.fusion.error_model import ErrorModel, coverage, fit_error_model
from nppdrivers.job import running

SCORES = ("rmse", "bias", "r")
NORMAL = {"within_1_se_percent": 1.0, "within_1.96_se_percent": 1.96}  # 68.3 % and 95 % if normal


class Outputs(Protocol):
    """Files of the rule."""

    weights: str
    model: str
    table: str


def fit(errors: pd.DataFrame) -> ErrorModel:
    """Error model of a table of sampled errors."""
    names = ("gap", "departure", "error", "coarse_error", "date")
    return fit_error_model(*[errors[name] for name in names])


def coverage_by_date(errors: pd.DataFrame) -> Iterator[dict[str, str | float]]:
    """Coverage [%] of each date by the model that is fitted to all other dates."""
    for day, own in errors.groupby("date"):
        model = fit(errors[errors["date"] != day])
        band = model.standard_error(own["gap"], own["departure"], with_image_noise=True)
        yield {"date": day} | {
            name: 100 * coverage(own["error"], band, factor) for name, factor in NORMAL.items()
        }


def departures_of(errors: pd.DataFrame) -> Departures:
    """Departures of sampled values from the line in time."""
    return Departures(*[errors[name].to_numpy(np.float64) for name in DEPARTURE_COLUMNS])


def fit_weights_to(errors: pd.DataFrame) -> Weights:
    """Weights of the model's prediction, the coarse change and its detail, of a table of sampled errors."""
    return fit_weights(departures_of(errors), errors["error"].to_numpy(np.float64), errors["date"].to_numpy())


def weigh(errors: pd.DataFrame) -> pd.DataFrame:
    """Errors and departures of the weighed prediction, each date with weights fitted to all other dates."""
    parts = [errors.iloc[:0]]
    for day, own in errors.groupby("date"):
        weights = fit_weights_to(errors[errors["date"] != day])
        found, nothing = departures_of(own), np.zeros(len(own), np.float32)
        change = combined(nothing, found, weights)
        parts.append(own.assign(error=own["error"] + change, departure=own["departure"] + change))
    return pd.concat(parts)


def with_weighed_scores(table: pd.DataFrame, weighed: pd.DataFrame) -> pd.DataFrame:
    """Table with scores of the weighed prediction as those of the fusion, and the model's apart."""
    table = table.rename(columns={f"fused_{score}": f"model_{score}" for score in SCORES})
    by_date = {
        day: agreement((own["observed"] + own["error"]).to_numpy(), own["observed"].to_numpy())
        for day, own in weighed.groupby("date")
    }
    for place, score in enumerate(SCORES, start=list(table.columns).index("n") + 1):
        values = {day: getattr(found, score) for day, found in by_date.items()}
        table.insert(place, f"fused_{score}", table["date"].map(values))
    return table


def model_fusion_error(
    *, score_paths: Sequence[str], error_paths: Sequence[str], output: Outputs, weighed: bool
) -> None:
    """Write weights, error model, and a row an image left out: scores by what was fitted without it."""
    errors = pd.concat([pd.read_csv(path, dtype={"date": str}) for path in error_paths])
    table = pd.concat([pd.read_csv(path, dtype={"date": str}) for path in score_paths])
    Path(output.weights).write_text(json.dumps(asdict(fit_weights_to(errors)), indent=2))
    if weighed:
        errors = weigh(errors)
        table = with_weighed_scores(table, errors)
    Path(output.model).write_text(json.dumps(asdict(fit(errors)), indent=2))
    covered = pd.DataFrame(coverage_by_date(errors), columns=["date", *NORMAL])
    table.merge(covered, on="date", how="left").to_csv(output.table, index=False, float_format="%.4f")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        model_fusion_error(
            score_paths=snakemake.input.scores,
            error_paths=snakemake.input.errors,
            output=snakemake.output,
            weighed=snakemake.params.weighed,
        )
