"""The fusion stage on arrays and dates: which base images serve which dates, and fused series without holes.

`estarfm` predicts from two base pairs. Around it a series needs a choice of base images for each date, coarse
images on the days of the fine ones, and an answer where a base image has clouds or stripes. All functions are
for one image layer, such as NDVI.
"""

from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np
import pandas as pd
from numba import njit
from numpy.typing import ArrayLike, NDArray

from nppdrivers import estarfm
from nppdrivers.abrupt import level_changed_land, side_of_change
from nppdrivers.consistency import Pair, coarse_residual, local_bias, make_consistent

MISSING, BEST_PAIR, FURTHER_PAIR, ONE_IMAGE, OWN_SIDE, COARSE = range(6)
SOURCES = {
    MISSING: "missing: no coarse image",
    BEST_PAIR: "nearest base pair",
    FURTHER_PAIR: "further base pair",
    ONE_IMAGE: "one base image",
    OWN_SIDE: "one base image, on the same side of an abrupt change",
    COARSE: "coarse image less its local bias",
}

# How far a prediction from one date may leave the range between the pixel's fine value and the coarse value
# on the date predicted [of the scale]: land that is bare already does not lose what the land around it loses.
MARGIN = 0.05
# No prediction is below this where the coarse image is above 0 [of the scale]: noise of two dark bands.
LOWEST = -0.2


def select_base_images(
    table: pd.DataFrame,
    target_dates: ArrayLike,
    *,
    min_clear_share: float = 0.5,
    min_partial_share: float = 0.05,
    images_per_side: int = 3,
) -> pd.DataFrame:
    """Divide the target dates at the clear fine images, and choose base images before and after each part.

    Fine images with a clear share of `min_clear_share` or more divide time into intervals. On each side of an
    interval the nearest of them comes first; others, partly clear ones included, follow in order of days from
    the interval divided by clear share, up to `images_per_side`.

    Parameters
    ----------
    table : one row per fine image: `date`, `sensor`, `clear_share` [0 ... 1]; the index names the images
    target_dates : dates to predict
    min_clear_share : least clear share of an image that divides time [0 ... 1]
    min_partial_share : least clear share of an image that may fill the gaps of others [0 ... 1]
    images_per_side : largest number of images before, and after, an interval

    Returns
    -------
    DataFrame
        One row per interval with target dates: `interval` (1, 2, ...), `first_date` and `last_date` of its
        target dates, `before` and `after` (tuples of index labels of `table`, best first; empty beyond the
        first or last image).

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
    part = np.searchsorted(np.unique(clear["date"].to_numpy("datetime64[ns]")), targets, side="right")
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
                "before": _nearest_images(
                    usable, days_before[days_before >= 0], clear.index, images_per_side
                ),
                "after": _nearest_images(usable, days_after[days_after > 0], clear.index, images_per_side),
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


def _nearest_images(images: pd.DataFrame, days: pd.Series, clear: pd.Index, most: int) -> tuple:
    """Labels in `days`: first the nearest clear image, then all by days over clear share; at most `most`."""
    order = (days / images["clear_share"].loc[days.index]).sort_values(kind="stable").index
    nearest = days[days.index.isin(clear)].sort_values(kind="stable").index[:1]
    return tuple(nearest.append(order.difference(nearest, sort=False))[:most])


def coarse_on_date(
    coarse_stack: NDArray, coarse_days: NDArray, day: float | Sequence[float]
) -> NDArray[np.float32]:
    """Coarse image on any day: each pixel's series linearly interpolated between its own days of observation.

    Parameters
    ----------
    coarse_stack : coarse images on the fine grid [any unit], (composites, height, width)
    coarse_days : day on which each pixel was observed [days since any date], the same shape or (composites,);
        a pixel whose value or day is NaN is not used
    day : the day or days wanted [days since the same date]

    Returns
    -------
    array of float32, (height, width), or (days, height, width) for a sequence
        Constant before a pixel's first and after its last observation; NaN for a pixel never observed. Of
        several values observed on one day the first counts.

    Raises
    ------
    ValueError
        If shapes differ.
    """
    return _interpolated(coarse_stack, coarse_days, day, "coarse_stack", "coarse_days")


def linear_in_time(
    fine_stack: NDArray, fine_days: NDArray, days: float | Sequence[float]
) -> NDArray[np.float32]:
    """Fused series without any coarse image, the baseline: clear fine values linearly interpolated in time.

    Parameters
    ----------
    fine_stack : fine images, NaN where not clear [any unit], (images, height, width)
    fine_days : days of the images [days since any date], (images,)
    days : the day or days wanted [days since the same date]

    Returns
    -------
    array of float32, (height, width), or (days, height, width) for a sequence
        Constant before a pixel's first and after its last clear image; NaN for a pixel that is never clear.

    Raises
    ------
    ValueError
        If shapes differ.
    """
    return _interpolated(fine_stack, fine_days, days, "fine_stack", "fine_days")


def _interpolated(stack, observed, days, stack_name: str, observed_name: str) -> NDArray[np.float32]:
    stack, observed = np.asarray(stack, np.float32), np.asarray(observed, np.float32)
    if stack.ndim != 3 or observed.shape not in (stack.shape, stack.shape[:1]):
        raise ValueError(
            f"{stack_name} has shape {stack.shape} and {observed_name} {observed.shape}: they must be "
            "(times, height, width) and the same, or (times,)"
        )
    if observed.ndim == 1:
        observed = observed[:, None, None]
    wanted = np.atleast_1d(np.asarray(days, np.float64))
    out = _interpolate(stack, np.broadcast_to(observed, stack.shape), wanted)
    return out[0] if np.ndim(days) == 0 else out


@njit(cache=True, nogil=True)
def _interpolate(stack, observed, wanted):
    """Interpolate each pixel's finite values at the days wanted, constant beyond its ends."""
    times, height, width = stack.shape
    out = np.full((wanted.size, height, width), np.nan, np.float32)
    days, values = np.empty(times), np.empty(times)
    for y in range(height):
        for x in range(width):
            number = 0
            for t in range(times):
                if np.isfinite(stack[t, y, x]) and np.isfinite(observed[t, y, x]):
                    number = _insert(days, values, number, observed[t, y, x], stack[t, y, x])
            if number > 0:
                out[:, y, x] = np.interp(wanted, days[:number], values[:number])
    return out


