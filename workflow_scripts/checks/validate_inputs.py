"""Check all raw inputs: every problem and what was found, as text, JSON and a page."""

import json
import logging
from dataclasses import asdict
from pathlib import Path

from nppdrivers import rasters
from nppdrivers.checks.run import inspect_inputs, report
from nppdrivers.job import running
from nppdrivers.pages.checks import checks_page


def validate_inputs(*, inputs, like, asked, title, note, problems_path, page_path):
    """Write the list of problems (empty when all is in order) and the page; the job that follows refuses."""
    grid = rasters.open_grid(like) if like else None
    seen = inspect_inputs(inputs, **asked, grid=grid)
    logging.info(report(seen.problems))
    records = [{"input": problem.input} | asdict(problem) for problem in seen.problems]
    Path(problems_path).write_text(json.dumps(records, indent=2) + "\n", encoding="utf-8")
    notes = [f"These are the inputs of the {note}: a simulated place."] if note else []
    Path(page_path).write_text(checks_page(title, seen.problems, seen.found, notes), encoding="utf-8")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        validate_inputs(
            inputs=snakemake.params.inputs,
            like=snakemake.params.like,
            asked=snakemake.params.asked,
            title=snakemake.params.title,
            note=snakemake.params.note,
            problems_path=snakemake.output.problems,
            page_path=snakemake.output.page,
        )
