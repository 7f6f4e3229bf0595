"""What is to be fetched: one row a file, written as a table that the jobs read."""

import csv
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from urllib.parse import unquote, urlsplit

from nppdrivers.acquire.network.web import RefusedError, plain

# Ways to fetch a file: a window of a remote raster, the file as it is, a window of a mosaic of remote rasters
WINDOW, WHOLE, MOSAIC = "window", "whole", "mosaic"
_PLAIN_NAME = re.compile(r"[A-Za-z0-9][\w.+-]*")


@dataclass(frozen=True)
class Wanted:
    """One file to fetch.

    Attributes
    ----------
    part : str
        Job that fetches it.
    collection, item, asset : str
        What the archive calls it.
    href : str
        Without a signature.
    file : str
        Path below the folder of the raw data.
    date : str
        ISO 8601; empty for data without one.
    cloud_percent, platform : str
        Empty where not known.
    way : {"window", "whole", "mosaic"}
    required : bool
        Whether the item is of no use without it.
    expected_bytes : int
        Estimate of its size.
    """

    part: str
    collection: str
    item: str
    asset: str
    href: str
    file: str
    date: str = ""
    cloud_percent: str = ""
    platform: str = ""
    way: str = WINDOW
    required: bool = True
    expected_bytes: int = 0


def write_plan(wanted: Iterable[Wanted], path: str | Path) -> None:
    """Write the rows as a table."""
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        table = csv.DictWriter(file, [field.name for field in fields(Wanted)])
        table.writeheader()
        table.writerows({**asdict(row), "required": "yes" if row.required else "no"} for row in wanted)


def read_plan(path: str | Path) -> list[Wanted]:
    """Read the rows of a table."""
    with Path(path).open(encoding="utf-8", newline="") as file:
        return [_wanted(row) for row in csv.DictReader(file)]


def _wanted(row: dict[str, str]) -> Wanted:
    numbers = {"required": row["required"] == "yes", "expected_bytes": int(row["expected_bytes"])}
    return Wanted(**{**row, **numbers})  # type: ignore[arg-type]


def file_name(href: str) -> str:
    """Name that a file has on the server.

    Raises
    ------
    RefusedError
        For a name that could lead out of its folder, or hide.
    """
    name = unquote(urlsplit(href).path.rpartition("/")[2])
    if not _PLAIN_NAME.fullmatch(name):
        raise RefusedError(f"{plain(href)}: {name!r} is no plain file name; the item is not fetched")
    return name
