"""Soil values that are possible each but not together; samples of usual soils give no message."""

import re

import numpy as np
import pandas as pd
import pytest

from nppdrivers.checks.samples.soil_values import value_findings
from nppdrivers.inputs.problems import InputWarning

SOILS = {  # medians of CF, SOC, TN, AP, AK, pH, BD
    "loess": (22, 10, 0.85, 12, 160, 8.0, 1.35),
    "semi-arid": (12, 4, 0.45, 5, 120, 8.6, 1.5),
    "boreal": (15, 60, 2.6, 8, 90, 4.8, 0.95),
    "humid subtropical": (38, 18, 1.5, 15, 110, 5.2, 1.2),
    "southern": (30, 14, 1.1, 25, 250, 6.3, 1.3),
}
NAMES = ["CF", "SOC", "TN", "AP", "AK", "pH", "BD"]


def samples(soil="loess", seed=0, n=60) -> pd.DataFrame:
    """Samples of a soil: log-normal contents of which those of carbon and nitrogen go together."""
    rng = np.random.default_rng(seed)
    medians = dict(zip(NAMES, SOILS[soil], strict=True))
    common = rng.standard_normal(n)
    spread = {"CF": 0.25, "SOC": 0.4, "TN": 0.4, "AP": 0.6, "AK": 0.35}
    table = {}
    for name in NAMES[:5]:
        own = rng.standard_normal(n)
        z = 0.9 * common + 0.4 * own if name in ("SOC", "TN") else own
        table[name] = (medians[name] * np.exp(spread[name] * z)).clip(0.1)
    table["pH"] = (medians["pH"] + 0.4 * rng.standard_normal(n)).clip(3.6, 10)
    table["BD"] = (medians["BD"] - 0.08 * common + 0.06 * rng.standard_normal(n)).clip(0.5, 1.9)
    return pd.DataFrame(table).round(2)


def messages(table, columns=None):
    """Problems and warnings of a table."""
    return list(value_findings(table, columns or {}, "soil.csv"))


@pytest.mark.parametrize("soil", SOILS)
@pytest.mark.parametrize("seed", range(5))
def test_usual_soils_give_no_message(soil, seed):
    """Soils of five climates, and mineral soil with peat, are accepted."""
    assert messages(samples(soil, seed)) == []


def test_peat_among_mineral_soil_is_no_mistake():
    """A third of the samples with twenty times the carbon, and the density of peat, is accepted."""
    table = samples("boreal")
    table.loc[::3, ["SOC", "TN"]] = table.loc[::3, ["SOC", "TN"]].to_numpy() * 7
    table.loc[::3, "BD"] = np.random.default_rng(1).normal(0.25, 0.03, 20).round(3)
    assert messages(table) == []


@pytest.mark.parametrize(
    ("name", "factor"),
    [(name, factor) for name in ("CF", "SOC", "TN", "AK") for factor in (10, 1000, 0.001)]
    + [("AP", 100), ("AP", 0.001), ("BD", 0.1)],
)
def test_one_sample_in_another_unit(name, factor):
    """One sample that is a power of ten from the others is a warning that names its line and the way back."""
    table = samples()
    table.loc[4, name] = table[name].median() * factor
    found = messages(table)
    assert [one.place for one in found] == [f"column {name}, line 6"]
    impossible = "TN is not below SOC" in found[0].problem
    assert isinstance(found[0], InputWarning) != impossible
    assert f"x {1 / factor:g} would bring them" in found[0].remedy
    table.loc[4, name] /= factor
    assert messages(table) == []


@pytest.mark.parametrize("name", ["SOC", "TN", "AK", "CF"])
@pytest.mark.parametrize("factor", [10, 0.1])
def test_a_batch_in_another_unit(name, factor):
    """A third of the samples in another unit is one warning with their number and the factor."""
    table = samples()
    table.loc[::3, name] *= factor
    (found,) = messages(table)
    assert re.match(r"(19|20|21) of 60 samples are about", found.problem)
    assert f"x {1 / factor:g} would bring them" in found.remedy


def test_a_laboratory_is_named():
    """Samples of one laboratory that are ten times those of the others are reported by its name."""
    table = samples().assign(lab=["A", "B", "C"] * 20)
    table.loc[table["lab"] == "B", "AP"] *= 10
    (found,) = messages(table)
    assert found.problem.startswith("lab B: 20 of 60 samples are about")


@pytest.mark.parametrize(("name", "code"), [("AK", 999), ("AP", 999), ("CF", 99.9), ("SOC", 99.99)])
def test_codes_inside_the_possible_range(name, code):
    """A number of nines that repeats above all others is refused; emptied cells pass."""
    table = samples()
    table.loc[[3, 7, 9], name] = code
    (found,) = messages(table)
    assert found.problem.startswith(f"{code:g} in 3 of 60 samples")
    assert not isinstance(found, InputWarning)
    table.loc[[3, 7, 9], name] = np.nan
    assert messages(table) == []


def test_zeros_for_not_measured():
    """Zeros apart from all other values are refused; near the limit of detection they are a warning."""
    table = samples()
    table.loc[::10, "AP"] = 0
    (found,) = messages(table)
    assert found.problem.startswith("0 in 6 of 60 samples")
    assert not isinstance(found, InputWarning)
    table.loc[1::10, "AP"] = 0.3
    assert isinstance(messages(table)[0], InputWarning)


def test_carbon_nitrogen_and_density():
    """More nitrogen than carbon is refused, an odd ratio and heavy peat are warnings."""
    table = samples()
    table.loc[2, ["SOC", "TN"]] = 5.0, 6.0 / 5
    assert messages(table) == []
    table.loc[2, ["SOC", "TN"]] = 2.0, 2.1
    (found,) = messages(table)
    assert found.problem.startswith("TN is not below SOC in 1 of")
    assert not isinstance(found, InputWarning)
    wet = samples("boreal")
    wet.loc[5, ["SOC", "BD"]] = 250.0, 1.5
    assert any("is usual" in one.problem for one in messages(wet))


def test_organic_matter_for_carbon():
    """Carbon x 1.724 is a warning by its C:N in a neutral soil, or by its name; divided, none."""
    table = samples()
    matter = table.assign(SOC=table["SOC"] * 1.724)
    (found,) = messages(matter)
    assert found.problem.startswith("SOC may be organic matter: C:N of")
    assert isinstance(found, InputWarning)
    assert messages(matter.assign(SOC=matter["SOC"] / 1.724)) == []
    (named,) = messages(table, {"SOC": "SOM"})
    assert "its column is called SOM" in named.problem


def test_a_constant_property():
    """A property of one value everywhere is a warning."""
    (found,) = messages(samples().assign(BD=1.3))
    assert found.problem.startswith("1.3 in all 60 samples")
