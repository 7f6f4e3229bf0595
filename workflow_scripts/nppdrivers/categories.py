"""The register of the categories of drivers: letter, colour, and where their drivers come from."""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import NamedTuple

from nppdrivers.registers import register


class Category(NamedTuple):
    """A kind of drivers.

    Attributes
    ----------
    name, letter : str
        In tables and bands; on maps, where two letters name a pair.
    colour : str
        Of its bars and labels.
    source : str
        What its drivers are made from, for the table of drivers.
    """

    name: str
    letter: str
    colour: str
    source: str


def by_name(rows: Iterable[Mapping[str, str]]) -> dict[str, Category]:
    """Categories by name, in the order of the rows.

    Raises
    ------
    ValueError
        For two categories of one name or letter, or a letter that is not a single capital: the pairs of
        letters on maps could not be read.
    """
    categories = [Category(**row) for row in rows]
    letters = [each.letter for each in categories]
    if len({each.name for each in categories}) < len(categories) or len(set(letters)) < len(letters):
        raise ValueError(f"categories.csv: two categories share a name or a letter ({', '.join(letters)})")
    if not all(len(letter) == 1 and letter.isupper() for letter in letters):
        raise ValueError(f"categories.csv: letters must be single capitals, not {', '.join(letters)}")
    return {each.name: each for each in categories}


@cache
def all_categories() -> dict[str, Category]:
    """Categories of the table by name, in its order."""
    return by_name(register(__file__))


def category(name: str) -> Category:
    """Category of that name; KeyError if unknown."""
    if name not in all_categories():
        known = ", ".join(all_categories())
        raise KeyError(f"no category called {name!r}; known: {known}; add a row to categories.csv")
    return all_categories()[name]


def in_words(code: str) -> str:
    """Class of a map of dominant categories in words, the leading one first; another class as it is."""
    names = {each.letter: each.name for each in all_categories().values()}
    return ", then ".join(names[letter] for letter in code) if set(code) <= set(names) else code


def letters(names: Iterable[str]) -> dict[str, str]:
    """Letter of each of these categories, by name."""
    return {name: category(name).letter for name in names}
