"""Which fine images serve which dates of the fusion, and which pair of them serves which pixel."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Pair = tuple[NDArray, NDArray]  # fine and coarse image of a base date
Key = tuple[int, int]  # numbers of the images of a base pair: those before, then those after the interval
# An image that is clear over half of the area divides time: it serves that half on the dates before and after
# it. Were it within an interval, nothing could be made from it.
DIVIDING_SHARE = 0.5


def select_base_images(
    table: pd.DataFrame,
    target_dates: ArrayLike,
    *,
    min_clear_share: float = 0.5,
    min_partial_share: float = 0.05,
    images_per_side: int = 3,
) -> pd.DataFrame:
    """Divide the target dates at the fine images, and choose base images before and after each part.

    Fine images with a clear share of `DIVIDING_SHARE` or more (of `min_clear_share`, if that is less) divide
    time into intervals. On each side of an interval the images follow in order of time, the nearest first,
    partly clear ones included, up to `images_per_side`: each pixel is predicted from the nearest in which it
    is clear. If none of these is clear over `min_clear_share`, the nearest that is stands in for the last.

    Parameters
    ----------
    table : one row per fine image: `date`, `sensor`, `clear_share` [0 ... 1]; the index names the images
    target_dates : dates to predict
    min_clear_share : least clear share of an image that can serve the whole area [0 ... 1]
    min_partial_share : least clear share of an image that may fill the gaps of others [0 ... 1]
    images_per_side : largest number of images before, and after, an interval

    Returns
    -------
    DataFrame
        One row per interval with target dates: `interval` (1, 2, ...), `first_date` and `last_date` of its
        target dates, `before` and `after` (tuples of index labels of `table`, nearest first; empty beyond
        the first or last image).

    Raises
    ------
    ValueError
        If columns are missing, shares are outside 0 ... 1, or no image is clear enough.
    """
    images = _checked_images(table, min_clear_share)
    clear = images[images["clear_share"] >= min_clear_share]
    usable = images[images["clear_share"] >= min(min_partial_share, min_clear_share)]
    targets = pd.DatetimeIndex(np.unique(np.asarray(pd.to_datetime(target_dates), "datetime64[ns]")))
    if targets.empty:
        raise ValueError("target_dates is empty; give the dates to predict")
    dividing = images["date"][images["clear_share"] >= min(DIVIDING_SHARE, min_clear_share)]
    part = np.searchsorted(np.unique(dividing.to_numpy("datetime64[ns]")), targets, side="right")
    rows = []
    for number, i in enumerate(np.unique(part), start=1):
        dates = targets[part == i]
        days_before = (dates[0] - usable["date"]).dt.days
        days_after = (usable["date"] - dates[-1]).dt.days
        rows.append(
            {
                "interval": number,
                "first_date": dates[0],
                "last_date": dates[-1],
                "before": _nearest_images(days_before[days_before >= 0], clear.index, images_per_side),
                "after": _nearest_images(days_after[days_after > 0], clear.index, images_per_side),
            }
        )
    return pd.DataFrame(rows)


def _checked_images(table: pd.DataFrame, min_clear_share: float) -> pd.DataFrame:
    absent = {"date", "sensor", "clear_share"} - set(table.columns)
    if absent:
        raise ValueError(f"the table of fine images has no column {sorted(absent)}")
    if not table.index.is_unique:
        raise ValueError("the index of the table of fine images has repeated names; name each image once")
    images = table.assign(date=pd.to_datetime(table["date"])).sort_values("date", kind="stable")
    if not images["clear_share"].between(0.0, 1.0).all():
        raise ValueError("clear_share must be between 0 and 1; it is a share, not a percentage")
    if not (images["clear_share"] >= min_clear_share).any():
        most = f"the clearest has {images['clear_share'].max():.2f}" if len(images) else "there is no image"
        raise ValueError(
            f"no fine image has a clear share of {min_clear_share} or more ({most}); lower min_clear_share "
            "or add images"
        )
    return images


def _nearest_images(days: pd.Series, clear: pd.Index, most: int) -> tuple:
    """Labels in `days`, the nearest first; at most `most`, a clear one among them if there is any."""
    order = days.sort_values(kind="stable").index
    nearest, first_clear = order[:most], order[order.isin(clear)][:1]
    if nearest.isin(clear).any():
        return tuple(nearest)
    return (*nearest[: most - len(first_clear)], *first_clear)


def number_spans(values: Sequence[int], most: int) -> list[int]:
    """Number of the span of each interval: successive ones, together no more than `most` values, or one."""
    spans: list[int] = []
    total = 0
    for more in values:
        total += more
        if not spans or total > most:
            spans.append(len(set(spans)))
            total = more
        else:
            spans.append(spans[-1])
    return spans


def pair_ranks(number_before: int, number_after: int) -> tuple[list[Key], list[Key], list[Key]]:
    """Base pairs, best first: one image before and one after; one before alone; one after alone."""
    ranks = sorted(np.ndindex(number_before, number_after), key=lambda rank: (sum(rank), max(rank)))
    singles = [(number, number) for number in range(number_before + number_after)]
    both = [(before, number_before + after) for before, after in ranks]
    return both, singles[:number_before], singles[number_before:]


def first_complete(complete: Sequence[NDArray], keys: Sequence[Key]) -> NDArray[np.intp]:
    """Number of the first pair in `keys` whose images both have each pixel; -1 where none has."""
    chosen = np.full(complete[0].shape, -1)
    for number, (first, second) in enumerate(keys):
        chosen[(chosen < 0) & complete[first] & complete[second]] = number
    return chosen


def complete_pixels(images: Sequence[Pair]) -> list[NDArray[np.bool_]]:
    """Where each image, fine and coarse, has all bands."""
    return [np.isfinite(fine).all(axis=0) & np.isfinite(coarse).all(axis=0) for fine, coarse in images]
