"""Words of the page in the language of the run, from words.csv: a row for each English text."""

from collections.abc import Callable
from functools import cache

from nppdrivers.registers import register

LANGUAGES = ("en", "zh")


@cache
def translations(language: str) -> dict[str, str]:
    """Text in that language by English text; nothing for English itself.

    Raises
    ------
    ValueError
        For a language that the page does not have.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}; take one of {', '.join(LANGUAGES)}")
    if language == "en":
        return {}
    return {row["en"]: row[language] for row in register(__file__)}


def speaker(language: str) -> Callable[[str], str]:
    """Function that says a text in a language; what has no translation stays English."""
    known = translations(language)
    return lambda text: known.get(text, text)
