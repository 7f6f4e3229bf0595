"""Effects of events on polygons: planted effects are found, fake ones are not called."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter

from nppdrivers.change.effects import tables
from nppdrivers.change.gaps import Rules
from nppdrivers.change.land import Land

YEARS = np.arange(2005, 2017)
RULES = Rules(distance_m=90, block_m=150, caliper=0.5, fakes=29)
SHAPE = (90, 90)


def simulated(seed, loss=0.0, regain=0.0):
    """Land with a mine opened in 2009, reclaimed in 2013; smooth patterns of NPP that move with the years."""
    rng = np.random.default_rng(seed)

    def smooth(width):
        field = gaussian_filter(rng.normal(size=SHAPE), width, mode="wrap")
        return field / field.std()

    place = np.zeros(SHAPE, bool)
    row, column = rng.integers(20, 60, 2)
    place[row : row + 9, column : column + 8] = True
    near = np.zeros(SHAPE, bool)
    near[row - 4 : row + 13, column - 4 : column + 12] = True
    elevation = smooth(6)
    npp = np.stack([400 + 30 * elevation + 12 * smooth(5) + 8 * rng.normal(size=SHAPE) for _ in YEARS])
    npp[YEARS > 2009] -= loss * place
    npp[YEARS > 2013] += regain * place
    land = Land.empty(YEARS, ["elevation"], [], ~near, 30.0)
    land.fill(npp, np.ones(SHAPE, int), [elevation])
    places = pd.DataFrame(
        [{"kind": "mine", "name": "A", "opened": 2009.0, "closed": np.nan, "reclaimed": 2013.0}]
    )
    return land, places, lambda number: place


def test_planted_effects_are_covered_and_nothing_is_called_without():
    """Intervals of 90 % hold 85 % of 60 planted effects or more; without any, at most 8 % are called."""
    held, called = [], []
    for seed in range(30):
        effects = tables(*simulated(seed, 60.0, 45.0), RULES, 1)["effects"].set_index("event")
        for event, planted in (("opened", -60.0), ("reclaimed", 45.0)):
            row = effects.loc[event]
            held.append(row["effect_low [gC m-2 yr-1]"] <= planted <= row["effect_high [gC m-2 yr-1]"])
    for seed in range(100, 120):
        called += list(tables(*simulated(seed), RULES, 1)["effects"]["p"] <= 0.05)
    assert np.mean(held) >= 0.85 and np.mean(called) <= 0.08


def test_carbon_follows_the_gap():
    """Carbon is gap times area, its sum that of the years; what came back is against the years of loss."""
    land, places, mask_of = simulated(3, 80.0, 50.0)
    found = tables(land, places, mask_of, RULES, 1)
    years, carbon = (found[name].set_index("year") for name in ("years", "carbon"))
    hectares = mask_of(0).sum() * 900 / 1e4
    lost, regained = carbon["against_control [t]"], carbon["regained [t]"]
    assert list(carbon.index) == [str(year) for year in range(2010, 2017)] + ["sum"]
    assert (carbon["area [ha]"] == hectares).all()
    assert lost["2011"] == pytest.approx(years.loc[2011, "gap [gC m-2 yr-1]"] * hectares / 100)
    assert lost["sum"] == pytest.approx(lost[:-1].sum())
    assert regained[["2010", "2013"]].isna().all()
    assert regained["sum"] == pytest.approx(3 * 50 * hectares / 100, rel=0.3)
    assert (carbon["against_control_low [t]"] < lost).all()


def test_recovery_follows_the_gap():
    """A mine that regains all is recovered, one that regains nothing is not; one without loss cannot be."""
    rows = [
        tables(*simulated(3, loss, regain), RULES, 1)["effects"].set_index("event").loc["reclaimed"]
        for loss, regain in ((80.0, 80.0), (80.0, 0.0), (0.0, 0.0))
    ]
    assert [row["recovery"] for row in rows] == ["recovered", "not yet", "no loss seen before"]
    assert rows[0]["recovered"] == 2014 and pd.isna(rows[1]["recovered"])
    assert rows[1]["reached [%]"] == pytest.approx(80, abs=5)


def test_no_controls_give_no_effect():
    """Where no land is left to compare with, the effect is missing, not zero."""
    land, places, mask_of = simulated(0)
    none = replace(land, free=np.zeros(SHAPE, bool))
    effects = tables(none, places, mask_of, RULES, 1)["effects"]
    assert effects["effect [gC m-2 yr-1]"].isna().all() and (effects["matched"] == 0).all()


def test_the_balance_is_reported():
    """Every covariate, and NPP before the opening, has its standardised difference."""
    balance = tables(*simulated(1), RULES, 1)["balance"]
    assert list(balance["event"]) == ["opened", "opened", "reclaimed", "reclaimed"]
    assert list(balance["covariate"]) == 2 * ["elevation", "npp_before"]
    assert (balance["difference [sd]"].abs() < 0.25).all()
