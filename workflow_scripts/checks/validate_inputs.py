"""Check all raw inputs: every problem, every warning and what was found, as text, JSON and a page."""

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from nppdrivers.checks.inspection import inspect
from nppdrivers.checks.later_jobs.plan import Plan
from nppdrivers.checks.study import Study
from nppdrivers.inputs.problems import Problem, report
from nppdrivers.job import running
from nppdrivers.pages.checks import checks_page
from nppdrivers.period import Period


def validate_inputs(
    *,
    study: Mapping[str, Any],
    about: Mapping[str, str],
    problems_path: str | Path,
    warnings_path: str | Path,
    page_path: str | Path,
) -> None:
    """Write the problems, the warnings (empty lists when all is in order) and the page.

    `about` has the title, the note and the language of the run.

    The job that follows refuses for the problems; warnings let the run go on.
    """
    made = {"period": Period(**study["period"]), "plan": Plan(**study.get("plan", {}))}
    inspection = inspect(Study(**{**study, **made}))
    logging.info(report(inspection.problems))
    _write(inspection.problems, problems_path)
    _write(inspection.warnings, warnings_path)
    if inspection.warnings:
        logging.warning("%s(these may be true: the run goes on)", report(inspection.warnings))
    note, both = about["note"], [*inspection.problems, *inspection.warnings]
    notes = [f"These are the inputs of the {note}: a simulated place."] if note else []
    page = checks_page(about["title"], both, inspection.found, notes, about["language"])
    Path(page_path).write_text(page, encoding="utf-8")


def _write(problems: Iterable[Problem], path: str | Path) -> None:
    records = [{"input": problem.input} | asdict(problem) for problem in problems]
    Path(path).write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        validate_inputs(
            study=snakemake.params.study,
            about=snakemake.params.about,
            problems_path=snakemake.output.problems,
            warnings_path=snakemake.output.warnings,
            page_path=snakemake.output.page,
        )
