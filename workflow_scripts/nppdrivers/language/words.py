"""Texts of figures and maps in the language of the run, from words.csv."""

from collections.abc import Callable

from nppdrivers.language import speech


def translations(language: str) -> dict[str, str]:
    """Text in that language by English text; nothing for English itself."""
    return speech.translations(language, __file__)


def speaker(language: str) -> Callable[[str], str]:
    """Function that says a text in a language; what has no translation stays English."""
    return speech.speaker(language, __file__)
