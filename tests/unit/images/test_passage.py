"""The passage from MODIS to VIIRS: a planted bias is found and removed, with an honest error."""

from datetime import date, timedelta

import numpy as np
import pytest
from affine import Affine

from nppdrivers.grid import Grid
from nppdrivers.images.passage import SEASONS, Overlap, Passage, classes_on, fit_passage, season_of

NAMES = ["forest", "farmland", "water"]
PLANTED = {"forest": (0.04, 0.04, 0.06, 0.04), "farmland": (0.02, 0.03, 0.05, 0.01)}
GRID = Grid("EPSG:32649", Affine(30, 0, 600000, 0, -30, 4000020), 60, 60)


def overlaps(seed, starts, sd=0.03, level=0.006):
    """Composites of a year, whose difference has noise of a pixel and of a date, and some clouds."""
    rng = np.random.default_rng(seed)
    classes = np.repeat([[1], [2]], 10, axis=0) * np.ones((1, 20), int)
    for start in starts:
        season = SEASONS.index(season_of(start))
        bias = np.array([0, PLANTED["forest"][season], PLANTED["farmland"][season]])[classes]
        difference = bias + rng.normal(0, sd, classes.shape) + rng.normal(0, level)
        difference[rng.random(classes.shape) < 0.03] = -0.5
        difference[rng.random(classes.shape) < 0.2] = np.nan
        yield Overlap(start, difference.astype("float32"), classes)


YEAR = [date(2013, 1, 1) + timedelta(16 * number) for number in range(23)]


def test_planted_bias_is_found():
    """Over 20 draws each bias lies within 0.008, and as often within its error as its error says."""
    apart = []
    for seed in range(20):
        table = fit_passage(overlaps(seed, YEAR), NAMES)
        assert set(table["from"]) == {"class and season"}
        for row in table.itertuples():
            apart.append((row.bias - PLANTED[row.land_cover][SEASONS.index(row.season)], row.standard_error))
    off, error = np.array(apart).T
    assert np.quantile(np.abs(off), 0.95) < 0.008
    assert 0.5 < np.mean(np.abs(off) < error) < 0.85
    assert (table["rmse_after"] < table["rmse_before"]).all()


def test_seasons_that_were_not_seen():
    """A season without overlap takes the bias of its class in the others."""
    summer = [start for start in YEAR if season_of(start) == "Jun-Aug"]
    table = fit_passage(overlaps(3, summer), NAMES)
    winter = table[table["season"] == "Dec-Feb"].set_index("land_cover")
    assert set(winter["from"]) == {"class"} and (winter["pixels"] == 0).all()
    assert winter.loc["forest", "bias"] == pytest.approx(0.06, abs=0.012)


def test_no_overlap_is_refused():
    """Two dates are not enough: the message says what to add."""
    with pytest.raises(ValueError, match=r"2 composites of the same days.*add composites of both"):
        fit_passage(overlaps(0, YEAR[:2]), NAMES)
    with pytest.raises(ValueError, match=r"0 composites"):
        fit_passage([], NAMES)


def test_bias_is_removed_by_class_and_season():
    """NDVI of VIIRS less the bias of its pixel's class in its season; the error follows the cells."""
    table = fit_passage(overlaps(1, YEAR, sd=0.0, level=0.0), NAMES)
    classes = np.ones(GRID.shape, "uint8")
    classes[30:] = 2
    passage = Passage(table, classes, NAMES, GRID)
    pixels = Affine(300, 0, 600000, 0, -300, 4000020)
    july = date(2014, 7, 12)
    ndvi = passage.remove(np.full((6, 6), 0.7, "float32"), GRID.crs, pixels, start=july)
    np.testing.assert_allclose(ndvi[:3], 0.64, atol=1e-3)
    np.testing.assert_allclose(ndvi[3:], 0.65, atol=1e-3)
    assert passage.standard_error(july, slice(0, 5)).shape == (5, 60)


def test_classes_of_pixels():
    """A pixel has the class of most of its cells; 0 outside the grid."""
    classes = np.ones(GRID.shape, "uint8")
    classes[:, 34:] = 3
    found = classes_on(classes, GRID, GRID.crs, Affine(300, 0, 599700, 0, -300, 4000020), (6, 8))
    assert found[0].tolist() == [0, 1, 1, 1, 3, 3, 3, 0]
