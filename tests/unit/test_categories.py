"""The register of the categories of drivers."""

import pytest

from nppdrivers.categories import all_categories, by_name, category, letters

ROW = {"name": "slope", "letter": "T", "colour": "#444444", "source": "elevation model"}
SOIL = {"name": "soil", "letter": "S", "colour": "#D55E00", "source": "soil samples"}


def test_letters_are_those_of_the_paper():
    """Climate, soil and mining are C, S and M, in this order: maps and codes depend on both."""
    assert letters(all_categories()) == {"climate": "C", "soil": "S", "mining": "M"}


def test_a_category_is_looked_up_by_its_name():
    """A category has the letter of its row, whatever its name begins with; an unknown one is named."""
    assert by_name([SOIL, ROW])["slope"].letter == "T"
    with pytest.raises(KeyError, match="slope"):
        category("slope")


@pytest.mark.parametrize(
    "change, message",
    [
        ({"letter": "S"}, "share"),
        ({"name": "soil"}, "share"),
        ({"letter": "SL"}, "single"),
        ({"letter": "s"}, "single"),
    ],
)
def test_what_would_be_ambiguous_is_refused(change, message):
    """Two categories of one name or letter, and letters that pairs could not be read from, are refused."""
    with pytest.raises(ValueError, match=message):
        by_name([SOIL, ROW | change])
