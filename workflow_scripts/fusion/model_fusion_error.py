"""Model the standard error of fused values from the images that were left out."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import pandas as pd

from nppdrivers.fusion.error_model import ErrorModel, coverage, fit_error_model
from nppdrivers.job import running

NORMAL = {"within_1_se_percent": 1.0, "within_1.96_se_percent": 1.96}  # 68.3 % and 95 % if normal


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


def model_fusion_error(
    *, score_paths: Sequence[str], error_paths: Sequence[str], model_path: str, table_path: str
) -> None:
    """Write the model, and one row an image left out: scores, and coverage by a model that never saw it."""
    errors = pd.concat([pd.read_csv(path, dtype={"date": str}) for path in error_paths])
    table = pd.concat([pd.read_csv(path, dtype={"date": str}) for path in score_paths])
    Path(model_path).write_text(json.dumps(asdict(fit(errors)), indent=2))
    covered = pd.DataFrame(coverage_by_date(errors), columns=["date", *NORMAL])
    table.merge(covered, on="date", how="left").to_csv(table_path, index=False, float_format="%.4f")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        model_fusion_error(
            score_paths=snakemake.input.scores,
            error_paths=snakemake.input.errors,
            model_path=snakemake.output.model,
            table_path=snakemake.output.table,
        )
