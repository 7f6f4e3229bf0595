"""Abrupt changes between two base dates, such as fire, clearing or a new pit, found in the coarse series.

A fused image made from both sides of such an event shows it before it happened, and takes it for a season.
The coarse series says when it happened, so that each date can be predicted from its own side alone; and by
how much, where the fine sensor saw more of it than the coarse one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from nppdrivers.fusion.base_images import Pair
from nppdrivers.fusion.windows import window_mean

CLASSES = 16
SAMPLED_PIXELS = 60_000  # of a scene, at most about
LEAST_CHANGE = 0.12  # of the scale
LEAST_JUMP = 0.6  # of the change, from one date to the next


@dataclass(frozen=True)
class Season:
    """What land of each class does from date m to date n, from a sample of the whole scene.

    Attributes
    ----------
    limits : values of date m that divide the classes [unit of the images], (classes - 1,)
    medians : median of each class and image [same unit], (classes, images); NaN where a class has no value
    """

    limits: NDArray[np.float64]
    medians: NDArray[np.float32]

    def as_numbers(self) -> dict[str, list]:
        """Plain lists, for a JSON file."""
        return {"limits": self.limits.tolist(), "medians": self.medians.tolist()}

    @classmethod
    def from_numbers(cls, numbers: dict) -> "Season":
        """Inverse of `as_numbers`."""
        return cls(np.array(numbers["limits"]), np.array(numbers["medians"], np.float32))


@dataclass(frozen=True)
class Levels:
    """What `level_changed_land` takes from the whole scene.

    Attributes
    ----------
    usual : median of fine less coarse of each image [unit of the images]
    seasons : classes of image j and medians of images j and k, for each (j, k) and (k, j) that is asked for
    """

    usual: tuple[float, ...]
    seasons: dict[tuple[int, int], Season]


def lattice_step(height: int, width: int) -> int:
    """Rows and columns from one pixel of the sample to the next: 1 up to 60,000 pixels."""
    return int(np.ceil(np.sqrt(height * width / SAMPLED_PIXELS)))


def season_of(sample: NDArray) -> Season:
    """Medians of each image over pixels that had the same value in the first one (16 classes of equal size).

    Parameters
    ----------
    sample : coarse images in order of time [any unit], (images, pixels), NaN where missing
    """
    sample = np.asarray(sample, np.float32)
    first = sample[0]
    present = np.isfinite(first)
    medians = np.full((CLASSES, len(sample)), np.nan, np.float32)
    if not present.any():
        return Season(np.zeros(CLASSES - 1), medians)
    limits = np.quantile(first[present], np.arange(1, CLASSES) / CLASSES)
    label = np.searchsorted(limits, first[present]).astype(np.uint8)  # which sorts fastest
    by_class = sample[:, present][:, np.argsort(label, kind="stable")]
    ends = np.cumsum(np.bincount(label, minlength=CLASSES))
    for i, values in enumerate(np.split(by_class, ends[:-1], axis=1)):
        for image, members in enumerate(values):
            members = members[np.isfinite(members)]
            if members.size:
                medians[i, image] = _median(members)
    return Season(limits.astype(np.float64), medians)


def _median(values: NDArray) -> np.floating:
    """Median of values without NaN (of few values `numpy.median` takes longer for its checks)."""
    middle = values.size // 2
    if values.size % 2:
        return np.partition(values, middle)[middle]
    return np.partition(values, (middle - 1, middle))[middle - 1 : middle + 1].mean()


def side_of_change(
    coarse_m: NDArray,
    coarse_n: NDArray,
    coarse_p: NDArray,
    *,
    scale: float = 1.0,
    season: Season | None = None,
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
    season : classes and medians of the whole scene (see `season_of`); needed when the arrays are a part of it

    Returns
    -------
    array of int8, (dates, height, width)
        -1 before an abrupt change, 1 after it, 0 where there is none.

    Notes
    -----
    A pixel missing (NaN) on a base date has no abrupt change; a date missing at a pixel does not count there.
    A change that came to more than half of a class of pixels is taken for season. In scenes of more than
    60,000 pixels classes and medians are those of every k-th row and column (`lattice_step`).
    """
    series = np.concatenate([coarse_m[None], coarse_p, coarse_n[None]]).astype(np.float32)
    if season is None:
        every = lattice_step(*series.shape[1:])
        season = season_of(series[:, ::every, ::every].reshape(len(series), -1))
    anomaly = series - _medians_of(series[0], season)
    change = anomaly[-1] - anomaly[0]
    step = _best_step(anomaly)
    last_before = np.take_along_axis(anomaly, step[None] - 1, axis=0)[0]
    first_after = np.take_along_axis(anomaly, step[None], axis=0)[0]
    jump = (first_after - last_before) * np.sign(change)
    abrupt = (np.abs(change) >= LEAST_CHANGE * scale) & (jump >= LEAST_JUMP * np.abs(change))
    after = np.arange(1, len(coarse_p) + 1)[:, None, None] >= step
    return np.where(abrupt, np.where(after, 1, -1), 0).astype(np.int8)


