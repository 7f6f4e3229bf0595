"""Check all raw inputs and report every problem together."""

import json
import logging
from dataclasses import asdict
from pathlib import Path

from nppdrivers import rasters
from nppdrivers.job import running
from nppdrivers.preflight import check_inputs, report


def validate_inputs(*, inputs, like, asked, checks_path):
    """Write an empty list when all is in order; otherwise end with the report of all problems."""
    grid = rasters.open_grid(like) if like else None
    problems = check_inputs(inputs, **asked, grid=grid)
    if problems:
        raise ValueError(report(problems))
    logging.info(report(problems))
    Path(checks_path).write_text(json.dumps([asdict(problem) for problem in problems]) + "\n")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        validate_inputs(
            inputs=snakemake.params.inputs,
            like=snakemake.params.like,
            asked=snakemake.params.asked,
            checks_path=snakemake.output.checks,
        )
