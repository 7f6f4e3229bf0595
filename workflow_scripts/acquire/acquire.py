"""List all raw data that were fetched, and what could not be had."""

import logging
from collections.abc import Iterable
from pathlib import Path

from nppdrivers.acquire.manifest import read_entries, write_entries
from nppdrivers.job import running


def acquire(*, table_paths: Iterable[str], manifest_path: str | Path) -> None:
    """Write the manifest from the tables of all jobs."""
    entries = [entry for path in table_paths for entry in read_entries(Path(path))]
    absent = [entry for entry in entries if not entry.file]
    size_mb = sum(entry.bytes for entry in entries) / 1e6
    logging.info("%d files, %.1f MB", len(entries) - len(absent), size_mb)
    for entry in absent:
        logging.warning("%s: %s: %s", entry.part, entry.item, entry.remark)
    write_entries(entries, Path(manifest_path))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        acquire(table_paths=snakemake.input.tables, manifest_path=snakemake.output.manifest)
