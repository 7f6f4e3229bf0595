"""What every figure shares: type, colours, sheets measured in inches, and the one way to write a file."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, NamedTuple, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

from nppdrivers.categories import all_categories
from nppdrivers.figures.language import LATIN_FONT, NAME, fitted_name, say_in, show_chinese

DPI = 300
PAGE_WIDTH = 7.48  # full text width of a journal page, 190 mm [inch]
INK, SOFT_INK, GRID_INK = "#1a1a1a", "#666666", "#d9d9d9"
NO_DATA = "#eeeeee"
# formats of files, and what would put a date or a version into them
UNDATED: Mapping[str, Mapping[str, None]] = {
    ".png": {"Software": None},
    ".pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    ".svg": {"Creator": None, "Date": None},
}

# Blue, vermilion and bluish green of Okabe & Ito: distinct with any common colour vision deficiency
CATEGORY_COLOURS = {each.letter: each.colour for each in all_categories().values()}
CATEGORY_NAMES = {each.letter: each.name.capitalize() for each in all_categories().values()}
SERIES_COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#F0E442", "#000000")

STYLE: Mapping[Any, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": [LATIN_FONT],  # comes with matplotlib: the same glyphs on every machine
    "font.size": 7,
    "axes.titlesize": 7.5,
    "axes.titleweight": "bold",
    "axes.labelsize": 7,
    "axes.linewidth": 0.6,
    "axes.edgecolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "grid.color": GRID_INK,
    "grid.linewidth": 0.5,
    "text.color": INK,
    "axes.labelcolor": INK,
    "xtick.labelsize": 6.2,
    "ytick.labelsize": 6.2,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "legend.fontsize": 6.5,
    "legend.frameon": False,
    "lines.linewidth": 1.1,
    "hatch.linewidth": 0.5,
    "text.parse_math": False,  # a name with $ is no formula
    "pdf.fonttype": 42,  # letters that drawing programs can edit
    "svg.hashsalt": "nppdrivers",  # the same names of parts each time
}

NOTE_LETTERS = 9  # of the note at most, on an inch of the figure's width: half of it
LUMA, DARK = (0.299, 0.587, 0.114), 0.55  # brightness of red, green, blue; below it, text is white

Drawn = ParamSpec("Drawn")


class Imprint(NamedTuple):
    """What a run prints on all its figures.

    Attributes
    ----------
    note : str
        Short remark at the lower right corner, such as "virtual basin".
    language : {"en", "zh"}
        Of all texts but the note; figures are in English where the machine has no font with its letters.
    """

    note: str = ""
    language: str = "en"


PLAIN = Imprint()


def ink_on(colour: Any) -> str:
    """Colour of text that can be read on this colour of matplotlib."""
    brightness = sum(part * weight for part, weight in zip(to_rgb(colour), LUMA, strict=True))
    return "white" if brightness < DARK else INK


@contextmanager
def house_style() -> Iterator[None]:
    """Draw in the house style within this block, whatever the user's own matplotlib settings say."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        yield


def styled(draw: Callable[Drawn, Figure]) -> Callable[Drawn, Figure]:
    """Draw each figure of a function in the house style."""

    @wraps(draw)
    def drawn(*args: Drawn.args, **named: Drawn.kwargs) -> Figure:
        with house_style():
            return draw(*args, **named)

    return drawn


def save(figure: Figure, paths: str | Path | Sequence[str | Path], imprint: Imprint = PLAIN) -> None:
    """Write a figure to files, PNG at 300 dpi; a file gets its name only when it is complete.

    The same figure gives the same bytes: no date and no software version is in them. Letters of a PDF stay
    text, of an SVG they are outlines, so that no font is asked for.

    Parameters
    ----------
    figure
        Figure made by a function of this package.
    paths
        Path of the file or of several: ``.png``, ``.pdf`` or ``.svg``; folders are made when missing.
    imprint
        Remark and language.

    Raises
    ------
    ValueError
        When a path has another ending.
    """
    files = [Path(path) for path in ([paths] if isinstance(paths, str | Path) else paths)]
    if unknown := [str(path) for path in files if path.suffix not in UNDATED]:
        raise ValueError(f"{', '.join(unknown)}: give figures a name that ends in {', '.join(UNDATED)}")
    with house_style():
        finish(figure, imprint)
        for path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f".{path.stem}.unfinished{path.suffix}")
            figure.savefig(unfinished, dpi=DPI, facecolor="white", metadata=UNDATED[path.suffix])
            unfinished.replace(path)


def finish(figure: Figure, imprint: Imprint) -> None:
    """Say all texts of a figure in the language of the run, and print its note at the lower right corner."""
    say_in(figure, imprint.language)
    if imprint.note:
        width, height = figure.get_size_inches()
        x, y = 1 - 0.06 / width, 0.05 / height
        note = fitted_name(imprint.note, round(NOTE_LETTERS * width))
        figure.text(x, y, note, ha="right", va="bottom", size=6, style="italic", color=SOFT_INK, label=NAME)
    show_chinese(figure)


def sheet(width: float, height: float) -> Figure:
    """Empty figure of this size [inch]."""
    figure = Figure(figsize=(width, height))
    FigureCanvasAgg(figure)
    return figure


def place(figure: Figure, left: float, bottom: float, width: float, height: float, **named: Any) -> Axes:
    """Add axes at a place given in inches from the lower left corner."""
    total_width, total_height = figure.get_size_inches()
    box = (left / total_width, bottom / total_height, width / total_width, height / total_height)
    return figure.add_axes(box, **named)
