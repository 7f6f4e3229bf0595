"""Effects of events in plain words; the rules of each sentence stand in docs/change.md."""

import pandas as pd

CALLED = 0.05  # p-value from which an effect is called one
EFFECT, LOW, HIGH = (f"effect{end} [gC m-2 yr-1]" for end in ("", "_low", "_high"))
SHARE = "effect [% of control]"
LOST, LOST_LOW, LOST_HIGH = (f"against_control{end} [t]" for end in ("", "_low", "_high"))
NOUNS = {"opened": "opening", "closed": "closure", "reclaimed": "reclamation"}
Sentences = list[str]


def effect_sentences(effects: pd.DataFrame, carbon: pd.DataFrame) -> Sentences:
    """Sentences on effects, recovery and carbon.

    Parameters
    ----------
    effects : DataFrame
        A row an event, as `effects.tables` makes them.
    carbon : DataFrame
        A row a polygon and year, and its sum.
    """
    compared = effects[effects[EFFECT].notna() & (effects["compared"] == "before and after")]
    lines = []
    for event in NOUNS:
        lines += _of_event(event, compared[compared["event"] == event])
    return lines + _recovery(effects) + _carbon(carbon) + _doubts(effects, compared)


def _of_event(event: str, rows: pd.DataFrame) -> Sentences:
    """How many polygons show an effect of one kind of event, and the largest of them."""
    if rows.empty:
        return []
    called = rows[rows["p"] <= CALLED]
    fell, rose = int((called[EFFECT] < 0).sum()), int((called[EFFECT] > 0).sum())
    text = (
        f"After the {NOUNS[event]} NPP fell against land like it in {fell} and rose in {rose} of "
        f"{_polygons(len(rows))}"
    )
    if fell + rose < len(rows):
        text += "; changes as large as those of the others arise in more than 5 % of fake places as well"
    lines = [f"{text}."]
    if len(called):
        most = called.loc[called[EFFECT].abs().idxmax()]
        lines.append(
            f"The largest such change, of {most['name']}: {most[EFFECT]:+.0f} gC m-2 a year "
            f"({most[LOW]:+.0f} to {most[HIGH]:+.0f}), {most[SHARE]:+.0f} % of land like it."
        )
    return lines


def _polygons(number: int) -> str:
    """Number of polygons in words."""
    return f"{number} polygon{'s' * (number != 1)}"


def _recovery(effects: pd.DataFrame) -> Sentences:
    """Whether polygons that had a loss have recovered; of two endings the last counts."""
    ended = effects[effects["recovery"].isin(["recovered", "not yet"])]
    ended = ended.drop_duplicates("polygon", keep="last")
    if ended.empty:
        return []
    reached = ended.loc[ended["recovery"] == "not yet", "reached [%]"]
    text = (
        f"Closed or reclaimed after a loss: {_polygons(len(ended))}. "
        f"Without a loss that can be seen any more: {len(ended) - len(reached)}"
    )
    if len(reached) > 1:
        text += f"; the others reach {reached.min():.0f} to {reached.max():.0f} % of land like them"
    elif len(reached):
        text += f"; the other reaches {reached.min():.0f} % of land like it"
    return [f"{text}."]


def _carbon(carbon: pd.DataFrame) -> Sentences:
    """The polygon with the largest loss of carbon since an opening in the period, where it is one."""
    sums = carbon[(carbon["year"].astype(str) == "sum") & (carbon["baseline"] == "years before")]
    lost = sums[sums[LOST_HIGH] < 0]
    if lost.empty:
        return []
    most = lost.loc[lost[LOST].idxmin()]
    interval = f"{-most[LOST_HIGH]:.0f} to {-most[LOST_LOW]:.0f}"
    return [
        f"Most carbon was lost by {most['name']}: since it was opened it has fixed {-most[LOST]:.0f} t C "
        f"({interval}) less than land like it, on {most['area [ha]']:.0f} ha."
    ]


def _doubts(effects: pd.DataFrame, compared: pd.DataFrame) -> Sentences:
    """What speaks against the numbers: no years before, a gap that moved before, too few controls."""
    lines = []
    alone = effects[(effects["compared"] == "after alone") & effects[EFFECT].notna()]
    if len(alone):
        lines.append(
            f"{_names(alone)}: without a year before the event the difference from land like it may be older "
            "than the event, and is not counted here."
        )
    moved = compared[(compared["p_drift"] <= CALLED) | (compared["p_fake_event"] <= CALLED)]
    if len(moved):
        lines.append(f"{_names(moved)}: the gap moved before the event already; do not trust the effect.")
    bare = effects[effects[EFFECT].isna()]
    if len(bare):
        lines.append(f"{_names(bare)}: too few cells resemble any land outside the mines; no effect.")
    return lines


def _names(rows: pd.DataFrame, shown: int = 5) -> str:
    """Names of the polygons of some rows, the first of many."""
    names = list(dict.fromkeys(rows["name"].astype(str)))
    more = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + more
