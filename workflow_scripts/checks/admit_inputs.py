"""End the run here when the checks found a problem; nothing that follows starts without this."""

import json
from pathlib import Path

from nppdrivers.inputs.problems import Problem, report
from nppdrivers.job import running


def admit_inputs(*, problems_path: str | Path, page_path: str | Path, checks_path: str | Path) -> None:
    """Pass the empty list on; otherwise end with the report of all problems."""
    problems = [Problem(**record) for record in json.loads(Path(problems_path).read_text(encoding="utf-8"))]
    if problems:
        raise ValueError(
            f"{report(problems)}\nThe same as a page: {page_path}\n"
            "Nothing was computed from these inputs: results that are there already rest on the former ones."
        )
    Path(checks_path).write_text("[]\n", encoding="utf-8")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        admit_inputs(
            problems_path=snakemake.input.problems,
            page_path=snakemake.input.page,
            checks_path=snakemake.output.checks,
        )
