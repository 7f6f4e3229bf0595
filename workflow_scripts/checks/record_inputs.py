"""Write down size and checksum of every file of the raw inputs."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

from nppdrivers.acquire.manifest import sha256
from nppdrivers.inputs.paths import files_below
from nppdrivers.job import running


def input_files(path: Path) -> Iterator[Path]:
    """The file itself, or those of a folder that a run reads."""
    yield from sorted(files_below(path).read) if path.is_dir() else [path]


def record_inputs(*, inputs: Mapping[str, str], table_path: str | Path) -> None:
    """Write a row a file: input, file, bytes, sha256."""
    with Path(table_path).open("w", encoding="utf-8", newline="") as target:
        table = csv.writer(target)
        table.writerow(("input", "file", "bytes", "sha256"))
        for name, place in inputs.items():
            for path in input_files(Path(place)):
                table.writerow((name, path.as_posix(), path.stat().st_size, sha256(path)))


if __name__ == "__main__":
    with running(snakemake.log[0], snakemake.threads):
        record_inputs(inputs=snakemake.params.inputs, table_path=snakemake.output.files)