def level_changed_land(
    images: Sequence[Pair], size: int, *, scale: float = 1.0, levels: Levels | None = None
) -> list[Pair]:
    """Fine base images at the level of the coarse ones where the fine sensor saw more of an abrupt change.

    d_k = mean_window (F_k - C_k) - median_scene (F_k - C_k) is how far the fine image of base date k departs
    from the coarse one, their usual bias apart. Where the coarse image changed between dates j and k (season
    removed as in `side_of_change`), and the fine one by d_k - d_j more in the same direction, F_j and F_k
    lose their d: all of it where both changes are 0.12 of the scale or more, none below 0.06, in proportion
    between. The fine image then gives the pattern of the change, and the coarse one its amount, as in
    the series to which the fused image belongs.

    Parameters
    ----------
    images : (fine, coarse) images of the base dates [any unit], each (height, width), in any order
    size : side of the window [cells], odd: one to two coarse pixels (see `windows.coarse_window`)
    scale : value that stands for 1
    levels : medians and classes of the whole scene (see `measure_levels`); needed when the images are a part
        of it, which must carry a margin of size // 2

    Returns
    -------
    list of (fine, coarse)
        In the order of `images`; the same arrays where nothing is to do.

    Notes
    -----
    NaN is missing and stays so; dates on one of which the window is empty are not compared. Medians of the
    scene are those of its sample, as in `side_of_change`.
    """
    if levels is None:
        levels = _levels_of_scene(images, size, scale)
    departures = _departures(images, size, levels.usual)
    apart = _are_apart(departures, scale)  # mostly few pixels: the rest costs nothing
    found, coarse = departures[:, apart], [image[apart] for _, image in images]
    strength = np.zeros(found.shape)
    # The scene decides which dates to compare: windows that are cut at the edge of a part depart anyhow.
    for j, k in sorted(key for key in levels.seasons if key[0] < key[1]):
        more = found[k] - found[j]
        here = _has_share(more, scale)
        if here.any():
            seasons = levels.seasons[j, k], levels.seasons[k, j]
            more = more[here]
            change = _change_towards(np.sign(more), coarse[j][here], coarse[k][here], seasons)
            both = _share(np.abs(more), scale) * _share(change, scale)
            for image in (j, k):
                strength[image][here] = np.maximum(strength[image][here], both)
    levelled = []
    for (fine, unchanged), departure, part in zip(images, found, strength, strict=True):
        if part.any():
            fine = fine.copy()
            fine[apart] -= np.nan_to_num(departure * part).astype(np.float32)
        levelled.append((fine, unchanged))
    return levelled


def usual_departure(fine: NDArray, coarse: NDArray) -> float:
    """Median of fine less coarse over a sample of the scene; 0 where it has no pixel of both."""
    difference = np.asarray(fine, np.float64) - coarse
    present = difference[np.isfinite(difference)]
    return float(np.median(present)) if present.size else 0.0


