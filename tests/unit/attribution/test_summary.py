"""The attribution in plain words, on three planted worlds put through the real functions."""

import re
from dataclasses import replace
from itertools import chain

import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import gaussian_filter

from nppdrivers import contribution
from nppdrivers.attribution import certainty
from nppdrivers.attribution.alternatives import Experiment, attribute, without_elevation
from nppdrivers.attribution.category_forests import CategoryForests
from nppdrivers.attribution.cross_validation import block_folds, cross_validated_r2, random_folds
from nppdrivers.attribution.diagnostics import DriverSpace
from nppdrivers.attribution.findings import Findings, Leads, leads
from nppdrivers.attribution.summary import summarise
from nppdrivers.categories import letters
from nppdrivers.correlation.surrogates import chance_shares
from nppdrivers.npp.held_climate import Comparison

SIDE = 48
CATEGORIES = {"climate": ["MAT", "MAP"], "soil": ["SOC", "pH"], "mining": ["LD"]}
PLAN = CategoryForests(CATEGORIES, trees=40)
WHAT, WHERE, SURE, BUILT_IN, NOT = range(5)


def field(rng, sigma=2.5):
    """Smooth map of mean 0 and standard deviation 1."""
    values = gaussian_filter(rng.standard_normal((SIDE, SIDE)), sigma, mode="wrap")
    return (values - values.mean()) / values.std()


def drivers_of(rng):
    """Maps of elevation and drivers: soil varies in the west, degradation occurs in the east."""
    elevation = field(rng)
    east = 1 / (1 + np.exp(-(np.arange(SIDE) - SIDE / 2) / 1.5))
    maps = {"MAT": -elevation + 0.2 * field(rng), "MAP": elevation + 0.4 * field(rng)}
    maps |= {"SOC": field(rng) * (1 - east), "pH": field(rng), "LD": np.abs(field(rng)) * east}
    return elevation, maps


