"""Figures in the language of the run: all their texts are spoken anew once they are drawn."""

import logging
import re
from contextlib import suppress
from functools import cache

from matplotlib.figure import Figure
from matplotlib.font_manager import findSystemFonts, fontManager, get_font
from matplotlib.text import Text
from matplotlib.ticker import FixedLocator

from nppdrivers.language.words import speaker

# Fonts with Chinese letters that systems have or offer; the first that is there is taken
CHINESE_FONTS = (
    *("Noto Sans CJK SC", "Source Han Sans SC", "Noto Sans SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei"),
    *("Microsoft YaHei", "PingFang SC", "Heiti SC", "SimHei", "Arial Unicode MS"),
    "Noto Sans CJK JP",  # of a collection of fonts matplotlib sees the first, which has Chinese letters too
)
LATIN_FONT = "DejaVu Sans"
_CHINESE = "[\u2e80-\uffef]"
# what is not broken: what stands in brackets, Latin words, single letters, each with the marks after it
_UNBROKEN = r"(?:\[[^\]]*\]|（[^）]*）|[^\s\u2e80-\uffef]+|.)[，。；：、）]*"
_MARKS = "，。；：、"
_LEAST_FULL = 0.4  # part of a line after which it may end at a mark, so that no word is torn
_CHINESE_WIDTH = 1.7  # of a Chinese letter in mean Latin ones
NAME = "name"  # label of texts that are names of places, which stay as they are in any language


@cache
def chinese_font() -> str | None:
    """Name of a font of this machine that has Chinese letters, if there is one."""
    if not _chinese_fonts():
        # matplotlib knows the fonts of the day on which it first ran
        for path in findSystemFonts():
            with suppress(RuntimeError, OSError):  # a file that is no font that it can read
                if get_font(path).family_name in CHINESE_FONTS:
                    fontManager.addfont(path)
    if not (fonts := _chinese_fonts()):
        logging.getLogger(__name__).info(
            "no font with Chinese letters on this machine: figures stay English; install one, such as %s",
            CHINESE_FONTS[0],
        )
        return None
    return fonts[0]


def _chinese_fonts() -> list[str]:
    """Those of the fonts that matplotlib knows."""
    known = set(fontManager.get_font_names())
    return [name for name in CHINESE_FONTS if name in known]


def say_in(figure: Figure, language: str) -> None:
    """Say all texts of a figure in a language; where its letters are in no font, they stay English."""
    if language == "en" or chinese_font() is None:
        return
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            if isinstance(axis.get_major_locator(), FixedLocator):  # else its labels are numbers
                axis.set_ticklabels([spoken(label.get_text(), language) for label in axis.get_ticklabels()])
    for text in figure.findobj(Text):
        if text.get_label() != NAME:
            text.set_text(spoken(text.get_text(), language))
    show_chinese(figure)


def show_chinese(figure: Figure) -> None:
    """Give texts with Chinese letters, which names of places have in any language, a font for them."""
    texts = [text for text in figure.findobj(Text) if re.search(_CHINESE, text.get_text())]
    if texts and (font := chinese_font()):
        for text in texts:  # not every font has bold letters
            text.set(fontfamily=[LATIN_FONT, font], fontweight="normal")


def spoken(text: str, language: str) -> str:
    """Say a text in a language; what was broken into lines is broken again, at the width of the widest."""
    say, lines = speaker(language), text.split("\n")
    whole, apart = " ".join(lines), list(map(say, lines))
    other = say(whole)
    by_itself = not any(line.endswith(",") for line in lines)
    if other == whole or (by_itself and all(now != line for now, line in zip(apart, lines, strict=True))):
        return "\n".join(apart)
    return _broken(other, max(map(len, lines)))


def fitted_name(name: str, width: int, lines: int = 1) -> str:
    """Break a name into at most so many lines of this many Latin letters; what does not fit is cut."""
    parts = _broken(name, width).split("\n")
    is_cut = len(parts) > lines
    return "\n".join(
        _cut(line, width) if _width(line) > width or (is_cut and number == lines) else line
        for number, line in enumerate(parts[:lines], start=1)
    )


def _cut(line: str, width: int) -> str:
    """Cut a line so that an ellipsis fits behind it."""
    while _width(line) > width - 1:
        line = line[:-1]
    return f"{line.rstrip()}…"


def _broken(text: str, width: int) -> str:
    """Break a text into lines of this many Latin letters, after a mark where one is late in the line."""
    lines = [""]
    for part in re.findall(_UNBROKEN, text):
        if _width(lines[-1]) + _width(part) > width and lines[-1]:
            end = max(lines[-1].rfind(mark) for mark in _MARKS) + 1
            if _width(lines[-1][:end]) < _LEAST_FULL * width:
                end = len(lines[-1])
            lines[-1:] = [lines[-1][:end], lines[-1][end:]]
        lines[-1] += part
    return "\n".join(line.strip() for line in lines)


def _width(text: str) -> float:
    """Width of a text in Latin letters."""
    return sum(_CHINESE_WIDTH if letter >= "\u2e80" else 1 for letter in text)
