"""The manifest: every file that was fetched, where it came from, and how to know that it is whole.

The standard library alone: the rules read this. While a job runs, each file is noted in its journal as
soon as it is complete, so that a killed job goes on where it was.
"""

import csv
import hashlib
import io
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

MANIFEST = "manifest.csv"


@dataclass(frozen=True)
class Entry:
    """A file, or with an empty `file` what could not be had, with the reason as remark."""

    part: str
    collection: str
    item: str
    asset: str
    href: str
    date: str
    cloud_percent: str
    file: str
    bytes: int
    sha256: str
    licence: str
    remark: str = ""
    area: str = ""  # `Area.key` of a file that is a part around the area


_COLUMNS = [field.name for field in fields(Entry)]


def sha256(path: Path) -> str:
    """Checksum of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_whole(entry: Entry, folder: Path, *, hashed: bool = True) -> bool:
    """Whether a file is there as it was recorded: its size and, where `hashed`, its checksum."""
    path = folder / entry.file
    if not path.is_file() or path.stat().st_size != entry.bytes:
        return False
    return not hashed or sha256(path) == entry.sha256


def write_entries(entries: Iterable[Entry], path: Path) -> None:
    """Write a table of entries; it gets its name when it is complete."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.part")
    with temporary.open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, _COLUMNS)
        table.writeheader()
        table.writerows(asdict(entry) for entry in entries)
    temporary.replace(path)


def read_entries(path: Path) -> list[Entry]:
    """Read a table of entries; none where there is no file."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return [_entry(row) for row in csv.DictReader(file)]


def _entry(row: dict[str, str]) -> Entry:
    return Entry(**{**row, "bytes": int(row["bytes"])})  # type: ignore[arg-type]


def unnamed(entries: Iterable[Entry], folder: Path) -> list[str]:
    """Files in the folders of the raw data that no entry names; hidden ones do not count."""
    named = {entry.file for entry in entries if entry.file}
    places = {file.partition("/")[0] for file in named if "/" in file}
    found = [
        path.relative_to(folder) for place in places for path in (folder / place).rglob("*") if path.is_file()
    ]
    plain = [path for path in found if not any(part.startswith(".") for part in path.parts)]
    return sorted({path.as_posix() for path in plain} - named)


class Journal:
    """Entries of a job that is not finished, one line each, on the disk before the next file begins."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def entries(self) -> dict[str, Entry]:
        """Entries by file; a last line that was cut off when the job was killed does not count."""
        if not self._path.exists():
            return {}
        text = self._path.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            self._path.write_text(whole, encoding="utf-8")
        rows = csv.DictReader(io.StringIO(whole), _COLUMNS)
        return {row["file"]: _entry(row) for row in rows}

    def add(self, entry: Entry) -> None:
        """Note a file that is complete."""
        line = io.StringIO(newline="")
        csv.DictWriter(line, _COLUMNS, lineterminator="\n").writerow(asdict(entry))
        with self._path.open("a", encoding="utf-8") as file:
            file.write(line.getvalue())
            file.flush()
            os.fsync(file.fileno())
