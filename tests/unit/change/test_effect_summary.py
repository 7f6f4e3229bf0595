"""Sentences on effects follow the rules of docs/change.md."""

import numpy as np
import pandas as pd

from nppdrivers.change.effect_summary import effect_sentences

ROW = {
    "polygon": 1, "name": "A", "event": "opened", "compared": "before and after",
    "effect [gC m-2 yr-1]": -80.0, "effect_low [gC m-2 yr-1]": -95.0, "effect_high [gC m-2 yr-1]": -65.0,
    "effect [% of control]": -20.0, "p": 0.01, "p_drift": np.nan, "p_fake_event": np.nan,
    "recovery": np.nan, "reached [%]": np.nan,
}  # fmt: skip
CARBON = {
    "name": "A", "year": "sum", "baseline": "years before", "area [ha]": 12.0,
    "against_control [t]": -40.0, "against_control_low [t]": -50.0, "against_control_high [t]": -30.0,
}  # fmt: skip


def sentences(*changes, carbon=CARBON):
    """Text of rows that differ from the first."""
    rows = pd.DataFrame([ROW | change for change in changes])
    return " ".join(effect_sentences(rows, pd.DataFrame([carbon])))


def test_called_effects_are_counted_and_the_largest_named():
    """An effect counts from p <= 0.05; the others are named as what fakes show as well."""
    text = sentences({}, {"name": "B", "effect [gC m-2 yr-1]": -9.0, "p": 0.4})
    assert "After the opening NPP fell against land like it in 1 and rose in 0 of 2 polygons; changes" in text
    assert "change, of A: -80 gC m-2 a year (-95 to -65), -20 % of land like it" in text
    assert "by A: since it was opened it has fixed 40 t C (30 to 50) less" in text and "on 12 ha" in text


def test_no_carbon_is_lost_where_its_interval_holds_none():
    """A sum whose interval reaches 0, or without years before, is not stated."""
    assert "t C" not in sentences({}, carbon=CARBON | {"against_control_high [t]": 1.0})
    assert "t C" not in sentences({}, carbon=CARBON | {"baseline": "none"})


def test_recovery_counts_polygons_with_a_loss():
    """Of two endings of a polygon the last counts; what is reached is that of those not recovered."""
    ended = {"event": "reclaimed", "effect [gC m-2 yr-1]": 40.0}
    text = sentences(
        ended | {"recovery": "recovered", "reached [%]": 99.0},
        ended | {"polygon": 2, "event": "closed", "recovery": "recovered", "reached [%]": 99.0},
        ended | {"polygon": 2, "recovery": "not yet", "reached [%]": 71.0},
        ended | {"polygon": 3, "recovery": "no loss seen before", "reached [%]": 101.0},
    )
    assert "after a loss: 2 polygons. Without a loss that can be seen any more: 1; the" in text
    assert "the other reaches 71 % of land like it" in text


def test_doubts_are_named():
    """Polygons without years before, with a gap that moved before, and without controls are named."""
    none = {"effect [gC m-2 yr-1]": np.nan, "p": np.nan}
    text = sentences({"compared": "after alone"}, {"name": "B", "p_drift": 0.02}, {"name": "C"} | none)
    assert "A: without a year before the event" in text
    assert "B: the gap moved before" in text and "C: too few cells" in text
    assert "of 1 polygon." in text