def findings_of(elevation, maps, npp, held, seed):
    """All numbers of a world, as a run finds them."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({name: maps[name].ravel() for name in PLAN.drivers})
    cells, rows = table.to_numpy(), np.sort(rng.choice(SIDE**2, 250, replace=False))
    places = 30.0 * np.column_stack(np.unravel_index(rows, (SIDE, SIDE)))
    y, points = npp.ravel()[rows], table.iloc[rows]

    def contributions(chosen, seed):
        forests = {part: PLAN.grow(part, cells[chosen], npp.ravel()[chosen], seed) for part in PLAN.subsets}
        predicted = {part: forest.predict(cells[:, PLAN.columns(part)]) for part, forest in forests.items()}
        return contribution.actual_contribution(*PLAN.left_out_in_turn(predicted))

    actual = contributions(rows, 1)
    gathered = certainty.Replicates(actual)
    everywhere = 30.0 * np.column_stack(np.unravel_index(np.arange(SIDE**2), (SIDE, SIDE)))
    for number in range(12):
        drawn = certainty.resample_blocks(places, 360, rng)
        unseen = certainty.in_no_drawn_block(everywhere, places, drawn, 360)
        gathered.add(contributions(rows[drawn], number)[:, unseen], unseen)
    plain, legend = contribution.dominant_category(contribution.shares(actual), "CSM")
    distinct = certainty.exceeds_noise(actual, gathered.noise)
    marked, legend = certainty.mark_indistinct(plain, legend, distinct)
    blocks = block_folds(places, 360, 5, rng)
    whole = PLAN.grow(PLAN.everything, cells[rows], y, 1)
    paper = attribute(Experiment(y, points, CATEGORIES), trees=40, seed=1, fold=None).set_index("category")
    constant = Experiment(held.ravel()[rows], points, CATEGORIES)
    rest, share = without_elevation(points[CATEGORIES["climate"]], elevation.ravel()[rows])
    flat = Experiment(y, points.assign(**rest), CATEGORIES)
    compared = Comparison({})
    compared.add(npp.ravel(), {"climate": held.ravel()}, np.ones(npp.size, int))
    gone = compared.table()["variance_gone_percent"][0]
    space = DriverSpace(cells[rows], np.ones(len(PLAN.drivers)), blocks)
    chance = {
        name: chance_shares(maps[name], npp, window=7, surrogates=19).iloc[:2] for name in ("SOC", "LD")
    }
    west = np.tile(np.arange(SIDE) < SIDE / 2, SIDE)
    sides = {"West of the river": west, "East of the river": ~west}
    letter = letters(PLAN.categories)
    return Findings(
        whole=leads(plain, marked, legend, letter),
        zones={name: leads(plain[of], marked[of], legend, letter) for name, of in sides.items()},
        explained=paper["shapley_percent"].to_dict(),
        random_r2=cross_validated_r2(whole, cells[rows], y, random_folds(len(y), 5, rng)),
        blocked_r2=cross_validated_r2(whole, cells[rows], y, blocks),
        leading_probability=np.nanmean(gathered.probability[1]),
        inside_percent=100 * np.mean(space.dissimilarity(cells) <= space.threshold),
        beyond_chance={name: (of["observed"] > of["chance_high"]).any() for name, of in chance.items()},
        local_percent=np.mean([of["observed"].sum() for of in chance.values()]),
        chance_percent=np.mean([of["chance_mean"].sum() for of in chance.values()]),
        variance_gone_percent=gone,
        climate_held_percent=climate_of(constant),
        climate_level_percent=climate_of(flat),
        elevation_r2=share.to_dict(),
    )


def climate_of(experiment):
    """Share of climate in an experiment [%]."""
    return attribute(experiment, trees=40, seed=1).set_index("category")["shapley_percent"]["climate"]


def world(kind, seed=4):
    """Findings of a planted world: one category, two by place, or nothing."""
    rng = np.random.default_rng(seed)
    elevation, maps = drivers_of(rng)
    if kind == "one":
        maps["SOC"] = field(rng)
        signal = 100 * maps["SOC"]
    elif kind == "two":
        signal = 100 * maps["SOC"] / maps["SOC"].std() - 100 * maps["LD"] / maps["LD"].std()
    else:
        signal = 100 * field(rng)
    held = 500 + signal + 5 * rng.standard_normal((SIDE, SIDE))
    return findings_of(elevation, maps, held + 20 * maps["MAT"], held, seed)


@pytest.fixture(scope="module")
def worlds():
    """Findings and the sentences under each heading, by world."""
    findings = {kind: world(kind) for kind in ("one", "two", "none")}
    return {
        kind: (of, [" ".join(lines) for lines in summarise(of).values()]) for kind, of in findings.items()
    }


def test_one_category_is_named_as_leading(worlds):
    """Where soil alone acts, soil is named over the whole area and on both sides, and the score is high."""
    of, text = worlds["one"]
    assert of.blocked_r2 > 0.6
    assert "Over the whole area soil leads" in text[WHAT]
    assert "West of the river: soil leads" in text[WHERE] and "East of the river: soil leads" in text[WHERE]
    assert "The lead of soil is more than noise on" in text[WHERE]
    assert not re.search("mining leads|climate leads|No driver|cannot be determined", " ".join(text))


def test_two_categories_are_distinguished_by_place(worlds):
    """Where soil acts in the west and mining in the east, each is named on its side and neither overall."""
    _, text = worlds["two"]
    assert "No single kind of driver stands out" in text[WHAT]
    assert "West of the river: soil leads" in text[WHERE]
    assert "East of the river: mining leads" in text[WHERE]
    assert "climate leads" not in text[WHERE]


def test_nothing_is_named_where_nothing_acts(worlds):
    """Where NPP is a pattern of its own, no driver and no place is named, and the reader is warned."""
    of, text = worlds["none"]
    assert of.blocked_r2 < 0.2
    assert "No driver can be named" in text[WHAT] and "No place can be named" in text[WHERE]
    assert "Do not plan measures" in text[NOT]
    assert not re.search("leads|would lead|accounts for|stands out|lead of", " ".join(text))


def test_elevation_is_named_where_climate_follows_it(worlds):
    """Climate maps that follow elevation are called so, in every world, and only then."""
    for of, text in worlds.values():
        assert "can hardly be distinguished" in text[BUILT_IN]
        apart = summarise(replace(of, elevation_r2={"MAT": 0.1, "MAP": np.nan}))
        assert "can hardly be distinguished" not in " ".join(chain(*apart.values()))


def test_sentences_follow_the_numbers(worlds):
    """Every number of the findings that changes changes the text; what is unknown is left out or stated."""
    of = replace(worlds["one"][0], explained={"soil": 60, "climate": 25, "mining": 15}, inside_percent=97.0)
    text = [" ".join(lines) for lines in summarise(of).values()]
    changes = {
        "random_r2": 0.31, "blocked_r2": 0.22, "leading_probability": 0.2, "inside_percent": 41.0,
        "local_percent": 3.0, "chance_percent": 2.0, "variance_gone_percent": -4.0,
        "climate_held_percent": 1.0, "climate_level_percent": 77.0,
        "beyond_chance": {"SOC": False}, "zones": {}, "explained": {"soil": 40, "climate": 35, "mining": 25},
    }  # fmt: skip
    for name, value in changes.items():
        assert [" ".join(lines) for lines in summarise(replace(of, **{name: value})).values()] != text, name
    unknown = {name: np.nan for name in list(changes)[1:9]}
    whole = " ".join(chain(*summarise(replace(of, **unknown, elevation_r2={}, beyond_chance={})).values()))
    assert not re.search(r"\bnan\b", whole) and "too small to leave out" in whole


@pytest.mark.parametrize(
    ("r", "words"), [(0.97, "nearly the map"), (0.8, "More than half"), (0.5, "Less than half")]
)
def test_share_of_absorbed_light_is_stated(worlds, r, words):
    """How much of NPP is light stands first among what is built in, with r; nothing where it is unknown."""
    of, text = worlds["one"]
    first = summarise(replace(of, light_r=r))["What is built into NPP"][0]
    assert words in first and f"(r = {r:.2f})" in first
    assert "absorbed light" not in " ".join(text)


def test_few_sure_cells_name_no_place(worlds):
    """Where noise could explain the lead nearly everywhere, no place is named although NPP is predicted."""
    of, _ = worlds["one"]
    vague = Leads({"climate": 5.0, "soil": 90, "mining": 5}, {"climate": 0.0, "soil": 10, "mining": 0})
    text = summarise(replace(of, whole=vague))
    assert "cannot be determined" in text["Where"][0] and "soil" not in " ".join(text["Where"])
    assert any("single field" in line for line in text["What not to conclude"])


def test_nothing_rests_on_climate_maps_within_their_error(worlds):
    """Where climate seems to lead and no climate map exceeds its error, nothing is named."""
    of, _ = worlds["one"]
    of = replace(
        of,
        whole=Leads({"climate": 70.0, "soil": 20, "mining": 10}, {"climate": 60.0, "soil": 10, "mining": 0}),
        explained={"climate": 60.0, "soil": 30.0, "mining": 10.0},
        zones={},
    )
    leading = " ".join(chain(*summarise(of).values()))
    assert "climate leads" in leading and "Conclude nothing" not in leading
    unknown = summarise(replace(of, unknown_climate=list(of.elevation_r2)))
    whole = " ".join(chain(*unknown.values()))
    assert "No kind of driver can be named" in unknown["What drives plant growth here"][0]
    assert "No place can be named" in unknown["Where"][0]
    assert "Conclude nothing from" in whole
    assert not re.search("climate leads|climate accounts|lead of climate", whole)
    some = summarise(replace(of, unknown_climate=list(of.elevation_r2)[:1]))
    assert "climate leads" in " ".join(chain(*some.values()))
    assert "Conclude nothing from" in " ".join(some["What not to conclude"])


def test_leads_count_cells():
    """A pair counts for its first letter, undefined cells for nothing; sure cells are part of the others."""
    legend = {1: "C", 2: "S", 3: "CS", 4: contribution.INDISTINCT}
    plain, marked = np.array([0, 1, 3, 3, 2]), np.array([0, 1, 4, 3, 4])
    found = leads(plain, marked, legend, {"climate": "C", "soil": "S"})
    assert found.area == {"climate": 75, "soil": 25} and found.sure == {"climate": 50, "soil": 0}
    assert found.indistinct == pytest.approx(50)


@pytest.mark.parametrize("fourth", ["slope", "management"])
def test_a_fourth_category_merges_with_no_other(fourth):
    """A category whose name begins as that of another is counted by its own letter, alone and in pairs."""
    names = {"climate": "C", "soil": "S", "mining": "M", fourth: "T"}
    relative = np.array([[70.0, 10, 5, 0], [10, 20, 5, 42], [10, 65, 0, 10], [10, 5, 90, 48]])
    codes, legend = contribution.dominant_category(relative, list(names.values()))
    found = leads(codes, codes, legend, names)
    assert found.area == {"climate": 25, "soil": 0, "mining": 25, fourth: 50}
