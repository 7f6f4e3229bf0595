"""Text files as people have them: packed, with other separators, or no data at all under the name of data."""

import gzip
import re
import zlib
from pathlib import Path

import pandas as pd

_GZIP = b"\x1f\x8b"
_BINARY = {
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"\xd0\xcf\x11\xe0": "a spreadsheet",
    b"%PDF": "a PDF",
}
_WEB_PAGE = re.compile(r"\s*<(!DOCTYPE|html|\?xml|head|Error)", re.IGNORECASE)
_UTF16 = (b"\xff\xfe", b"\xfe\xff")  # as spreadsheets write "Unicode text"
_DECIMAL_COMMA = r"[+-]?\d*,\d+"
_CANNOT_UNPACK = (OSError, EOFError, zlib.error)


def first_line(path: Path) -> str:
    """First thousand characters of the first line, unpacked; empty for a file that cannot be unpacked."""
    with path.open("rb") as content:
        packed = content.read(2) == _GZIP
    try:
        with gzip.open(path, "rb") if packed else path.open("rb") as content:
            return content.readline(1000).decode("latin-1")
    except _CANNOT_UNPACK:
        return ""


def no_data(path: Path) -> str:
    """Say what a file is that has the suffix of a table and is none; empty for text that may be a table."""
    with path.open("rb") as content:
        begin = content.read(1000)
    if not begin.strip():
        return "empty"
    if begin.startswith(_UTF16):
        return ""
    for sign, kind in _BINARY.items():
        if begin.startswith(sign):
            return kind
    line = first_line(path)
    if begin.startswith(_GZIP) and not line:
        return "a damaged gzip file"
    if _WEB_PAGE.match(line if begin.startswith(_GZIP) else begin.decode("latin-1")):
        return "a web page"
    return "a binary file" if "\0" in line else ""


def encodings(path: Path) -> tuple[str, ...]:
    """Encodings that a text may have, the likeliest first."""
    with path.open("rb") as content:
        return ("utf-16",) if content.read(2) in _UTF16 else ("utf-8-sig", "gb18030")


def separator(header: str) -> str:
    """Separator of the columns of a table: semicolon or tab where the header has them, else comma."""
    return max((",", ";", "\t"), key=lambda mark: (header.count(mark), mark != ","))


def with_decimal_points(cells: pd.Series) -> pd.Series:
    """Write decimal commas as points.

    Where each comma has three digits after it, it may separate thousands: these cells stay as they are.
    """
    commas = cells.str.fullmatch(_DECIMAL_COMMA, na=False)
    if not commas.any() or cells[commas].str.fullmatch(r".*[1-9]\d*,\d{3}").all():
        return cells
    return cells.where(~commas, cells.str.replace(",", ".", regex=False))