def departing_dates(
    images: Sequence[Pair],
    size: int,
    usual: Sequence[float],
    *,
    rows: slice = slice(None),
    scale: float = 1.0,
) -> set[tuple[int, int]]:
    """Numbers of the images between which the departure moved enough, somewhere in these rows, to matter."""
    departures = _departures(images, size, usual)[:, rows]
    found = departures[:, _are_apart(departures, scale)]
    return {
        (j, k) for j, k in combinations(range(len(images)), 2) if _has_share(found[k] - found[j], scale).any()
    }


def measure_levels(sample: Sequence[Pair], usual: Sequence[float], dates: set[tuple[int, int]]) -> Levels:
    """Constants of `level_changed_land` from a sample of the scene: (fine, coarse), each (pixels,)."""
    seasons = {}
    for j in range(len(sample)):
        others = sorted({k for pair in dates if j in pair for k in pair} - {j})
        if others:
            season = season_of(np.stack([sample[k][1] for k in (j, *others)]))
            for column, k in enumerate(others, start=1):
                seasons[j, k] = Season(season.limits, season.medians[:, [0, column]])
    return Levels(tuple(usual), seasons)


def _levels_of_scene(images: Sequence[Pair], size: int, scale: float) -> Levels:
    step = lattice_step(*images[0][0].shape)
    sample = [(fine[::step, ::step].ravel(), coarse[::step, ::step].ravel()) for fine, coarse in images]
    usual = [usual_departure(*pair) for pair in sample]
    return measure_levels(sample, usual, departing_dates(images, size, usual, scale=scale))


def _departures(images: Sequence[Pair], size: int, usual: Sequence[float]) -> NDArray[np.float64]:
    """Mean of fine less coarse in a window, less the median of the scene; NaN where the window is empty."""
    return np.stack(
        [
            window_mean(np.asarray(fine, np.float64) - coarse, size) - median
            for (fine, coarse), median in zip(images, usual, strict=True)
        ]
    )


def _are_apart(departures: NDArray, scale: float) -> NDArray[np.bool_]:
    """Where the departures of any two images differ enough to have a share."""
    return _has_share(np.fmax.reduce(departures) - np.fmin.reduce(departures), scale)


def _change_towards(
    direction: NDArray, coarse_j: NDArray, coarse_k: NDArray, seasons: tuple[Season, Season]
) -> NDArray[np.float64]:
    """Coarse change from j to k in a direction (1 or -1), season removed by the classes of either date.

    An event gives the land that it struck a class of its own on the date after it, and hides there.
    """
    forth = np.stack([coarse_j, coarse_k]).astype(np.float32)
    changes = (
        np.diff(series - _medians_of(series[0], season), axis=0)[0]
        for series, season in zip((forth, forth[::-1]), seasons, strict=True)
    )
    first, second = (np.nan_to_num(change) for change in changes)
    return np.maximum(direction * first, -direction * second)


def _share(change: NDArray, scale: float) -> NDArray:
    """0 up to half the least change, 1 from the least change on, in proportion between."""
    return np.clip(2.0 * change / (LEAST_CHANGE * scale) - 1.0, 0.0, 1.0)


def _has_share(change: NDArray, scale: float) -> NDArray[np.bool_]:
    """Where a change is more than half of the least one, so that it has a share; not where it is missing."""
    return 2.0 * np.abs(change) > LEAST_CHANGE * scale


def _medians_of(first: NDArray[np.float32], season: Season) -> NDArray[np.float32]:
    """Medians of each pixel's class, (images, height, width); NaN where the first image is missing."""
    label = np.searchsorted(season.limits, first)  # a missing value goes to the last class, and is NaN below
    return np.where(np.isfinite(first), season.medians.T[:, label], np.float32(np.nan))


def _best_step(anomaly: NDArray[np.float32]) -> NDArray[np.intp]:
    """Number of the first image after the step from the first to the last value that fits best."""
    off_first = np.nan_to_num((anomaly - anomaly[0]) ** 2)
    off_last = np.nan_to_num((anomaly - anomaly[-1]) ** 2)
    until, since = off_first.cumsum(axis=0), off_last[::-1].cumsum(axis=0)[::-1]
    return 1 + np.argmin(until[:-1] + since[1:], axis=0)
