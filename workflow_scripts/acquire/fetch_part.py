"""Fetch the files of one source and year that are not there yet."""

import logging
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nppdrivers.acquire.area import Area
from nppdrivers.acquire.fetch import Job, fetch_part
from nppdrivers.acquire.manifest import write_entries
from nppdrivers.acquire.network.tokens import Tokens
from nppdrivers.acquire.network.web import Client
from nppdrivers.acquire.plan import read_plan
from nppdrivers.job import running


def fetch(*, job: Job, plan_path: str | Path, table_path: str | Path, settings: Mapping[str, Any]) -> None:
    """Fetch the files and write the table of all that are there then."""
    tokens = Tokens(settings["tokens"]["address"] or "", settings["tokens"]["hosts"])
    client = Client(tokens, offline=settings["offline"])
    write_entries(fetch_part(job, read_plan(plan_path), client, _say), Path(table_path))


def _say(line: str) -> None:
    """Show the progress on the terminal as well."""
    logging.info(line)
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        # how servers are asked, not what for: no parameters, so that nothing is fetched again for them
        settings = snakemake.config["acquire"]
        fetch(
            job=Job(
                snakemake.wildcards.part,
                Path(snakemake.params.folder),
                Area.load(snakemake.input.area),
                settings["max_failures"],
            ),
            plan_path=snakemake.input.plan,
            table_path=snakemake.output.table,
            settings=settings,
        )
