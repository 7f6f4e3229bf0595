"""The register of the colours of classes, one for figures and for maps that other programs open."""

from collections.abc import Mapping
from functools import cache

import pandas as pd

from nppdrivers.categories import all_categories
from nppdrivers.registers import register


@cache
def _colours() -> dict[tuple[str, str], str]:
    """Colour by product and class."""
    listed = {(row["product"], row["class"]): row["colour"] for row in register(__file__)}
    letters = {("dominant_category", each.letter): each.colour for each in all_categories().values()}
    return letters | listed


def coloured_classes(product: str, legend: Mapping[int, str]) -> pd.DataFrame:
    """Classes of a raster with their colours.

    A dominant category has the colour of its category, a pair a darker or lighter tone of its leading one.
    Any two of them differ by at least 15 CIEDE2000 for readers with normal sight, without green and without
    red cones (a test computes it).

    Parameters
    ----------
    product : str
        Name of the quantity of the raster, as in its tags.
    legend : mapping of int to str
        Name of each code.

    Returns
    -------
    DataFrame
        Columns code, class and colour (#rrggbb), in the order of the codes.

    Raises
    ------
    KeyError
        When a class has no colour.
    """
    missing = [name for name in legend.values() if (product, name) not in _colours()]
    if missing:
        raise KeyError(
            f"no colour for {', '.join(missing)} of {product}; add a row to class_colours.csv of the figures"
        )
    rows = [(code, legend[code], _colours()[product, legend[code]]) for code in sorted(legend)]
    return pd.DataFrame(rows, columns=["code", "class", "colour"])
