"""What the tests of figures share: a small grid with layers, random maps, and what is printed on a figure."""

import re

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
from affine import Affine
from matplotlib.figure import Figure
from shapely import box

from nppdrivers.figures.language import NAME, spoken
from nppdrivers.grid import Grid

GRID = Grid("EPSG:32649", Affine(30, 0, 647700, 0, -30, 3943500), 24, 20)
AREA = gpd.GeoDataFrame(geometry=[box(*GRID.bounds).buffer(-60)], crs=GRID.crs)
POINTS = gpd.GeoDataFrame(geometry=AREA.centroid, crs=AREA.crs)
LAND = pd.DataFrame({"class": ["forest", "farmland", "water"], "code": [1, 3, 5], "colour": ["g", "y", "b"]})
CODES = np.random.default_rng(5).integers(0, 4, GRID.shape).astype(np.uint8)


def random_map(seed: int = 0, low: float = 0.0, high: float = 1.0) -> np.ndarray:
    """Map of random values with a missing corner."""
    values = np.random.default_rng(seed).uniform(low, high, GRID.shape)
    values[:4, :4] = np.nan
    return values


def texts(figure: Figure) -> list[str]:
    """All texts on a figure that are not empty."""
    found = [text.get_text() for text in figure.findobj(mpl.text.Text)]
    return [text for text in found if text]


def assert_texts_fit(figure: Figure) -> None:
    """Fail where a visible text of the figure reaches beyond its sheet, or has no translation."""
    figure.draw_without_rendering()
    assert not untranslated(figure)
    sheet = figure.bbox.padded(0.5)
    hidden = _hidden_labels(figure)
    for text in figure.findobj(mpl.text.Text):
        if text.get_text().strip() and text not in hidden:
            extent = text.get_window_extent()
            assert sheet.x0 <= extent.x0 and extent.x1 <= sheet.x1, repr(text.get_text())
            assert sheet.y0 <= extent.y0 and extent.y1 <= sheet.y1, repr(text.get_text())


def untranslated(figure: Figure) -> list[str]:
    """Texts of a figure with words that stay English in Chinese; units, abbreviations and names may."""
    ours = [text.get_text() for text in figure.findobj(mpl.text.Text) if text.get_label() != NAME]
    chinese = [(text, spoken(text, "zh")) for text in ours]
    return [
        text
        for text, other in chinese
        if re.search("[a-z]{3}", re.sub(r"\[.*?\]", "", other)) and not re.search("[\u4e00-\u9fff]", other)
    ]


def _hidden_labels(figure: Figure) -> set[mpl.text.Text]:
    """Tick labels that are not drawn: of axes that are off, and of ticks beyond the limits."""
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.majorTicks:
                if not axes.axison or not low <= tick.get_loc() <= high:
                    hidden |= {tick.label1, tick.label2}
    return hidden
