"""Maps of one quantity in turn, as an animated GIF for slides."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from nppdrivers.figures.canvas import PLAIN, Imprint, finish, house_style
from nppdrivers.figures.frame import Vector, colour_bar
from nppdrivers.figures.labels import wrapped
from nppdrivers.figures.language import spoken
from nppdrivers.figures.maps import draw_layers, map_sheet, show_continuous, spread
from nppdrivers.grid import Grid
from nppdrivers.quantities import quantity

FRAME_DPI = 110
MILLISECONDS = 700  # that a map is shown
COLOURS = 128  # of a frame
TITLE_SIZE = 11


def animate(
    maps: Mapping[str, np.ndarray],
    grid: Grid,
    name: str,
    path: str | Path,
    *,
    outline: Vector | None = None,
    imprint: Imprint = PLAIN,
) -> None:
    """Write maps of one quantity, in the same colours, as an animation that starts again at its end.

    The same maps give the same bytes; the file gets its name only when it is complete.

    Parameters
    ----------
    maps : mapping of str to (H, W) array
        Map [unit of the quantity] by title, in the order of time; NaN is left blank.
    grid : Grid
        Grid of the maps.
    name : str
        Quantity in the register.
    path : path
        GIF to write.
    outline : GeoDataFrame, optional
        Study area.
    imprint : Imprint
        Remark and language.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.stem}.unfinished.gif")
    with house_style():
        frames = _frames(maps, grid, name, outline, imprint)
    first, *others = frames
    first.save(unfinished, save_all=True, append_images=others, duration=MILLISECONDS, loop=0, optimize=False)
    unfinished.replace(path)


def _frames(
    maps: Mapping[str, np.ndarray], grid: Grid, name: str, outline: Vector | None, imprint: Imprint
) -> list[Image.Image]:
    """One picture a map; all but the map and its title is drawn once."""
    kind = quantity(name)
    figure, axes, column = map_sheet(grid)
    figure.set_dpi(FRAME_DPI)
    canvas = FigureCanvasAgg(figure)
    image = show_continuous(axes, next(iter(maps.values())), grid, kind, spread(*maps.values()))
    column.heading(next(iter(maps)))
    title = column.axes.texts[-1]
    title.set_fontsize(TITLE_SIZE)
    column.gap(0.1)
    column.heading(wrapped(kind.long_name))
    column.gap(0.05)
    left, bottom, _, height = column.room(1.6)
    colour_bar(figure, image, (left + 0.05, bottom, 0.13, height), "", kind.unit)
    column.gap()
    draw_layers(axes, column, grid, outline=outline)
    finish(figure, imprint)
    frames = []
    for words, values in maps.items():
        image.set_data(np.ma.masked_invalid(values))
        title.set_text(spoken(words, imprint.language))
        canvas.draw()
        picture = Image.frombuffer("RGBA", canvas.get_width_height(), bytes(canvas.buffer_rgba()))
        frames.append(picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE))
    return frames
