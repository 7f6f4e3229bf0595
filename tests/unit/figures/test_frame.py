"""Map furniture: degrees, scale bar, north arrow, points in view."""

import geopandas as gpd
import numpy as np
import pytest
from affine import Affine
from drawing import CODES, GRID, LAND, texts

from nppdrivers.figures import frame
from nppdrivers.figures.panels import panels_one_scale
from nppdrivers.figures.surveys import study_area
from nppdrivers.grid import Grid


@pytest.mark.parametrize(
    ("crs", "west", "north"),
    [("EPSG:32649", 647700, 3943500), ("EPSG:32719", 400000, 7000000), ("EPSG:32630", 705000, 6000000)],
)
def test_degrees_stand_where_they_are(crs, west, north):
    """A tick lies at its own longitude or latitude to a hundredth of a cell, with the letter of its side."""
    grid = Grid(crs, Affine(100, 0, west, 0, -100, north), 150, 130)
    axes = panels_one_scale({"": np.ones(grid.shape)}, grid, "npp").axes[1]
    to_lonlat = grid._to_lonlat.transform
    left, bottom = grid.bounds[:2]
    for ticks, labels, place, part in (
        (axes.get_xticks(), axes.get_xticklabels(), lambda x: (x, bottom + 50), 0),
        (axes.get_yticks(), axes.get_yticklabels(), lambda y: (left + 50, y), 1),
    ):
        assert len(ticks) >= 1
        for at, label in zip(ticks, labels, strict=True):
            degrees = to_lonlat(*place(at))[part]
            text = label.get_text()
            assert float(text[:-2]) == pytest.approx(abs(degrees), abs=1e-5)
            assert text[-1] == ("WE" if part == 0 else "SN")[int(degrees > 0)]


@pytest.mark.parametrize(
    ("size", "drawn"), [((300, 1600), (300, 1600)), ((2399, 50), (1200, 25)), ((5000, 4000), (1250, 1000))]
)
def test_large_grids_are_thinned_once(tmp_path, size, drawn):
    """A grid of more cells than a map has printed dots is read thinned, and not thinned again when drawn."""
    Grid("EPSG:32649", Affine(30, 0, 6e5, 0, -30, 4e6), *size).save(tmp_path / "grid.json")
    shown = frame.display_grid(str(tmp_path / "grid.json"))
    assert shown.shape == drawn
    assert frame._step(shown) == 1


def test_scale_bar_is_round_and_fits():
    """The bar has a round length, the largest that fits."""
    assert [frame._round_down(metres) for metres in (4999, 5000, 1000, 999, 27)] == [
        4000,
        5000,
        1000,
        500,
        20,
    ]


def test_north_arrow_follows_the_convergence():
    """East of the central meridian of the northern hemisphere true north leans to the west of grid north."""
    east, north = frame._north(GRID)  # 1.6 degrees east of the meridian 111 E
    convergence = np.degrees(np.arctan2(east, north))
    expected = -(GRID.lonlat()[0].mean() - 111) * np.sin(np.radians(GRID.lonlat()[1].mean()))
    assert convergence == pytest.approx(expected, rel=0.01)


def test_points_outside_the_map_are_not_counted():
    """The legend counts the points in view."""
    x, y = GRID.bounds[0], GRID.bounds[1]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([x + 90, x - 90], [y + 90, y + 90]), crs=GRID.crs)
    figure = study_area(CODES, LAND, GRID, points={"stations": points.to_crs(4326)})
    assert "Stations (1 of 2)" in texts(figure)
