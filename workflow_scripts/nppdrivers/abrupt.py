"""Abrupt changes between two base dates, such as fire, clearing or a new pit, found in the coarse series.

A fused image made from both sides of such an event shows it before it happened, and takes it for a season.
The coarse series says when it happened, so that each date can be predicted from its own side alone.
"""

import numpy as np
from numpy.typing import NDArray

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
