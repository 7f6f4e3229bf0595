"""Encoding of the text of a Shapefile: that of its .cpg or .dbf, or the one that its bytes fit."""

import codecs
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd

from nppdrivers.inputs.problems import InputWarning

# Codecs by the language that a .dbf states in byte 29; 0 and 0x57 state none.
_LANGUAGES = {
    0x01: "cp437",
    0x02: "cp850",
    0x03: "cp1252",
    0x13: "cp932",
    0x4D: "gb18030",
    0x4E: "cp949",
    0x4F: "cp950",
    0x7B: "cp932",
    0x79: "cp949",
    0x7A: "gb18030",
    0x78: "cp950",
    0xC8: "cp1250",
    0xC9: "cp1251",
}
_NAMES = {"utf-8": "UTF-8", "gb18030": "GB 18030", "cp1252": "Western European (Windows-1252)"}
_LONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_HIGH = re.compile(rb"[\x80-\xff]+")


def decode_text(
    table: gpd.GeoDataFrame, companions: Mapping[str, bytes], path: Path
) -> tuple[gpd.GeoDataFrame, list[str], list[InputWarning]]:
    """Decode the text of a Shapefile that was read with a character for each byte (latin-1).

    Parameters
    ----------
    table : GeoDataFrame
        As read.
    companions : mapping of suffix to bytes
        Content of the .cpg and header of the .dbf.
    path : path
        For messages.

    Returns
    -------
    table : GeoDataFrame
        With its text and the names of its columns decoded; an encoding that is stated and fits is taken,
        otherwise UTF-8, then GB 18030, unless all foreign letters stand alone, as in Western European text.
    facts, warnings
        The encoding, where it is not the one stated; a warning where it is a guess.
    """
    text = [name for name in table if pd.api.types.is_object_dtype(table[name]) or table[name].dtype == "str"]
    values = {str(value).encode("latin-1") for name in text for value in table[name].dropna()}
    values |= {str(name).encode("latin-1") for name in table.columns}
    foreign = [value for value in values if not value.isascii()]
    if not foreign:
        return table, [], []
    stated = _stated(companions)
    if stated and _fits(foreign, stated):
        return _decoded(table, text, stated), [], []
    codec, sure = _fitting(foreign)
    table = _decoded(table, text, codec)
    example = min(foreign, key=lambda value: (len(value), value)).decode(codec, "ignore")
    about = f"its text is read as {_NAMES[codec]}, as in {example}"
    if stated:
        about += f", not as {stated} as it says"
    if sure:
        return table, [about], []
    remedy = (
        f"where that is wrong, write the right encoding (such as GB18030) into {path.stem}.cpg next to it"
    )
    return table, [], [InputWarning(str(path), "", about, remedy)]


def _stated(companions: Mapping[str, bytes]) -> str:
    """Encoding that the .cpg or the .dbf states, empty where neither states one that is known."""
    name = companions.get(".cpg", b"").decode("ascii", "ignore").strip().lower()
    for spelling in (name, f"cp{name}", name.replace("ansi ", "cp")) if name else ():
        try:
            return codecs.lookup(spelling).name
        except LookupError:
            continue
    header = companions.get(".dbf", b"")
    return _LANGUAGES.get(header[29], "") if len(header) > 29 else ""


def _fitting(foreign: Collection[bytes]) -> tuple[str, bool]:
    """Codec that the text fits, and whether it is sure."""
    if _fits(foreign, "utf-8"):
        return "utf-8", True
    together = b"\n".join(foreign)
    if len(_LONE.findall(together)) == len(_HIGH.findall(together)):
        return "cp1252", False
    if _fits(foreign, "gb18030"):
        return "gb18030", True
    return "cp1252", False


def _fits(values: Collection[bytes], codec: str) -> bool:
    """Whether all values can be decoded; long ones may be cut off within their last character."""
    wrong = [value for value in values if not _decodes(value, codec)]
    cut = all(any(_decodes(value[:-n], codec) for n in (1, 2, 3)) for value in wrong)
    return cut and len(wrong) < len(values)


def _decodes(value: bytes, codec: str) -> bool:
    try:
        value.decode(codec)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(table: gpd.GeoDataFrame, text: list[str], codec: str) -> gpd.GeoDataFrame:
    """Table with the columns of text, and all names of columns, decoded."""

    def decode(value: object) -> object:
        return value.encode("latin-1").decode(codec, "ignore") if isinstance(value, str) else value

    table = table.assign(**{name: table[name].map(decode) for name in text})
    return table.rename(columns=decode)
