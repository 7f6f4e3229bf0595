"""Several maps on one sheet: shared limits, twelve months."""

import numpy as np
import pytest
from drawing import AREA, GRID, POINTS, assert_texts_fit, random_map

from nppdrivers.figures.panels import (
    actual_contributions,
    climate_surfaces,
    monthly_ndvi,
    relative_contributions,
    shapley_values,
    soil_maps,
)

CATEGORIES = {key: 100 * random_map(seed) for seed, key in enumerate("CSM")}
FIGURES = {
    "climate": lambda: climate_surfaces({"MAT": random_map()}, GRID, stations=POINTS, outline=AREA),
    "climate within its error": lambda: climate_surfaces(
        {"MAT": random_map(), "MAP": random_map()}, GRID, errors={"MAT": 4.0, "MAP": 3.0}, stations=POINTS
    ),
    "soil": lambda: soil_maps({"TN": random_map(), "pH": 7 + random_map()}, GRID, samples=POINTS),
    "months": lambda: monthly_ndvi([random_map()] * 12, GRID, outline=AREA),
    "months unobserved": lambda: monthly_ndvi(
        [random_map()] * 12, GRID, unobserved=np.ones((12, *GRID.shape), bool)
    ),
    "actual": lambda: actual_contributions(CATEGORIES, GRID, outline=AREA),
    "relative": lambda: relative_contributions(CATEGORIES, GRID, outline=AREA),
    "shapley": lambda: shapley_values(CATEGORIES, GRID),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_text_is_cut_off(name):
    """Every visible text of a figure lies within its sheet."""
    assert_texts_fit(FIGURES[name]())


def test_panels_share_their_limits():
    """Panels of one product have the same colour limits; contributions have zero in the middle."""
    maps = {key: random_map(seed, -seed, 2) for seed, key in enumerate("CSM", 1)}
    figure = actual_contributions(maps, GRID)
    limits = {axes.images[0].get_clim() for axes in figure.axes if axes.images and axes.get_title("left")}
    assert len(limits) == 1
    low, high = limits.pop()
    assert low == -high


def test_eleven_months_are_refused():
    """The monthly maps are twelve, January to December."""
    with pytest.raises(ValueError, match="twelve"):
        monthly_ndvi([random_map()] * 11, GRID)


def test_a_map_within_its_error_has_no_full_colours():
    """A map that varies less than its error says so, and its colours reach over the error, not its range."""
    maps = {"MAT": random_map(), "MAP": random_map()}
    figure = climate_surfaces(maps, GRID, errors={"MAT": 4.0})
    plain, flat = (
        next(axes for axes in figure.axes if axes.images and name in axes.get_title("left"))
        for name in ("Precipitation", "Temperature")
    )
    low, high = flat.images[0].get_clim()
    assert high - low == pytest.approx(8.0)
    assert "varies less than its error" in flat.get_title("left")
    low, high = plain.images[0].get_clim()
    assert high - low < 1.0
    assert "varies" not in plain.get_title("left")


def test_months_without_observation_are_blank_and_named():
    """Cells that rest on no observation of a month are left blank, and the title gives their share."""
    unobserved = np.zeros((12, *GRID.shape), bool)
    unobserved[0] = True
    figure = monthly_ndvi([random_map()] * 12, GRID, unobserved=unobserved)
    titles = [axes.get_title(loc="left") for axes in figure.axes]
    assert sum("100 % unobserved" in title for title in titles) == 1
