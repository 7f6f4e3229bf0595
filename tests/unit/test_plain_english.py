"""The check of wordings finds what it names, with the line and a better wording."""

import plain_english
import pytest


@pytest.mark.parametrize(
    ("line", "wording"),
    [
        ("NPP hangs on the light use efficiency", "hangs on"),
        ('"""Sum up the climate."""', "Sum up"),
        ("for year, of_year in enumerate(weights):", "of_year"),
        ("climate is given 40 % of the variance", "is given 4"),
    ],
)
def test_wordings_are_found(line, wording):
    """A wording is found in text, docstrings and names, whatever its case, and a better one is named."""
    ((number, found, better),) = plain_english.findings(f"first\n{line}\n")
    assert (number, found) == (2, wording)
    assert better in plain_english.WORDINGS.values()


def test_plain_words_pass():
    """Words that only contain a listed wording, and methods of files, are no findings."""
    text = "besides, the storyteller adds up the share of each; file.tell(); Cells.from_map; 3 of 5"
    assert not list(plain_english.findings(text))


def test_all_rooms_are_read():
    """Code, rules, settings and documents are among the files, results are not."""
    names = {path.relative_to(plain_english.REPOSITORY).as_posix() for path in plain_english.files()}
    assert {"Snakefile", "README.md", "rules/stages.smk", "config/contents.csv", "docs/figures.md"} <= names
    assert not any(name.startswith(("results", "tests/support/plain_english")) for name in names)
