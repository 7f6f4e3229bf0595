"""Which years lie before and after each event of a polygon."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from nppdrivers.change.events import EVENTS


class Span(NamedTuple):
    """One event of a polygon: its year, and the years (T,) bool before and after it that count."""

    event: str
    year: int
    before: np.ndarray
    after: np.ndarray


def spans(years: np.ndarray, events: Mapping[str, float]) -> list[Span]:
    """Events of a polygon that have a year after them in the period.

    The year of an event itself counts on neither side; neither side reaches beyond the event before or after.
    A closure without a whole year before the reclamation is part of the reclamation.

    Parameters
    ----------
    years : (T,) integer array
        Of the period, rising.
    events : mapping of event to year
        NaN where it did not happen.

    Returns
    -------
    list of Span
        In the order of the years; those without a year after are left out. `before` may be empty.
    """
    dated, found = _dated(events), []
    for number, (event, begin, end) in enumerate(dated):
        earlier, later = (dated[number - 1][2] if number else -np.inf), np.inf
        if number + 1 < len(dated):
            later = dated[number + 1][1]
        span = Span(event, end, (years > earlier) & (years < begin), (years > end) & (years < later))
        if span.after.any():
            found.append(span)
    return found


def left_out(years: np.ndarray, events: Mapping[str, float]) -> list[str]:
    """Events that `spans` leaves out: those without a whole year after them before the next one."""
    found = {span.event for span in spans(years, events)}
    return [event for event, _, _ in _dated(events) if event not in found]


def _dated(events: Mapping[str, float]) -> list[tuple[str, int, int]]:
    """Each event that happened, the year in which it began, and its year; a closure may be part of it."""
    merged = events["reclaimed"] - events["closed"] <= 1
    return [
        (event, int(events["closed" if merged and event == "reclaimed" else event]), int(events[event]))
        for event in EVENTS
        if np.isfinite(events[event]) and not (merged and event == "closed")
    ]


def years_before(years: np.ndarray, events: Mapping[str, float]) -> np.ndarray:
    """Years (T,) bool before the polygon was opened; none where it is not known when."""
    return years < events["opened"] if np.isfinite(events["opened"]) else np.zeros(len(years), bool)


def years_since(years: np.ndarray, events: Mapping[str, float]) -> np.ndarray:
    """Years (T,) bool after the polygon was opened; of an unknown opening all."""
    return years > (events["opened"] if np.isfinite(events["opened"]) else -np.inf)


def years_open(years: np.ndarray, events: Mapping[str, float]) -> np.ndarray:
    """Years (T,) bool since the opening and before the first ending."""
    return years_since(years, events) & (years < first_ending(events))


def first_ending(events: Mapping[str, float]) -> float:
    """Year in which the polygon was closed or reclaimed, whichever came first; endless where neither."""
    return float(np.nanmin([events["closed"], events["reclaimed"], np.inf]))
