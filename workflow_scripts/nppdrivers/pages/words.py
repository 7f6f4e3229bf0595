"""Texts of the page of results in the language of the run, from words.csv and that of figures and maps."""

from collections.abc import Callable

from nppdrivers.language import speech, words


def translations(language: str) -> dict[str, str]:
    """Text in that language by English text; nothing for English itself."""
    return speech.translations(language, __file__, words.__file__)


def speaker(language: str) -> Callable[[str], str]:
    """Function that says a text in a language; what has no translation stays English."""
    return speech.speaker(language, __file__, words.__file__)
