"""What every part of a scene must share when an interval is fused part by part.

Similarity thresholds, the season of land that was alike, and the mean difference of the sensors belong to the
whole scene. They are measured strip by strip, always in the same strips, and given to each part: the parts
together are then bit for bit the scene, however it is cut.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nppdrivers.estarfm import Moments, SceneStatistics
from nppdrivers.fusion.abrupt_change import (
    Levels,
    Season,
    departing_dates,
    lattice_step,
    level_changed_land,
    measure_levels,
    season_of,
    usual_departure,
)
from nppdrivers.fusion.consistency import Pair, difference_sums
from nppdrivers.vegetation_index import as_index

STRIP_ROWS = 128

Key = tuple[int, int]  # numbers of the images of a base pair: those before, then those after the interval
Reader = Callable[[slice], tuple[Sequence[Pair], Sequence[Pair], NDArray]]


@dataclass(frozen=True)
class Scene:
    """Constants of an interval.

    Attributes
    ----------
    statistics : constants of ESTARFM for each pair of images that any pixel needs, one image twice included
    season : classes and medians of `abrupt.side_of_change`; None without images on both sides
    levels : medians and classes of `abrupt.level_changed_land`; None where abrupt changes are not looked for
    bias : mean of fine less coarse over the scene and all base images [unit of the index]
    """

    statistics: dict[Key, SceneStatistics]
    season: Season | None
    levels: Levels | None
    bias: float

    def as_numbers(self) -> dict[str, object]:
        """Plain lists and numbers, for a JSON file, which keeps them to the last bit."""
        pairs = [
            {"images": list(key), "sigma": found.sigma.tolist(), "centre": found.centre.tolist()}
            for key, found in self.statistics.items()
        ]
        season = self.season and self.season.as_numbers()
        levels = self.levels and {
            "usual": list(self.levels.usual),
            "seasons": [{"images": list(key)} | of.as_numbers() for key, of in self.levels.seasons.items()],
        }
        return {"pairs": pairs, "season": season, "levels": levels, "bias": self.bias}

    @classmethod
    def from_numbers(cls, numbers: dict) -> "Scene":
        """Inverse of `as_numbers`."""
        statistics = {
            tuple(pair["images"]): SceneStatistics(np.array(pair["sigma"]), np.array(pair["centre"]))
            for pair in numbers["pairs"]
        }
        season, levels = numbers["season"], numbers["levels"]
        season = season and Season.from_numbers(season)
        if levels:
            seasons = {tuple(of["images"]): Season.from_numbers(of) for of in levels["seasons"]}
            levels = Levels(tuple(levels["usual"]), seasons)
        return cls(statistics, season, levels, numbers["bias"])


def as_bands(image: NDArray, axes: int) -> NDArray:
    """Image with a band axis before rows and columns; `axes` counts those of an image that has none."""
    image = np.asarray(image)
    return np.expand_dims(image, -3) if image.ndim == axes else image


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


def level_bands(
    images: Sequence[Pair], size: int, *, scale: float = 1.0, levels: Levels | None = None
) -> list[Pair]:
    """Base images whose index is levelled by `abrupt.level_changed_land`; of two bands the sum is kept.

    Parameters are those of `abrupt.level_changed_land`, images with an axis of bands.
    """
    index = [(as_index(fine), as_index(coarse)) for fine, coarse in images]
    levelled = level_changed_land(index, size, scale=scale, levels=levels)
    return [
        (fine if new is old else _with_index(fine, old, new), coarse)
        for (fine, coarse), (old, _), (new, _) in zip(images, index, levelled, strict=True)
    ]


def _with_index(image: NDArray, old: NDArray, new: NDArray) -> NDArray:
    if len(image) == 1:
        return new[None]
    total = image.sum(axis=0)
    return np.where(new == old, image, np.stack([total * (1 - new) / 2, total * (1 + new) / 2]))


def widened(rows: slice, margin: int, height: int) -> slice:
    """Rows with a margin on both sides, as far as the scene reaches."""
    return slice(max(0, rows.start - margin), min(height, rows.stop + margin))


def within(rows: slice, around: slice) -> slice:
    """Place of rows in others that hold them."""
    return slice(rows.start - around.start, rows.stop - around.start)


def measure_scene(
    read: Reader, shape: tuple[int, int], *, window: int, coarse_window: int | None, scale: float = 1.0
) -> Scene:
    """Measure what all parts of a scene share, in three passes over strips of 128 rows.

    Parameters
    ----------
    read : gives the base images before and after, and the coarse images of the dates wanted, of some rows:
        lists of (fine, coarse), each (bands, rows, width), and (dates, bands, rows, width)
    shape : rows and columns of the scene
    window : side of ESTARFM's window [pixels]
    coarse_window : window of `abrupt.level_changed_land` [pixels]; None for no levelling
    scale : value that stands for 1

    Raises
    ------
    ValueError
        If the window is larger than the scene.
    """
    if window > min(shape):
        raise ValueError(
            f"window is {window} pixels, larger than the scene of {shape[0]} x {shape[1]}; take a smaller one"
        )
    sample, number_before, needed = _sample_scene(read, shape)
    season = levels = None
    if 0 < number_before < len(sample.images):
        ends = sample.images[0][1], sample.images[number_before][1]
        season = season_of(np.stack([ends[0], *sample.coarse_p, ends[1]]))
    if coarse_window:
        levels = _measure_levels(read, shape[0], sample.images, coarse_window, scale)
    moments, total, number = {key: Moments() for key in sorted(needed)}, 0.0, 0.0
    for rows in _strips(shape[0]):
        images = _levelled(read, rows, shape[0], coarse_window, scale, levels)
        sums = difference_sums([(as_index(fine), as_index(coarse)) for fine, coarse in images])
        total, number = total + sums[0].sum(), number + sums[1].sum()
        for (first, second), gathered in moments.items():
            gathered.add((*images[first], *images[second]))
    statistics = {key: gathered.statistics() for key, gathered in moments.items()}
    return Scene(statistics, season, levels, float(total / max(number, 1.0)))


def _strips(height: int) -> Iterator[slice]:
    for start in range(0, height, STRIP_ROWS):
        yield slice(start, min(start + STRIP_ROWS, height))


class _Sample(NamedTuple):
    """Some pixels of a scene: (fine, coarse) of each base image, and the coarse images of the dates."""

    images: list[Pair]
    coarse_p: NDArray[np.float32]


def _sample_scene(read: Reader, shape: tuple[int, int]) -> tuple[_Sample, int, set[Key]]:
    """First pass: pixels on a lattice, number of base images before, pairs that some pixel needs."""
    step = lattice_step(*shape)
    needed, parts = set(), []
    for rows in _strips(shape[0]):
        before, after, coarse_p = read(rows)
        images = [*before, *after]
        needed |= _needed_pairs(images, len(before))
        lattice = slice(-rows.start % step, None, step)
        layers = [image for pair in images for image in pair] + list(coarse_p)
        parts.append(np.stack([as_index(layer)[lattice, ::step].ravel() for layer in layers]))
    values = np.concatenate(parts, axis=1)
    base = 2 * len(images)
    return (
        _Sample(list(zip(values[:base:2], values[1:base:2], strict=True)), values[base:]),
        len(before),
        needed,
    )


def _measure_levels(read: Reader, height: int, sample: Sequence[Pair], size: int, scale: float) -> Levels:
    """Second pass: dates between which fine and coarse images drifted apart somewhere, and their classes."""
    usual = [usual_departure(*pair) for pair in sample]
    dates = set()
    for rows in _strips(height):
        around = widened(rows, size // 2, height)
        before, after, _ = read(around)
        index = [(as_index(fine), as_index(coarse)) for fine, coarse in (*before, *after)]
        dates |= departing_dates(index, size, usual, rows=within(rows, around), scale=scale)
    return measure_levels(sample, usual, dates)


def _levelled(read: Reader, rows: slice, height: int, size: int | None, scale: float, levels) -> list[Pair]:
    """Base images of some rows, levelled as they will be when they are fused."""
    if not size:
        before, after, _ = read(rows)
        return [*before, *after]
    around = widened(rows, size // 2, height)
    before, after, _ = read(around)
    images = level_bands([*before, *after], size, scale=scale, levels=levels)
    here = within(rows, around)
    return [(fine[:, here], coarse[:, here]) for fine, coarse in images]


def _needed_pairs(images: Sequence[Pair], number_before: int) -> set[Key]:
    """Pairs that some pixel of a strip may be predicted from; single images also in case of a change."""
    complete = complete_pixels(images)
    ranks = pair_ranks(number_before, len(images) - number_before)
    numbers = [np.unique(first_complete(complete, keys)) for keys in ranks]
    return {
        keys[number]
        for keys, found in zip(ranks, numbers, strict=True)
        for number in found.tolist()
        if number >= 0
    }
