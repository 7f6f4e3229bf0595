"""Effects of events against those that were planted in the virtual basin."""

import numpy as np
import pandas as pd

from nppdrivers.change.effects import NPP_UNIT
from nppdrivers.change.spans import spans
from nppdrivers.impact import contrast

EFFECT, LOW, HIGH, PLANTED = (
    f"{name} [{NPP_UNIT}]" for name in ("effect", "effect_low", "effect_high", "planted")
)


def with_planted(
    effects: pd.DataFrame, events: pd.DataFrame, planted: pd.DataFrame, years: np.ndarray
) -> pd.DataFrame:
    """Effects with what was planted, over the same years before and after.

    Parameters
    ----------
    effects : DataFrame
        A row an event, as `effects.tables` makes them.
    events : DataFrame
        Year of each event, by name of the polygon.
    planted : DataFrame
        name, year, effect: change of NPP by the history of the polygon [gC m-2 yr-1].
    years : (T,) integer array
        That were compared.

    Returns
    -------
    DataFrame
        Those rows whose effect is known, with the column `PLANTED`.
    """
    rows = effects[effects[EFFECT].notna()]
    yearly = planted.pivot(index="name", columns="year", values=EFFECT)[list(years)]
    true = []
    for name, event in zip(rows["name"], rows["event"], strict=True):
        (span,) = (span for span in spans(years, events.loc[name]) if span.event == event)
        true.append(float(yearly.loc[name].to_numpy() @ contrast(years, span.before, span.after)))
    return rows.assign(**{PLANTED: np.array(true)})


def held(rows: pd.DataFrame) -> pd.Series:
    """Whether the interval of each effect holds the planted one."""
    return (rows[LOW] <= rows[PLANTED]) & (rows[PLANTED] <= rows[HIGH])
