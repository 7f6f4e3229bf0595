"""Figures: colours, shares, degrees, layers of the rule graph, the same bytes twice."""

import re

import geopandas as gpd
import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from affine import Affine
from PIL import Image
from shapely import box

from nppdrivers.correlation.significance import INSIGNIFICANT, NEGATIVE, POSITIVE, UNDEFINED
from nppdrivers.figures import frame
from nppdrivers.figures.canvas import number, save, sheet, unit_text
from nppdrivers.figures.certainty import DominantMaps, dominant_certainty
from nppdrivers.figures.charts import (
    fusion_shares,
    ndvi_series,
    seasonal_curve,
    validation_scatter,
    variograms,
)
from nppdrivers.figures.checks import driver_matrices, experiment_shares, shares_and_chance
from nppdrivers.figures.contributions import (
    contribution_colours,
    contribution_composite,
    dominant_map,
    dominant_shares,
    importance_ranking,
)
from nppdrivers.figures.flow import Node, attribution_scheme, flow_chart, npp_scheme, rule_graph
from nppdrivers.figures.layering import crossings, layers, links, ordered_rows, positions, without_shortcuts
from nppdrivers.figures.local_correlation import CLASSES, area_shares, local_correlation_panels
from nppdrivers.figures.maps import class_shares, map_classes, map_continuous, mean_npp, spread, statistics
from nppdrivers.figures.panels import (
    actual_contributions,
    climate_surfaces,
    monthly_ndvi,
    panels_one_scale,
    relative_contributions,
    soil_maps,
)
from nppdrivers.figures.surveys import land_degradation, relief, sampled_points, study_area
from nppdrivers.grid import Grid

GRID = Grid("EPSG:32649", Affine(30, 0, 647700, 0, -30, 3943500), 24, 20)
LAND = pd.DataFrame({"class": ["forest", "farmland", "water"], "code": [1, 3, 5], "colour": ["g", "y", "b"]})
AREA = gpd.GeoDataFrame(geometry=[box(*GRID.bounds).buffer(-60)], crs=GRID.crs)
EDGES = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("a", "e"), ("e", "d"), ("f", "d"), ("b", "g")]


def random_map(seed=0, low=0.0, high=1.0):
    """Map of random values with a missing corner."""
    values = np.random.default_rng(seed).uniform(low, high, GRID.shape)
    values[:4, :4] = np.nan
    return values


def texts(figure):
    """All texts on a figure that are not empty."""
    found = [text.get_text() for text in figure.findobj(mpl.text.Text)]
    return [text for text in found if text]


def red_green_blue(soil, mining, climate):
    """Composite colour of one cell with these shares [%]."""
    relative = {"S": soil, "M": mining, "C": climate}
    return contribution_colours({key: np.array([[share]]) for key, share in relative.items()})[0, 0]


def test_composite_of_pure_categories():
    """Pure soil is red, pure mining green, pure climate blue, an even mix white."""
    assert red_green_blue(100, 0, 0) == pytest.approx([1, 0, 0])
    assert red_green_blue(0, 100, 0) == pytest.approx([0, 1, 0])
    assert red_green_blue(0, 0, 100) == pytest.approx([0, 0, 1])
    assert red_green_blue(100 / 3, 100 / 3, 100 / 3) == pytest.approx([1, 1, 1])


def test_composite_keeps_the_shares():
    """The shares can be read back from a colour: each is its channel over the sum of the channels."""
    shares = np.random.default_rng(1).dirichlet([1, 1, 1], 50) * 100
    for row in shares:
        colour = red_green_blue(*row)
        assert 100 * colour / colour.sum() == pytest.approx(row)


def test_composite_of_missing_shares_is_grey():
    """A cell with a missing share, or none at all, gets the grey of no data and never a hue."""
    for shares in ((np.nan, 50, 50), (0, 0, 0)):
        colour = red_green_blue(*shares)
        assert np.ptp(colour) == 0 and 0.8 < colour[0] < 1


