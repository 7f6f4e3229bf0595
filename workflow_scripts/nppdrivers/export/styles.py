"""How a map is coloured: by its classes, or along the colours of its quantity."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import to_hex

from nppdrivers.categories import in_words
from nppdrivers.figures.class_colours import coloured_classes
from nppdrivers.figures.maps import spread
from nppdrivers.quantities import Quantity

STOPS = 11


class Style(NamedTuple):
    """Colours of a map.

    Attributes
    ----------
    entries : DataFrame
        Columns value, label and colour (#rrggbb): a row for each class or each stop of the colours.
    is_classes : bool
        Whether the values are codes; else colours are interpolated between the stops.
    """

    entries: pd.DataFrame
    is_classes: bool

    def spoken(self, say: Callable[[str], str]) -> "Style":
        """Give the same colours with their labels in another language."""
        return self._replace(entries=self.entries.assign(label=self.entries["label"].map(say)))


def class_style(classes: pd.DataFrame) -> Style:
    """Colours of classes with columns code, class and colour; code 0 is missing in files and has none."""
    entries = classes.rename(columns={"code": "value", "class": "label"})[["value", "label", "colour"]]
    entries = entries[entries["value"] > 0].reset_index(drop=True)
    return Style(entries.assign(colour=entries["colour"].map(to_hex)), is_classes=True)


def continuous_style(values: np.ndarray, kind: Quantity) -> Style:
    """Colours of a quantity from the 1st to the 99th percentile of some values, as its figures have them.

    Colours that part in the middle (of correlations, contributions and trends) have 0 there.
    """
    low, high = spread(values)
    if kind.minimum == -kind.maximum and low < 0 < high:
        low, high = -max(-low, high), max(-low, high)
    stops = np.linspace(low, high, STOPS)
    colours = [to_hex(colour) for colour in colormaps[kind.colours](np.linspace(0, 1, STOPS))]
    labels = [f"{stop:.4g}" for stop in stops]
    return Style(pd.DataFrame({"value": stops, "label": labels, "colour": colours}), is_classes=False)


def style_of(
    values: np.ndarray, kind: Quantity, legend: Mapping[int, str] | None, land_cover: pd.DataFrame
) -> Style:
    """Colours of a map.

    Parameters
    ----------
    values : ndarray
        A sample of the map [unit of the quantity], NaN where missing.
    kind : Quantity
    legend : mapping of int to str or None
        Name of each code of a map of classes, from its file.
    land_cover : DataFrame
        Columns code, class and colour of the run's land cover classes.
    """
    if kind.name == "land_cover":
        return class_style(land_cover)
    if legend is not None:
        classes = coloured_classes(kind.name, legend)
        return class_style(classes.assign(**{"class": classes["class"].map(in_words)}))
    return continuous_style(values, kind)
