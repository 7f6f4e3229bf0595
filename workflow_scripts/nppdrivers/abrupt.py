"""Abrupt changes between two base dates, such as fire, clearing or a new pit, found in the coarse series.

A fused image made from both sides of such an event shows it before it happened, and takes it for a season.
The coarse series says when it happened, so that each date can be predicted from its own side alone; and by
how much, where the fine sensor saw more of it than the coarse one.
"""

from collections.abc import Sequence
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from nppdrivers.consistency import Pair, window_mean

CLASSES = 16
LEAST_CHANGE = 0.12  # of the scale
LEAST_JUMP = 0.6  # of the change, from one date to the next


def side_of_change(
    coarse_m: NDArray, coarse_n: NDArray, coarse_p: NDArray, *, scale: float = 1.0
) -> NDArray[np.int8]:
    """On which side of an abrupt change each date lies, pixel by pixel.

    The season is removed by the median of all pixels that had the same coarse value on date m (16 classes of
    equal size): a_p = C_p - median_class C_p. Of all steps from a_m to a_n that with the least squares is
    taken. It is an abrupt change if |a_n - a_m| >= 0.12 scale, 0.6 of which from one date to the next.

    Parameters
    ----------
    coarse_m, coarse_n : coarse images on the base dates before and after [any unit], (height, width)
    coarse_p : coarse images on dates between them, in order of time [same unit], (dates, height, width)
    scale : value that stands for 1

    Returns
    -------
    array of int8, (dates, height, width)
        -1 before an abrupt change, 1 after it, 0 where there is none.

    Notes
    -----
    A pixel missing (NaN) on a base date has no abrupt change; a date missing at a pixel does not count there.
    A change that came to more than half of a class of pixels is taken for season.
    """
    series = np.concatenate([coarse_m[None], coarse_p, coarse_n[None]]).astype(np.float32)
    anomaly = series - _class_medians(series)
    change = anomaly[-1] - anomaly[0]
    step = _best_step(anomaly)
    last_before = np.take_along_axis(anomaly, step[None] - 1, axis=0)[0]
    first_after = np.take_along_axis(anomaly, step[None], axis=0)[0]
    jump = (first_after - last_before) * np.sign(change)
    abrupt = (np.abs(change) >= LEAST_CHANGE * scale) & (jump >= LEAST_JUMP * np.abs(change))
    after = np.arange(1, len(coarse_p) + 1)[:, None, None] >= step
    return np.where(abrupt, np.where(after, 1, -1), 0).astype(np.int8)


def level_changed_land(images: Sequence[Pair], size: int, *, scale: float = 1.0) -> list[Pair]:
    """Fine base images at the level of the coarse ones where the fine sensor saw more of an abrupt change.

    d_k = mean_window (F_k - C_k) - median_scene (F_k - C_k) is how far the fine image of base date k departs
    from the coarse one beside the usual bias. Where the coarse image changed between dates j and k (season
    removed as in `side_of_change`), and the fine one by d_k - d_j more in the same direction, F_j and F_k
    lose their d: all of it where both changes are 0.12 of the scale or more, none below 0.06, in proportion
    between. The fine image then tells the pattern of the change, and the coarse one its amount, as in the
    series to which the fused image belongs.

    Parameters
    ----------
    images : (fine, coarse) images of the base dates [any unit], each (height, width), in any order
    size : side of the window [cells], odd: one to two coarse pixels (see `consistency.coarse_window`)
    scale : value that stands for 1

    Returns
    -------
    list of (fine, coarse)
        In the order of `images`; the same arrays where nothing is to do.

    Notes
    -----
    NaN is missing and stays so; dates on one of which the window is empty say nothing.
    """
    departures = [_departure(fine, coarse, size) for fine, coarse in images]
    strength = [np.zeros(departure.shape) for departure in departures]
    for j, k in combinations(range(len(images)), 2):
        more = np.nan_to_num(departures[k] - departures[j])
        if np.abs(more).max() <= LEAST_CHANGE * scale / 2:
            continue
        coarse = _change_towards(np.sign(more), images[j][1], images[k][1])
        both = _share(np.abs(more), scale) * _share(coarse, scale)
        strength[j], strength[k] = np.maximum(strength[j], both), np.maximum(strength[k], both)
    return [
        (fine - np.nan_to_num(departure * part).astype(np.float32), coarse) if part.any() else (fine, coarse)
        for (fine, coarse), departure, part in zip(images, departures, strength, strict=True)
    ]


def _departure(fine: NDArray, coarse: NDArray, size: int) -> NDArray[np.float64]:
    """Mean of fine less coarse in a window, less the median of the scene; NaN where the window is empty."""
    difference = np.asarray(fine, np.float64) - coarse
    present = difference[np.isfinite(difference)]
    usual = np.median(present) if present.size else 0.0
    return window_mean(difference, size) - usual


def _change_towards(direction: NDArray, coarse_j: NDArray, coarse_k: NDArray) -> NDArray[np.float64]:
    """Coarse change from j to k in a direction (1 or -1), season removed by the classes of either date.

    An event gives the land that it struck a class of its own on the date after it, and hides there.
    """
    forth = np.stack([coarse_j, coarse_k]).astype(np.float32)
    back = forth[::-1]
    changes = (np.diff(series - _class_medians(series), axis=0)[0] for series in (forth, back))
    first, second = (np.nan_to_num(change) for change in changes)
    return np.maximum(direction * first, -direction * second)


def _share(change: NDArray, scale: float) -> NDArray:
    """0 up to half the least change, 1 from the least change on, in proportion between."""
    return np.clip(2.0 * change / (LEAST_CHANGE * scale) - 1.0, 0.0, 1.0)


def _class_medians(series: NDArray[np.float32]) -> NDArray[np.float32]:
    """Median of each image over the pixels of the same class of the first one; NaN where that is missing."""
    first = series[0]
    present = np.isfinite(first)
    medians = np.full_like(series, np.nan)
    if not present.any():
        return medians
    limits = np.quantile(first[present], np.arange(1, CLASSES) / CLASSES)
    label = np.where(present, np.searchsorted(limits, first), -1)
    for i in np.unique(label[present]):
        members = series[:, label == i]
        seen = np.isfinite(members).any(axis=1)
        middle = np.full(len(series), np.nan, np.float32)
        middle[seen] = np.nanmedian(members[seen], axis=1)
        medians[:, label == i] = middle[:, None]
    return medians


def _best_step(anomaly: NDArray[np.float32]) -> NDArray[np.intp]:
    """Number of the first image after the step from the first to the last value that fits best."""
    off_first = np.nan_to_num((anomaly - anomaly[0]) ** 2)
    off_last = np.nan_to_num((anomaly - anomaly[-1]) ** 2)
    until, since = off_first.cumsum(axis=0), off_last[::-1].cumsum(axis=0)[::-1]
    return 1 + np.argmin(until[:-1] + since[1:], axis=0)
