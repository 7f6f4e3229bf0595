"""What a catalogue knows of a run: its place, time, inputs and results."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from nppdrivers.acquire.manifest import sha256
from nppdrivers.grid import Grid
from nppdrivers.period import Period


@dataclass(frozen=True)
class Result:
    """A file that a run wrote, below the folder of the run.

    Attributes
    ----------
    path : Path
    title : str
        What it is, in words.
    year : str
        The year that it is of; empty where it is of the whole period.
    """

    path: Path
    title: str
    year: str = ""

    @cached_property
    def sha256(self) -> str:
        """Checksum of the file, read once for the collection and the crate."""
        return sha256(self.path)


class InputFile(NamedTuple):
    """A file of the raw inputs: which input, where, its size [bytes] and checksum."""

    name: str
    path: Path
    size: int
    sha256: str


class Run(NamedTuple):
    """A run as its catalogue describes it.

    Attributes
    ----------
    folder : Path
        Of the results.
    title, software : str
        Title of the site; name and version of the software, with the commit where it is known.
    licence : str
        Of the results, by its name in SPDX; empty where none is stated.
    grid : Grid
    period : Period
    inputs : list of InputFile
    """

    folder: Path
    title: str
    software: str
    licence: str
    grid: Grid
    period: Period
    inputs: list[InputFile]

    @property
    def description(self) -> str:
        """The run in one sentence."""
        return f"Net primary productivity and its drivers, {self.title}, {self.period}, by {self.software}."

    def address(self, path: Path, start: Path) -> str:
        """Address of a file as seen from a folder: relative for results, else a file URI."""
        if path.resolve().is_relative_to(self.folder.resolve()):
            return Path(os.path.relpath(path, start)).as_posix()
        return path.resolve().as_uri()

    def inputs_by_name(self) -> Iterator[tuple[str, list[InputFile]]]:
        """Each input with its files."""
        for name in dict.fromkeys(file.name for file in self.inputs):
            yield name, [file for file in self.inputs if file.name == name]


def read_inputs(path: Path) -> list[InputFile]:
    """Files of the raw inputs from their table: input, file, bytes, sha256."""
    table = pd.read_csv(path, dtype={"file": str, "sha256": str})
    return [
        InputFile(row.input, Path(row.file), int(row.bytes), row.sha256)
        for row in table.itertuples(index=False)
    ]
