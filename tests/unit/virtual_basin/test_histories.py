"""Mines of the virtual basin with known years: what is planted is what their histories say."""

import numpy as np
import pytest

from nppdrivers.virtual_basin import landscape
from nppdrivers.virtual_basin.mining import hazards
from nppdrivers.virtual_basin.mining.histories import History, cells_of_mines, draw_histories, with_years
from nppdrivers.virtual_basin.phenology import NdviModel
from nppdrivers.virtual_basin.truth import simulate_truth
from nppdrivers.virtual_basin.weather import simulate_weather

YEARS = range(2009, 2014)
DAYS = np.arange("2009-01-01", "2014-01-01", dtype="datetime64[D]")


def test_growth_is_lost_and_regained_by_the_years():
    """Nothing before the opening, all of the loss a year later, the regained share of it in the end."""
    kept = History(0, 2010, np.nan, 2012, 0.6, 0.5, 1.0).kept(DAYS)
    on = {day: kept[np.flatnonzero(np.datetime64(day) == DAYS)[0]] for day in ("2010-01-01", "2011-01-01")}
    assert (kept[np.datetime64("2010-01-01") > DAYS] == 1).all()
    assert on == pytest.approx({"2010-01-01": 1.0, "2011-01-01": 0.4})
    assert kept[-1] == pytest.approx(1 - 0.6 * 0.5)
    assert History(0, 2010, 2012, np.nan, 0.6, 0.5, 1.0).kept(DAYS)[-1] == pytest.approx(0.4)


def test_thinned_cells_keep_a_share_of_their_growth():
    """NDVI of a day and of a month is the background plus the share kept of the growth; 1 changes no bit."""
    rng = np.random.default_rng(1)
    background, weights, curves = (
        rng.random((4, 5), np.float32),
        rng.random((3, 4, 5), np.float32),
        rng.random((3, 9)),
    )
    whole, cells, kept = NdviModel(background, weights, curves), np.zeros((4, 5), bool), rng.random(9)
    cells[1:3, 2:] = True
    thinned = NdviModel(background, weights, curves, [(cells, kept)])
    expected = background + np.tensordot((curves * kept)[:, 2:7].mean(axis=1), weights, 1)
    assert np.allclose(thinned.mean(slice(2, 7))[cells], expected[cells], rtol=1e-5)
    assert np.allclose(
        thinned.on(4)[cells], (background + kept[4] * (whole.on(4) - background))[cells], rtol=1e-5
    )
    assert (thinned.mean(slice(2, 7))[~cells] == whole.mean(slice(2, 7))[~cells]).all()
    same = NdviModel(background, weights, curves, [(cells, np.ones(9))])
    assert (same.on(4) == whole.on(4)).all() and (same.mean(slice(0, 9)) == whole.mean(slice(0, 9))).all()


@pytest.mark.parametrize("years", [range(2010, 2015), range(2008, 2016), range(2001, 2024)])
def test_events_have_years_on_both_sides(years):
    """Every event within the period has two years before it and one after; events are in order."""
    for seed in range(20):
        for history in draw_histories(years, seed):
            dated = [year for year in (history.opened, history.closed, history.reclaimed) if year == year]
            assert dated == sorted(dated) and dated[-1] < years[-1]
            assert all(year < years[0] or year >= years[2] for year in dated)


def test_a_short_period_has_no_room_for_events():
    """Four years are refused."""
    with pytest.raises(ValueError, match="need 5 years, not 4"):
        draw_histories(range(2010, 2014), 1)


def test_planted_effects_begin_with_the_opening_and_change_nothing_else():
    """NPP differs from that without histories in the mines alone, downwards, from the opening on."""
    land, weather = landscape.build(0.12, 3), simulate_weather(YEARS[0], YEARS[-1], 3)
    survey = hazards.survey(land, 3)
    histories = draw_histories(YEARS, 3)
    truth = simulate_truth(land, survey, weather, YEARS, 3, histories)
    planted = truth.planted.set_index(["name", "year"])["effect [gC m-2 yr-1]"]
    names = with_years(survey.mines, histories)
    for history in histories:
        row = names.iloc[history.mine]
        effect = planted[row["name"]]
        assert row["opened"] == history.opened
        assert (effect[effect.index < history.opened] == 0).all()
        assert (effect[effect.index > history.opened] < 0).all() == (history.loss > 0)
    assert names["opened"].isna().sum() == len(names) - len(histories)
    assert truth.parameters["histories"][0]["closed"] in (None, histories[0].closed)
    outside = ~np.any(cells_of_mines(survey.mines, histories, land), axis=0)
    before = simulate_truth(land, survey, weather, YEARS, 3)
    assert np.corrcoef(truth.npp[-1][outside], before.npp[-1][outside])[0, 1] > 0.999
    assert not len(before.planted)
