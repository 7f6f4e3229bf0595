"""Mines that open, close and are reclaimed in known years, and what that does to their vegetation.

The growth of the season in a mine is multiplied by ``1 - lost(t)``, with t in years and f its regained share:

    lost(t) = loss min(max(t - opened, 0), 1) (1 - f min(max((t - reclaimed) / years_to_regain, 0), 1))

so the loss grows through the year of the opening, and the regained share comes back from the reclamation on.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from nppdrivers.virtual_basin.landscape import Landscape, burn
from nppdrivers.virtual_basin.mining.hazards import EVENT_MINES, MINES
from nppdrivers.virtual_basin.noise import stream

LEAST_YEARS = 5  # of the period, so that each event has two years before it and one after
LEAST_YEARS_BOTH = 8  # of the period, so that a mine opens and is reclaimed within it
LOSS, REGAINED, YEARS_TO_REGAIN = (0.25, 0.7), (0.3, 1.0), (1.0, 4.0)  # ranges that are drawn from
OPENED_BEFORE = 4  # years before the period, for mines that were there already


@dataclass(frozen=True)
class History:
    """What happens to one mine; years are NaN where it does not happen.

    Attributes
    ----------
    mine : int
        Its number, from 0.
    opened, closed, reclaimed : float
        Years.
    loss : float
        Share of the growth that is lost while it is open [0 to 1].
    regained : float
        Share of the loss that comes back [0 to 1].
    years_to_regain : float
        Time from the begin of the year of reclamation until all of that has come back [a].
    """

    mine: int
    opened: float
    closed: float
    reclaimed: float
    loss: float
    regained: float
    years_to_regain: float

    def kept(self, days: np.ndarray) -> np.ndarray:
        """Share of the growth that is left on each day, (T,) [0 to 1]."""
        year = days.astype("datetime64[Y]")
        length = ((year + 1).astype("datetime64[D]") - year.astype("datetime64[D]")).astype(float)
        time = year.astype(int) + 1970 + (days - year.astype("datetime64[D]")).astype(float) / length
        lost = self.loss * np.clip(time - self.opened, 0, 1)
        if np.isfinite(self.reclaimed):
            lost *= 1 - self.regained * np.clip((time - self.reclaimed) / self.years_to_regain, 0, 1)
        return 1 - lost


def draw_histories(years: range, seed: int) -> list[History]:
    """Histories of the mines in which no ground sinks suddenly; one of them opens and loses nothing.

    Parameters
    ----------
    years : range
        Of the period.
    seed : int

    Raises
    ------
    ValueError
        For a period in which events cannot have years before and after them.
    """
    if len(years) < LEAST_YEARS:
        raise ValueError(
            f"events of the virtual basin need {LEAST_YEARS} years, not {len(years)}: lengthen the period"
        )
    rng = stream(seed, "histories")
    mines = rng.permutation([mine for mine in range(MINES) if mine not in EVENT_MINES])
    return [_draw(int(mine), number, years, rng) for number, mine in enumerate(mines)]


def _draw(mine: int, number: int, years: range, rng: np.random.Generator) -> History:
    """History of a mine, of the kind that its number gives it."""
    kind = ("opens", "is reclaimed", "both", "opens")[number % 4]
    opened = closed = reclaimed = np.nan
    within = (years[2], years[-2])  # the last one excluded
    if kind == "both" and len(years) >= LEAST_YEARS_BOTH:
        opened = float(rng.integers(years[2], years[-5]))
        closed = float(rng.integers(int(opened) + 2, years[-2]))
        reclaimed = float(rng.integers(int(closed), years[-1]))
    elif kind == "is reclaimed":
        opened, closed = float(years[0] - OPENED_BEFORE), float(rng.integers(*within))
        reclaimed = closed
    else:
        opened = float(rng.integers(*within))
    loss, regained, time = (rng.uniform(*limits) for limits in (LOSS, REGAINED, YEARS_TO_REGAIN))
    return History(mine, opened, closed, reclaimed, 0.0 if number == 3 else loss, regained, time)


def with_years(mines: gpd.GeoDataFrame, histories: Sequence[History]) -> gpd.GeoDataFrame:
    """Boundaries of the mines with columns of whole years, empty where nothing happened."""
    known = {history.mine: history for history in histories}
    columns = {
        event: pd.array(
            [_whole(getattr(known.get(mine), event, np.nan)) for mine in range(len(mines))], dtype="Int32"
        )
        for event in ("opened", "closed", "reclaimed")
    }
    return mines.assign(**columns)


def _whole(year: float) -> int | None:
    """Year as a whole number; None for none."""
    return int(year) if np.isfinite(year) else None


def cells_of_mines(
    mines: gpd.GeoDataFrame, histories: Sequence[History], land: Landscape
) -> list[np.ndarray]:
    """Cells (rows, columns) bool of the domain in each mine that has a history."""
    return [burn([mines.geometry.iloc[history.mine]], land.domain) for history in histories]


def planted_effects(
    difference: np.ndarray, cells: Sequence[np.ndarray], names: Sequence[str], years: range
) -> pd.DataFrame:
    """Mean effect of each history by year.

    Parameters
    ----------
    difference : (T, rows, columns) array
        Annual NPP minus NPP without any history [gC m-2 yr-1].
    cells : sequence of (rows, columns) bool
        Of each mine.
    names : sequence of str
    years : range

    Returns
    -------
    DataFrame
        name, year, effect [gC m-2 yr-1].
    """
    rows = [
        {"name": name, "year": year, "effect [gC m-2 yr-1]": float(values[where].mean(dtype=np.float64))}
        for name, where in zip(names, cells, strict=True)
        for year, values in zip(years, difference, strict=True)
    ]
    return pd.DataFrame(rows)


def described(histories: Sequence[History], names: Sequence[str]) -> list[dict[str, Any]]:
    """Histories as rows of truth.json; years that there are not are None."""
    rows = []
    for history, name in zip(histories, names, strict=True):
        row = asdict(history) | {"mine": name}
        rows.append({key: None if value != value else value for key, value in row.items()})
    return rows
