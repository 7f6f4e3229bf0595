"""What every part of a scene must share when an interval is fused part by part.

Constants of the fusion model, the season of land that was alike, and the mean difference of the sensors
belong to the whole scene. They are measured strip by strip, always in the same strips, and given to each
part: the parts together are then bit for bit the scene, however it is cut.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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
from nppdrivers.fusion.base_images import Key, Pair, complete_pixels, first_complete, pair_ranks
from nppdrivers.fusion.combination import CoarsePatterns
from nppdrivers.fusion.consistency import difference_sums
from nppdrivers.fusion.models.table import MODELS, Constants
from nppdrivers.fusion.settings import FusionSettings
from nppdrivers.grid import widened, within
from nppdrivers.vegetation_index import as_index

STRIP_ROWS = 128

Reader = Callable[[slice], tuple[Sequence[Pair], Sequence[Pair], NDArray]]


@dataclass(frozen=True)
class Scene:
    """Constants of an interval.

    Attributes
    ----------
    constants : of the fusion model, for each pair of images that any pixel needs, also one image twice
    season : classes and medians of `abrupt_change.side_of_change`; None without images on both sides
    levels : medians and classes of `abrupt_change.level_changed_land`; None where changes are not looked for
    bias : mean of fine less coarse over the scene and all base images [unit of the index]
    patterns : of the coarse images of the base dates, then of the dates
    levelled : fine base images as `levels` makes them, where they were asked for; not in a file
    """

    constants: dict[Key, Constants]
    season: Season | None
    levels: Levels | None
    bias: float
    patterns: CoarsePatterns
    levelled: list[NDArray] | None = field(default=None, compare=False, repr=False)

    def as_numbers(self) -> dict[str, object]:
        """Plain lists and numbers, for a JSON file, which keeps them to the last bit."""
        pairs = [
            {"images": list(key), "constants": {name: values.tolist() for name, values in found.items()}}
            for key, found in self.constants.items()
        ]
        season = self.season and self.season.as_numbers()
        levels = self.levels and {
            "usual": list(self.levels.usual),
            "seasons": [{"images": list(key)} | s.as_numbers() for key, s in self.levels.seasons.items()],
        }
        covariance, pixels = self.patterns
        about = {"bias": self.bias, "covariance": covariance.tolist(), "coarse_pixels": pixels}
        return {"pairs": pairs, "season": season, "levels": levels} | about

    @classmethod
    def from_numbers(cls, numbers: dict) -> "Scene":
        """Inverse of `as_numbers`."""
        constants = {
            tuple(pair["images"]): {name: np.array(values) for name, values in pair["constants"].items()}
            for pair in numbers["pairs"]
        }
        season, levels = numbers["season"], numbers["levels"]
        season = season and Season.from_numbers(season)
        if levels:
            seasons = {tuple(one["images"]): Season.from_numbers(one) for one in levels["seasons"]}
            levels = Levels(tuple(levels["usual"]), seasons)
        patterns = CoarsePatterns(np.array(numbers["covariance"]), numbers["coarse_pixels"])
        return cls(constants, season, levels, numbers["bias"], patterns)


def as_bands(image: NDArray, axes: int) -> NDArray:
    """Image with a band axis before rows and columns; `axes` counts those of an image that has none."""
    image = np.asarray(image)
    return np.expand_dims(image, -3) if image.ndim == axes else image


def level_bands(
    images: Sequence[Pair], size: int, *, scale: float = 1.0, levels: Levels | None = None
) -> list[Pair]:
    """Base images, with an axis of bands, whose index is levelled; of two bands the sum is kept.

    Parameters are those of `abrupt_change.level_changed_land`.
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


