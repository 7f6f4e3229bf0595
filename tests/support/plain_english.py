"""Keep the English of the project plain: find wordings that make a reader stop, and name better ones.

Run by `make lint` over code, comments, docstrings, messages, rules, settings and documents alike:

    python tests/support/plain_english.py

A finding is mended by another wording. There is no list of exceptions: a pattern that finds good English is
too wide, and is narrowed here. Only this file and its test are not read, since they contain the wordings.
"""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDERS = ("workflow_scripts", "rules", "config", "docs", "tests", "benchmarks", "profiles")
SUFFIXES = (".py", ".smk", ".md", ".csv", ".yaml", ".yml", ".html")

# Wording, as a regular expression whatever its case, and what to write in its place.
WORDINGS = {
    r"\bhang(s|ing)? on\b": "depends on",
    r"(?<![.\"])(?<!def )\b(tell|tells|told|telling)\b": "shows, indicates, distinguishes, reports",
    r"\bsaid\b": "stated, reported; as a name: fault, message",
    r"\bmere(ly)?\b": "only",
    r"\bsum(s|med|ming)? up\b": "adds up, summarises",
    r"\bby heart\b": "memorises",
    r"\bheight above the sea\b": "elevation",
    r"\bbeside\b": "next to, with, compared with, besides",
    r"\b(go|goes|going) with (elevation|climate|it|the)\b": "varies with, belongs to",
    r"\bless that\b": "minus that",
    r"\bstands? there\b": "is there, is given there",
    r"\band the like\b": "and similar",
    r"\bwholly\b": "entirely",
    r"\bask(ed)? in other ways\b": "alternative",
    r"\b(is|are) given (\d|\{)": "accounts for",
    r"\bbelieve the\b": "trust, prefer",
    r"(?<![\w.])of_[a-z]\w*": "a name of what it is: month_weights for of_month, from_map for of_map",
}
PATTERN = re.compile("|".join(f"({wording})" for wording in WORDINGS), re.IGNORECASE)


def files() -> list[Path]:
    """Files of the project that a person reads."""
    found = [REPOSITORY / "Snakefile", *REPOSITORY.glob("*.md"), *REPOSITORY.glob("*.yaml")]
    for folder in FOLDERS:
        found += [path for path in (REPOSITORY / folder).rglob("*") if path.suffix in SUFFIXES]
    return sorted(path for path in found if not path.stem.endswith("plain_english"))


def findings(text: str) -> Iterator[tuple[int, str, str]]:
    """Line number, wording and better wording of each finding in a text."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in PATTERN.finditer(line):
            better = next(new for old, new in WORDINGS.items() if re.fullmatch(old, match[0], re.IGNORECASE))
            yield number, match[0], better


def main() -> int:
    """Print every finding with file and line; 1 where there is any."""
    lines = [
        f"{path.relative_to(REPOSITORY)}:{number}: {wording!r}: write {better}"
        for path in files()
        for number, wording, better in findings(path.read_text(encoding="utf-8"))
    ]
    print(*lines, sep="\n", end="\n" if lines else "")
    return int(bool(lines))


if __name__ == "__main__":
    sys.exit(main())
