"""Sentences about change: each follows its rule."""

from dataclasses import replace

import numpy as np

from nppdrivers.change.causes import CAUSE_LEGEND
from nppdrivers.change.summary import Findings, summarise

SHARES = dict(zip(CAUSE_LEGEND.values(), [0.5, 12.0, 2.0, 0.0, 85.5], strict=True))
SIX = Findings(
    years=6,
    slope=8.0,
    low=-3.0,
    high=19.0,
    p=0.27,
    rising=0.0,
    falling=0.0,
    alone=7.0,
    causes={"held": SHARES, "regression": SHARES},
)


def text(findings):
    """All sentences as one text."""
    return " ".join(line for lines in summarise(findings).values() for line in lines)


def test_six_years_say_undecided_and_why():
    """With six years no trend is named, most is undecided, and the number of years is given as the reason."""
    words = text(SIX)
    assert "no trend of mean NPP" in words and " rose " not in words
    assert "86 % of the land is undecided; only weather helped in 12 %, only people helped in 2 %." in words
    assert "Most is undecided since 6 years" in words and "1 variable of weather" in words


def test_twenty_years_with_a_trend():
    """A trend at the level is named with its interval and shares; the cautions for few years are gone."""
    shares = SHARES | {"undecided": 20.0}
    causes = {"held": shares, "regression": shares}
    words = text(replace(SIX, years=20, p=0.01, rising=40.0, falling=2.0, causes=causes))
    assert "rose by +8.0 gC m-2 a year (-3.0 to +19.0)" in words
    assert "NPP rises in 40 % of the land and falls in 2 %." in words
    assert "few" not in words and "Most is undecided" not in words and "bear a regression" not in words


def test_a_method_that_could_not_be_used_says_so():
    """Five years give no regression: that is stated in place of shares."""
    none = dict.fromkeys(CAUSE_LEGEND.values(), np.nan)
    words = text(replace(SIX, years=5, causes={"held": SHARES, "regression": none}))
    assert "By a regression on weather nothing can be concluded" in words
