"""Summarise change in plain words, with the numbers behind them."""

import json
import logging
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import pandas as pd

from nppdrivers.change.effect_summary import effect_sentences
from nppdrivers.change.summary import Findings, summarise
from nppdrivers.job import running


class Inputs(Protocol):
    """Tables; those of effects empty where no polygon has years."""

    trends: str
    causes: str
    effects: str
    carbon: str


def read_findings(trends_path: str, causes_path: str, years: int) -> Findings:
    """All numbers of the run."""
    area = pd.read_csv(trends_path).set_index("zone").loc["study area"]
    causes = pd.read_csv(causes_path)
    return Findings(
        years=years,
        slope=float(area["slope [gC m-2 yr-2]"]),
        low=float(area["low [gC m-2 yr-2]"]),
        high=float(area["high [gC m-2 yr-2]"]),
        p=float(area["p"]),
        rising=float(area["rising [%]"]),
        falling=float(area["falling [%]"]),
        alone=float(area["p_up_to_0.05 [%]"]),
        causes={
            str(method): dict(zip(rows["class"], rows["share [%]"], strict=True))
            for method, rows in causes.groupby("method")
        },
    )


def read_effects(path: str, carbon_path: str) -> dict[str, list[str]]:
    """Sentences on the effects of events under their heading; none where the run does not have them."""
    if not path:
        return {}
    sentences = effect_sentences(pd.read_csv(path), pd.read_csv(carbon_path))
    return {"What did opening, closing and reclaiming do?": sentences}


def summarise_change(*, inputs: Inputs, summary_path: str, text_path: str, years: int, title: str) -> None:
    """Write the sentences as text, and with their numbers as JSON."""
    findings = read_findings(inputs.trends, inputs.causes, years)
    sections = summarise(findings) | read_effects(inputs.effects, inputs.carbon)
    lines = [f"# {title}: change in plain words"]
    for heading, sentences in sections.items():
        lines += ["", f"## {heading}", "", *(f"- {sentence}" for sentence in sentences)]
    Path(text_path).write_text("\n".join(lines) + "\n", encoding="utf-8")
    # JSON has no NaN; the tables have the same numbers with empty fields
    numbers = json.loads(pd.Series(asdict(findings)).to_json())
    content = {"sections": sections, "numbers": numbers}
    Path(summary_path).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
    logging.info("\n".join(lines))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        summarise_change(
            inputs=snakemake.input,
            summary_path=snakemake.output.summary,
            text_path=snakemake.output.text,
            years=snakemake.params.years,
            title=snakemake.params.title,
        )