def measure_scene(
    read: Reader, shape: tuple[int, int], settings: FusionSettings, *, keep_images: bool = False
) -> Scene:
    """Measure what all parts of a scene share, in three passes over strips of 128 rows.

    Parameters
    ----------
    read : of some rows, the base images before and after, and the coarse images of the dates to predict:
        lists of (fine, coarse), each (layers, rows, width), and (dates, layers, rows, width)
    shape : rows and columns of the scene
    settings : model, windows, unit and switches
    keep_images : whether to keep the levelled images, for a scene that is fused at once

    Returns
    -------
    Scene
        The same bits for each part of the scene, and after a file.

    Raises
    ------
    ValueError
        If the window is larger than the scene.
    """
    if settings.window > min(shape):
        raise ValueError(
            f"window is {settings.window} pixels, larger than the scene of {shape[0]} x {shape[1]}; take a "
            "smaller one"
        )
    sample, number_before, needed = _sample_scene(read, shape)
    season = levels = None
    if 0 < number_before < len(sample.images):
        ends = sample.images[0][1], sample.images[number_before][1]
        season = season_of(np.stack([ends[0], *sample.index_p, ends[1]]))
    if settings.split_at_changes:
        levels = _measure_levels(read, shape[0], sample.images, settings)
    gatherers = {key: MODELS[settings.method].gatherer() for key in sorted(needed)}
    total = number = 0.0
    kept = []
    for rows in _strips(shape[0]):
        images = _levelled(read, rows, shape[0], settings, levels)
        if keep_images:
            kept.append([fine for fine, _ in images])
        sums = difference_sums([(as_index(fine), as_index(coarse)) for fine, coarse in images])
        total, number = total + sums[0].sum(), number + sums[1].sum()
        for (first, second), gatherer in gatherers.items():
            gatherer.add((*images[first], *images[second]))
    constants = {key: gatherer.constants() for key, gatherer in gatherers.items()}
    fine = [np.concatenate(strips, axis=1) for strips in zip(*kept, strict=True)] if keep_images else None
    pixels = shape[0] * shape[1] / (settings.coarse_window // 2) ** 2
    patterns = _patterns(sample, pixels)
    return Scene(constants, season, levels, float(total / max(number, 1.0)), patterns, fine)


def _patterns(sample: "_Sample", pixels: float) -> CoarsePatterns:
    """Covariance of the coarse images over what all of them have, of so many coarse pixels of the scene."""
    coarse = np.stack([*(coarse for _, coarse in sample.images), *sample.index_p]).astype(np.float64)
    seen = np.isfinite(coarse).all(axis=0)
    coarse = coarse[:, seen]
    coarse -= coarse.mean(axis=1, keepdims=True) if coarse.size else 0.0
    sums = np.einsum("ip,jp->ij", coarse, coarse)  # added in one order, however many threads there are
    return CoarsePatterns(sums / max(coarse.shape[1], 1), pixels * float(seen.mean()))


def _strips(height: int) -> Iterator[slice]:
    """Rows of the scene in strips that depend on its height alone."""
    for start in range(0, height, STRIP_ROWS):
        yield slice(start, min(start + STRIP_ROWS, height))


class _Sample(NamedTuple):
    """Index of some pixels of a scene: (fine, coarse) of each base image, and of the dates to predict."""

    images: list[Pair]
    index_p: NDArray[np.float32]


def _sample_scene(read: Reader, shape: tuple[int, int]) -> tuple[_Sample, int, set[Key]]:
    """First pass: pixels on a lattice, number of base images before, pairs that some pixel needs."""
    step = lattice_step(*shape)
    needed: set[Key] = set()
    parts = []
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


def _measure_levels(read: Reader, height: int, sample: Sequence[Pair], settings: FusionSettings) -> Levels:
    """Second pass: dates between which fine and coarse images drifted apart somewhere, and their classes."""
    size, usual = settings.coarse_window, [usual_departure(*pair) for pair in sample]
    dates: set[Key] = set()
    for rows in _strips(height):
        around = widened(rows, size // 2, height)
        before, after, _ = read(around)
        index = [(as_index(fine), as_index(coarse)) for fine, coarse in (*before, *after)]
        dates |= departing_dates(index, size, usual, rows=within(rows, around), scale=settings.scale)
    return measure_levels(sample, usual, dates)


def _levelled(
    read: Reader, rows: slice, height: int, settings: FusionSettings, levels: Levels | None
) -> list[Pair]:
    """Base images of some rows, levelled as they will be when they are fused."""
    if not settings.split_at_changes:
        before, after, _ = read(rows)
        return [*before, *after]
    size = settings.coarse_window
    around = widened(rows, size // 2, height)
    before, after, _ = read(around)
    images = level_bands([*before, *after], size, scale=settings.scale, levels=levels)
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
