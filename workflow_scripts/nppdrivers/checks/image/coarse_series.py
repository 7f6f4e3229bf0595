"""Composites against each other in time, and their season against that of the weather."""

from collections.abc import Sequence
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from nppdrivers.checks.findings import Findings, listed
from nppdrivers.checks.study import Study
from nppdrivers.evapotranspiration import extraterrestrial_radiation
from nppdrivers.inputs.problems import InputWarning, Problem

_FEWEST = 12  # pixels, and composites, that say something
_USABLE_SHARE = 0.3
_JUMP, _SPREADS = 0.25, 6.0  # of NDVI from the composites before and after
_LEAST_SEASON, _LEAST_SEASON_K = 0.12, 8.0  # range of the mean months
_AGAINST, _WITH = -0.5, 0.3  # correlations with warmth, and with rain, of a season that follows neither
_SUN_FROM_DEG = 45.0  # nearer to the equator dry summers may be less green than wet winters
_GREENS_AFTER_RAIN = (0, 1, 2)  # months
_GREENS_AFTER_WARMTH = (0, 1)


class Seen(NamedTuple):
    """A composite around the study area: NDVI as stored, and the median of its usable pixels, or NaN."""

    start: date
    digest: bytes
    is_constant: bool
    level: float


def seen(start: date, ndvi: np.ndarray, usable: np.ndarray) -> Seen:
    """Keep of a composite what it is compared by.

    Parameters
    ----------
    start : date
    ndvi : (rows, columns) float32
        NaN where missing.
    usable : (rows, columns) bool array
        Pixels that the quality layers call usable.
    """
    known = ndvi[np.isfinite(ndvi)]
    constant = known.size >= _FEWEST and bool(known.min() == known.max())
    enough = usable.sum() >= max(4, _USABLE_SHARE * usable.size)
    level = float(np.median(ndvi[usable])) if enough else np.nan
    return Seen(start, blake2b(ndvi.tobytes(), digest_size=16).digest(), constant, level)


def series_findings(composites: Sequence[Seen], study: Study, path: Path) -> Findings:
    """Name constant composites, copies, jumps, and a season that follows neither warmth nor rain.

    Parameters
    ----------
    composites : sequence of Seen
        In the order of time.
    study : Study
    path : path of the folder
    """
    constant = [each.start for each in composites if each.is_constant]
    if constant:
        message = f"one number in all pixels of {len(constant)} composites: {listed(constant, 3)}"
        yield Problem(str(path), "", message, "give NDVI as delivered")
        return
    first: dict[bytes, date] = {}
    copies = [
        f"{each.start} as {first[each.digest]}"
        for each in composites
        if first.setdefault(each.digest, each.start) != each.start
    ]
    if copies:
        message = f"{len(copies)} composites have the numbers of another one: {listed(copies, 3)}"
        yield Problem(str(path), "", message, "download these dates again")
        return
    yield from _jumps(composites, path)
    yield from _season(composites, study, path)


def _jumps(composites: Sequence[Seen], path: Path) -> Findings:
    """Composites above or below both neighbours in time by far more than is usual here."""
    known = [each for each in composites if np.isfinite(each.level)]
    level = np.array([each.level for each in known])
    if len(level) < _FEWEST:
        return
    before, after = level[:-2], level[2:]
    above, below = level[1:-1] - np.maximum(before, after), np.minimum(before, after) - level[1:-1]
    apart = np.maximum(above, below)
    usual = 1.4826 * float(np.median(np.abs(level[1:-1] - (before + after) / 2)))
    odd = np.flatnonzero(apart > max(_JUMP, _SPREADS * usual))
    if len(odd):
        words = [
            f"{known[k + 1].start} has {level[k + 1]:.2f} between {level[k]:.2f} and {level[k + 2]:.2f}"
            for k in odd
        ]
        message = f"median NDVI jumps: {listed(words, 3)}"
        remedy = "check date, scale and quality layers of these composites"
        yield InputWarning(str(path), "", message, remedy)


def _season(composites: Sequence[Seen], study: Study, path: Path) -> Findings:
    """The year of NDVI against that of temperature and rain."""
    known = [each for each in composites if np.isfinite(each.level)]
    level = pd.Series([each.level for each in known], dtype=float)
    green = level.groupby([each.start.month for each in known]).mean().reindex(range(1, 13))
    if green.notna().sum() < 8 or green.max() - green.min() < _LEAST_SEASON:
        return
    warmth, rain = _climate(study)
    if warmth is None or np.nanmax(warmth) - np.nanmin(warmth) < _LEAST_SEASON_K:
        return
    warm, wet = (
        None if months is None else max(_likeness(green.to_numpy(), np.roll(months, late)) for late in lags)
        for months, lags in ((warmth, _GREENS_AFTER_WARMTH), (rain, _GREENS_AFTER_RAIN))
    )
    if warm is not None and warm < _AGAINST and (wet is None or wet < _WITH):
        message = f"NDVI is lowest when it is warmest: over the year it follows warmth with {warm:.2f}"
        message += "" if wet is None else f" and the rain before with {wet:.2f} (correlation)"
        remedy = "check the dates of the composites: half a year off, or of the other hemisphere"
        yield InputWarning(str(path), "", message, remedy)


def _climate(study: Study) -> tuple[np.ndarray | None, np.ndarray | None]:
    """Mean months of temperature and rain of the stations; else the sun for the warmth of high latitudes."""
    table = study.station_months
    if table is not None:
        calendar = table.groupby(["variable", table["month"].str[5:].astype(int)], observed=True)[
            "value"
        ].mean()
        months = [
            calendar[name].reindex(range(1, 13)).to_numpy() if name in calendar.index.unique(0) else None
            for name in ("temperature", "precipitation")
        ]
        if months[0] is not None:
            return months[0], months[1]
    if study.area is None:
        return None, None
    latitude = float(study.area.union_all().centroid.y)
    if abs(latitude) < _SUN_FROM_DEG:
        return None, None
    return np.roll(extraterrestrial_radiation(np.arange(12) * 30.4 + 15, np.array(latitude)), 1), None


def _likeness(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of months that both have; 0 without any season."""
    both = np.isfinite(one) & np.isfinite(other)
    if both.sum() < 8 or np.std(one[both]) == 0 or np.std(other[both]) == 0:
        return 0.0
    return float(np.corrcoef(one[both], other[both])[0, 1])
