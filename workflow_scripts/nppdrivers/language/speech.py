"""Texts in the language of a run, from registers with a row for each English text.

A register is the table next to a module, with a column for each language. A row with ``{}`` is a pattern;
what stands in its places is translated by itself. Of several rows that fit the first counts.
"""

import re
from collections.abc import Callable
from functools import cache

from nppdrivers.registers import register

LANGUAGES = ("en", "zh")


@cache
def translations(language: str, *modules: str) -> dict[str, str]:
    """Text in that language by English text; nothing for English itself.

    Parameters
    ----------
    language : {"en", "zh"}
    *modules : str
        ``__file__`` of the modules that have a register.

    Raises
    ------
    ValueError
        For a language that there is not.
    """
    if language not in LANGUAGES:
        raise ValueError(f"no language {language!r}; take one of {', '.join(LANGUAGES)}")
    if language == "en":
        return {}
    return {row["en"]: row[language] for module in modules for row in register(module)}


def speaker(language: str, *modules: str) -> Callable[[str], str]:
    """Function that says a text in a language; what has no translation stays English."""
    known, patterns = translations(language, *modules), _patterns(language, *modules)

    def say(text: str) -> str:
        for written in (text, text[:1].lower() + text[1:], text[:1].upper() + text[1:]):
            if written in known:
                return known[written]
        for pattern, form, has_words in patterns:
            if match := pattern.fullmatch(text):
                parts = [say(part) for part in match.groups()]
                # brackets and commas alone are no translation: names of places have them too
                if has_words or parts != list(match.groups()):
                    return form.format(*parts)
        return text

    return say


def pattern_of(text: str) -> re.Pattern[str]:
    """Pattern of an English text with ``{}`` in place of words or numbers, each of which is a group."""
    return re.compile("(.+?)".join(map(re.escape, text.split("{}"))))


@cache
def _patterns(language: str, *modules: str) -> list[tuple[re.Pattern[str], str, bool]]:
    """Each English pattern, its form in the language, and whether it has words between its places."""
    return [
        (
            pattern_of(text),
            form,
            any(letter.isalpha() for letter in text.replace("{}", "")),
        )
        for text, form in translations(language, *modules).items()
        if "{}" in text
    ]
