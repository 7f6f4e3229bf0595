"""Titles of maps, in the words that the page, the project for QGIS and the catalogue of a run share."""

from collections.abc import Callable, Mapping

from nppdrivers.quantities import quantity


def map_title(form: str, words: Mapping[str, str | int], product: str, say: Callable[[str], str]) -> str:
    """Title of a map in the language of the run.

    Parameters
    ----------
    form : str
        From config/maps.csv, where words in braces stand for the year or the driver of the map; without one
        the map is called like its quantity.
    words : mapping of str to str or int
        What the words in braces stand for.
    product : str
        Name of the map's quantity.
    say : callable
        Says a text in the language of the run.
    """
    if not form:
        return say(quantity(product).long_name)
    return say(form).format(
        **{name: _driver(str(value), say) if name == "driver" else value for name, value in words.items()}
    )


def _driver(name: str, say: Callable[[str], str]) -> str:
    """Name of a driver within a title."""
    long_name = quantity(name).long_name
    return say(long_name[0].lower() + long_name[1:])
