"""Apply the diffs that a page shows to a copy of the project."""

import re
from pathlib import Path


def diffs(page: str, heading: str) -> str:
    """Diffs below a heading of a page."""
    section = re.split(rf"^## {re.escape(heading)}$", page, flags=re.MULTILINE)[1].split("\n## ")[0]
    return "".join(re.findall(r"```diff\n(.*?)```", section, flags=re.DOTALL))


def apply(diff: str, folder: Path) -> list[str]:
    """Change the files that a diff names; gives their paths in the project.

    Raises
    ------
    ValueError
        When lines to replace are not in the file, or more than once.
    """
    parts = re.split(r"^(?:---|\+\+\+) (\S+)\n", diff, flags=re.MULTILINE)[1:]
    for name, body in zip(parts[::2], parts[1::2], strict=True):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = file.read_text(encoding="utf-8") if file.exists() else ""
        for place in body.split("...\n"):
            text = replaced(text, place.splitlines(), name)
        file.write_text(text, encoding="utf-8")
    return parts[::2]


def replaced(text: str, lines: list[str], name: str) -> str:
    """Text of a file with the lines of one place replaced, or with new ones at its end."""
    old, new = ("".join(f"{line[1:]}\n" for line in lines if line[0] == sign) for sign in "-+")
    if old and text.count(old) != 1:
        raise ValueError(f"{name}: the lines to replace are in it {text.count(old)} times:\n{old}")
    return text.replace(old, new) if old else text + new
