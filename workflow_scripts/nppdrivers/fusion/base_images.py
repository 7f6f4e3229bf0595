"""Which fine images serve which dates of the fusion, and which pair of them serves which pixel."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

Pair = tuple[NDArray, NDArray]  # fine and coarse image of a base date
Key = tuple[int, int]  # numbers of the images of a base pair: those before, then those after the interval
MISSING, BEST_PAIR, FURTHER_PAIR, ONE_IMAGE, OWN_SIDE, COARSE = range(6)
SOURCES = {
    MISSING: "missing: no coarse image",
    BEST_PAIR: "nearest base pair",
    FURTHER_PAIR: "further base pair",
    ONE_IMAGE: "one base image",
    OWN_SIDE: "one base image, on the same side of an abrupt change",
    COARSE: "coarse image less its local bias",
}

# An image that is clear over half of the area divides time: it serves that half on the dates before and after
# it. Were it within an interval, nothing could be made from it.
DIVIDING_SHARE = 0.5
# Growth of the variance of a fused value with each day to its image: about what images left out show.
DAY_VARIANCE = 5e-5  # [NDVI^2 d-1]
# Times the lower quartile of a series: how far the differences of images without haze depart. The peak of a
# season, which the fine images see higher than the coarse ones, is gone in the images around it, too.
USUAL = 5.0


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
    time into intervals. On each side of an interval the images follow in order of the error to expect,
    partly clear ones included, up to `images_per_side`: each pixel is predicted from the first in which it
    is clear. The variance of that error is DAY_VARIANCE days + doubt^2: without doubts the nearest is the
    first. If none of these is clear over `min_clear_share`, the first that is stands in for the last.

    Parameters
    ----------
    table : one row per fine image: `date`, `sensor`, `clear_share` [0 ... 1]; the index names the images. It
        may have `doubt`, the error of the image that the images around it show (`image_doubts`) [NDVI]
    target_dates : dates to predict
    min_clear_share : least clear share of an image that can serve the whole area [0 ... 1]
    min_partial_share : least clear share of an image that may fill the gaps of others [0 ... 1]
    images_per_side : largest number of images before, and after, an interval

    Returns
    -------
    DataFrame
        One row per interval with target dates: `interval` (1, 2, ...), `first_date` and `last_date` of its
        target dates, `before` and `after` (tuples of index labels of `table`, the best first; empty beyond
        the first or last image).

    Raises
    ------
    ValueError
        If columns are missing, shares are outside 0 ... 1, or no image is clear enough.

    Notes
    -----
    A doubt of NaN counts as none.
    """
    images = _checked_images(table, min_clear_share)
    clear = images[images["clear_share"] >= min_clear_share]
    usable = images[images["clear_share"] >= min(min_partial_share, min_clear_share)]
    targets = pd.DatetimeIndex(np.unique(np.asarray(pd.to_datetime(target_dates), "datetime64[ns]")))
    if targets.empty:
        raise ValueError("target_dates is empty; give the dates to predict")
    dividing = images["date"][images["clear_share"] >= min(DIVIDING_SHARE, min_clear_share)]
    part = np.searchsorted(np.unique(dividing.to_numpy("datetime64[ns]")), targets, side="right")
    lag = usable["doubt"] ** 2 / DAY_VARIANCE  # as many days farther away would the image be as bad
    rows = []
    for number, i in enumerate(np.unique(part), start=1):
        dates = targets[part == i]
        before, after = ((dates[0] - usable["date"]).dt.days, (usable["date"] - dates[-1]).dt.days)
        rows.append(
            {
                "interval": number,
                "first_date": dates[0],
                "last_date": dates[-1],
                "before": _best_images((before + lag)[before >= 0], clear.index, images_per_side),
                "after": _best_images((after + lag)[after > 0], clear.index, images_per_side),
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
    return images.assign(doubt=images["doubt"].fillna(0.0) if "doubt" in images else 0.0)


def _best_images(distance: pd.Series, clear: pd.Index, most: int) -> tuple:
    """Labels in `distance`, the least first; at most `most`, a clear one among them if there is any."""
    order = distance.sort_values(kind="stable").index
    best, first_clear = order[:most], order[order.isin(clear)][:1]
    if best.isin(clear).any():
        return tuple(best)
    return (*best[: most - len(first_clear)], *first_clear)


def image_doubts(differences: NDArray) -> NDArray[np.float64]:
    """Error of each fine image of a series that comes and goes: haze and clouds that its mask missed.

    A difference of fine and coarse that stays, or that grows, is in the images before and after, too: that of
    the sensors, or of land that changed. The doubt is what an image has outside the range of these two, less
    what is usual: doubt^2 = max(0, RMS^2 - (USUAL lower quartile of the RMS of all images)^2).

    Parameters
    ----------
    differences : fine less coarse image of the same day, means over squares about two coarse pixels wide [any
        unit], (images, squares), in order of time; NaN where the image is not clear

    Returns
    -------
    array, (images,)
        [same unit]. Each square is compared with the nearest image before and the nearest after that are
        clear there. Where one side has none it is compared with two of the other, and may go on as much as
        these differ. NaN where no square has two others.
    """
    squares = np.full(len(differences), np.nan)
    for i, own in enumerate(differences):
        sides = _first_two_clear(differences[:i][::-1]), _first_two_clear(differences[i + 1 :])
        (before, further_before), (after, further_after) = sides
        one = np.where(np.isnan(before), further_after, before)
        other = np.where(np.isnan(after), further_before, after)
        more = np.where(np.isnan(before) | np.isnan(after), np.abs(one - other), 0.0)
        outside = own - np.clip(own, np.fmin(one, other) - more, np.fmax(one, other) + more)
        outside = outside[np.isfinite(one + other + own)]
        if outside.size:
            squares[i] = np.mean(np.square(outside))
    usual = USUAL**2 * np.nanquantile(squares, 0.25) if np.isfinite(squares).any() else 0.0
    return np.sqrt(np.maximum(squares - usual, 0.0))


def _first_two_clear(values: NDArray) -> tuple[NDArray, NDArray]:
    """First and second value of each square that is not NaN, in the order of the images; NaN if none is."""
    first, second = np.full((2, values.shape[1]), np.nan)
    for image in values:
        second = np.where(np.isnan(second) & ~np.isnan(first), image, second)
        first = np.where(np.isnan(first), image, first)
        if not np.isnan(second).any():
            break
    return first, second


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
