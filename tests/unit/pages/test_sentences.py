"""The summaries in Chinese: every sentence that they can have, with its numbers."""

import re
from dataclasses import replace

import numpy as np
import pytest

from nppdrivers.attribution import summary as attribution
from nppdrivers.attribution.findings import Findings, Leads
from nppdrivers.change import summary as change
from nppdrivers.change.causes import CAUSE_LEGEND, UNDECIDED
from nppdrivers.pages.results.sentences import sentence

LEADS = Leads({"soil": 63.0, "mining": 19.0, "climate": 18.0}, {"soil": 50.0, "mining": 6.0, "climate": 2.0})
MIXED = Leads({"soil": 41.0, "mining": 39.0, "climate": 20.0}, {"soil": 30.0, "mining": 30.0, "climate": 0.4})
NOISE = Leads(LEADS.area, {"soil": 5.0, "mining": 0.0, "climate": 0.0})
CLEAR = Findings(
    whole=LEADS,
    explained={"soil": 50.0, "mining": 29.0, "climate": 21.0},
    random_r2=0.86,
    blocked_r2=0.81,
    leading_probability=0.67,
    inside_percent=99.8,
    zones={"West of the river": LEADS, "Forest": MIXED, "Water": NOISE},
    beyond_chance={"MAT": True, "pH": True, "LD": False},
    local_percent=65.0,
    chance_percent=51.0,
    variance_gone_percent=1.0,
    climate_held_percent=20.0,
    climate_level_percent=32.0,
    elevation_r2={"MAT": 0.83},
    light_r=0.97,
)
OTHERS = {
    "even": {
        "whole": MIXED,
        "inside_percent": 100.0,
        "climate_held_percent": 5.0,
        "elevation_r2": {"MAT": 0.2},
        "light_r": 0.8,
    },
    "noise": {"whole": NOISE, "inside_percent": 80.0, "beyond_chance": {"MAT": False}},
    "nothing": {"random_r2": 0.1, "blocked_r2": np.nan, "variance_gone_percent": -1.0, "light_r": 0.5},
    "unknown climate": {"explained": {"climate": 80.0, "soil": 20.0}, "unknown_climate": ["MAT"]},
}
SHARES = dict.fromkeys(CAUSE_LEGEND.values(), 0.0)
DECIDED = SHARES | {CAUSE_LEGEND[UNDECIDED]: 40.0, "only people helped": 35.0, "both helped": 25.0}
UNUSED = dict.fromkeys(CAUSE_LEGEND.values(), np.nan)
YEARS = change.Findings(6, 1.5, -0.5, 3.5, 0.2, 0.1, 0.2, 4.0, {"held": DECIDED, "regression": UNUSED})
MORE_YEARS = {
    "rises": {"p": 0.01, "rising": 20.0},
    "falls": {"p": 0.01, "slope": -1.0, "years": 30, "alone": 0.2},
    "undecided": {"causes": {"held": UNUSED, "regression": SHARES | {CAUSE_LEGEND[UNDECIDED]: 100.0}}},
}


def translated(sections):
    """Sentences with their translation."""
    return [(text, sentence(text, "zh")) for lines in sections.values() for text in lines]


def numbers(text):
    """Numbers of a sentence but those that its pattern has itself."""
    return sorted(re.findall(r"[+-]?\d+(?:\.\d+)?", text))


@pytest.mark.parametrize("changed", [{}, *OTHERS.values()], ids=["clear", *OTHERS])
def test_attribution(changed):
    """No sentence of the attribution stays English, and its numbers are the same."""
    for text, other in translated(attribution.summarise(replace(CLEAR, **changed))):
        assert not re.search(r"\b(the|of|land|is|on|and|than)\b", other), (text, other)
        assert numbers(text) == numbers(other), (text, other)


@pytest.mark.parametrize("changed", [{}, *MORE_YEARS.values()], ids=["none", *MORE_YEARS])
def test_change(changed):
    """No sentence of the change stays English, and its numbers are the same."""
    for text, other in translated(change.summarise(replace(YEARS, **changed))):
        assert not re.search(r"\b(the|of|land|is|on|and|than|years)\b", other), (text, other)
        assert numbers(text) == numbers(other), (text, other)


def test_examples():
    """Names of zones and categories are translated, other text stays; English is left alone."""
    assert sentence("Forest: soil leads, on 62 % of the land.", "zh") == "林地：土壤主导，占土地的 62 %。"
    assert sentence("Pit {x}: cannot be determined.", "zh") == "Pit {x}：无法确定。"
    assert sentence("Something else.", "zh") == "Something else."
    assert sentence("All of the land is like the sampled points.", "en").startswith("All")