def test_correlation_shares_count_undefined_apart():
    """Shares are of the study area, add up to 100, and undefined cells inside are a class of their own."""
    codes = np.array(
        [[POSITIVE, POSITIVE, NEGATIVE, INSIGNIFICANT], [UNDEFINED, UNDEFINED, UNDEFINED, POSITIVE]]
    )
    inside = np.array([[True] * 4, [True, False, False, True]])
    shares = dict(zip(CLASSES["code"], area_shares(codes.astype(np.uint8), inside), strict=True))
    expected = {POSITIVE: 3, NEGATIVE: 1, INSIGNIFICANT: 1, UNDEFINED: 1}
    assert shares == pytest.approx({code: 100 * n / 6 for code, n in expected.items()})


def test_legend_shares_sum_to_100():
    """Class shares leave out unclassified cells and absent classes and add up to 100 %."""
    codes = np.array([[0, 1, 1], [3, 3, 3], [0, 9, 1]], np.uint8)
    table = class_shares(codes, LAND)
    assert list(table["class"]) == ["forest", "farmland"]
    assert table["share"].tolist() == pytest.approx([50, 50])
    assert dominant_shares(codes, pd.Series([1, 2, 3])).tolist() == pytest.approx([50, 0, 50])


def test_statistics_of_known_values():
    """Statistics of 1 to 5: mean 3, sd sqrt(2.5), CV their ratio; NaN is left out."""
    found = statistics(np.array([1, 2, np.nan, 3, 4, 5]))
    assert found == pytest.approx(
        {"Min": 1, "Max": 5, "Mean": 3, "SD": 2.5**0.5, "CV [%]": 100 * 2.5**0.5 / 3}
    )
    with pytest.raises(ValueError, match="at least two values"):
        statistics(np.array([np.nan, 1.0]))


def test_spread_is_common_and_never_empty():
    """Limits are those of all maps together; a constant or an empty map still gives a range."""
    assert spread(np.arange(101.0), np.arange(100, 201.0), share=0) == (0, 200)
    for values in (np.full(3, 7.0), np.full(3, np.nan)):
        low, high = spread(values)
        assert low < high


def test_panels_share_their_limits():
    """Panels of one product have the same colour limits; contributions have zero in the middle."""
    maps = {key: random_map(seed, -seed, 2) for seed, key in enumerate("CSM", 1)}
    figure = actual_contributions(maps, GRID)
    limits = {axes.images[0].get_clim() for axes in figure.axes if axes.images and axes.get_title("left")}
    assert len(limits) == 1
    low, high = limits.pop()
    assert low == -high


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


def test_relief_is_bright_on_the_lit_side():
    """Slopes that face north-west are brighter than those that face south-east."""
    x, y = GRID.xy()
    hill = 400 * np.exp(-((x - x.mean()) ** 2 + (y - y.mean()) ** 2) / 150**2)
    factor = relief(hill, GRID)
    row, column = GRID.height // 2, GRID.width // 2
    assert factor[row - 3, column - 3] > 1 > factor[row + 3, column + 3]
    assert relief(np.full(GRID.shape, np.nan), GRID) == pytest.approx(1)


def test_points_outside_the_map_are_not_counted():
    """The legend counts the points in view."""
    x, y = GRID.bounds[0], GRID.bounds[1]
    points = gpd.GeoDataFrame(geometry=gpd.points_from_xy([x + 90, x - 90], [y + 90, y + 90]), crs=GRID.crs)
    figure = mean_npp(random_map(), GRID, points={"stations": points.to_crs(4326)})
    assert "Stations (1 of 2)" in texts(figure)


def test_map_of_another_grid_is_refused():
    """A map that does not fit the grid is an error that names both shapes."""
    with pytest.raises(ValueError, match=r"\(3, 3\).*\(24, 20\)"):
        map_continuous(np.ones((3, 3)), GRID, "npp")


def test_layering_respects_the_edges():
    """Every edge goes down, and a source stands just above the node that it feeds."""
    depth = layers(EDGES)
    assert all(depth[start] < depth[end] for start, end in EDGES)
    assert depth["f"] == depth["d"] - 1


def test_circles_are_refused():
    """A circle of rules is an error that names its members."""
    with pytest.raises(ValueError, match="b, c"):
        layers([("a", "b"), ("b", "c"), ("c", "b")])


