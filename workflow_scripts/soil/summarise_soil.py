"""Summarise the soil maps: one table of the models and their scores, one of the outlying samples."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from nppdrivers.agreement import OUTLIER_Z
from nppdrivers.job import running
from nppdrivers.quantities import quantity

# Column of the table by key of the model file.
COLUMNS = {
    "kind": "kind",
    "transform": "transform",
    "model": "model",
    "trend": "trend",
    "method": "fit",
    "members": "models_in_the_mean",
    "nugget": "nugget",
    "psill": "partial_sill",
    "range": "range [m]",
    "places": "places",
    "missing": "missing",
    "merged": "merged",
    "rmse": "loo_rmse",
    "r2": "loo_r2",
    "msdr": "msdr",
    "coverage": "coverage_90",
    "blocked_cv_r2": "blocked_cv_r2",
    "outlying": "outlying_samples",
    "clipped_cells": "clipped_cells",
    "pixel_m": "pixel [m]",
    "flag": "remark",
}


class Outputs(Protocol):
    """Both tables."""

    properties: str
    outliers: str


def property_row(name: str, path: str) -> dict[str, Any]:
    """Row of one property; columns that its kind of model does not have stay empty."""
    model = json.loads(Path(path).read_text())
    if model["kind"] == "kriging":
        model["trend"] = "elevation" if model["external_drift"] else "constant"
    else:
        model |= {"transform": None, "method": None}
    row = {"property": name, "unit": quantity(name).unit}
    return row | {column: model.get(key) for key, column in COLUMNS.items()}


def summarise_soil(
    *,
    properties: Sequence[str],
    models: Sequence[str],
    kriged: Sequence[str],
    residual_paths: Sequence[str],
    output: Outputs,
) -> None:
    """Write one row a property, and one row an outlying sample."""
    rows = [property_row(name, path) for name, path in zip(properties, models, strict=True)]
    pd.DataFrame(rows).dropna(axis="columns", how="all").to_csv(output.properties, index=False)
    residuals = [
        pd.read_csv(path, dtype={"sample": str}).assign(property=name, unit=quantity(name).unit)
        for name, path in zip(kriged, residual_paths, strict=True)
    ]
    columns = ["property", "unit", "sample", "x", "y", "observed", "predicted", "z"]
    table = pd.concat(residuals) if residuals else pd.DataFrame(columns=columns)
    table.loc[table["z"].abs() > OUTLIER_Z, columns].to_csv(output.outliers, index=False)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        summarise_soil(
            properties=snakemake.params.properties,
            models=snakemake.input.models,
            kriged=snakemake.params.kriged,
            residual_paths=snakemake.input.residuals,
            output=snakemake.output,
        )
