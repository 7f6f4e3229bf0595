"""Claims of figures.effects."""

import pandas as pd
import pytest

from nppdrivers.figures.effects import effects_by_class

EFFECTS = pd.DataFrame(
    {
        "choice": ["half_rule", "radiation_percent"],
        "instead_of": ["True", "0"],
        "taken": ["False", "-10"],
        "forest": [-6.0, -10.0],
        "water": [float("nan")] * 2,
    }
)


def test_choices_are_named_and_empty_classes_left_out():
    """Each row reads as what was taken for what; a class without values has no mark in the legend."""
    axes = effects_by_class(EFFECTS).axes[0]
    labels = [text.get_text() for text in axes.get_yticklabels()]
    assert labels == ["Half rule: off instead of on", "Radiation [%]: −10 instead of 0"]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["Forest"]


def test_nothing_to_draw():
    """A table without choices is refused."""
    with pytest.raises(ValueError, match="no choice"):
        effects_by_class(EFFECTS.iloc[:0])