def test_shortcuts_go_and_what_depends_on_what_stays():
    """The reduction drops the edge that a longer path implies, and no dependence is lost."""
    kept = without_shortcuts(EDGES)
    assert set(EDGES) - set(kept) == {("a", "d")}
    assert closure(kept) == closure(EDGES)


def closure(edges):
    """All pairs (from, to) joined by a path, by brute force."""
    pairs = set(edges)
    while True:
        more = {(a, d) for a, b in pairs for c, d in pairs if b == c} - pairs
        if not more:
            return pairs
        pairs |= more


def test_ordering_removes_crossings():
    """Pairs given in a crossed order are drawn without a crossing."""
    edges = [("r", "a"), ("r", "b"), ("r", "c"), ("a", "z"), ("b", "y"), ("c", "x")]
    rows, ways = ordered_rows(edges)
    assert crossings(rows, links(ways)[1]) == 0
    assert crossings([["a", "b"], ["x", "y"]], {"a": ["y"], "b": ["x"]}) == 1


def test_boxes_of_a_layer_do_not_overlap():
    """Boxes keep their order and at least the gap between them, for a graph of 40 rules."""
    rng = np.random.default_rng(3)
    edges = [(f"rule_{rng.integers(0, end)}", f"rule_{end}") for end in range(1, 40) for _ in range(2)]
    rows, ways = ordered_rows(without_shortcuts(edges))
    x = positions(rows, ways, lambda item: 1.0 if isinstance(item, str) else 0.1, 0.2)
    for row in rows:
        widths = [1.0 if isinstance(item, str) else 0.1 for item in row]
        gaps = np.diff([x[item] for item in row]) - (np.array(widths[:-1]) + widths[1:]) / 2
        assert (gaps >= 0.2 - 1e-9).all()


def test_rule_graph_names_every_rule_once():
    """Each rule has one box, each stage one entry in the legend."""
    figure = rule_graph(EDGES, stages={"a": "prepare", "d": "report"}, note="virtual basin")
    assert sorted(t for t in texts(figure) if not re.fullmatch(r"[\d.]+", t)) == sorted(
        [*"abcdefg", "prepare", "report", "virtual basin"]
    )


def test_flow_chart_refuses_unknown_boxes():
    """An edge to a box that is not there is an error that names it."""
    with pytest.raises(ValueError, match="nowhere"):
        flow_chart([Node("here", 1, 1)], [("here", "nowhere")])


@pytest.mark.parametrize("draw", [npp_scheme, attribution_scheme])
def test_boxes_of_the_schemes_do_not_overlap(draw):
    """The boxes of a scheme lie apart and within the sheet, and each holds its text."""
    figure = draw()
    figure.draw_without_rendering()
    boxes = [patch.get_window_extent() for patch in figure.findobj(mpl.patches.FancyBboxPatch)]
    assert len(boxes) > 10
    for i, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[i + 1 :])
        assert figure.bbox.x0 < one.x0 and one.x1 < figure.bbox.x1 and one.y1 < figure.bbox.y1
    inside = [text.get_window_extent() for text in figure.axes[0].texts if text.get_ha() == "center"]
    assert len(inside) == len(boxes)
    assert all(
        any(b.x0 < t.x0 and t.x1 < b.x1 and b.y0 < t.y0 and t.y1 < b.y1 for b in boxes) for t in inside
    )


def test_units_as_printed():
    """Powers are raised, degrees get their sign, dimensionless units vanish."""
    assert unit_text("gC m-2 yr-1") == "gC m⁻² yr⁻¹"
    assert unit_text("g cm-3") == "g cm⁻³"
    assert [unit_text(unit) for unit in ("degC", "%", "1", "")] == ["°C", "%", "", ""]
    assert [number(value) for value in (0, 1234.5, -0.012345, np.nan)] == ["0", "1,234", "−0.0123", "–"]


