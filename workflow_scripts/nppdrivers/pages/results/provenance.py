"""Where a run comes from: date, version, commit, settings, inputs with checksums, how to cite, licences."""

import hashlib
import subprocess
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import yaml

from nppdrivers import __version__
from nppdrivers.acquire.manifest import sha256
from nppdrivers.registers import register


class Provenance(NamedTuple):
    """What the box of provenance shows.

    Attributes
    ----------
    facts : list of (name, value)
    inputs : DataFrame
        A row for each raw input.
    citations, licences : list of str
    """

    facts: list[tuple[str, str]]
    inputs: pd.DataFrame
    citations: list[str]
    licences: list[str]


def provenance(
    settings: Path, inputs: Path, citation: Path, note: str, say: Callable[[str], str]
) -> Provenance:
    """Collect where a run comes from.

    Parameters
    ----------
    settings : path
        Settings of the run, YAML.
    inputs : path
        Table of the files of the raw inputs: input, file, bytes, sha256.
    citation : path
        CITATION.cff of the software.
    note : str
        Name of a simulated place, else empty.
    say : callable
        Says a text in the language of the page.
    """
    table = pd.read_csv(inputs, dtype={"file": str, "sha256": str})
    facts = [
        ("Written", datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %z")),
        ("Software", f"nppdrivers {__version__}"),
        ("Commit", commit() or "–"),
        ("Settings, sha256", sha256(settings)),
    ]
    return Provenance(
        facts, input_summary(table, say), citations(citation), licences(table["input"], note, say)
    )


def commit() -> str:
    """Commit of this code, with a + where files differ from it; empty outside a repository."""
    here = Path(__file__)
    git = ["git", "-C", str(here.parent)]
    try:
        tracked = subprocess.run([*git, "ls-files", "--error-unmatch", here.name], capture_output=True)
        if tracked.returncode:
            return ""
        describe = [*git, "describe", "--always", "--abbrev=40", "--exclude=*", "--dirty=+"]
        return subprocess.run(describe, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def input_summary(table: pd.DataFrame, say: Callable[[str], str]) -> pd.DataFrame:
    """One row a raw input: files, size and checksum, of several files that of their list of checksums."""
    rows = []
    for name, own in table.groupby("input", sort=False):
        listed = "".join(f"{row.sha256}  {row.file}\n" for row in own.itertuples())
        digest = own["sha256"].iloc[0] if len(own) == 1 else hashlib.sha256(listed.encode()).hexdigest()
        first = own["file"].iloc[0] if len(own) == 1 else say("{} files").format(len(own))
        rows.append((say(str(name).replace("_", " ")), first, own["bytes"].sum() / 1e3, digest))
    return pd.DataFrame(rows, columns=["Input", "File", "Size [kB]", "sha256"])


def citations(path: Path) -> list[str]:
    """How to cite the software, and the paper whose method it implements."""
    cff = yaml.safe_load(path.read_text(encoding="utf-8"))
    own = f"{_authors(cff)}. {cff['title']}. Version {cff['version']}, {cff['license']}."
    return [own, *(_article(each) for each in cff.get("references", []))]


def _article(entry: Mapping[str, Any]) -> str:
    return (
        f"{_authors(entry)} ({entry['year']}). {entry['title']}. {entry['journal']} {entry['volume']}, "
        f"{entry['start']}. doi:{entry['doi']}"
    )


def _authors(entry: Mapping[str, Any]) -> str:
    """Names of the authors of an entry of CITATION.cff."""
    names = [
        author.get("name") or f"{author['family-names']}, {author['given-names']}"
        for author in entry["authors"]
    ]
    return "; ".join(names)


def licences(inputs: Iterable[str], note: str, say: Callable[[str], str]) -> list[str]:
    """Terms of the data that a run used, from the names of its inputs."""
    if note:
        return [say("All inputs are those of a simulated place, free to use: {}.").format(note)]
    terms = {row["input"]: say(row["terms"]) for row in register(__file__)}
    used = [name for name in dict.fromkeys(inputs) if name in terms]
    others = say("Other inputs keep the terms of their owners; manifest.csv names those of fetched files.")
    return [terms[name] for name in used] + [others]
