"""Change in plain words: sentences with the numbers of a run; the rules of each stand in docs/change.md."""

from collections.abc import Mapping
from dataclasses import dataclass

from nppdrivers.change.causes import CAUSE_LEGEND, UNDECIDED, variables_for
from nppdrivers.change.trends import SERIAL_YEARS

FEW_YEARS = 10  # below, one odd year may make a trend
HALF = 50.0  # percent of the land
NOTICED = 1.0  # percent of the land from which a share is named
LEVEL = 0.05  # p-value from which the trend of the study area is named
ENOUGH_VARIABLES = 3  # of weather, from which a regression says what weather did


@dataclass(frozen=True)
class Findings:
    """Numbers of a run that the sentences state.

    Attributes
    ----------
    years : int
        Whole years compared.
    slope, low, high, p : float
        Trend of mean annual NPP of the study area with its interval [gC m-2 yr-2], and its p-value.
    rising, falling, alone : float
        Cells that rise and fall among all that were tested, and those with p <= 0.05 by themselves [%].
    causes : mapping of method to (mapping of class to float)
        Cells of each class by what helped [%]; NaN where the method could not be used.
    """

    years: int
    slope: float
    low: float
    high: float
    p: float
    rising: float
    falling: float
    alone: float
    causes: Mapping[str, Mapping[str, float]]


def summarise(found: Findings) -> dict[str, list[str]]:
    """Sentences by heading."""
    sections = {"Is NPP changing?": _trend(found), "How much of it is weather?": _causes(found)}
    return {heading: lines for heading, lines in sections.items() if lines}


def _trend(found: Findings) -> list[str]:
    """Trend of the study area, of the cells, and what so many years can show."""
    interval = f"{found.slope:+.1f} gC m-2 a year ({found.low:+.1f} to {found.high:+.1f})"
    if found.p <= LEVEL:
        way = "rose" if found.slope > 0 else "fell"
        lines = [f"Over the {found.years} years mean NPP of the study area {way} by {interval}."]
    else:
        lines = [
            f"Over the {found.years} years no trend of mean NPP of the study area can be distinguished from "
            f"the differences between years: {interval}."
        ]
    if max(found.rising, found.falling) >= NOTICED:
        lines.append(f"NPP rises in {found.rising:.0f} % of the land and falls in {found.falling:.0f} %.")
    else:
        alone = f"{found.alone:.0f} %" if found.alone >= NOTICED else "Fewer than 1 %"
        lines.append(
            f"No trend counts in 99 % of the land or more. {alone} of the cells would pass a test of their "
            "own: among so many cells some pass by chance, and neighbours pass together."
        )
    if found.years < FEW_YEARS:
        lines.append(
            f"{found.years} years are few: one dry or wet year at either end makes or hides a trend. "
            "Lengthen the period before anything is decided on it."
        )
    if found.years < SERIAL_YEARS:
        lines.append(
            f"Years that resemble the year before could not be allowed for: that takes {SERIAL_YEARS} years."
        )
    return lines


def _causes(found: Findings) -> list[str]:
    """What helped, by either method, and why so little may be decided."""
    lines = []
    for method, how in (
        ("held", "NPP computed with mean weather"),
        ("regression", "a regression on weather"),
    ):
        shares = found.causes[method]
        undecided = shares[CAUSE_LEGEND[UNDECIDED]]
        if undecided != undecided:
            lines.append(
                f"By {how} nothing can be concluded: it takes 6 years, and land where weather varies."
            )
            continue
        text = f"By {how}, {undecided:.0f} % of the land is undecided"
        decided = {name: share for name, share in shares.items() if share >= NOTICED}
        decided.pop(CAUSE_LEGEND[UNDECIDED], None)
        parts = [f"{name} in {share:.0f} %" for name, share in decided.items()]
        lines.append(f"{text}; {', '.join(parts)}." if parts else f"{text}.")
    if any(shares[CAUSE_LEGEND[UNDECIDED]] > HALF for shares in found.causes.values()):
        lines.append(
            f"Most is undecided since {found.years} years seldom show whether each of two parts rises; "
            "that is a fact about the number of years, not about the land."
        )
    used = variables_for(found.years, ["precipitation"] * ENOUGH_VARIABLES)
    if len(used) < ENOUGH_VARIABLES:
        lines.append(
            f"{found.years} years bear a regression on {len(used)} variable{'s' * (len(used) != 1)} of "
            "weather; what the others did does not count as weather there."
        )
    lines.append(
        "'People' stands for all that is not weather: mining and reclamation, but also farming, pests, fire, "
        "and differences between the satellites."
    )
    return lines
