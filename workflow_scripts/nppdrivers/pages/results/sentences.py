"""Sentences of the summaries in the language of the page, from sentences.csv: a row a pattern."""

import re
from functools import cache

from nppdrivers.language.speech import pattern_of
from nppdrivers.language.words import speaker, translations
from nppdrivers.registers import register

# Short words within a sentence, longest first: "soil 50 %, mining 29 % and climate 21 %"
_PARTS = {
    "zh": {
        "west of the river": "河流以西",
        "east of the river": "河流以东",
        "an unknown number": "未知数量",
        "an unknown share": "未知比例",
        "only weather helped in": "仅天气促进占",
        "only people helped in": "仅人类促进占",
        "neither helped in": "均未促进占",
        "both helped in": "均促进占",
        "fewer than": "不到",
        "less than": "不到",
        "more than": "超过",
        "nothing": "零",
        " and ": "、",
        ", ": "、",
        " on ": " ",
        " to ": " 至 ",
    }
}


def sentence(text: str, language: str) -> str:
    """A sentence in a language; one that fits no pattern stays English.

    Parameters
    ----------
    text : str
        English sentence of a summary, with the numbers of the run.
    language : {"en", "zh"}
    """
    for pattern, form in _patterns(language):
        if match := pattern.fullmatch(text):
            return form.format(*(_part(part, language) for part in match.groups()))
    return text


@cache
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Each English pattern, and its form in another language; the first that fits counts."""
    if language == "en":
        return []
    return [(pattern_of(row["en"]), row[language]) for row in register(__file__)]


def _part(text: str, language: str) -> str:
    """What fills a place of a pattern: a number, or words that are translated one by one."""
    words = _PARTS[language] | {name: translations(language)[name] for name in ("climate", "soil", "mining")}
    known = "|".join(re.escape(word) for word in words)
    return re.sub(known, lambda match: words[match[0].lower()], speaker(language)(text), flags=re.IGNORECASE)