@njit(cache=True, nogil=True)
def _insert(days, values, number, day, value):
    """Insert an observation in order of days (composites come nearly in order); returns the new number."""
    i = number
    while i > 0 and days[i - 1] > day:
        i -= 1
    if i > 0 and days[i - 1] == day:
        return number
    for j in range(number, i, -1):
        days[j], values[j] = days[j - 1], values[j - 1]
    days[i], values[i] = day, value
    return number + 1


def fuse_interval(
    before: Sequence[Pair],
    after: Sequence[Pair],
    coarse_p: NDArray,
    *,
    window: int = 51,
    classes: int = 4,
    scale: float = 1.0,
    valid_range: tuple[float, float] = (-1.0, 1.0),
    extrapolate: bool = False,
    split_at_changes: bool = True,
    coarse_window: int = 9,
    consistency_window: int | None = None,
) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Fused images of one interval without holes, and what each pixel was made from.

    Each pixel is predicted by ESTARFM from the first pair of images, one before and one after, in which it is
    clear (in order of the sum of both ranks). Where it is clear on one side only, or the coarse series shows
    an abrupt change between the sides, its nearest image on its own side stands on both:
    F_k + sum_i W_i (C_p,i - C_k,i). That has no conversion coefficient, which needs two dates, and is kept
    near the range between F_k and C_p (see MARGIN). Where a pixel is clear in no image it is
    C_p + mean(F_k - C_k), the mean over the window and all images, or else over the scene. No prediction is
    further below 0 than the lowest of the pixel's fine values and C_p, nor below LOWEST where C_p is above 0.

    Parameters
    ----------
    before, after : (fine, coarse) images of the base dates [any unit], each (height, width), best first; one
        of both lists may be empty
    coarse_p : coarse images of the dates to predict, in order of time [same unit], (dates, height, width)
    window, classes, scale, valid_range, extrapolate : see `estarfm.predict`. Slopes are not extrapolated by
        default: two base dates on both sides of a season's peak may differ little while the peak differs much
    split_at_changes : whether to look for abrupt changes (see `abrupt.side_of_change`)
    coarse_window : window [pixels], one to two coarse pixels wide, in which fine images that saw more of an
        abrupt change than the coarse ones are given the coarse level (see `abrupt.level_changed_land`)
    consistency_window : window [pixels] in which the fused image is given the mean of the coarse one, the
        bias between both on the base dates apart (see `consistency.coarse_residual`); None leaves it as it is

    Returns
    -------
    fused : array of float32, (dates, height, width)
        NaN only where `coarse_p` is.
    source : array of uint8, (dates, height, width)
        Keys of `SOURCES`.

    Raises
    ------
    ValueError
        If there is no base image, or for the reasons of `estarfm.predict`.
    """
    if not (before or after):
        raise ValueError("an interval needs a base image before or after it; both lists are empty")
    coarse_p = np.asarray(coarse_p, np.float32)
    predict = partial(
        _predict,
        window=window,
        classes=classes,
        scale=scale,
        valid_range=valid_range,
        extrapolate=extrapolate,
    )
    fused = np.full(coarse_p.shape, np.nan, np.float32)
    source = np.zeros(coarse_p.shape, np.uint8)
    side = np.zeros(coarse_p.shape, np.int8)
    if split_at_changes:
        levelled = level_changed_land([*before, *after], coarse_window, scale=scale)
        before, after = levelled[: len(before)], levelled[len(before) :]
        if before and after:
            side = side_of_change(before[0][1], after[0][1], coarse_p, scale=scale)
    todo = np.isfinite(coarse_p)
    for code, first, second, dates in _attempts(before, after, side):
        wanted = todo & dates & _complete(first) & _complete(second)
        if wanted.any():
            fused[wanted] = predict(first, second, coarse_p, targets=wanted.any(axis=0))[wanted]
            source[wanted] = code
            todo &= ~wanted
    source[(source == ONE_IMAGE) & (side != 0)] = OWN_SIDE
    if todo.any():
        bias = local_bias([*before, *after], window)
        fused[todo] = np.clip(coarse_p + bias, *valid_range)[todo]
        source[todo] = COARSE
    if consistency_window:
        residual = coarse_residual(fused, coarse_p, [*before, *after], consistency_window)
        fused = make_consistent(fused, residual, valid_range=valid_range)
    return fused, source


def _attempts(before: Sequence[Pair], after: Sequence[Pair], side: NDArray) -> Iterator[tuple]:
    """Pairs to try, best first, each with its source and the dates and pixels for which it may stand.

    First all of one image before and one after, where nothing changed abruptly; then each image with itself.
    """
    for rank in sorted(np.ndindex(len(before), len(after)), key=lambda rank: (sum(rank), max(rank))):
        yield FURTHER_PAIR if sum(rank) else BEST_PAIR, before[rank[0]], after[rank[1]], side == 0
    for images, dates in ((before, side <= 0), (after, side >= 0)):
        for image in images:
            yield ONE_IMAGE, image, image, dates


def _predict(
    first: Pair, second: Pair, coarse_p: NDArray, *, scale: float, **settings
) -> NDArray[np.float32]:
    """ESTARFM of one layer, kept from values that neither the pixel nor the land around it can have."""
    base = [np.asarray(image)[None] for image in (*first, *second)]
    predicted = estarfm.predict(*base, coarse_p[:, None], scale=scale, **settings)[:, 0]
    lowest = np.minimum(np.minimum(base[0], base[2]), coarse_p)
    # How much more a pixel changes than its surroundings does not tell that it falls below 0.
    floor = np.clip(lowest, np.where(coarse_p > 0.0, LOWEST * scale, -np.inf).astype(np.float32), 0.0)
    if first is not second:
        return np.maximum(predicted, floor)
    margin = np.float32(MARGIN * scale)
    return np.clip(predicted, np.maximum(lowest - margin, floor), np.maximum(base[0], coarse_p) + margin)


def _complete(pair: Pair) -> NDArray[np.bool_]:
    return np.isfinite(pair[0]) & np.isfinite(pair[1])
