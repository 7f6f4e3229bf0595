"""Summarise the attribution in plain words, with the numbers behind them."""

import json
import logging
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pandas as pd

from nppdrivers import rasters
from nppdrivers.attribution.alternatives import CONSTANT_CLIMATE, WITHOUT_ELEVATION
from nppdrivers.attribution.findings import Findings, Leads, leads
from nppdrivers.attribution.summary import summarise
from nppdrivers.categories import letters
from nppdrivers.grid import Grid
from nppdrivers.job import running
from nppdrivers.npp.sides import cells_of_sides

SIGNIFICANT = ["significant positive", "significant negative"]


class Inputs(Protocol):
    """Files that the rule gives; area and river are empty where the run has none."""

    grid: str
    area: str
    river: str
    land_cover: str
    parameters: str
    constant: str
    plain: str
    dominant: str
    probability: str
    explained: str
    scores: str
    applicability: str
    local: str
    experiments: str
    elevation: str
    climate: str


class Outputs(Protocol):
    """Files that the rule wants."""

    text: str
    summary: str


def read_zones(inputs: Inputs, grid: Grid) -> dict[str, np.ndarray]:
    """Cells of each side of the river, where the run has one, and of each class with vegetation."""
    sides = cells_of_sides(inputs.area, inputs.river, grid) if inputs.area and inputs.river else {}
    classes, parameters = rasters.read(inputs.land_cover, grid, bands=1), pd.read_csv(inputs.parameters)
    parameters = parameters[parameters["vegetated"]]
    named = zip(parameters["class"], parameters["number"], strict=True)
    return {f"{name.capitalize()} of the river": cells for name, cells in sides.items()} | {
        name.capitalize(): classes == number for name, number in named
    }


def leads_by_zone(inputs: Inputs, grid: Grid, letter: Mapping[str, str]) -> tuple[Leads, dict[str, Leads]]:
    """What leads in the study area, and in each zone that has cells."""
    plain, marked = (rasters.read(path, grid, bands=1) for path in (inputs.plain, inputs.dominant))
    legend = rasters.legend(inputs.dominant)
    zones = {name: cells & (plain != 0) for name, cells in read_zones(inputs, grid).items()}
    by_zone = {
        name: leads(plain[cells], marked[cells], legend, letter)
        for name, cells in zones.items()
        if cells.any()
    }
    return leads(plain, marked, legend, letter), by_zone


def local_numbers(path: str) -> dict[str, Any]:
    """Whether each driver is beyond chance, and the significant share, observed and by chance."""
    shares = pd.read_csv(path).query("name in @SIGNIFICANT")
    above = shares["share_of_defined"] > shares["chance_high"]
    total = shares.groupby("driver", sort=False)[["share_of_defined", "chance_mean"]].sum().mean()
    return {
        "beyond_chance": above.groupby(shares["driver"], sort=False).any().to_dict(),
        "local_percent": total["share_of_defined"],
        "chance_percent": total["chance_mean"],
    }


def climate_numbers(inputs: Inputs) -> dict[str, Any]:
    """How much light and climate is built into NPP, and how much of climate is elevation."""
    experiments = pd.read_csv(inputs.experiments).query("category == 'climate'")
    share = experiments.set_index("experiment")["shapley_percent"]
    held = pd.read_csv(inputs.constant).query("zone == 'study area'").set_index("held_constant")
    elevation = pd.read_csv(inputs.elevation).query("category == 'climate'").set_index("driver")
    drivers = pd.read_csv(inputs.climate).set_index("driver")["varies_less_than_error"]
    return {
        "unknown_climate": drivers.index[drivers].tolist(),
        "variance_gone_percent": held.loc["climate", "variance_gone_percent"],
        "light_r": held.loc["efficiency", "r"],
        "climate_held_percent": share.get(CONSTANT_CLIMATE, np.nan),
        "climate_level_percent": share.get(WITHOUT_ELEVATION, np.nan),
        "elevation_r2": elevation["r2_elevation"].to_dict(),
    }


def read_findings(inputs: Inputs, grid: Grid) -> Findings:
    """All numbers of the run."""
    parts = pd.read_csv(inputs.explained).query("kind == 'shapley' and score == 'oob_r2'")
    explained = dict(zip(parts["categories"], parts["share_percent"], strict=True))
    scores = pd.read_csv(inputs.scores).set_index("left_out").loc["none"]
    whole, zones = leads_by_zone(inputs, grid, letters(explained))
    inside = pd.read_csv(inputs.applicability).set_index("zone")["inside_percent"]
    return Findings(
        whole=whole,
        zones=zones,
        explained=explained,
        random_r2=scores["random_cv_r2"],
        blocked_r2=scores["blocked_cv_r2"],
        leading_probability=np.nanmean(rasters.read(inputs.probability, grid, bands=2)),
        inside_percent=inside["study area"],
        **local_numbers(inputs.local),
        **climate_numbers(inputs),
    )


def plain_numbers(value: Any) -> Any:
    """Nested numbers as JSON takes them: missing ones as null."""
    if isinstance(value, dict):
        return {key: plain_numbers(item) for key, item in value.items()}
    if isinstance(value, list | str):
        return value
    if isinstance(value, bool | np.bool_):
        return bool(value)
    return float(value) if np.isfinite(value) else None


def summarise_attribution(*, inputs: Inputs, output: Outputs, title: str) -> None:
    """Write the sentences as text, and with their numbers as JSON."""
    findings = read_findings(inputs, Grid.load(inputs.grid))
    sections = summarise(findings)
    lines = [f"# {title}: the attribution in plain words"]
    for heading, sentences in sections.items():
        lines += ["", f"## {heading}", "", *(f"- {sentence}" for sentence in sentences)]
    Path(output.text).write_text("\n".join(lines) + "\n", encoding="utf-8")
    content = {"sections": sections, "numbers": plain_numbers(asdict(findings))}
    Path(output.summary).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    logging.info("\n".join(lines))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        summarise_attribution(inputs=snakemake.input, output=snakemake.output, title=snakemake.params.title)
