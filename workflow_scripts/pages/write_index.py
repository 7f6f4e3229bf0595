"""Write the page of all figures and tables."""

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from nppdrivers.job import running
from nppdrivers.pages.results import Entry, index_page


def sectioned(entries: Mapping[str, Sequence[str]], paths: Iterable[str]) -> list[Entry]:
    """Section, path and caption of each entry."""
    return [
        (section, path, caption) for (section, caption), path in zip(entries.values(), paths, strict=True)
    ]


def write_index(
    *,
    title: str,
    note: str,
    figures: Sequence[Entry],
    tables: Sequence[Entry],
    stages_path: str,
    summary_paths: Sequence[str],
    page_path: str,
) -> None:
    """Write one self-contained page."""
    notes = [f"Everything on this page is drawn from the {note}: a simulated place."] if note else []
    stages = pd.read_csv(stages_path, keep_default_na=False)
    summary: dict[str, list[str]] = {}
    for path in summary_paths:
        summary |= json.loads(Path(path).read_text(encoding="utf-8"))["sections"]
    page = index_page(title, figures, tables, notes, stages, summary=summary)
    Path(page_path).write_text(page, encoding="utf-8")


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        write_index(
            title=snakemake.params.title,
            note=snakemake.params.note,
            figures=sectioned(snakemake.params.figures, snakemake.input.figures),
            tables=sectioned(snakemake.params.tables, snakemake.input.tables),
            stages_path=snakemake.input.stages,
            summary_paths=snakemake.input.summaries,
            page_path=snakemake.output.page,
        )
