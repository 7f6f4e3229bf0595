"""Land degradation: the indicators of a hazard survey and their weighted sum."""

from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, box

from nppdrivers import degradation
from nppdrivers.degradation import indicators
from nppdrivers.grid import Grid

CONFIG = Path(__file__).resolve().parents[3] / "config"
GRID = Grid.around((0, 0, 600, 300), "EPSG:32649", 30)


def indicator(method, layers="hazard", attribute="", reach_m=0.0):
    return {"layers": layers, "method": method, "attribute": attribute, "reach_m": reach_m}


def layer(shapes, **attributes):
    return gpd.GeoDataFrame(attributes, geometry=list(shapes), crs=GRID.crs)


def test_normalised_between_fixed_bounds():
    """Values beyond the bounds are clipped, a negative indicator is turned round, NaN stays."""
    values = [-1, 0, 1, 4, 9, np.nan]
    assert degradation.normalise(values, 0, 4)[:5] == pytest.approx([0, 0, 0.25, 1, 1])
    assert degradation.normalise(values, 0, 4, "negative")[:5] == pytest.approx([1, 1, 0.75, 0, 0])
    assert np.isnan(degradation.normalise(values, 0, 4)[5])


def test_indicator_without_range_is_zero_with_a_warning():
    """Bounds without a range give 0 and say so."""
    with pytest.warns(UserWarning, match="without range"):
        assert degradation.normalise([1.0, 2.0], 3, 3).tolist() == [0, 0]


def test_degradation_is_the_weighted_sum():
    """LD is the weighted sum of the indicators, NaN only where one of them is."""
    indicators = np.array([[0.0, 1.0, np.nan], [1.0, 1.0, 1.0]])
    result = degradation.land_degradation(indicators, np.array([0.3, 0.7]))
    assert result[:2] == pytest.approx([0.7, 1.0])
    assert np.isnan(result[2])
    with pytest.raises(ValueError, match="add up to 1"):
        degradation.land_degradation(indicators, np.array([0.3, 0.3]))


def test_cover_is_the_covered_fraction():
    """A polygon that covers 10 cells and a half covers them so, and the cover adds up to its area."""
    shape = box(60, 90, 60 + 10.5 * 30, 120)
    cover = degradation.indicator_layer({"hazard": layer([shape])}, indicator("cover"), GRID)
    assert cover.sum() * GRID.cell_area_m2 == pytest.approx(shape.area, rel=0.05)
    assert set(np.round(np.unique(cover), 1)) <= {0, 0.4, 0.6, 1}


def test_a_part_with_its_margin_has_the_indicators_of_the_whole():
    """Rows of the grid computed alone with `reach_of` more on each side have the values of the whole grid."""
    rng = np.random.default_rng(3)
    grid = Grid.around((0, 0, 1200, 3000), "EPSG:32649", 30)
    places = rng.uniform((0, 0), (1200, 3000), (12, 2))
    survey = {
        "areas": layer([Point(at).buffer(40) for at in places], depth=rng.uniform(1, 5, 12)),
        "lines": layer([LineString([at, at + 90]) for at in places], width=rng.uniform(1, 5, 12)),
    }
    table = pd.DataFrame(
        [
            indicator("attribute", "areas", "depth", 100),
            indicator("density", "lines", reach_m=90),
            indicator("line_attribute", "lines", "width", 60),
        ]
    ).assign(minimum=0, maximum=5, direction="positive")
    whole = indicators.survey_indicators(survey, table, grid)
    margin = indicators.reach_of(table, 30)
    assert margin < 20
    part = indicators.survey_indicators(survey, table, grid.part(slice(40 - margin, 60 + margin)))
    np.testing.assert_allclose(part[:, margin:-margin], whole[:, 40:60], atol=1e-12)
    assert (whole[:, 40:60] > 0).any(axis=(1, 2)).all()


def test_blocks_of_rows_change_nothing(monkeypatch):
    """Covered fractions are the same whether all cells or two rows of them are sampled at a time."""
    rng = np.random.default_rng(0)
    shapes = layer([Point(*rng.uniform(0, (600, 300))).buffer(rng.uniform(10, 80)) for _ in range(12)])
    whole = degradation.indicator_layer({"hazard": shapes}, indicator("cover"), GRID)
    monkeypatch.setattr(indicators, "BLOCK_CELLS", 2 * GRID.width)
    parts = degradation.indicator_layer({"hazard": shapes}, indicator("cover"), GRID)
    np.testing.assert_array_equal(parts, whole)