def every_figure():
    """One small figure of every kind, by name."""
    codes = np.random.default_rng(5).integers(0, 4, GRID.shape).astype(np.uint8)
    inside = np.isfinite(random_map())
    relative = {key: 100 * random_map(seed) for seed, key in enumerate("CSM")}
    overall = pd.DataFrame({"r": [0.4, -0.6], "p": [0.001, 0.03]}, index=["MAT", "LD"])
    importance = pd.DataFrame(
        {"driver": ["MAT", "TN", "LD"], "category": list("CSM"), "share": [20.0, 30, 50]}
    )
    points = gpd.GeoDataFrame(geometry=AREA.centroid, crs=AREA.crs)
    dates = pd.date_range("2010-01-09", periods=8, freq="16D")
    series = pd.DataFrame({"point": "field", "date": dates, "ndvi": np.linspace(0.2, 0.8, 8)})
    curve = pd.DataFrame({"distance_m": [0.0, 500, 1000], "semivariance": [0.1, 1, 1.2], "pairs": [5, 9, 20]})
    cells = pd.DataFrame({"class": ["forest"] * 4, "reference": [1.0, 2, 3, 4], "simulated": [1.0, 2, 4, 4]})
    plots = pd.DataFrame({"plot": ["A", "B"], "measured": [248.0, 275], "simulated": [247.0, 276]})
    shares = pd.DataFrame({"two base pairs": np.linspace(90, 100, 8)}, index=dates)
    months = pd.DataFrame({"forest": np.arange(12.0)})
    layers_ = {"outline": AREA, "note": "virtual basin"}
    legend = {1: "C", 2: "SM", 3: "not distinguishable"}
    r = {name: random_map(2, -1, 1) for name in overall.index}
    classes = dict.fromkeys(overall.index, codes)
    both = [
        (name, sign) for name in ("MAT", "LD") for sign in ("significant positive", "significant negative")
    ]
    local = pd.DataFrame(both, columns=["driver", "name"]).assign(share_of_defined=[30.0, 20, 10, 50])
    local = local.assign(chance_mean=25.0, chance_low=20.0, chance_high=30.0)
    sweep = pd.concat([local.assign(window=window) for window in (5, 11, 33)])
    drivers = pd.DataFrame({"driver": ["MAT", "LD"], "category": ["climate", "mining"], "vif": [np.inf, 1.2]})
    drivers = drivers.assign(q=[0.1, 0.5], MAT=[1.0, -0.4], LD=[-0.4, 1.0])
    pairs = pd.DataFrame({"first": ["MAT"], "second": ["LD"], "q_both": [0.7]})
    asked = pd.DataFrame({"category": ["climate", "elevation"], "oob_r2": 0.8, "blocked_r2": np.nan})
    asked = asked.assign(experiment="elevation as a category", shapley_percent=[-3.0, 103])
    asked = asked.assign(relative_percent=[40.0, 60], permutation_percent=[40.0, 60])
    return {
        "matrices": driver_matrices(drivers, pairs, note="virtual basin"),
        "chance": shares_and_chance(local, sweep, window=11, note="virtual basin"),
        "experiments": experiment_shares(asked, note="virtual basin"),
        "study_area": study_area(codes, LAND, GRID, elevation=random_map(), mines=AREA, **layers_),
        "npp": mean_npp(300 * random_map(), GRID, points={"plots": points}, **layers_),
        "correlation": local_correlation_panels(r, classes, GRID, overall, inside=inside, **layers_),
        "importance": importance_ranking(importance),
        "composite": contribution_composite(relative, GRID, **layers_),
        "dominant": dominant_map(codes, legend, GRID, **layers_),
        "two_categories": contribution_composite({k: relative[k] for k in "CS"}, GRID, **layers_),
        "certainty": dominant_certainty(
            {"one": DominantMaps(codes, codes, random_map())}, legend, GRID, **layers_
        ),
        "rules": rule_graph(EDGES),
        "degradation": land_degradation(random_map(), GRID, hazards={"goaf": AREA}, **layers_),
        "points": sampled_points(points, GRID, npp=random_map(), **layers_),
        "points_on_classes": sampled_points(points, GRID, land_cover=codes, classes=LAND),
        "season": seasonal_curve(months, colours=pd.Series({"forest": "g"})),
        "months": monthly_ndvi([random_map()] * 12, GRID, **layers_),
        "series": ndvi_series(series, series.head(3)),
        "climate": climate_surfaces({"MAT": random_map()}, GRID, points, **layers_),
        "soil": soil_maps({"TN": random_map(), "pH": 7 + random_map()}, GRID, points),
        "variograms": variograms(
            {"TN": curve}, {"TN": curve}, {"TN": "spherical"}, units={"TN": "g kg-1"}
        ),
        "validation": validation_scatter(cells, plots, note="virtual basin"),
        "sources": fusion_shares(shares),
        "relative": relative_contributions(relative, GRID, **layers_),
        "classes": map_classes(codes, LAND, GRID, title="Land cover", **layers_),
    }  # fmt: skip


