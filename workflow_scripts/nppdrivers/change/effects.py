"""Effects of events on polygons: by event, by year, and as tonnes of carbon."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from nppdrivers.change.gaps import LEAST_BEFORE, Gaps, Rules, gaps_of
from nppdrivers.change.land import Land
from nppdrivers.change.spans import Span, first_ending, spans, years_before, years_open, years_since
from nppdrivers.impact import Estimate, contrast, recovered_year

LEAST_DRIFT_YEARS = 3  # before an event, for the trend of the gap before it
LEAST_FAKE_YEARS = 4  # before an event, for a fake event among them
TONNES = 1e-6  # t in a gram
RECOVERED, NOT_YET, NO_LOSS, UNKNOWN = "recovered", "not yet", "no loss seen before", "unknown"
NPP_UNIT = "gC m-2 yr-1"
Row = dict[str, Any]


def tables(
    land: Land, places: pd.DataFrame, mask_of: Callable[[int], np.ndarray], rules: Rules, seed: int
) -> dict[str, pd.DataFrame]:
    """Effects, years, carbon and balance of all places.

    The effect of an event is compared with land that had the same NPP in the years before it; years, carbon
    and recovery with land that had the same NPP before the opening.

    Parameters
    ----------
    land : Land
    places : DataFrame
        A row a place, its number as index: kind, name, and the year of each event.
    mask_of : function
        Cells (H, W) bool of a place, by the number of its row.
    rules : Rules
    seed : int
        Of the fakes; with the number of the place it gives the same draw in every run.

    Returns
    -------
    dict of DataFrame
        A place without an event that has a year after it is in none of them but `balance`.
    """
    found: dict[str, list[Row]] = {"effects": [], "years": [], "carbon": [], "balance": []}
    for number, place in enumerate(places.to_dict("records")):
        events = spans(land.years, place)
        if not events:
            continue
        compare = partial(gaps_of, land, mask_of(number), rules=rules)
        origin, start = years_before(land.years, place), [seed, number]
        level = compare(before=origin, rng=np.random.default_rng(start))
        rows: dict[str, list[Row]] = {
            "effects": [],
            "years": year_rows(land.years, level, place, rules.confidence),
            "carbon": carbon_rows(land, level, place, rules.confidence),
            "balance": [],
        }
        for span in events:
            gaps = level
            if span.before.sum() >= LEAST_BEFORE and (span.before != origin).any():
                own = compare(before=span.before, rng=np.random.default_rng(start))
                gaps = own if len(own.gaps) else level  # no land may have as little NPP as a mine
            row = effect_row(land.years, gaps, span, rules.confidence)
            rows["effects"].append(row | _recovery(land.years, level, span, place, rules.confidence))
            rows["balance"] += [
                {"event": span.event, "covariate": name, "difference [sd]": size}
                for name, size in gaps.balance.items()
            ]
        for name, lines in rows.items():
            who = {"polygon": number + 1, "kind": place["kind"], "name": place["name"]}
            found[name] += [who | line for line in lines]
    result = {name: pd.DataFrame(lines) for name, lines in found.items()}
    if len(result["effects"]):
        result["effects"]["recovered"] = result["effects"]["recovered"].astype("Int64")
    return result


def effect_row(years: np.ndarray, gaps: Gaps, span: Span, confidence: float) -> Row:
    """Numbers of one event: effect, how often fakes show one as large, what was before."""
    effect = gaps.estimate(contrast(years, span.before, span.after), confidence)
    control = gaps.control[span.after].mean()
    return {
        "event": span.event,
        "year": span.year,
        "compared": "before and after" if span.before.any() else "after alone",
        "years_before": int(span.before.sum()),
        "years_after": int(span.after.sum()),
        "cells": gaps.cells,
        "matched": gaps.matched,
        **_with_ends("effect", NPP_UNIT, effect),
        "effect [% of control]": 100 * effect.value / control,
        "p": effect.p,
        "fakes": len(gaps.fakes),
        **_before(years, gaps, span, confidence),
        "largest_imbalance [sd]": max(map(abs, gaps.balance.values()), default=np.nan),
    }


def _with_ends(name: str, unit: str, found: Estimate, factor: float = 1.0) -> dict[str, float]:
    """A value with both ends of its interval, in columns."""
    ends = {name: found.value, f"{name}_low": found.low, f"{name}_high": found.high}
    return {f"{column} [{unit}]": value * factor for column, value in ends.items()}


def _before(years: np.ndarray, gaps: Gaps, span: Span, confidence: float) -> dict[str, float]:
    """What moved before the event already: trend of the gap, and effect of a fake event halfway."""
    row = dict.fromkeys(("drift_before [gC m-2 yr-2]", "p_drift", f"fake_event [{NPP_UNIT}]", "p_fake_event"))
    before = years[span.before]
    if len(before) >= LEAST_DRIFT_YEARS:
        time = np.where(span.before, years - before.mean(), 0.0)
        drift = gaps.estimate(time / (time**2).sum(), confidence)
        row |= {"drift_before [gC m-2 yr-2]": drift.value, "p_drift": drift.p}
    if len(before) >= LEAST_FAKE_YEARS:
        late = span.before & (years >= before[len(before) // 2])
        fake = gaps.estimate(contrast(years, span.before & ~late, late), confidence)
        row |= {f"fake_event [{NPP_UNIT}]": fake.value, "p_fake_event": fake.p}
    return {name: np.nan if value is None else value for name, value in row.items()}


def _recovery(
    years: np.ndarray, gaps: Gaps, span: Span, events: Mapping[str, float], confidence: float
) -> Row:
    """Of an ending: year from which on the gap could be none again, and the last NPP in % of the control.

    Only a loss that was seen can be recovered from: the mean gap of the years since the opening, up to the
    ending, must lie below 0 with its interval.
    """
    row: Row = {"recovery": "", "recovered": None, "reached [%]": np.nan}
    if span.event == "opened":
        return row
    yearly = year_rows(years, gaps, events, confidence)
    high = np.array([line[f"gap_high [{NPP_UNIT}]"] for line in yearly])
    until = years_since(years, events) & (years <= span.year)
    if not np.isfinite(high).all() or not until.any():
        return row | {"recovery": UNKNOWN}
    row["reached [%]"] = 100 * (1 + yearly[-1][f"gap [{NPP_UNIT}]"] / gaps.control[-1])
    loss = gaps.estimate(contrast(years, years_before(years, events), until), confidence)
    if not loss.high < 0:
        return row | {"recovery": NO_LOSS}
    year = recovered_year(years, high, span.year)
    return row | {"recovery": RECOVERED if year else NOT_YET, "recovered": year}


def year_rows(years: np.ndarray, gaps: Gaps, events: Mapping[str, float], confidence: float) -> list[Row]:
    """One row a year: NPP of the place and of its controls, and the gap beyond that of the years before.

    gap = (place - control) of the year - mean of the same over the years before the opening; without such
    years the first part alone, which `baseline` says.
    """
    before = years_before(years, events)
    baseline = before / max(before.sum(), 1)
    return [
        {
            "year": int(year),
            f"npp [{NPP_UNIT}]": gaps.place[i],
            f"control [{NPP_UNIT}]": gaps.control[i],
            **_with_ends("gap", NPP_UNIT, gaps.estimate((years == year) - baseline, confidence)),
            "baseline": "years before" if before.any() else "none",
        }
        for i, year in enumerate(years)
    ]


def carbon_rows(land: Land, gaps: Gaps, events: Mapping[str, float], confidence: float) -> list[Row]:
    """Tonnes of carbon against the control, for each year since the opening, and their sum.

    against_control = gap x area; regained = (gap - mean gap of the years in which the place was open) x area,
    for the years after the first ending. The area is that of all cells with NPP: those without a control
    count as those with one.
    """
    years = land.years
    before, opened = years_before(years, events), years_open(years, events)
    since = years_since(years, events)
    ended = years > first_ending(events)
    baseline, worst = (days / max(days.sum(), 1) for days in (before, opened))
    tonnes = gaps.cells * land.cell_size_m**2 * TONNES
    none = Estimate(np.nan, np.nan, np.nan, np.nan, np.nan)

    def row(name: str, chosen: np.ndarray) -> Row:
        later = chosen & ended
        lost = gaps.estimate(chosen - chosen.sum() * baseline, confidence)
        regained = none
        if later.any() and opened.any():
            regained = gaps.estimate(later - later.sum() * worst, confidence)
        return {
            "year": name,
            "baseline": "years before" if before.any() else "none",
            "area [ha]": gaps.cells * land.cell_size_m**2 / 1e4,
            **_with_ends("against_control", "t", lost, tonnes),
            **_with_ends("regained", "t", regained, tonnes),
        }

    rows = [row(str(year), years == year) for year in years[since]]
    return [*rows, row("sum", since)] if rows else []