def test_the_larger_attribute_counts_where_shapes_overlap():
    """Where two hazards overlap the larger attribute counts, in either order of the file."""
    shapes = [box(0, 0, 90, 90), box(30, 0, 120, 90)]
    for depth in ([1.0, 3.0], [3.0, 1.0]):
        rows = indicator("attribute", attribute="depth_m")
        values = degradation.indicator_layer({"hazard": layer(shapes, depth_m=depth)}, rows, GRID)
        assert values[-1, :4] == pytest.approx([depth[0], 3, 3, depth[1]])


def test_quotient_of_two_attributes():
    """An attribute written a/b is the quotient of two."""
    goaf = layer([box(0, 0, 30, 30)], thickness_m=[6.0], depth_m=[240.0])
    rows = indicator("attribute", attribute="thickness_m/depth_m")
    assert degradation.indicator_layer({"hazard": goaf}, rows, GRID)[-1, 0] == pytest.approx(0.025)


@pytest.mark.parametrize("reach_m", [0.0, 45.0])
def test_line_density_keeps_the_length(reach_m):
    """The density of a line [m ha-1] adds up to its length, whether or not it is smoothed."""
    line = LineString([(150, 130), (450, 170)])
    density = degradation.indicator_layer(
        {"hazard": layer([line])}, indicator("density", reach_m=reach_m), GRID
    )
    assert density.sum() * GRID.cell_area_m2 / 1e4 == pytest.approx(line.length, rel=1e-2)


def test_attribute_of_lines_is_weighted_by_length():
    """In a cell with two lines the attribute is their mean weighted by length; cells without have none."""
    cracks = layer([LineString([(0, 10), (30, 10)]), LineString([(0, 20), (15, 20)])], width_m=[0.1, 0.4])
    width = degradation.indicator_layer(
        {"hazard": cracks}, indicator("line_attribute", attribute="width_m"), GRID
    )
    assert width[-1, 0] == pytest.approx((30 * 0.1 + 15 * 0.4) / 45, rel=1e-3)
    assert np.count_nonzero(width) == 1


def test_reach_spreads_and_ends():
    """With a reach the value falls by e at that distance, and is 0 beyond three times of it."""
    seep = layer([box(0, 0, 30, 300)], severity=[0.8])
    rows = indicator("attribute", attribute="severity", reach_m=60.0)
    row = degradation.indicator_layer({"hazard": seep}, rows, GRID)[4]
    assert row[2] == pytest.approx(0.8 / np.e)
    assert row[6] > 0 and (row[7:] == 0).all()


@pytest.mark.parametrize("method", ["cover", "attribute", "density", "line_attribute"])
def test_empty_layer_is_no_degradation(method):
    """A layer without features gives 0 everywhere."""
    empty = layer([Point(0, 0)], a=[1.0]).iloc[:0]
    values = degradation.indicator_layer(
        {"hazard": empty}, indicator(method, attribute="a", reach_m=30), GRID
    )
    assert values.shape == GRID.shape and not values.any()


def test_layers_may_be_joined():
    """Layers joined by + count as one."""
    survey = {"a": layer([box(0, 0, 30, 30)]), "b": layer([box(30, 0, 60, 30)])}
    assert degradation.indicator_layer(survey, indicator("cover", layers="a+b"), GRID).sum() == 2


def test_proposed_indicators_stay_within_their_bounds():
    """All six proposed indicators of a small survey lie between 0 and 1 and are not all zero."""
    square = box(100, 100, 200, 200)
    survey = {
        "subsidence": layer([square], depth_m=[2.0], slope_change_mm_m=[10.0]),
        "collapse": layer([box(150, 150, 180, 180)], depth_m=[9.0], slope_change_mm_m=[80.0]),
        "goaf": layer([square], thickness_m=[6.0], depth_m=[300.0]),
        "seep": layer([square], severity=[0.5]),
        "cracks": layer([LineString([(100, 100), (200, 200)])], width_m=[0.3]),
    }
    table = pd.read_csv(CONFIG / "hazard_indicators.csv")
    values = degradation.survey_indicators(survey, table, GRID)
    assert values.shape == (6, *GRID.shape)
    assert (values.max(axis=(1, 2)) > 0).all() and values.min() == 0 and values.max() <= 1