@pytest.fixture(scope="module")
def drawn():
    """Every figure, drawn once for all tests."""
    return every_figure()


def test_no_text_is_cut_off(drawn):
    """Every visible text of every figure lies within its sheet."""
    for name, figure in drawn.items():
        figure.draw_without_rendering()
        box_of_sheet = figure.bbox.padded(0.5)
        hidden = hidden_labels(figure)
        for text in figure.findobj(mpl.text.Text):
            if text.get_text().strip() and text not in hidden:
                extent = text.get_window_extent()
                where = f"{name}: {text.get_text()!r}"
                assert box_of_sheet.x0 <= extent.x0 and extent.x1 <= box_of_sheet.x1, where
                assert box_of_sheet.y0 <= extent.y0 and extent.y1 <= box_of_sheet.y1, where


def hidden_labels(figure):
    """Tick labels that are not drawn: of axes that are off, and of ticks beyond the limits."""
    hidden = set()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = sorted(axis.get_view_interval())
            for tick in axis.majorTicks:
                if not axes.axison or not low <= tick.get_loc() <= high:
                    hidden |= {tick.label1, tick.label2}
    return hidden


def test_note_is_printed(drawn):
    """The remark given is printed on the figure."""
    assert "virtual basin" in texts(drawn["npp"]) and "virtual basin" not in texts(drawn["importance"])


def test_the_same_figure_gives_the_same_bytes(drawn, tmp_path):
    """A figure drawn twice, once under other settings of the user, is written as the same bytes."""
    with mpl.rc_context({"font.size": 15, "axes.facecolor": "red", "savefig.dpi": 50}):
        again = mean_npp(
            300 * random_map(),
            GRID,
            points={"plots": gpd.GeoDataFrame(geometry=AREA.centroid, crs=AREA.crs)},
            outline=AREA,
            note="virtual basin",
        )
        save(again, tmp_path / "again.png")
    save(drawn["npp"], tmp_path / "folder" / "first.png")
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "folder" / "first.png").read_bytes()


def test_saved_at_300_dpi_without_leftovers(tmp_path):
    """The PNG has 300 dots to the inch and no date or version in it, and no unfinished file stays."""
    save(sheet(2, 1), tmp_path / "figure.png")
    with Image.open(tmp_path / "figure.png") as image:
        assert image.size == (600, 300)
        assert image.info.keys() == {"dpi"}
        assert image.info["dpi"] == pytest.approx((300, 300), abs=0.1)
    assert [path.name for path in tmp_path.iterdir()] == ["figure.png"]
    with pytest.raises(ValueError, match="PNG"):
        save(sheet(1, 1), tmp_path / "figure.pdf")


def test_wrong_tables_are_refused():
    """Eleven months, a missing overall correlation, an importance without shares: errors that say so."""
    with pytest.raises(ValueError, match="twelve"):
        seasonal_curve(pd.DataFrame({"forest": np.arange(11.0)}))
    with pytest.raises(ValueError, match="twelve"):
        monthly_ndvi([random_map()] * 11, GRID)
    codes = {"TN": np.ones(GRID.shape, np.uint8)}
    overall = pd.DataFrame({"r": [0.1], "p": [0.2]}, index=["MAT"])
    with pytest.raises(ValueError, match="TN"):
        local_correlation_panels({"TN": random_map()}, codes, GRID, overall, inside=codes["TN"] == 1)
    with pytest.raises(ValueError, match="share"):
        importance_ranking(pd.DataFrame({"driver": ["LD"], "category": ["M"], "share": [np.nan]}))
